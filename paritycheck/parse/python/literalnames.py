"""The strings that a name in a module can stand for: its constants, and the rounds of loops over literals.

Scopes are not told apart: a name that is bound more than once anywhere in the file stands for nothing.
The rules of binding are the language reference's ("Naming and binding", "The for statement").
"""

from __future__ import annotations

import ast
from collections import Counter
from collections.abc import Iterator
from itertools import product

from paritycheck.parse.python.datascopes import bound_names

OWN_PACKAGE = ("__package__", "__name__")
OWN = "\0"  # stands for the name of the package that the module is in: no literal holds a NUL
IMPORTED = "\1"  # around ``.names:PKG``, a constant of another module
_MOST = 200  # strings that an expression can stand for
_SAME = frozenset({"sorted", "list", "tuple", "set", "frozenset", "reversed"})


class LiteralNames:
    """What the names of one module stand for, found out when it is first asked."""

    def __init__(self, module: ast.Module) -> None:
        self._module = module
        self._values: dict[str, list[ast.expr]] | None = None
        self._imported: dict[str, str] = {}

    def strings(self, node: ast.expr | None, depth: int = 0) -> tuple[str, ...]:
        """Return every string that ``node`` can be; none if it is not literal."""
        match node:
            case ast.Constant(value=str() as text):
                return (text,) if OWN not in text and IMPORTED not in text else ()
            case ast.Name(id=name) if name in OWN_PACKAGE:
                return (OWN,)
            case ast.Name(id=name) if depth < 10:
                bound = self._bound()
                if name in self._imported:
                    return (f"{IMPORTED}{self._imported[name]}{IMPORTED}",)
                found = [self.strings(each, depth + 1) for each in bound.get(name, ())]
                return tuple(text for each in found for text in each)[:_MOST] if all(found) else ()
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._joined([left, right], depth)
            case ast.JoinedStr(values=values):
                return self._joined(values, depth)
            case ast.FormattedValue(value=inner, conversion=-1, format_spec=None):
                return self.strings(inner, depth)
        return ()

    def choices(self, node: ast.expr | None) -> tuple[str, ...]:
        """Return the strings of ``TABLE[key]`` and ``TABLE.get(key)``, a dictionary of this module."""
        match node:
            case ast.Subscript(value=ast.Name(id=name)):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="get")):
                pass
            case _:
                return ()
        table = self._bound().get(name, [])
        if len(table) != 1 or not isinstance(table[0], ast.Dict):
            return ()
        found = [self.strings(each) for each in table[0].values]
        return tuple(text for each in found for text in each)[:_MOST]

    def beginning(self, node: ast.expr | None) -> str:
        """Return the literal beginning of a computed string: ``"app.commands."``."""
        match node:
            case ast.BinOp(left=ast.Constant(value=str() as text), op=ast.Mod()):
                return text.partition("%")[0]
            case ast.Call(func=ast.Attribute(value=ast.Constant(value=str() as text), attr="format")):
                return text.partition("{")[0]
        beginning = ""
        for part in _parts(node):
            found = self.strings(part)
            if len(found) != 1:
                break
            beginning += found[0]
        return beginning

    def _joined(self, parts: list[ast.expr], depth: int) -> tuple[str, ...]:
        found = [self.strings(each, depth + 1) for each in parts]
        count = 1
        for each in found:
            count *= len(each)
        return tuple("".join(each) for each in product(*found)) if 0 < count <= _MOST else ()

    def _bound(self) -> dict[str, list[ast.expr]]:
        if self._values is None:
            counts = Counter(_stores(self._module))
            found: dict[str, list[ast.expr]] = {}
            constants = {name: value for name, value in _assigned(self._module.body) if counts[name] == 1}
            found.update((name, [value]) for name, value in constants.items())
            self._imported = {name: origin for name, origin in _imported(self._module) if counts[name] == 1}
            for target, over in _loops(self._module):
                found.update(_rounds(target, over, constants))
            self._values = {name: values for name, values in found.items() if counts[name] == 1}
        return self._values


def _parts(node: ast.expr | None) -> Iterator[ast.expr]:
    """Yield what is put together in ``f"{a}.b"`` and ``a + ".b"``, in order."""
    if isinstance(node, ast.JoinedStr):
        yield from node.values
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif node is not None:
        yield node


def _assigned(body: list[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                yield name, value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                yield name, value


def _imported(module: ast.Module) -> Iterator[tuple[str, str]]:
    """Yield the names in capitals that are imported, each with the module and its name in there."""
    for statement in module.body:
        if isinstance(statement, ast.ImportFrom):
            origin = "." * statement.level + (statement.module or "")
            for alias in statement.names:
                if alias.name.isupper():
                    yield alias.asname or alias.name, f"{origin}:{alias.name}"


def _loops(module: ast.Module) -> Iterator[tuple[ast.expr, ast.expr]]:
    for node in ast.walk(module):
        if isinstance(node, ast.For | ast.comprehension):
            yield node.target, node.iter


def _rounds(
    target: ast.expr, over: ast.expr, constants: dict[str, ast.expr]
) -> Iterator[tuple[str, list[ast.expr]]]:
    """Yield the names that a loop binds, each with its values in the order of the rounds."""
    elements = _elements(over, constants)
    if elements is None:
        return
    if isinstance(target, ast.Name):
        yield target.id, elements
    elif isinstance(target, ast.Tuple):
        rows = [each.elts for each in elements if isinstance(each, ast.Tuple | ast.List)]
        if len(rows) == len(elements) and all(len(row) == len(target.elts) for row in rows):
            for index, name in enumerate(target.elts):
                if isinstance(name, ast.Name):
                    yield name.id, [row[index] for row in rows]


def _elements(over: ast.expr, constants: dict[str, ast.expr]) -> list[ast.expr] | None:
    match over:
        case ast.Name(id=name):
            value = constants.get(name)
            return None if value is None or isinstance(value, ast.Name) else _elements(value, constants)
        case ast.List(elts=elements) | ast.Tuple(elts=elements) | ast.Set(elts=elements):
            return elements
        case ast.Dict(keys=keys):
            return [each for each in keys if each is not None]
        case ast.Call(func=ast.Name(id=name), args=[inner]) if name in _SAME:
            return _elements(inner, constants)
        case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method), args=[]):
            table = constants.get(name)
            if isinstance(table, ast.Dict) and None not in table.keys:
                rows = zip(table.keys, table.values, strict=True)
                pairs: list[ast.expr] = [ast.Tuple([key, value]) for key, value in rows if key is not None]
                known = {"items": pairs, "values": table.values, "keys": [key for key in table.keys if key]}
                return known.get(method)
    return None


def _stores(module: ast.Module) -> Iterator[str]:
    """Yield every name that is bound anywhere in the file, once for each time."""
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
                yield name
            case ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.AsyncFunctionDef(name=name):
                yield name
            case ast.Import(names=names) | ast.ImportFrom(names=names):
                yield from (each.asname or each.name.partition(".")[0] for each in names)
            case ast.Global(names=names):
                yield from names
            case ast.ExceptHandler(name=str() as name):
                yield name
            case ast.MatchAs() | ast.MatchStar() | ast.MatchMapping():
                yield from bound_names(node)
