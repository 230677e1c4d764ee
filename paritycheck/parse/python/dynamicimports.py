"""Finds ``importlib.import_module("x")`` and ``__import__("x")`` among the calls of a module.

Argument meanings after ``importlib.import_module`` and ``builtins.__import__`` of the library reference.
A name counts where it stands for literals of the same file (``literalnames``).
"""

import ast
import re
from collections.abc import Iterable, Iterator

from paritycheck.model.source import ANY_SUBMODULE, Deferred, Import
from paritycheck.parse.python.entrygroups import LOAD
from paritycheck.parse.python.entrygroups import WORDS as ENTRY_WORDS
from paritycheck.parse.python.importguards import Around
from paritycheck.parse.python.literalnames import IMPORTED, OWN, LiteralNames
from paritycheck.parse.python.startedprograms import WORDS as STARTING_WORDS
from paritycheck.parse.python.tellingwords import Telling

_ALIAS = re.compile(rb"\bimport_module\s+as\b|\bimport_module\s*\\")
NAMING = (b"autodiscover_tasks", b"Celery(", b"dictConfig(", b"conf.update(", b"config_from_object(")


def suspect_lines(data: bytes, telling: Telling) -> list[int]:
    """Return the lines on which such a call can be, in order; every line where the function has an alias.

    Calls that name modules for a framework (``namedmodules``), for a program of its own
    (``startedprograms``), or entry points, are among them.
    """
    if not any(telling):
        return []
    telltale = (b"import_module", b"__import__", *NAMING, *ENTRY_WORDS, *STARTING_WORDS)
    words = [word for word in telltale if word in data]
    if not words:
        return []
    if telling.loads:
        words.append(LOAD)
    lines = data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
    everywhere = aliases_import(data)
    return [
        number for number, line in enumerate(lines, 1) if everywhere or any(word in line for word in words)
    ]


def aliases_import(data: bytes) -> bool:
    """Tell whether the source may call ``import_module`` by a name that no longer says so."""
    return b"import_module" in data and _ALIAS.search(data) is not None


def calls(statement: ast.AST, around: Around) -> Iterator[tuple[ast.Call, Around]]:
    """Yield the calls in the statement's own expressions, not those in the statements below it."""
    pending = [(child, around) for child in _expressions(statement)]
    while pending:
        node, where = pending.pop()
        if isinstance(node, ast.Call):
            yield node, where
        if isinstance(node, ast.Lambda):
            where = where.inside_function()
        pending.extend((child, where) for child in _expressions(node))


def dynamic_imports(
    found: Iterable[tuple[ast.Call, Around]], bound: dict[str, str], literal: LiteralNames
) -> Iterator[tuple[int, Import]]:
    """Yield the imports among calls, each with its column.

    ``bound`` maps every name that an import statement of the module binds to what it stands for. What is
    taken from a table is guarded: nobody knows which of its entries is ever asked for.
    """
    for call, around in found:
        callee = _callee(call.func, bound)
        name = _argument(call, 0, "name") if callee else None
        chosen = literal.choices(name)
        whole = chosen or literal.strings(name)
        within = around._replace(guarded=True) if chosen else around
        for text in whole or (literal.beginning(name),):
            if IMPORTED in text:
                continue
            target = _target(call, callee, text, literal) if whole or text.endswith(".") else None
            if target is not None:
                yield call.col_offset, _import(call, *target, within, partial=not whole)


def deferred_imports(
    found: Iterable[tuple[ast.Call, Around]], bound: dict[str, str], literal: LiteralNames
) -> Iterator[Deferred]:
    """Yield the imports among calls whose names begin with a constant of another module."""
    for call, around in found:
        name = _argument(call, 0, "name") if _callee(call.func, bound) else None
        for text in literal.strings(name):
            before, _, after = text.partition(IMPORTED)
            constant, _, rest = after.partition(IMPORTED)
            if not before and constant and IMPORTED not in rest:
                yield Deferred(call.lineno, constant, rest, around.context, around.condition)


def _import(call: ast.Call, level: int, module: str, around: Around, *, partial: bool) -> Import:
    """Return the import; ``partial``: of some module below the one that is known, which may be a plugin."""
    if partial and not module:
        around = around._replace(guarded=True)
    return Import(
        call.lineno,
        module.rstrip("."),
        level,
        (ANY_SUBMODULE,) if partial else (),
        around.context,
        dynamic=True,
        condition=around.condition,
    )


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
        elif isinstance(child, ast.excepthandler | ast.match_case):
            yield from _expressions(child)


def _callee(function: ast.expr, bound: dict[str, str]) -> str:
    if isinstance(function, ast.Name):
        if function.id == "__import__":
            return function.id
        return "import_module" if bound.get(function.id) == "importlib.import_module" else ""
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        owner = bound.get(function.value.id, "")
        if (owner, function.attr) in (("importlib", "import_module"), ("builtins", "__import__")):
            return function.attr
    return ""


def _target(call: ast.Call, callee: str, text: str, literal: LiteralNames) -> tuple[int, str] | None:
    """Return level and module of one call; ``text`` is its first argument as far as it is known."""
    if text.startswith(OWN):  # f"{__package__}.x" says the same as ".x"
        rest = text.removeprefix(OWN)
        return (1, rest[1:]) if rest.startswith(".") and not rest.startswith("..") else None
    if callee == "__import__":
        level = _argument(call, 4, "level")
        depth = level.value if isinstance(level, ast.Constant) and isinstance(level.value, int) else 0
        return (max(depth, 0), text) if text.strip(".") else None
    package = literal.strings(_argument(call, 1, "package"))
    return _import_module(text, package[0] if len(package) == 1 else "")


def _import_module(text: str, package: str) -> tuple[int, str] | None:
    module = text.lstrip(".")
    level = len(text) - len(module)
    if not level:
        return (0, module) if module else None
    if package == OWN:
        return level, module
    base = package.split(".")
    if not base[0] or level > len(base):
        return None
    parts = [*base[: len(base) - level + 1], *([module] if module else [])]
    return 0, ".".join(parts)


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    if len(call.args) > position:
        positional = call.args[: position + 1]
        return None if any(isinstance(each, ast.Starred) for each in positional) else positional[-1]
    return next((each.value for each in call.keywords if each.arg == keyword), None)
