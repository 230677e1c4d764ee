"""What ``setup.py`` and ``setup.cfg`` say about the packages of a project, as far as it is literal.

Source: the setuptools user guide (keywords of ``setup``, declarative config). The script is never
run: a value that is computed is known to be unknown.
"""

from __future__ import annotations

import ast
import configparser
from typing import Any

import msgspec

from paritycheck.parse.python.editable import parse_quietly


class FindCall(msgspec.Struct, frozen=True):
    """``find_packages(where, exclude, include)``; ``namespaces`` for ``find_namespace_packages``."""

    where: tuple[str, ...] = (".",)
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    namespaces: bool = False


class SetupScript(msgspec.Struct, frozen=True):
    """``options`` by keyword, each a literal or a :class:`FindCall`; ``computed`` those that are neither.

    ``reads`` are the files that the script opens on its way, with the line.
    """

    options: dict[str, Any] = {}
    computed: frozenset[str] = frozenset()
    reads: tuple[tuple[str, int], ...] = ()


def parse_setup_script(source: bytes) -> SetupScript | None:
    """Read a setup.py; ``None`` if it is no Python or calls no ``setup``."""
    tree = parse_quietly(source)
    if tree is None:
        return None
    constants: dict[str, ast.expr] = {}
    for node in tree.body:
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and isinstance(node.targets[0], ast.Name):
            constants[node.targets[0].id] = node.value
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and _called(n) == "setup"]
    if not calls:
        return None
    options: dict[str, Any] = {}
    computed: set[str] = set()
    for keyword in calls[-1].keywords:
        if keyword.arg is None:
            computed |= {"packages", "py_modules", "package_dir"}
            continue
        try:
            options[keyword.arg] = _value(keyword.value, constants)
        except ValueError:
            computed.add(keyword.arg)
    return SetupScript(options, frozenset(computed), tuple(dict.fromkeys(_reads(tree))))


def _called(node: ast.Call) -> str:
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return ""


def _value(node: ast.expr, constants: dict[str, ast.expr], depth: int = 0) -> Any:
    if isinstance(node, ast.Name) and node.id in constants and depth < 8:
        return _value(constants[node.id], constants, depth + 1)
    if isinstance(node, ast.Call) and _called(node) in ("find_packages", "find_namespace_packages"):
        return _find_call(node, constants)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = (_value(side, constants, depth + 1) for side in (node.left, node.right))
        if isinstance(left, list) and isinstance(right, list):
            return left + right
    return ast.literal_eval(node)


def _find_call(node: ast.Call, constants: dict[str, ast.expr]) -> FindCall:
    found: dict[str, Any] = dict(
        zip(("where", "exclude", "include"), (_value(a, constants) for a in node.args), strict=False)
    )
    found.update({k.arg: _value(k.value, constants) for k in node.keywords if k.arg})
    return FindCall(
        where=(str(found.get("where", ".")),),
        include=_texts(found.get("include")) or ("*",),
        exclude=_texts(found.get("exclude")),
        namespaces=_called(node) == "find_namespace_packages",
    )


def _texts(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()


def _reads(tree: ast.Module) -> list[tuple[str, int]]:
    """Return the files that are opened for sure: not below ``if`` or ``try``."""
    found: list[tuple[str, int]] = []
    readers = {
        node.name for node in tree.body if isinstance(node, ast.FunctionDef) and _opens_parameter(node)
    }
    for statement in tree.body:
        if isinstance(statement, ast.If | ast.Try | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            continue
        for node in ast.walk(statement):
            if not isinstance(node, ast.Call):
                continue
            name = _called(node)
            if name in ("read_text", "open") and isinstance(node.func, ast.Attribute) and not node.args[:1]:
                text = _last_text(node.func.value)
            elif (name == "open" and _reads_mode(node)) or name in readers:
                text = _last_text(node.args[0]) if node.args else ""
            else:
                continue
            if text and not text.startswith(("/", "..")):
                found.append((text, node.lineno))
    return found


def _opens_parameter(function: ast.FunctionDef) -> bool:
    if any(isinstance(node, ast.Try | ast.If) for node in ast.walk(function)):
        return False
    names = {argument.arg for argument in function.args.args}
    star = function.args.vararg
    names |= {star.arg} if star else set()
    return any(
        isinstance(node, ast.Call)
        and _called(node) == "open"
        and any(isinstance(n, ast.Name) and n.id in names for a in node.args[:1] for n in ast.walk(a))
        for node in ast.walk(function)
    )


def _reads_mode(node: ast.Call) -> bool:
    modes = [k.value for k in node.keywords if k.arg == "mode"] + node.args[1:2]
    return not any(isinstance(m, ast.Constant) and set(str(m.value)) & set("wax") for m in modes)


def _last_text(node: ast.expr) -> str:
    """Return the file that an expression names: a text, the rest of a join with the script's directory."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.Call(args=[_, *rest]) if _called(node) == "join":
            parts = [_last_text(part) for part in rest]
            return "/".join(parts) if all(parts) else ""
        case ast.BinOp(op=ast.Div(), right=right, left=left):
            head = _last_text(left) if isinstance(left, ast.BinOp) else ""
            return f"{head}/{_last_text(right)}".lstrip("/")
        case ast.Call(args=[one]) if _called(node) in ("Path", "str"):
            return _last_text(one)
        case _:
            return ""


def parse_setup_config(text: str) -> SetupScript:
    """Read a setup.cfg; what is broken in it says nothing."""
    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read_string(text)
    except configparser.Error:
        return SetupScript()
    section = dict(parser.items("options")) if parser.has_section("options") else {}
    options: dict[str, Any] = {}
    packages = section.get("packages", "").strip()
    if packages in ("find:", "find_namespace:"):
        find = (
            dict(parser.items("options.packages.find")) if parser.has_section("options.packages.find") else {}
        )
        options["packages"] = FindCall(
            where=(find.get("where", ".").strip(),),
            include=tuple(_list(find.get("include", ""))) or ("*",),
            exclude=tuple(_list(find.get("exclude", ""))),
            namespaces=packages == "find_namespace:",
        )
    elif packages:
        options["packages"] = _list(packages)
    if section.get("py_modules", "").strip():
        options["py_modules"] = _list(section["py_modules"])
    if section.get("package_dir", "").strip():
        pairs = (item.partition("=")[::2] for item in _list(section["package_dir"]))
        options["package_dir"] = {name.strip(): path.strip() for name, path in pairs}
    if section.get("include_package_data", "").strip().lower() in ("1", "on", "true", "yes"):
        options["include_package_data"] = True
    if parser.has_section("options.package_data"):
        options["package_data"] = {
            "" if name == "*" else name: _list(value) for name, value in parser.items("options.package_data")
        }
    for key in ("name", "version"):
        if parser.has_option("metadata", key):
            options[key] = parser.get("metadata", key)
    return SetupScript(options)


def _list(text: str) -> list[str]:
    separator = "\n" if "\n" in text.strip() else ","
    return [item.strip() for item in text.split(separator) if item.strip()]
