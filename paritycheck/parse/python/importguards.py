"""What the statements around an import mean for it: caught, never run, run only on some interpreters.

The rules are those of the language reference (the ``try``, ``with`` and ``if`` statements); that
``TYPE_CHECKING`` is false at run time is PEP 484.
"""

import ast
from collections.abc import Iterator
from typing import NamedTuple

from paritycheck.model.source import ImportContext
from paritycheck.parse.python.settingtests import reads_settings, settings_bound

_MISSING = frozenset({"ImportError", "ModuleNotFoundError"})
CATCHING = _MISSING | {"Exception", "BaseException"}
LEAVING = frozenset({"exit", "quit", "_exit", "abort"})
OPEN = "..."  # the condition that nobody can answer
MAX_CONDITION = 1000  # characters; a chain of a thousand elif would write a text of a million
# Tests of these are about the interpreter, not about the program's state.
FACTS = frozenset(
    {
        "sys.version_info",
        "sys.platform",
        "sys.implementation",
        "sys.maxsize",
        "os.name",
        "platform.system",
        "platform.machine",
        "platform.python_implementation",
        "six.PY2",
        "six.PY3",
        "__name__",
        "__debug__",
    }
)
_MAKING = frozenset({"__init__", "__new__"})
_PLAIN = (
    ast.Compare,
    ast.BoolOp,
    ast.UnaryOp,
    ast.Constant,
    ast.Tuple,
    ast.List,
    ast.Subscript,
    ast.Slice,
    ast.Call,
    ast.Name,
    ast.Attribute,
    ast.expr_context,
    ast.cmpop,
    ast.boolop,
    ast.unaryop,
)


class Around(NamedTuple):
    """What encloses a statement. ``binds``: the names that it binds are the module's own.

    ``settings`` are names that hold one of the program's settings, ``method``: functions here are methods.
    ``caught`` as in ``Import``; ``tried`` are names that tell whether an import before succeeded.
    """

    binds: bool = True
    function: bool = False
    guarded: bool = False
    typing: bool = False
    condition: str = ""
    settings: frozenset[str] = frozenset()
    method: bool = False
    caught: tuple[str, ...] = ()
    tried: frozenset[str] = frozenset()

    @property
    def context(self) -> ImportContext:
        """The one word for an import here."""
        if self.typing:
            return "type-checking"
        if self.guarded:
            return "guarded"
        return "function" if self.function else "module"

    def inside_function(self, name: str = "") -> "Around":
        """The body of a function: it runs later, when no guard around the definition is active.

        That somebody calls a method is not to be told, but for those that make an object.
        """
        inside = self._replace(binds=False, function=True, guarded=False, caught=(), method=False)
        return _under(inside, OPEN) if self.method and name not in _MAKING else inside

    def inside_class(self) -> "Around":
        """The body of a class: the functions in it are methods."""
        return self._replace(binds=False, method=True)

    def guarded_by(self, handlers: list[ast.ExceptHandler]) -> "Around":
        """The body of a ``try`` with these handlers."""
        if self.function and explains(handlers):
            return self.guarded_anyhow()
        if not catches(handlers):
            return self
        caught = _only_import_errors(handlers)
        if self.guarded:  # what one guard lets through, the outer one may catch
            caught = (*caught, *self.caught) if caught and self.caught else ()
        return self._replace(guarded=True, caught=caught)

    def guarded_anyhow(self) -> "Around":
        """What a failure does not end here, for whatever reason."""
        return self._replace(guarded=True, caught=())


def after(statement: ast.stmt, around: Around) -> Around:
    """Return what holds behind a statement, in the same block.

    Where a function leaves because of a setting, the rest of it may never run.
    """
    if isinstance(statement, ast.If):
        left = around.function and not around.guarded and any(map(_ends, (statement.body, statement.orelse)))
        if left and reads_settings(statement.test, around.settings):
            return around.guarded_anyhow()
        return around
    tried = frozenset(_tried(statement)) if isinstance(statement, ast.Try) else frozenset()
    if tried:
        return around._replace(tried=around.tried | tried)
    bound = frozenset(settings_bound(statement, around.settings))
    return around._replace(settings=around.settings | bound) if bound else around


def _tried(statement: ast.Try) -> Iterator[str]:
    """Yield the names that a caught import binds, and that are bound otherwise where it fails."""
    if not catches(statement.handlers):
        return
    instead = {
        target.id
        for handler in statement.handlers
        for each in handler.body
        if isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant) and not each.value.value
        for target in each.targets
        if isinstance(target, ast.Name)
    }
    for each in statement.body:
        if isinstance(each, ast.Import | ast.ImportFrom):
            bound = {(alias.asname or alias.name).partition(".")[0] for alias in each.names}
            yield from bound & instead


def _asks(test: ast.expr, names: frozenset[str]) -> bool:
    """Tell whether a test only holds where one of these names is bound to something."""
    match test:
        case ast.Name(id=name):
            return name in names
        case ast.BoolOp(op=ast.And(), values=values):
            return any(_asks(value, names) for value in values)
        case ast.Compare(left=ast.Name(id=name), ops=[ast.IsNot()], comparators=[ast.Constant(value=None)]):
            return name in names
    return False


