"""YAML as compose files have it: what a plain word means, where it stands, what is refused."""

from __future__ import annotations

import time

import pytest

from paritycheck.errors import SourceError
from paritycheck.parse.compose.yamlvalues import Map, Scalar, Sequence, Value, read_yaml


def plain(value: Value) -> object:
    match value:
        case Scalar(text=text):
            return text
        case Sequence(items=items):
            return [plain(each) for each in items]
        case Map(items=pairs):
            return {key: plain(each) for key, each in pairs.items()}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("3.10", "3.1"),
        ('"3.10"', "3.10"),
        ("3.0", "3"),
        ("3.12.1", "3.12.1"),
        ("1e3", "1000"),
        ("007", "7"),
        ("010", "8"),
        ("08", "8"),
        ("0x1F", "31"),
        ("1_000", "1000"),
        ("True", "true"),
        ("yes", "yes"),
        ("on", "on"),
        ("~", None),
        ("null", None),
        ("", None),
        ("''", ""),
        ("22:22", "22:22"),
        ("${X:-1}", "${X:-1}"),
    ],
)
def test_plain_words(written: str, meant: str | None) -> None:
    assert plain(read_yaml(f"a: {written}\n", "c")) == {"a": meant}


def test_lines_and_tags() -> None:
    top = read_yaml("a:\n  - x\n  - !reset y\nb: !override {c: d}\n", "c")
    assert isinstance(top, Map)
    first, second = top.items["a"], top.items["b"]
    assert isinstance(first, Sequence)
    assert [(each.line, each.tag) for each in first.items] == [(2, ""), (3, "!reset")]
    assert (second.line, second.tag) == (4, "!override")


def test_merge_keys_are_weaker_than_own_keys_and_than_those_before() -> None:
    text = "a: &a {x: 1, y: 1}\nb: &b {y: 2, z: 2}\nc:\n  <<: [*a, *b]\n  x: 3\n"
    top = plain(read_yaml(text, "c"))
    assert isinstance(top, dict)
    assert top["c"] == {"x": "3", "y": "1", "z": "2"}


def bomb(levels: int) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (bomb(9), "aliases"),
        ("a: &a\n  b: *a\n", "inside of what it names"),
        ("[" * 20_000, "too deeply"),
        ("a: b: c\n", "c:1: not YAML"),
        ("a: *nobody\n", "c:1: not YAML"),
        ("a: 1\n---\nb: 2\n", "not YAML"),
        ("\x00", "not YAML"),
        ("# \n" * 100_000, "larger than"),
    ],
)
def test_refused(text: str, message: str) -> None:
    begun = time.monotonic()
    with pytest.raises(SourceError, match=message):
        read_yaml(text, "c")
    assert time.monotonic() - begun < 5


def test_an_empty_file_is_null() -> None:
    assert read_yaml("# nothing\n", "c") == Scalar(None)
