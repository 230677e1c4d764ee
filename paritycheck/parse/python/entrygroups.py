"""Groups of entry points that a module loads: ``entry_points(group="app.plugins")`` and its kind.

Sources: the library reference on ``importlib.metadata`` (an entry point is imported by its ``load``),
setuptools on ``pkg_resources.iter_entry_points``, stevedore ``extension.py`` (a plugin that fails is
logged), pluggy ``_manager.py`` (``load_setuptools_entrypoints`` loads every one).
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator

from paritycheck.model.source import EntryGroup
from paritycheck.parse.python.importguards import Around
from paritycheck.parse.python.literalnames import LiteralNames

WORDS = (
    b"entry_points(",
    b"ExtensionManager(",
    b"HookManager(",
    b"DriverManager(",
    b"load_setuptools_entrypoints",
)
LOAD = b".load("
_MANAGERS = frozenset(
    {"ExtensionManager", "NamedExtensionManager", "EnabledExtensionManager", "HookManager", "DriverManager"}
    | {"DispatchExtensionManager", "NameDispatchExtensionManager"}
)
# One entry point of the group is chosen, by a name that only a run knows.
_CHOOSING = (b".name ==", b".name in ", b"name=", b".name not in ", b".name !=")


def entry_groups(
    found: Iterable[tuple[ast.Call, Around]], literal: LiteralNames, source: bytes
) -> Iterator[EntryGroup]:
    """Yield the groups that calls name. What is chosen among, or loaded elsewhere, is guarded."""
    every = list(found)
    loads = [around for call, around in every if _name(call.func) == "load" and not call.args]
    chosen = any(word in source for word in _CHOOSING)
    cautious = chosen or not loads or any(around.guarded for around in loads)
    for call, around in every:
        name = _name(call.func)
        group: ast.expr | None = None
        guarded = cautious
        if name in ("entry_points", "iter_entry_points", "select"):
            group = _keyword(call, "group") or (
                call.args[0] if name == "iter_entry_points" and call.args else None
            )
        elif name == "get" and _is_entry_points(call.func):
            group = call.args[0] if call.args else None
        elif name == "load_setuptools_entrypoints":
            group, guarded = _keyword(call, "group") or (call.args[0] if call.args else None), False
        elif name in _MANAGERS:
            group, guarded = _keyword(call, "namespace") or (call.args[0] if call.args else None), True
        for text in literal.strings(group):
            within = around._replace(guarded=True) if guarded else around
            yield EntryGroup(call.lineno, text, within.context, within.condition)


def _is_entry_points(function: ast.expr) -> bool:
    owner = function.value if isinstance(function, ast.Attribute) else None
    return isinstance(owner, ast.Call) and _name(owner.func) == "entry_points"


def _name(function: ast.expr) -> str:
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def _keyword(call: ast.Call, name: str) -> ast.expr | None:
    return next((each.value for each in call.keywords if each.arg == name), None)
