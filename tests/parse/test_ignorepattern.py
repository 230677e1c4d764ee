from __future__ import annotations

import re

import pytest

from paritycheck.parse.build.gopattern import BadPattern
from paritycheck.parse.build.ignorepattern import Dialect, compile_pattern
from paritycheck.parse.build.ignoresteps import split_steps


@pytest.mark.parametrize(
    ("pattern", "path", "dialects"),
    [
        ("a", "a", "moby buildah early"),
        ("a", "a/b", "buildah"),
        ("a.b", "axb", ""),
        ("**", "a/b", "moby buildah early"),
        ("**/a", "a", "moby buildah early"),
        ("**/a", "b/a", "moby buildah early"),
        ("**/a", "ba", ""),
        ("**a", "b/ca", "moby"),
        ("**a", "b/a", "moby buildah early"),
        ("a/**", "a", ""),
        ("a/**", "a/b/c", "moby buildah early"),
        ("a**", "ab/c", "moby buildah early"),
        ("a/**/b", "a/b", "moby buildah early"),
        ("a/**/b", "a/x/y/b", "moby buildah early"),
        ("a**b", "a/x/b", "moby buildah early"),
        ("a**b", "axb", ""),
        ("*.py", ".py", "moby buildah early"),
        ("*.py", "a/b.py", ""),
        ("a?c", "a/c", ""),
        ("a[^x]c", "a/c", "moby buildah early"),
        ("[!a]", "!", "moby buildah early"),
        ("[*]", "*", ""),
        ("[*]", "/^]", "moby buildah early"),
        ("a+b", "a+b", "moby"),
        ("a+b", "aab", "buildah early"),
        ("x|y", "x|y", "moby buildah early"),
        ("x|y", "xz", "buildah early"),
        ("x|*", "q/r", "moby buildah early"),
        ("a{2}", "a{2}", "moby"),
        ("a{2}*", "aab", "moby buildah early"),
        ("^a", "^a", "moby"),
        ("^a*", "ab", "moby buildah early"),
        (r"\d", "5", "moby buildah early"),
        (r"\*", "*", "moby buildah early"),
        ("[[:digit:]]", "7", "moby buildah early"),
        ("\ufeffa", "a", "buildah early"),
        ("\ufeffa*", "ab", "moby buildah early"),
    ],
)
def test_what_a_pattern_matches(pattern: str, path: str, dialects: str) -> None:
    every: tuple[Dialect, ...] = ("moby", "buildah", "early")
    assert " ".join(one for one in every if compile_pattern(pattern, one)(path)) == dialects


@pytest.mark.parametrize(
    ("pattern", "dialects"),
    [
        ("c++", "buildah early"),
        ("[z-a]", "moby buildah early"),
        (r"\é", "moby buildah early"),
        ("q*[x", "moby buildah early"),
        ("q*\\", "buildah"),
        ("(a", "buildah early"),
        ("(a*", "buildah early"),
    ],
)
def test_which_translations_go_refuses(pattern: str, dialects: str) -> None:
    every: tuple[Dialect, ...] = ("moby", "buildah", "early")
    refused = []
    for dialect in every:
        try:
            compile_pattern(pattern, dialect)
        except BadPattern:
            refused.append(dialect)
    assert " ".join(refused) == dialects


@pytest.mark.parametrize("pattern", ["a[^x]b", "a**b", r"\d*", "x|*", "[*]", "a[/]b", "[^a]"])
def test_what_may_cross_a_slash_is_not_split(pattern: str) -> None:
    assert split_steps(pattern, "moby") is None


def test_hostile_globs_take_no_exponential_time() -> None:
    ((glob,),) = split_steps("*a" * 40 + "b", "moby") or ((None,),)
    assert glob is not None
    assert not isinstance(glob, str)
    assert re.fullmatch(glob.expression, "a" * 250, re.DOTALL) is None
