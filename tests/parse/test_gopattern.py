from __future__ import annotations

import pytest

from paritycheck.parse.build.gopattern import BadPattern, clean, filepath_match, trim_space


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("abc", "abc", True),
        ("*", "abc", True),
        ("*c", "abc", True),
        ("a*", "a", True),
        ("a*", "ab/c", False),
        ("a*/b", "abc/b", True),
        ("a*/b", "a/c/b", False),
        ("a*b*c*d*e*/f", "axbxcxdxe/f", True),
        ("a*b*c*d*e*/f", "axbxcxdxexxx/fff", False),
        ("a*b?c*x", "abxbbxdbxebxczzx", True),
        ("ab[c]", "abc", True),
        ("ab[e-g]", "abc", False),
        ("ab[^b-d]", "abc", False),
        ("a\\*b", "a*b", True),
        ("a\\*b", "ab", False),
        ("a?b", "a☺b", True),
        ("a[^a]b", "a☺b", True),
        ("a???b", "a☺b", False),
        ("[a-ζ]*", "α", True),
        ("a?b", "a/b", False),
        ("a*b", "a/b", False),
        ("[\\]a]", "]", True),
        ("[\\-x]", "-", True),
        ("[[]", "[", True),
        ("[*]", "*", True),
        ("*x", "xxx", True),
        ("**", "a", True),
        ("**", "a/b", False),
        (".*", ".hidden", True),
        ("*", ".hidden", True),
        ("", "", True),
        # A star may stop inside a character; each byte left over counts as one then.
        ("*??", "€", True),
        ("*????", "€", False),
    ],
)
def test_filepath_match(pattern: str, name: str, expected: bool) -> None:
    assert filepath_match(pattern, name) is expected


@pytest.mark.parametrize(
    "pattern", ["[]a]", "[-]", "[x-]", "[a-b-c]", "[", "[^", "[^bc", "a[", "a\\", "[\\", "*[x"]
)
def test_malformed_patterns(pattern: str) -> None:
    with pytest.raises(BadPattern):
        filepath_match(pattern, "a")


@pytest.mark.parametrize("pattern", ["q*[x", "[z-a]", "[[:digit:]]", "\\é", "q*\\"])
def test_faults_that_a_failed_match_hides(pattern: str) -> None:
    assert not filepath_match(pattern, ".")


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("", "."),
        ("./a//b/", "a/b"),
        ("a/../b", "b"),
        ("a/..", "."),
        ("../a/../../b", "../../b"),
        ("/../a", "/a"),
        ("/..", "/"),
        ("!a/../b", "b"),
        ("a/.b/..c", "a/.b/..c"),
    ],
)
def test_clean(path: str, expected: str) -> None:
    assert clean(path) == expected


def test_trim_space_takes_what_go_calls_white_space() -> None:
    assert trim_space("\u00a0\t\u2003a b\u0085\u3000\r") == "a b"
    assert trim_space("\x1ca\x1f") == "\x1ca\x1f"
    assert trim_space("\ufeffa\u200b") == "\ufeffa\u200b"
