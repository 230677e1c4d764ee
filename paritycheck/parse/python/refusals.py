"""Which statements of a module certainly end its import: a ``raise`` that nothing stands around.

After the language reference, "The raise statement" and "Top-level components". A test of the interpreter
or platform is kept as a condition; behind any other test nothing is certain, nor in a ``try`` that has
handlers, a ``with``, a loop or a definition. Leaving the interpreter (``sys.exit``) is how a program ends;
it only counts as a refusal where the Python's version decides about it.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

from paritycheck.model.source import Raise
from paritycheck.parse.python.importguards import Around, branches

_EXITS = frozenset({"sys.exit", "exit", "quit", "os._exit"})
_VERSION = "sys.version_info"


def refusals(module: ast.Module) -> tuple[Raise, ...]:
    """Return what a module raises whenever its body runs (under the condition that is given), in order."""
    return tuple(_in_block(module.body, Around()))


def _in_block(body: list[ast.stmt], around: Around) -> Iterator[Raise]:
    for statement in body:
        if isinstance(statement, ast.Raise):
            yield from _raised(statement, around)
            return  # what follows is never run
        if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Call):
            call = statement.value
            if _written(call.func) in _EXITS:
                if _VERSION in around.condition and _fails(call.args):
                    yield Raise(statement.lineno, "SystemExit", around.condition)
                return
        elif isinstance(statement, ast.If):
            yield from _in_branches(statement, around)
        elif isinstance(statement, ast.Try) and not statement.handlers:
            yield from _in_block([*statement.body, *statement.finalbody], around)


def _in_branches(statement: ast.If, around: Around) -> Iterator[Raise]:
    body, orelse = branches(statement, around, finds=False)
    decided = body.typing or orelse.typing or body.condition != orelse.condition
    if not decided:
        return
    for block, inside in ((statement.body, body), (statement.orelse, orelse)):
        if not inside.typing:
            yield from _in_block(block, inside)


def _raised(statement: ast.Raise, around: Around) -> Iterator[Raise]:
    called = statement.exc
    arguments: list[ast.expr] = []
    if isinstance(called, ast.Call):
        arguments, called = called.args, called.func
    name = _written(called).rpartition(".")[2] if called is not None else ""
    if name != "SystemExit" or (_VERSION in around.condition and _fails(arguments)):
        yield Raise(statement.lineno, name, around.condition)


def _written(expression: ast.expr) -> str:
    """Return a dotted name as it is written, at most of two words; else nothing."""
    match expression:
        case ast.Name(name):
            return name
        case ast.Attribute(ast.Name(name), attribute):
            return f"{name}.{attribute}"
    return ""


def _fails(arguments: list[ast.expr]) -> bool:
    """Tell whether leaving with this argument tells of a failure: a text, or a number other than 0."""
    if len(arguments) != 1:
        return False
    match arguments[0]:
        case ast.Constant(value):
            return bool(value)
        case ast.JoinedStr() | ast.BinOp(left=ast.Constant(str())):
            return True
        case ast.Call(func=ast.Attribute(value=ast.Constant(str()), attr="format")):
            return True
    return False
