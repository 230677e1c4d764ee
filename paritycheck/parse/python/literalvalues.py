"""What expressions of a settings file are, as far as they are literal: strings, lists of them, truths.

The meaning of the operators is the language reference's; ``os.environ`` is what the container has.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from itertools import islice

MOST = 10_000  # strings of a list; source can double its own
_LONGEST = 10_000  # characters of a string that is put together
# Calls that hold what they are given: ``list(a)``, ``filter(None, a)``, ``OrderedDict.fromkeys(a)``.
_HOLDING = frozenset({"list", "tuple", "sorted", "set", "dict", "fromkeys", "filter", "chain"})

Variables = Mapping[str, str | None]


class Scope:
    """The names that are bound so far, and the environment variables (``None``: set, but not known)."""

    def __init__(self, variables: Variables) -> None:
        self.variables = variables
        self.texts: dict[str, str] = {}
        self.truths: dict[str, bool] = {}
        self.lists: dict[str, tuple[str, ...]] = {}
        self.maybe: dict[str, tuple[str, ...]] = {}

    def text(self, value: ast.expr, presume: bool = False) -> str | None:
        """Return the string that ``value`` is; ``presume``: variables that are not set stay unset."""
        match value:
            case ast.Constant(value=str() as text):
                return text
            case ast.Name(id=name):
                return self.texts.get(name)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return _joined([self.text(left, presume), self.text(right, presume)])
            case ast.JoinedStr(values=values):
                return _joined([self.text(part, presume) for part in values])
            case ast.FormattedValue(value=each, conversion=-1, format_spec=None):
                return self.text(each, presume)
            case ast.Call() | ast.Subscript():
                return self._variable(value, presume)
            case ast.BoolOp(op=ast.Or(), values=values) if presume:
                return next((found for each in values if (found := self.text(each, True))), None)
        return None

    def _variable(self, value: ast.Call | ast.Subscript, presume: bool) -> str | None:
        name, default = asked_variable(value)
        known = self.variables.get(name) if name else None
        if known is not None:
            return known
        certain = name not in self.variables and presume
        return self.text(default, presume) if name and certain and default is not None else None

    def truth(self, test: ast.expr) -> bool | None:
        """Tell whether a condition holds; ``None`` if only a run would tell."""
        match test:
            case ast.Constant(value=bool() as value):
                return value
            case ast.Name(id="TYPE_CHECKING"):
                return False
            case ast.Name(id=name):
                return self.truths.get(name)
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                holds = self.truth(inner)
                return None if holds is None else not holds
            case ast.BoolOp(op=operator, values=values):
                either = isinstance(operator, ast.Or)
                found = [self.truth(each) for each in values]
                return either if either in found else None if None in found else not either
            case ast.Compare(left=left, ops=[ast.Eq() | ast.NotEq() as operator], comparators=[right]):
                first, second = self.text(left), self.text(right)
                if first is None or second is None:
                    return None
                return (first == second) == isinstance(operator, ast.Eq)
            case ast.Compare(left=left, ops=[ast.In() | ast.NotIn() as operator], comparators=[right]):
                text, among = self.text(left), _literal_strings(right)
                if text is None or among is None:
                    return None
                return (text in among) == isinstance(operator, ast.In)
        return None

    def strings(self, value: ast.expr, certain: bool = True) -> Iterator[tuple[str, bool]]:
        """Yield the strings that ``value`` holds, each with whether it is certain to."""
        text = self.text(value)
        if text is not None:
            yield text, certain
            return
        match value:
            case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
                for element in elements:
                    yield from self.strings(element, certain)
            case ast.Starred(value=inner):
                yield from self.strings(inner, certain)
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                yield from self.strings(left, certain)
                yield from self.strings(right, certain)
            case ast.Name(id=name):
                yield from ((each, certain) for each in self.lists.get(name, ()))
                yield from ((each, False) for each in self.maybe.get(name, ()))
            case ast.IfExp(test=test, body=body, orelse=orelse):
                holds = self.truth(test)
                for branch, dropped in ((body, False), (orelse, True)):
                    if holds is not dropped:
                        yield from self.strings(branch, certain and holds is not None)
            case ast.ListComp(generators=[ast.comprehension(iter=inner, ifs=ifs)], elt=ast.Name()):
                yield from self.strings(inner, certain and not ifs)
            case ast.Call():
                yield from self._given(value, certain)

    def _given(self, call: ast.Call, certain: bool) -> Iterator[tuple[str, bool]]:
        """Yield what a call holds of its arguments."""
        name = call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")
        if name in _HOLDING:
            for argument in call.args:
                yield from self.strings(argument, certain and name != "filter")
        for keyword in call.keywords:
            if keyword.arg == "default":  # env.list("APPS", default=[...])
                yield from self.strings(keyword.value, False)


def asked_variable(value: ast.expr) -> tuple[str, ast.expr | None]:
    """Return the name and the default of ``os.environ.get("X", y)`` and its like; ``""`` if it is none."""
    match value:
        case ast.Call(
            func=ast.Attribute(value=owner, attr="get"), args=[ast.Constant(value=str() as name), *rest]
        ) if is_environ(owner):
            return name, rest[0] if rest else None
        case ast.Call(
            func=ast.Attribute(attr="getenv") | ast.Name(id="getenv"),
            args=[ast.Constant(value=str() as name), *rest],
        ):
            return name, rest[0] if rest else None
        case ast.Subscript(value=owner, slice=ast.Constant(value=str() as name)) if is_environ(owner):
            return name, None
    return "", None


def is_environ(node: ast.expr) -> bool:
    """Tell whether ``node`` is ``os.environ``."""
    return (isinstance(node, ast.Attribute) and node.attr == "environ") or (
        isinstance(node, ast.Name) and node.id == "environ"
    )


def _joined(parts: list[str | None]) -> str | None:
    known = [part for part in parts if part is not None]
    return "".join(known)[:_LONGEST] if len(known) == len(parts) else None


def _literal_strings(value: ast.expr) -> tuple[str, ...] | None:
    elements = value.elts if isinstance(value, ast.List | ast.Tuple | ast.Set) else None
    if elements is None:
        return None
    texts = [
        each.value for each in elements if isinstance(each, ast.Constant) and isinstance(each.value, str)
    ]
    return tuple(texts) if len(texts) == len(elements) else None


def copied(scope: Scope) -> Scope:
    """Return the same bindings, to be changed apart."""
    twin = Scope(scope.variables)
    twin.texts, twin.truths = dict(scope.texts), dict(scope.truths)
    twin.lists, twin.maybe = dict(scope.lists), dict(scope.maybe)
    return twin


def met(ends: list[Scope]) -> Scope:
    """Return what is certain where several ways meet, and what each may have bound."""
    first = ends[0]
    both = Scope(first.variables)
    both.texts = {n: text for n, text in first.texts.items() if all(e.texts.get(n) == text for e in ends)}
    both.truths = {n: true for n, true in first.truths.items() if all(e.truths.get(n) is true for e in ends)}
    for name in dict.fromkeys(name for end in ends for name in (*end.lists, *end.maybe, *end.texts)):
        if all(_same(first, end, name) for end in ends[1:]):
            both.lists.update({name: first.lists[name]} if name in first.lists else {})
            both.maybe.update({name: first.maybe[name]} if name in first.maybe else {})
            continue
        held = [end.lists.get(name, ()) for end in ends]
        common = set(held[0]).intersection(*held[1:])
        if all(name in end.lists for end in ends) or common:
            both.lists[name] = tuple(each for each in held[0] if each in common)
        texts = [(end.texts[name],) for end in ends if name in end.texts and name not in both.texts]
        others = (*held, *texts, *(end.maybe.get(name, ()) for end in ends))
        rest = dict.fromkeys(text for each in others for text in each if text not in common)
        if rest:
            both.maybe[name] = tuple(islice(rest, MOST))
    return both


def _same(one: Scope, other: Scope, name: str) -> bool:
    """Tell whether neither of two branches touched a name: a comparison of contents would be slow."""
    return (
        one.lists.get(name) is other.lists.get(name)
        and one.maybe.get(name) is other.maybe.get(name)
        and one.texts.get(name) is other.texts.get(name)
    )
