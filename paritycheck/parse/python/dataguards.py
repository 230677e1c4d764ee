"""What the statements around an opened file say about its absence: caught, tested, insisted on."""

import ast
import re
from collections.abc import Iterable, Iterator

from paritycheck.parse.python.dataplaces import Places, dotted

_CATCHING = frozenset(
    {"FileNotFoundError", "OSError", "IOError", "EnvironmentError", "Exception", "BaseException"}
)
_LEAVING = frozenset({"sys.exit", "exit", "quit", "os._exit"})
_TESTS = re.compile(r"\b(?:exists|is_file|is_dir|isfile|isdir|access|lexists)\b")


def excused_functions(every: Iterable[ast.stmt], places: Places) -> Iterator[str]:
    """Yield the functions that are called where a missing file is caught, by the last part of their names."""
    for statement in every:
        if isinstance(statement, ast.Try | ast.TryStar) and catches(statement, places):
            for each in statement.body:
                for node in ast.walk(each):
                    if isinstance(node, ast.Call):
                        yield dotted(node.func, {}).rpartition(".")[2]


def tests_something(statement: ast.If) -> bool:
    """Tell whether the condition asks for the existence of something."""
    return _TESTS.search(ast.unparse(statement.test)) is not None


def suppresses(statement: ast.With | ast.AsyncWith) -> bool:
    """Tell whether exceptions end here: ``with suppress(...)``."""
    return any(
        isinstance(item.context_expr, ast.Call)
        and dotted(item.context_expr.func, {}).rpartition(".")[2] == "suppress"
        for item in statement.items
    )


def catches(statement: ast.Try | ast.TryStar, places: Places) -> bool:
    """Tell whether a missing file ends in a handler that does not raise again."""
    for handler in statement.handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        if any(kind is None or dotted(kind, {}).rpartition(".")[2] in _CATCHING for kind in kinds):
            return not _leaves(handler.body, places)
    return False


def demands(statement: ast.If, places: Places) -> bool:
    """Tell whether this is ``if not path.exists(): raise``."""
    test = statement.test
    negated = (
        isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) and isinstance(test.operand, ast.Call)
    )
    return negated and not statement.orelse and _leaves(statement.body, places)


def _leaves(body: list[ast.stmt], places: Places) -> bool:
    last = body[-1]
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(last, ast.Raise) or (
        isinstance(call, ast.Call) and dotted(call.func, places.origins) in _LEAVING
    )
