"""Which Python the syntax of a source needs; what each release takes was measured with its own compiler."""

from __future__ import annotations

import sys

import pytest

from paritycheck.model.source import Raise
from paritycheck.parse.python.imports import parse_source
from paritycheck.parse.python.syntaxneeds import newer_syntax
from paritycheck.predict.importing.conditions import holds

ALWAYS = (3, 8)
SOURCES: dict[str, tuple[str, tuple[int, int], int]] = {
    "match": ("def f(x):\n    match x:\n        case 1: pass\n", (3, 10), 2),
    "match as a name": ("match = type = 1\nmatch.case = 2\nprint(match(type), type (1))\n", ALWAYS, 0),
    "case in a text": ('"""\ncase (a):\ntype A = 1\n"""\n', ALWAYS, 0),
    "a group of exceptions": ("try: pass\nexcept* ValueError: pass\n", (3, 11), 1),
    "a group, other space": ("try: pass\nexcept *ValueError: pass\n", (3, 11), 1),
    "the name of a type": ("x = 1\ntype A = int\n", (3, 12), 2),
    "parameters of a function": ("def f[T](x: T): return x\n", (3, 12), 1),
    "parameters of a class": ("x = 1\nclass A[T]: pass\n", (3, 12), 2),
    "parameters of a method": ("class A:\n    async def f[T](x: T): return x\n", (3, 12), 2),
    "the same quotes inside": ('x = {}\ny = f"{x[\'a\']} {x["b"]}"\n', (3, 12), 2),
    "the same single quotes inside": ("y = f'{x['a']}'\n", (3, 12), 1),
    "formatted inside of formatted": ('y = f"{f"{x}"}"\n', (3, 12), 1),
    "other quotes inside": ("y = 'a' f\"{x['a']}\" f'{x[\"a\"]}'\n", ALWAYS, 0),
    "three quotes around one": ('y = f"""{x["a"]}"""\n', ALWAYS, 0),
    "braces of texts": ('y = f"{x}" + "{" + "}" + f"{{" "a"\n', ALWAYS, 0),
    "two of them": ("def f(x):\n    match x:\n        case 1: pass\ntype A = int\n", (3, 12), 4),
}


@pytest.mark.parametrize("name", SOURCES)
@pytest.mark.parametrize("minor", range(8, 15))
def test_a_source_is_refused_by_what_is_older(name: str, minor: int) -> None:
    text, needs, line = SOURCES[name]
    raises = parse_source(text.encode()).raises
    facts = {"sys.version_info": (3, minor, 2, "final", 0)}
    refusing = [each for each in raises if holds(each.condition, facts)]
    assert bool(refusing) == ((3, minor) < needs)
    assert {each.exception for each in refusing} <= {"SyntaxError"}
    if refusing and sys.version_info >= needs:
        assert line in {each.line for each in refusing}


def test_what_nobody_can_read_is_no_matter_of_a_version() -> None:
    assert parse_source(b"x = '\xff'\n").problem is not None
    assert newer_syntax(b"\0") == ()
    refused = parse_source(b"print 'hello'\n").raises
    assert [each.line for each in refused] == [1]
    assert holds(refused[0].condition, {"sys.version_info": (2, 7, 18)}) is False


def test_the_first_line_of_each_release_is_told_with_other_refusals() -> None:
    text = "try: pass\nexcept* OSError: pass\n" + "match 1:\n    case 1: pass\n" * 2 + "raise KeyError\n"
    assert parse_source(text.encode()).raises == (
        Raise(3, "SyntaxError", "sys.version_info < (3, 10)"),
        Raise(1, "SyntaxError", "sys.version_info < (3, 11)"),
        Raise(7, "KeyError"),
    )
