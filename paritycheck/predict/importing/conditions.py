"""Whether a test such as ``sys.version_info >= (3, 11)`` holds for an interpreter that is not ours.

Operators mean what the language reference ("Expressions") says; anything else leaves the answer open.
"""

import ast
import operator
from collections.abc import Callable, Mapping

Fact = str | int | bool | tuple[int | str, ...]


class _OpenError(Exception):
    """The expression needs something that is not known."""


_COMPARISONS: dict[type[ast.cmpop], Callable[[object, object], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,  # type: ignore[dict-item]  # unorderable values raise TypeError: open
    ast.LtE: operator.le,  # type: ignore[dict-item]
    ast.Gt: operator.gt,  # type: ignore[dict-item]
    ast.GtE: operator.ge,  # type: ignore[dict-item]
    ast.In: lambda left, right: left in right,  # type: ignore[operator]
    ast.NotIn: lambda left, right: left not in right,  # type: ignore[operator]
}


def holds(condition: str, facts: Mapping[str, Fact]) -> bool | None:
    """Evaluate an ``Import.condition`` with ``facts`` such as ``{"sys.platform": "linux"}``; ``None``: open.

    A call without arguments (``platform.system()``) has the value of the fact of that name.
    """
    if not condition:
        return True
    try:
        return bool(_value(ast.parse(condition, mode="eval").body, facts))
    except (_OpenError, SyntaxError, TypeError, IndexError, ValueError, RecursionError):
        return None


def _value(node: ast.expr, facts: Mapping[str, Fact]) -> object:
    match node:
        case ast.Constant(value) if value is not ...:
            return value
        case ast.Tuple(elements) | ast.List(elements):
            return tuple(_value(each, facts) for each in elements)
        case ast.UnaryOp(ast.Not(), operand):
            return not _value(operand, facts)
        case ast.BoolOp(kind, values):
            return _bool_op(isinstance(kind, ast.Or), values, facts)
        case ast.Compare():
            return _compare(node, facts)
        case ast.Subscript(base, index):
            return _item(_value(base, facts), index, facts)
        case ast.Call(ast.Attribute(base, "startswith"), [prefix], []):
            text, start = _value(base, facts), _value(prefix, facts)
            if isinstance(text, str) and isinstance(start, str):
                return text.startswith(start)
        case ast.Call(function, [], []):
            return _value(function, facts)
        case ast.Name() | ast.Attribute() if (name := ast.unparse(node)) in facts:
            return facts[name]
        case ast.Attribute(base, ("major" | "minor" | "micro") as field):
            version = _value(base, facts)
            if isinstance(version, tuple):
                return version[("major", "minor", "micro").index(field)]
    raise _OpenError


def _bool_op(either: bool, values: list[ast.expr], facts: Mapping[str, Fact]) -> bool:
    unknown = False
    for value in values:
        try:
            if bool(_value(value, facts)) is either:
                return either
        except _OpenError:
            unknown = True
    if unknown:
        raise _OpenError
    return not either


def _compare(node: ast.Compare, facts: Mapping[str, Fact]) -> bool:
    left = _value(node.left, facts)
    for kind, right in zip(node.ops, node.comparators, strict=True):
        compare = _COMPARISONS.get(type(kind))
        value = _value(right, facts)
        if compare is None:
            raise _OpenError
        if not compare(left, value):
            return False
        left = value
    return True


def _item(base: object, index: ast.expr, facts: Mapping[str, Fact]) -> object:
    if not isinstance(base, tuple | str):
        raise _OpenError
    if isinstance(index, ast.Slice):
        start, stop, step = (_bound(each, facts) for each in (index.lower, index.upper, index.step))
        return base[start:stop:step]
    position = _bound(index, facts)
    return base[0 if position is None else position]


def _bound(node: ast.expr | None, facts: Mapping[str, Fact]) -> int | None:
    value = None if node is None else _value(node, facts)
    if value is None or isinstance(value, int):
        return value
    raise _OpenError
