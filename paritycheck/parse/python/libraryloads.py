"""Which shared libraries a Python file loads by name: ``ctypes`` and ``cffi`` calls with a literal.

Facts: the ``ctypes`` documentation ("Loading shared libraries", "Finding shared libraries") and that of cffi
(``ffi.dlopen``). Names of other systems' libraries (``.dll``, ``.dylib``) are left out.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import msgspec

from paritycheck.model.source import ImportContext, Problem
from paritycheck.parse.python.importguards import OPEN
from paritycheck.parse.python.sourcetext import parse_module

_LOADING = frozenset({"CDLL", "PyDLL", "LoadLibrary", "dlopen"})
_CATCHING = frozenset({"OSError", "Exception", "BaseException", "ImportError", "AttributeError"})
_LIBRARY = re.compile(r"lib[\w+.-]+\.so(?:\.[\d.]+)?")
_STEM = re.compile(r"[\w+-]+(?:\.\d+)*")
MAX_CONDITION = 1000  # characters
_WORTH = re.compile(rb"CDLL|PyDLL|LoadLibrary|dlopen|find_library")


class LibraryLoad(msgspec.Struct, frozen=True):
    """A call that loads or looks for a library by a literal name.

    ``search``: ``find_library("magic")``, which answers ``None`` where there is none. ``context`` as for
    imports; ``condition`` is the test under which it runs, as a Python expression (empty: always).
    """

    line: int
    name: str
    search: bool = False
    context: ImportContext = "module"
    condition: str = ""


def library_loads(source: bytes) -> tuple[LibraryLoad, ...]:
    """Return the loads of a file, in order; none if it cannot be parsed."""
    if not _WORTH.search(source):
        return ()
    module = parse_module(source)
    if isinstance(module, Problem):
        return ()
    try:
        found = list(_loads(module, "module", ""))
    except RecursionError:
        return ()
    return tuple(sorted(found, key=lambda each: (each.line, each.name)))


def decisive_loads(loads: tuple[LibraryLoad, ...]) -> Iterator[LibraryLoad]:
    """Yield one load for each library: a file that tries several names needs one of them."""
    families: dict[str, LibraryLoad] = {}
    for load in loads:
        family = re.sub(r"^lib|[-.\d]*(?:\.so.*)?$", "", load.name)
        families.setdefault(family, load)
    yield from families.values()


def _loads(node: ast.AST, context: ImportContext, condition: str) -> Iterator[LibraryLoad]:
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            context = "function" if context == "module" else context
        case ast.If(test=test, body=body, orelse=orelse):
            for branch, text in ((body, "({})"), (orelse, "not ({})")):
                for each in branch:
                    yield from _loads(each, context, _both(condition, text.format(ast.unparse(test))))
            return
        case ast.IfExp() | ast.Match():
            condition = _both(condition, OPEN)
        case ast.Try(body=body, handlers=handlers, orelse=orelse, finalbody=final):
            inside: ImportContext = "guarded" if any(map(_catches, handlers)) else context
            for each in body:
                yield from _loads(each, inside, condition)
            for handler in handlers:
                yield from _loads(handler, context, _both(condition, OPEN))
            for each in (*orelse, *final):
                yield from _loads(each, context, condition)
            return
        case ast.Call(func=function, args=[ast.Constant(value=str() as name), *_]):
            called = getattr(function, "id", "") or getattr(function, "attr", "")
            if called == "find_library" and _STEM.fullmatch(name):
                yield LibraryLoad(node.lineno, name, True, context, condition)
            elif called in _LOADING and _LIBRARY.fullmatch(name):
                yield LibraryLoad(node.lineno, name, False, context, condition)
    for child in ast.iter_child_nodes(node):
        yield from _loads(child, context, condition)


def _both(first: str, second: str) -> str:
    text = f"{first} and {second}" if first else second
    return text if len(text) <= MAX_CONDITION else OPEN


def _catches(handler: ast.ExceptHandler) -> bool:
    if handler.type is None:
        return True
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(getattr(kind, "id", "") in _CATCHING for kind in kinds)
