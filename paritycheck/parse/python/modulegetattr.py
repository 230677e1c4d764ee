"""Which names a module's own ``__getattr__`` answers, where its text says so (PEP 562).

The usual form compares the name with literals and ends by raising; anything else may answer every name.
"""

from __future__ import annotations

import ast
from typing import Literal

_BLOCKS = (ast.Return, ast.Try, ast.TryStar, ast.With, ast.For, ast.While, ast.Match)
_Ending = Literal["raises", "answers", "goes on"]


def answered_names(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str] | None:
    """Return the names that a module-level ``__getattr__`` may answer; ``None``: it cannot be told."""
    if function.decorator_list or len(function.args.args) != 1:
        return None
    found: set[str] = set()
    ending = _ending(function.body, function.args.args[0].arg, found)
    return frozenset(found) if ending == "raises" else None


def _ending(body: list[ast.stmt], asked: str, found: set[str]) -> _Ending:
    """Add the names that a block answers, and tell how it ends for all others."""
    for statement in body:
        if isinstance(statement, ast.Raise):
            return "raises"
        if isinstance(statement, ast.If):
            names = _compared(statement.test, asked)
            if names is None and _returns(statement.body):
                return "answers"
            found.update(names or ())
            otherwise = _ending(statement.orelse, asked, found)
            if otherwise != "goes on":
                return otherwise
        elif isinstance(statement, _BLOCKS) and _returns([statement]):
            return "answers"
    return "goes on"


def _compared(test: ast.expr, asked: str) -> frozenset[str] | None:
    match test:
        case ast.Compare(ast.Name(name), [ast.Eq()], [ast.Constant(str(value))]) if name == asked:
            return frozenset({value})
        case ast.Compare(ast.Name(name), [ast.In()], [ast.Tuple(each) | ast.List(each) | ast.Set(each)]):
            values = [one.value for one in each if isinstance(one, ast.Constant)]
            texts = frozenset(value for value in values if isinstance(value, str))
            return texts if name == asked and len(values) == len(each) else None
    return None


def _returns(body: list[ast.stmt]) -> bool:
    return any(isinstance(node, ast.Return) for statement in body for node in ast.walk(statement))
