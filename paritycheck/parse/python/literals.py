"""Strings that a Python file assigns at module level, as far as they are literal.

The meaning of the statements is the language reference's; nothing is run. What stands under a
condition is not taken for certain and left out.
"""

import ast
from collections.abc import Iterator
from itertools import chain, islice

import msgspec

from paritycheck.model.source import Problem
from paritycheck.parse.python.sourcetext import parse_module

_MOST = 10_000  # strings of a list; source can double its own
_LONGEST = 10_000  # characters of a string that is put together


class Literals(msgspec.Struct, frozen=True):
    """``texts``: name -> the string it is bound to last; ``lists``: name -> the strings it holds at the end.

    ``stars`` are the modules of ``from x import *`` as (level, name), in order; ``defaults`` the
    environment variables that ``os.environ`` is given, by ``setdefault`` or assignment, anywhere
    in the file; ``calls`` the first arguments of calls, as (function's last name, string).
    """

    texts: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    stars: tuple[tuple[int, str], ...] = ()
    defaults: dict[str, str] = {}
    calls: tuple[tuple[str, str], ...] = ()


def read_literals(source: str, known: Literals | None = None) -> Literals:
    """Read a file; ``known`` is what its star imports bind. A file that cannot be parsed says nothing."""
    module = parse_module(source.encode("utf-8", "replace"))
    if isinstance(module, Problem):
        return Literals()
    try:
        return _Reading(known or Literals()).read(module)
    except RecursionError:
        return Literals()


class _Reading:
    """The bindings so far, statement by statement."""

    def __init__(self, known: Literals) -> None:
        self.texts = dict(known.texts)
        self.lists = dict(known.lists)
        self.stars: list[tuple[int, str]] = []

    def read(self, module: ast.Module) -> Literals:
        for statement in module.body:
            self._statement(statement)
        calls = tuple(_calls(module))
        return Literals(self.texts, self.lists, tuple(self.stars), _defaults(module), calls)

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                self.lists[name] = self._list(name, value)
            case ast.Expr(
                value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=args)
            ):
                self._change(name, method, args)
            case ast.ImportFrom(names=[ast.alias(name="*")], module=origin, level=level):
                self.stars.append((level, origin or ""))

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if not isinstance(target, ast.Name):
            return
        text, strings = self._text(value), tuple(islice(self._strings(value), _MOST))
        self.texts.pop(target.id, None)
        self.lists.pop(target.id, None)
        if text is not None:
            self.texts[target.id] = text
        elif strings or isinstance(value, ast.List | ast.Tuple):
            self.lists[target.id] = strings

    def _change(self, name: str, method: str, args: list[ast.expr]) -> None:
        if method in ("append", "extend", "insert", "remove") and name in self.lists and args:
            if method == "remove":
                gone = set(self._strings(args[-1]))
                self.lists[name] = tuple(each for each in self.lists[name] if each not in gone)
            else:
                self.lists[name] = self._list(name, args[-1])

    def _list(self, name: str, more: ast.expr) -> tuple[str, ...]:
        return tuple(islice(chain(self.lists.get(name, ()), self._strings(more)), _MOST))

    def _text(self, value: ast.expr) -> str | None:
        match value:
            case ast.Constant(value=str() as text):
                return text
            case ast.Name(id=name):
                return self.texts.get(name)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                first, second = self._text(left), self._text(right)
                return None if first is None or second is None else (first + second)[:_LONGEST]
            case ast.JoinedStr(values=values):
                parts = [self._text(part) for part in values]
                return None if None in parts else "".join(part for part in parts if part)[:_LONGEST]
            case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                return self._text(inner)
        return None

    def _strings(self, value: ast.expr) -> Iterator[str]:
        text = self._text(value)
        if text is not None:
            yield text
            return
        match value:
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                for element in elements:
                    yield from self._strings(element)
            case ast.Starred(value=inner):
                yield from self._strings(inner)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self._strings(left)
                yield from self._strings(right)
            case ast.Name(id=name):
                yield from self.lists.get(name, ())
            case ast.Call(func=ast.Name(id="list" | "tuple" | "sorted"), args=[inner]):
                yield from self._strings(inner)


def _defaults(module: ast.Module) -> dict[str, str]:
    """Return what ``os.environ`` is given, wherever in the file: it mostly stands in ``main()``."""
    found: dict[str, str] = {}
    for node in ast.walk(module):
        match node:
            case ast.Call(
                func=ast.Attribute(value=owner, attr="setdefault"),
                args=[ast.Constant(value=str() as name), ast.Constant(value=str() as text)],
            ) if _is_environ(owner):
                found.setdefault(name, text)
            case ast.Assign(
                targets=[ast.Subscript(value=owner, slice=ast.Constant(value=str() as name))],
                value=ast.Constant(value=str() as text),
            ) if _is_environ(owner):
                found.setdefault(name, text)
    return found


def _is_environ(node: ast.expr) -> bool:
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def _calls(module: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and name:
                yield name, first.value
