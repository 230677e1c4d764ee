"""Expansion of words: what each engine makes of the same text."""

from __future__ import annotations

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.parse.build.words import expand, expand_heredoc, expand_to_words

ENV = {"V": "foo.tar.gz", "E": "", "N": "5", "W": "a b", "P": "usr/lib/x"}
REFUSED = "REFUSED"


def outcome(word: str, engine: Engine, escape: str = "\\") -> str:
    try:
        return expand(word, ENV, engine, escape)
    except BuildRefused:
        return REFUSED


@pytest.mark.parametrize(
    ("word", "buildkit", "docker", "podman"),
    [
        ("$V-${N}$U", "foo.tar.gz-5", "foo.tar.gz-5", "foo.tar.gz-5"),
        ("${U:-d}${E:-d}${V:+s}", "dds", "dds", "dds"),
        ("${U:-${V}x}", "foo.tar.gzx", "foo.tar.gzx", "foo.tar.gzx"),
        ("${E-d}", "", REFUSED, REFUSED),
        ("${U+s}${E+s}", "s", REFUSED, REFUSED),
        ("${U:?why}", REFUSED, REFUSED, "why"),
        ("${V:?}", "foo.tar.gz", "foo.tar.gz", "foo.tar.gz"),
        ("${U?why}", REFUSED, REFUSED, REFUSED),
        ("${V?why}", "foo.tar.gz", "foo.tar.gz", REFUSED),
        ("${V#*.}", "tar.gz", REFUSED, "tar.gz"),
        ("${V##*.}", "gz", REFUSED, "gz"),
        ("${V%%.*}", "foo", REFUSED, "foo"),
        # Buildah never tries the whole value, nor all but its last character.
        ("${V#*}", "foo.tar.gz", REFUSED, "foo.tar.gz"),
        ("${V##*}", "", REFUSED, "z"),
        ("${V%%*}", "", REFUSED, ""),
        ("${N#5}", "", REFUSED, "5"),
        # There a star stops at a slash and a class is one, here only * and ? are special.
        ("${P##*/}", "x", REFUSED, "lib/x"),
        ("${V#[f]oo}", "foo.tar.gz", REFUSED, ".tar.gz"),
        ("${V/o/0}", "f0o.tar.gz", REFUSED, "f0o.tar.gz"),
        ("${V//o/0}", "f00.tar.gz", REFUSED, "f00.tar.gz"),
        ("${V/#foo/X}", "foo.tar.gz", REFUSED, "X.tar.gz"),
        ("${V/%gz/X}", "foo.tar.gz", REFUSED, "foo.tar.X"),
        ("${V/.tar}", REFUSED, REFUSED, "foo.gz"),
        ("${}", REFUSED, REFUSED, ""),
        ("${V^}", REFUSED, REFUSED, REFUSED),
        ("${V:1:2}", REFUSED, REFUSED, REFUSED),
        ("$$ $@ $?", "  ", "  ", "$$ $@ $?"),
        ("$10", "", "", "0"),
        ("a\\ b\\$V", "a b$V", "a b$V", "a b$V"),
        ("'$V' \"$N\\n\\$\"", "$V 5\\n$", "$V 5\\n$", "$V 5\\n$"),
        ("it's", REFUSED, REFUSED, REFUSED),
        ('"open', REFUSED, REFUSED, REFUSED),
        ("$Vé", "", "", ""),
    ],
)
def test_word_by_engine(word: str, buildkit: str, docker: str, podman: str) -> None:
    assert (outcome(word, BUILDKIT), outcome(word, DOCKER), outcome(word, PODMAN)) == (
        buildkit,
        docker,
        podman,
    )


def test_escape_directive_reaches_words_of_all_but_podman() -> None:
    assert [outcome("a`$V\\", engine, "`") for engine in (BUILDKIT, DOCKER, PODMAN)] == [
        "a$V\\",
        "a$V\\",
        "a`foo.tar.gz",
    ]


@pytest.mark.parametrize(
    ("engine", "bare", "trim", "replace"),
    [
        (Engine("buildkit", (0, 11)), REFUSED, REFUSED, REFUSED),
        (Engine("buildkit", (0, 12)), "d", REFUSED, REFUSED),
        (Engine("buildkit", (0, 13)), "d", "tar.gz", "xoo.tar.gz"),
        (Engine("docker", (28, 0)), "d", "tar.gz", "xoo.tar.gz"),
        (Engine("podman", (1, 36)), REFUSED, REFUSED, REFUSED),
        (Engine("podman", (1, 37)), REFUSED, "tar.gz", "xoo.tar.gz"),
    ],
)
def test_modifiers_came_with_versions(engine: Engine, bare: str, trim: str, replace: str) -> None:
    assert [outcome(word, engine) for word in ("${U-d}", "${V#*.}", "${V/f/x}")] == [bare, trim, replace]


def test_dollar_in_a_replacement_of_all_is_a_group_that_nobody_has() -> None:
    assert expand("${V//o/<\\$0>}", ENV, BUILDKIT) == "f<\\o><\\o>.tar.gz"
    assert expand("${V/o/<\\$0>}", ENV, BUILDKIT) == "f<\\$0>o.tar.gz"


def test_words_split_at_blanks_of_values_but_not_of_quotes() -> None:
    for engine in (BUILDKIT, DOCKER, PODMAN):
        assert expand_to_words('80 $W "c d" \\ e', ENV, engine) == ("80", "a", "b", "c d", " e")


def test_buildkit_forgets_what_stands_before_braces_when_it_splits() -> None:
    assert expand_to_words("8${U:-0}", ENV, BUILDKIT) == ("0",)
    assert expand_to_words("8${U:-0}", ENV, PODMAN) == ("80",)
    assert expand("8${U:-0}", ENV, BUILDKIT) == "80"


def test_heredoc_bodies_differ_in_quotes_and_backslashes() -> None:
    body = "$N \\$N \\n \"$N\" '$N'\n"
    assert expand_heredoc(body, ENV, BUILDKIT) == "5 $N n \"5\" '5'\n"
    assert expand_heredoc(body, ENV, PODMAN) == "5 \\$N \\n \"5\" '$N'\n"
    assert expand_heredoc("it's\n", ENV, BUILDKIT) == "it's\n"
    with pytest.raises(BuildRefused, match="single-quote"):
        expand_heredoc("it's\n", ENV, PODMAN)


def test_deep_nesting_is_refused_and_not_a_crash() -> None:
    for engine in (BUILDKIT, DOCKER, PODMAN):
        with pytest.raises(BuildRefused):
            expand("${U:-" * 5000, ENV, engine)