def branches(statement: ast.If, around: Around, finds: bool = True) -> tuple[Around, Around]:
    """Return what holds in the body and in the ``else`` of an ``if``.

    ``finds``: the module may call ``find_spec`` at all.
    """
    truth = _constant_truth(statement.test)
    if truth is not None:
        never = around._replace(typing=True)
        return (around, never) if truth else (never, around)
    if finds and any(
        isinstance(node, ast.Call) and _last(node.func) == "find_spec" for node in ast.walk(statement.test)
    ):
        guarded = around.guarded_anyhow()
        return guarded, guarded
    if around.function and reads_settings(statement.test, around.settings):
        guarded = around.guarded_anyhow()
        return guarded, guarded
    if around.tried and _asks(statement.test, around.tried):
        return around.guarded_anyhow(), _under(around, OPEN)
    if not _about_interpreter(statement.test):
        perhaps = _under(around, OPEN)
        return perhaps, perhaps
    test = ast.unparse(statement.test)
    return _under(around, test), _under(around, f"not ({test})")


def catches(handlers: list[ast.ExceptHandler]) -> bool:
    """Tell whether a missing module ends in these handlers: the first that matches decides."""
    for handler in handlers:
        if handler.type is None or _names_import_error(handler.type):
            return not _leaves(handler.body)
    return False


def explains(handlers: list[ast.ExceptHandler]) -> bool:
    """Tell whether a handler of ImportError raises another error with words: what it misses is optional.

    In a function only: whoever does not call it does without, and whoever does is told.
    """
    first = next((each for each in handlers if each.type and _names_import_error(each.type)), None)
    if first is None or first.type is None or not _names_import_error(first.type, _MISSING):
        return False
    last = first.body[-1]
    return isinstance(last, ast.Raise) and isinstance(last.exc, ast.Call) and bool(last.exc.args)


def replaces_import(statement: ast.Try | ast.TryStar, handler: ast.ExceptHandler) -> bool:
    """Tell whether a handler runs only where an import of the ``try`` failed: its own are second choices."""
    tried = any(isinstance(each, ast.Import | ast.ImportFrom) for each in statement.body)
    return tried and (handler.type is None or _names_import_error(handler.type))


def _only_import_errors(handlers: list[ast.ExceptHandler]) -> tuple[str, ...]:
    """Return the names of what handlers catch if these are kinds of ImportError, else nothing."""
    names: list[str] = []
    for handler in handlers:
        kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
        names += [_last(kind) if kind is not None else "" for kind in kinds]
    return tuple(dict.fromkeys(names)) if _MISSING.issuperset(names) else ()


def suppresses(statement: ast.With | ast.AsyncWith) -> bool:
    """Tell whether the statement is ``with suppress(ImportError)``."""
    return any(
        isinstance(item.context_expr, ast.Call)
        and _last(item.context_expr.func) == "suppress"
        and any(_names_import_error(argument) for argument in item.context_expr.args)
        for item in statement.items
    )


def _under(around: Around, test: str) -> Around:
    if len(around.condition) > MAX_CONDITION or around.condition.rstrip(")").endswith(OPEN):
        return around
    return around._replace(condition=f"({around.condition}) and ({test})" if around.condition else test)


def _names_import_error(node: ast.expr, names: frozenset[str] = CATCHING) -> bool:
    kinds = node.elts if isinstance(node, ast.Tuple) else [node]
    return any(_last(kind) in names for kind in kinds)


def _leaves(body: list[ast.stmt]) -> bool:
    last = body[-1]
    if isinstance(last, ast.Raise):
        return not any(isinstance(node, ast.Return | ast.Continue | ast.Break) for node in _nested(body))
    call = last.value if isinstance(last, ast.Expr) else None
    return isinstance(call, ast.Call) and _last(call.func) in LEAVING


def _ends(body: list[ast.stmt]) -> bool:
    """Tell whether a function is left at the end of a block."""
    return bool(body) and (isinstance(body[-1], ast.Return) or _leaves(body))


def _nested(body: list[ast.stmt]) -> list[ast.AST]:
    return [node for statement in body for node in ast.walk(statement)]


def _last(node: ast.expr) -> str:
    if isinstance(node, ast.Attribute):
        return node.attr
    return node.id if isinstance(node, ast.Name) else ""


def _constant_truth(test: ast.expr) -> bool | None:
    if isinstance(test, ast.Constant):
        return bool(test.value)
    if _last(test) == "TYPE_CHECKING":
        return False
    if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
        inner = _constant_truth(test.operand)
        return None if inner is None else not inner
    if isinstance(test, ast.BoolOp):
        decisive = isinstance(test.op, ast.Or)
        truths = [_constant_truth(value) for value in test.values]
        if decisive in truths:
            return decisive
        return None if None in truths else not decisive
    return None


def _about_interpreter(test: ast.expr) -> bool:
    named = False
    pending: list[ast.AST] = [test]
    while pending:
        node = pending.pop()
        dotted = _dotted(node)
        if dotted:
            if not any(dotted == fact or dotted.startswith(fact + ".") for fact in FACTS):
                return False
            named = True
        elif isinstance(node, _PLAIN):
            pending.extend(ast.iter_child_nodes(node))
        else:
            return False
    return named


def _dotted(node: ast.AST) -> str:
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else ""
