from __future__ import annotations

import pytest

from paritycheck.parse.build.goregexp import BadRegexp, translate


@pytest.mark.parametrize(
    ("expression", "matching", "other"),
    [
        ("^a[^/]*$", ["a", "abc", "a\n"], ["a/b", "ba"]),
        ("^a.b$", ["axb"], ["a\nb"]),
        ("^a$", ["a"], ["a\n", "A"]),
        ("^x|y$", ["x", "xz", "zy"], ["zx"]),
        ("^x{2}$", ["xx"], ["x", "xxx", "x{2}"]),
        ("^x{,2}$", ["x{,2}"], ["xx"]),
        ("^x{a}$", ["x{a}"], ["xa"]),
        ("^x{02}$", ["x{02}"], ["xx"]),
        ("^+a$", ["a"], ["+a"]),
        (r"^\d$", ["5"], ["d", "٣"]),
        (r"^\w\W\s\S\D$", ["a- bc"], ["é- bc"]),
        (r"^\bé?a\b$", ["a"], ["éa"]),
        (r"^[\d-z]$", ["5", "-", "z"], ["y", "d"]),
        ("^[[:digit:][:^alpha:]]$", ["1", "é"], ["a"]),
        ("^[[:alpha]$", [":", "a", "["], ["b"]),
        ("^[]a]$", ["]", "a"], [""]),
        ("^[^]a]$", ["b", "/"], ["]", "a"]),
        ("^[a-]$", ["a", "-"], ["b"]),
        ("^[[^/]*]$", ["^/[]", "]"], ["*"]),
        (r"^\x41\x{1F600}\101\a$", ["A\U0001f600A\x07"], [""]),
        (r"^\Qa.*\Eb*$", ["a.*bb", "a.*"], ["axb"]),
        (r"^\pL\p{Nd}\P{L}$", ["a1-", "é٣ "], ["1a-"]),
        ("^(a|)b$", ["ab", "b"], ["aab"]),
        ("^()$", [""], ["a"]),
        (r"^\.\_\/$", ["._/"], ["a_/"]),
    ],
)
def test_translation(expression: str, matching: list[str], other: list[str]) -> None:
    test = translate(expression)
    assert [text for text in matching if not test(text)] == []
    assert [text for text in other if test(text)] == []


@pytest.mark.parametrize(
    "expression",
    [
        *("^c++$", "^a**", "^(.*/)?+x$", "a{2}{3}", "a{1001}", "a{2,1}", "+", "(+a)", "a|*"),
        *("(a", "a)", "[a", "[z-a]", "[Local-Only]", "[[:nope:]]", r"[a-\d]", "[]"),
        *("(" * 500 + ")" * 500, "(" * 5000),
        *(r"\é", r"\8", r"\1", r"\C", r"\k", r"\pk", r"\p{Nope}", r"\x4", r"\x{}", r"\x{110000}", "\\"),
    ],
)
def test_what_go_refuses(expression: str) -> None:
    with pytest.raises(BadRegexp):
        translate(expression)
