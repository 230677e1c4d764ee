"""Strings that a Python file assigns at module level, as far as they are literal.

The meaning of the statements is the language reference's; nothing is run. What stands under a
condition that only a run would decide is not certain, and listed apart.
"""

from __future__ import annotations

import ast
import re
from collections import deque
from collections.abc import Iterator, Mapping
from itertools import islice

import msgspec

from paritycheck.model.source import Problem
from paritycheck.parse.python.literalvalues import (
    MOST,
    Scope,
    Variables,
    asked_variable,
    copied,
    is_environ,
    met,
)
from paritycheck.parse.python.sourcetext import parse_module

_DOTTED = re.compile(r"[^\W\d]\w*(?:\.[^\W\d]\w*)*")
Origin = tuple[int, str]
# What stands in these may never run, or its failure may be caught.
_PERHAPS = (
    *(ast.If, ast.IfExp, ast.Try, ast.TryStar, ast.While, ast.Match),
    *(ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda),
)


class Literals(msgspec.Struct, frozen=True):
    """``texts``: name -> the string it is bound to last; ``lists``: name -> the strings it holds at the end.

    ``maybe``: name -> strings that it holds under some condition, or may be bound to. Dotted strings in a
    dictionary, or in a list of them, are those of ``NAME.key``. ``truths`` are names bound to true or false.
    ``stars`` are the modules of ``from x import *`` as (level, name), in order, and of ``from x import
    NAMES`` in capitals; a name that ends in ``.py`` is a file beside this one that ``include`` names.
    ``defaults`` are the environment variables that ``os.environ`` is given or asked for with a
    default, anywhere in the file; ``calls`` the first arguments of the calls that are
    made whenever the file is imported, as (function's last name, string).
    """

    texts: dict[str, str] = {}
    lists: dict[str, tuple[str, ...]] = {}
    maybe: dict[str, tuple[str, ...]] = {}
    truths: dict[str, bool] = {}
    stars: tuple[Origin, ...] = ()
    defaults: dict[str, str] = {}
    calls: tuple[tuple[str, str], ...] = ()


def read_literals(
    source: str, known: Mapping[Origin, Literals] | None = None, variables: Variables | None = None
) -> Literals:
    """Read a file; ``known`` is what the modules bind that it imports from, ``variables`` the environment.

    A file that cannot be parsed says nothing.
    """
    module = parse_module(source.encode("utf-8", "replace"))
    if isinstance(module, Problem):
        return Literals()
    try:
        return _Reading(known or {}, Scope(variables or {})).read(module)
    except RecursionError:
        return Literals()


