"""Variables in compose files, form by form, and environment files line by line."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paritycheck.parse.compose.interpolation import interpolate, read_env_file

VALUES = {"SET": "value", "EMPTY": "", "N": "8"}


@pytest.mark.parametrize(
    ("text", "result", "unset"),
    [
        ("a $SET b", "a value b", ""),
        ("${SET}${N}", "value8", ""),
        ("$SETTLED", "", "SETTLED"),
        ("${NONE}", "", "NONE"),
        ("${NONE:-d}", "d", ""),
        ("${EMPTY:-d}", "d", ""),
        ("${EMPTY-d}", "", ""),
        ("${NONE-d}", "d", ""),
        ("${SET:-d}", "value", ""),
        ("${NONE:-${N}}", "8", ""),
        ("${NONE:-${NONE:-x}}", "x", ""),
        ("${NONE:-a}b}", "ab}", ""),
        ("${SET:+yes}", "yes", ""),
        ("${EMPTY:+yes}", "", ""),
        ("${EMPTY+yes}", "yes", ""),
        ("${NONE+yes}", "", ""),
        ("${NONE:?why not}", "", "NONE: why not"),
        ("${EMPTY:?}", "", "EMPTY: it is required"),
        ("${EMPTY?}", "", ""),
        ("$$SET $${SET}", "$SET ${SET}", ""),
        ("100$", "100$", ""),
        ("$1 ${1}", "$1 ${1}", ""),
        ("${SET", "${SET", ""),
        ("${SET/a/b}", "${SET/a/b}", ""),
    ],
)
def test_interpolate(text: str, result: str, unset: str) -> None:
    told: list[str] = []
    found = interpolate(text, VALUES, lambda name, message: told.append(f"{name}: {message}".rstrip(": ")))
    assert (found, ", ".join(told)) == (result, unset)


@given(st.text(alphabet="${}:-?+SETN1a ", max_size=60))
def test_no_text_is_too_much(text: str) -> None:
    result = interpolate(text, VALUES, lambda _name, _message: None)
    if "$" not in text:
        assert result == text


def test_deep_nesting_ends() -> None:
    interpolate("${A:-" * 5_000 + "}" * 5_000, {}, lambda _name, _message: None)


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=1", "1"),
        ("export A = 1 ", "1"),
        ("A: 1", "1"),
        ("A=a b # comment", "a b"),
        ("A=a#b", "a#b"),
        ("A=", ""),
        ("A='$SET # x'", "$SET # x"),
        ('A="$SET\\n" # x', "value\n"),
        ('A="\\$SET"', "$SET"),
        ("A=${NONE:-d}", "d"),
        ("B=1\nA=$B", "1"),
        ('A="one\ntwo"', "one\ntwo"),
        ("\ufeffA=1", "1"),
        ("A", None),
        ("# A=1\nA=2", "2"),
    ],
)
def test_env_files(line: str, value: str | None) -> None:
    assert read_env_file(line, VALUES)["A"] == value
