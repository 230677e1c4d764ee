"""Finds ``importlib.import_module("x")`` and ``__import__("x")`` among the calls of a module.

Argument meanings after ``importlib.import_module`` and ``builtins.__import__`` of the library reference.
"""

import ast
import re
from collections.abc import Iterable, Iterator

from paritycheck.model.source import ANY_SUBMODULE, Import
from paritycheck.parse.python.importguards import Around

_ALIAS = re.compile(rb"\bimport_module\s+as\b|\bimport_module\s*\\")
NAMING = (b"autodiscover_tasks", b"Celery(", b"dictConfig(", b"conf.update(")
OWN_PACKAGE = ("__package__", "__name__")


def suspect_lines(data: bytes) -> list[int]:
    """Return the lines on which such a call can be, in order; every line where the function has an alias.

    Calls that name modules for a framework (``namedmodules``) are among them.
    """
    words = [word for word in (b"import_module", b"__import__", *NAMING) if word in data]
    if not words:
        return []
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
    found: Iterable[tuple[ast.Call, Around]], bound: dict[str, str]
) -> Iterator[tuple[int, Import]]:
    """Yield the imports among calls, each with its column.

    ``bound`` maps every name that an import statement of the module binds to what it stands for.
    """
    for call, around in found:
        target = _target(call, _callee(call.func, bound))
        if target is not None:
            level, module = target
            # A name that ends in a dot is the known part of one that is computed.
            names = (ANY_SUBMODULE,) if module.endswith(".") else ()
            yield (
                call.col_offset,
                Import(
                    call.lineno,
                    module.rstrip("."),
                    level,
                    names,
                    around.context,
                    dynamic=True,
                    condition=around.condition,
                ),
            )


def _expressions(node: ast.AST) -> Iterator[ast.AST]:
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
        elif isinstance(child, ast.excepthandler | ast.match_case):
            yield from _expressions(child)


def _callee(function: ast.expr, bound: dict[str, str]) -> str:
    if isinstance(function, ast.Name):
        return (
            "__import__"
            if function.id == "__import__"
            else bound.get(function.id, "").rpartition("importlib.")[2]
        )
    if isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name):
        owner = bound.get(function.value.id, "")
        if (owner, function.attr) in (("importlib", "import_module"), ("builtins", "__import__")):
            return function.attr
    return ""


def _target(call: ast.Call, callee: str) -> tuple[int, str] | None:
    if callee == "import_module":
        return _import_module(_argument(call, 0, "name"), _argument(call, 1, "package"))
    if callee == "__import__":
        name, level = _text(_argument(call, 0, "name")), _argument(call, 4, "level")
        depth = level.value if isinstance(level, ast.Constant) and isinstance(level.value, int) else 0
        return (max(depth, 0), name) if name else None
    return None


def _import_module(name: ast.expr | None, package: ast.expr | None) -> tuple[int, str] | None:
    below = _below_own_package(name)
    if below:
        return 1, below
    text = _text(name) or _beginning(name)
    module = text.lstrip(".")
    level = len(text) - len(module)
    if not level:
        return (0, module) if module else None
    if isinstance(package, ast.Name) and package.id in OWN_PACKAGE:
        return level, module
    base = _text(package).split(".")
    if not base[0] or level > len(base):
        return None
    parts = [*base[: len(base) - level + 1], *([module] if module else [])]
    return 0, ".".join(parts)


def _below_own_package(name: ast.expr | None) -> str:
    # f"{__package__}.x" and __package__ + ".x" say the same as ".x"
    first: ast.expr | None = None
    rest: ast.expr | None = None
    if isinstance(name, ast.JoinedStr) and len(name.values) == 2:
        first, rest = name.values
        first = first.value if isinstance(first, ast.FormattedValue) else None
    elif isinstance(name, ast.BinOp) and isinstance(name.op, ast.Add):
        first, rest = name.left, name.right
    text = _text(rest)
    owned = isinstance(first, ast.Name) and first.id in OWN_PACKAGE
    return text[1:] if owned and text.startswith(".") and not text.startswith("..") else ""


def _beginning(name: ast.expr | None) -> str:
    """Return the literal beginning of a computed name, if it ends with a dot: ``"app.commands."``."""
    match name:
        case ast.JoinedStr(values=[ast.Constant(value=str(text)), *_]):
            beginning = text
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Add()):
            beginning = text
        case ast.BinOp(left=ast.Constant(value=str(text)), op=ast.Mod()):
            beginning = text.partition("%")[0]
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str(text)), attr="format")):
            beginning = text.partition("{")[0]
        case _:
            return ""
    return beginning if beginning.endswith(".") and beginning.strip(".") else ""


def _argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    if len(call.args) > position:
        positional = call.args[: position + 1]
        return None if any(isinstance(each, ast.Starred) for each in positional) else positional[-1]
    return next((each.value for each in call.keywords if each.arg == keyword), None)


def _text(node: ast.expr | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