class _Reading:
    """The bindings so far, statement by statement."""

    def __init__(self, known: Mapping[Origin, Literals], scope: Scope) -> None:
        self.known = known
        self.scope = scope
        self.stars: list[Origin] = []

    def read(self, module: ast.Module) -> Literals:
        self._block(module.body)
        scope = self.scope
        return Literals(
            scope.texts,
            scope.lists,
            scope.maybe,
            scope.truths,
            tuple(dict.fromkeys(self.stars)),
            dict(_defaults(module, scope)),
            tuple(_calls(module)),
        )

    def _block(self, statements: list[ast.stmt]) -> None:
        for statement in statements:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Assign(targets=targets, value=value):
                for target in targets:
                    self._bind(target, value)
            case ast.AnnAssign(target=target, value=ast.expr() as value):
                self._bind(target, value)
            case ast.AugAssign(target=ast.Name(id=name), op=ast.Add(), value=value):
                self._add(name, value)
            case ast.AugAssign(target=ast.Subscript() as target, op=ast.Add(), value=value):
                self._bind(target, value)
            case ast.Expr(value=ast.Call() as call):
                self._call(call)
            case ast.ImportFrom():
                self._import(statement)
            case ast.If(test=test, body=body, orelse=orelse):
                holds = self.scope.truth(test)
                if holds is None:
                    self._either(body, orelse)
                else:
                    self._block(body if holds else orelse)
            case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
                ways = [handler.body for handler in handlers if not isinstance(handler.body[-1], ast.Raise)]
                self._either([*body, *orelse], *ways)
                self._block(final)
            case ast.With(body=body):
                self._block(body)

    def _either(self, *blocks: list[ast.stmt]) -> None:
        """Read what may run instead of each other: only what all of them say is certain after it."""
        before, ends = self.scope, []
        for block in blocks:
            self.scope = copied(before)
            self._block(block)
            ends.append(self.scope)
        self.scope = met(ends)

    def _bind(self, target: ast.expr, value: ast.expr) -> None:
        if isinstance(target, ast.Subscript):
            owner, key = _innermost(target)
            if owner and key:
                self._extend(f"{owner}.{key}", value)
                self._entries(owner, value, True)
            return
        if not isinstance(target, ast.Name):
            return
        name, scope = target.id, self.scope
        text, truth = scope.text(value), scope.truth(value)
        strings = list(islice(scope.strings(value), MOST))
        for bound in (scope.texts, scope.truths, scope.lists, scope.maybe):
            bound.pop(name, None)
        for bound in (scope.lists, scope.maybe):
            for each in [each for each in bound if each.startswith(name + ".")]:
                del bound[each]
        if text is not None:
            scope.texts[name] = text
        elif truth is not None:
            scope.truths[name] = truth
        else:
            sure = tuple(each for each, certain in strings if certain)
            if sure or isinstance(value, ast.List | ast.Tuple):
                scope.lists[name] = sure
            self._note_maybe(name, [each for each, certain in strings if not certain])
        self._entries(name, value, True)

    def _add(self, name: str, value: ast.expr) -> None:
        self._extend(name, value)
        self._entries(name, value, True)

    def _extend(self, name: str, value: ast.expr, certain: bool = True) -> None:
        found = list(islice(self.scope.strings(value, certain), MOST))
        sure = tuple(text for text, known in found if known)
        if sure or not found:
            self.scope.lists[name] = (*self.scope.lists.get(name, ()), *sure)[:MOST]
        self._note_maybe(name, [text for text, known in found if not known])

    def _note_maybe(self, name: str, texts: list[str]) -> None:
        if texts:
            self.scope.maybe[name] = (*self.scope.maybe.get(name, ()), *texts)[:MOST]

    def _entries(self, name: str, value: ast.expr, certain: bool) -> None:
        """Note the dotted strings of dictionaries under the key that they stand under."""
        match value:
            case ast.Dict(keys=keys, values=values):
                for key, inner in zip(keys, values, strict=True):
                    self._entries(name, inner, certain)
                    if isinstance(key, ast.Constant) and isinstance(key.value, str):
                        found = [text for text, _ in self.scope.strings(inner)]
                        if found and all(map(_DOTTED.fullmatch, found)):
                            self._extend(f"{name}.{key.value}", inner, certain)
            case ast.List(elts=elements) | ast.Tuple(elts=elements):
                for element in elements:
                    self._entries(name, element, certain)
            case ast.IfExp(test=test, body=body, orelse=orelse):
                holds = self.scope.truth(test)
                for branch, dropped in ((body, False), (orelse, True)):
                    if holds is not dropped:
                        self._entries(name, branch, certain and holds is not None)

    def _call(self, call: ast.Call) -> None:
        match call:
            case ast.Call(func=ast.Name(id="include"), args=arguments):
                for text in _included(arguments, self.scope):
                    self._take((0, text), None)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[*_, last]):
                if method in ("append", "extend", "insert") and name in self.scope.lists:
                    self._add(name, last)
                elif method == "remove" and name in self.scope.lists:
                    gone = {text for text, _ in self.scope.strings(last)}
                    kept = (each for each in self.scope.lists[name] if each not in gone)
                    self.scope.lists[name] = tuple(kept)

    def _import(self, statement: ast.ImportFrom) -> None:
        names = {each.name: each.asname or each.name for each in statement.names}
        if "*" in names:
            self._take((statement.level, statement.module or ""), None)
        elif any(name.isupper() for name in names):
            self._take((statement.level, statement.module or ""), names)

    def _take(self, origin: Origin, names: Mapping[str, str] | None) -> None:
        """Bind what another module binds; ``names`` are those asked for, and what they are called here."""
        self.stars.append(origin)
        more, scope = self.known.get(origin), self.scope
        if more is None:
            return
        for bound, there in (
            (scope.texts, more.texts),
            (scope.truths, more.truths),
            (scope.lists, more.lists),
            (scope.maybe, more.maybe),
        ):
            for name, value in there.items():
                first, dot, rest = name.partition(".")
                if names is None or first in names:
                    own = (first if names is None else names[first]) + dot + rest
                    bound[own] = value  # type: ignore[assignment]  # of the same kind on both sides


def _innermost(target: ast.Subscript) -> tuple[str, str]:
    """Return the name and the last key of ``DATABASES["default"]["ENGINE"]``."""
    key = target.slice.value if isinstance(target.slice, ast.Constant) else None
    node: ast.expr = target
    while isinstance(node, ast.Subscript):
        node = node.value
    return (node.id if isinstance(node, ast.Name) else ""), (key if isinstance(key, str) else "")


def _included(arguments: list[ast.expr], scope: Scope) -> Iterator[str]:
    """Yield the files that ``include("base.py", optional("local.py"))`` names."""
    for each in arguments:
        inner = each.args[0] if isinstance(each, ast.Call) and each.args else each
        yield from (text for text, _ in scope.strings(inner) if text.endswith(".py"))


def _defaults(module: ast.Module, scope: Scope) -> Iterator[tuple[str, str]]:
    """Yield what ``os.environ`` is given, or asked with a default, anywhere: mostly in ``main()``.

    What is given comes last: it wins.
    """
    asked: list[tuple[str, str]] = []
    given: list[tuple[str, str]] = []
    for node in ast.walk(module):
        match node:
            case ast.Call(
                func=ast.Attribute(value=owner, attr="setdefault"),
                args=[ast.Constant(value=str() as name), value],
            ) if is_environ(owner):
                given.append((name, scope.text(value, presume=True) or ""))
            case ast.Assign(
                targets=[ast.Subscript(value=owner, slice=ast.Constant(value=str() as name))], value=value
            ) if is_environ(owner):
                given.append((name, scope.text(value, presume=True) or ""))
            case ast.Call():
                name, default = asked_variable(node)
                text = scope.text(default, presume=True) if name and default is not None else None
                asked.append((name, text or ""))
    # The first one that stands there counts.
    yield from ((name, text) for name, text in (*reversed(asked), *reversed(given)) if text)


def _calls(module: ast.Module) -> Iterator[tuple[str, str]]:
    waiting: deque[ast.AST] = deque([module])
    while waiting:
        node = waiting.popleft()
        if isinstance(node, _PERHAPS):
            continue
        waiting.extend(ast.iter_child_nodes(node))
        if isinstance(node, ast.Call) and node.args:
            first = node.args[0]
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and name:
                yield name, first.value
