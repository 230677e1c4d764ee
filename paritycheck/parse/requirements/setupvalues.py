"""The values that the names of a setup.py stand for, as far as they are literal, or the files they come from.

Source: the idioms of real setup scripts. What is assigned under a condition, or changed afterwards, is known
to be unsure.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator

_DEPTH = 12  # names that stand for names
_STEPS = 20_000  # parts of values that are looked at: names of names of names grow without bound
_SUFFIXES = (".txt", ".in", ".pip")
_CHANGING = frozenset({"append", "extend", "insert", "remove", "pop", "update", "clear", "setdefault"})
_Statements = list[ast.stmt]


class ScriptValues:
    """What the names at the top of a script are bound to; of several bindings the last counts."""

    def __init__(self, tree: ast.Module) -> None:
        self._bound: dict[str, ast.expr] = {}
        self._unsure: set[str] = set()  # bound under a condition, or changed afterwards
        self._functions = {node.name: node for node in tree.body if isinstance(node, ast.FunctionDef)}
        self._opened: dict[str, dict[str, ast.expr]] = {}  # the files that were open where a name was bound
        self._steps = _STEPS
        self._bind(tree.body, {}, sure=True)
        for function in self._functions.values():
            if any(isinstance(node, ast.Call) and called(node) == "setup" for node in ast.walk(function)):
                self._bind(function.body, {}, sure=True)
        for node in ast.walk(tree):
            match node:
                case ast.AugAssign(target=ast.Name(id=name)):
                    self._unsure.add(name)
                case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr=method)):
                    self._unsure |= {name} if method in _CHANGING else set()
                case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                    self._unsure.add(name)
                case _:
                    pass

    def _bind(self, statements: _Statements, opened: dict[str, ast.expr], *, sure: bool) -> None:
        for statement in statements:
            match statement:
                case (
                    ast.Assign(targets=[ast.Name(id=name)], value=value)
                    | ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value)
                ):
                    self._bound[name], self._opened[name] = value, opened
                    self._unsure |= set() if sure else {name}
                case ast.With(items=items, body=body):
                    more = {
                        item.optional_vars.id: item.context_expr
                        for item in items
                        if isinstance(item.optional_vars, ast.Name)
                    }
                    self._bind(body, {**opened, **more}, sure=sure)
                case ast.If(test=ast.Compare(left=ast.Name(id="__name__")), body=body):
                    self._bind(body, opened, sure=sure)
                case ast.If(body=body, orelse=otherwise):
                    self._bind([*body, *otherwise], opened, sure=False)
                case ast.Try(body=body, orelse=otherwise, finalbody=finally_):
                    self._bind([*body, *otherwise, *finally_], opened, sure=False)
                case _:
                    pass

    def text(self, node: ast.expr | None) -> str | None:
        """Return the text that an expression is, ``None`` if it is computed."""
        node = self._resolve(node)
        return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None

    def mapping(self, node: ast.expr) -> dict[str, ast.expr] | None:
        """Return a literal dictionary by its keys, ``None`` if any part of the keys is computed."""
        resolved = self._resolve(node)
        match resolved:
            case ast.Dict(keys=keys, values=values):
                texts = [self.text(key) for key in keys]
                found = {key: value for key, value in zip(texts, values, strict=True) if key is not None}
                return found if None not in texts else None
            case ast.Call(func=ast.Name(id="dict"), args=[], keywords=keywords) if all(
                k.arg for k in keywords
            ):
                return {keyword.arg: keyword.value for keyword in keywords if keyword.arg}
            case _:
                return None

    def texts(self, node: ast.expr) -> list[tuple[str, int]] | None:
        """Return the texts of a list with their lines, ``None`` if it is computed."""
        node = self._resolve(node) or node
        self._steps -= 1
        if self._steps < 0:
            return None
        match node:
            case ast.Constant(value=str(text)):
                return [(line.strip(), node.lineno) for line in text.splitlines() if line.strip()]
            case ast.List(elts=parts) | ast.Tuple(elts=parts) | ast.Set(elts=parts):
                parts = [part.value if isinstance(part, ast.Starred) else part for part in parts]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                parts = [left, right]
            case ast.Call(func=ast.Name(id="list" | "sorted" | "set" | "tuple"), args=[one]):
                parts = [one]
            case _:
                return None
        found: list[tuple[str, int]] = []
        for part in parts:
            texts = self.texts(part)
            if texts is None:
                return None
            found += texts
        return found

    def changes(self, node: ast.expr) -> bool:
        """Tell whether a part of a value is bound under a condition or changed later: it says not all."""
        waiting: list[ast.AST] = [node]
        seen: set[str] = set()
        while waiting:
            each = waiting.pop()
            waiting += ast.iter_child_nodes(each)
            if isinstance(each, ast.Name) and each.id not in seen:
                if each.id in self._unsure:
                    return True
                seen.add(each.id)
                waiting += [self._bound[each.id]] if each.id in self._bound else []
        return False

    def files(self, node: ast.expr) -> list[tuple[str, int]]:
        """Return the requirements files that an expression names on its way, with their lines."""
        found: dict[str, int] = {}
        for text, line in self._files(node, {}, set()):
            found.setdefault(text, line)
        return list(found.items())

    def _files(
        self, node: ast.AST, opened: dict[str, ast.expr], seen: set[ast.AST]
    ) -> Iterator[tuple[str, int]]:
        if node in seen:
            return
        seen.add(node)
        if isinstance(node, ast.expr):
            text = _joined(node).lstrip("/")
            if text.endswith(_SUFFIXES):
                yield text.removeprefix("./"), node.lineno
                return
        match node:
            case ast.Name(id=name) if name in opened:
                yield from self._files(opened[name], {}, seen)
            case ast.Name(id=name) if name in self._bound:
                yield from self._files(self._bound[name], self._opened[name], seen)
            case ast.Call(func=ast.Name(id=name)) if name in self._functions:
                yield from self._files(self._functions[name], {}, seen)
            case _:
                pass
        for child in ast.iter_child_nodes(node):
            yield from self._files(child, opened, seen)

    def _resolve(self, node: ast.expr | None) -> ast.expr | None:
        for _ in range(_DEPTH):
            match node:
                case ast.Name(id=name) if name in self._bound:
                    node = self._bound[name]
                case ast.Subscript(value=ast.Name() as owner, slice=ast.Constant(value=str(key))):
                    inner = self.mapping(owner) if isinstance(self._bound.get(owner.id), ast.Dict) else None
                    if not inner or key not in inner:
                        return node
                    node = inner[key]
                case _:
                    return node
        return node


def called(node: ast.Call) -> str:
    """Return the last name of what a call calls."""
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _joined(node: ast.AST) -> str:
    """Return the path below the script's directory that an expression puts together."""
    match node:
        case ast.Constant(value=str(text)) if "\n" not in text:
            return text
        case ast.Call(args=[_, *_] as parts) if called(node) in ("join", "joinpath"):
            return "/".join(filter(None, (_joined(part) for part in parts)))
        case ast.BinOp(left=left, op=ast.Div(), right=right):
            return "/".join(filter(None, (_joined(left), _joined(right))))
        case _:
            return ""
