"""The modules that an editable install puts behind an import hook, read without running it.

Sources: setuptools, command/editable_wheel.py, ``_FINDER_TEMPLATE`` (``MAPPING``, ``NAMESPACES``,
``PATH_PLACEHOLDER``); editables, ``EditableProject.bootstrap`` (``map_module`` calls);
scikit-build-core, build/_editable.py (one ``install`` call with a dictionary).
"""

import ast
import warnings

import msgspec


class EditableFinder(msgspec.Struct, frozen=True):
    """What one generated finder maps.

    ``mapping`` holds (name, path, line) in order of the file, several for a namespace of several
    directories; a path is a package's directory or a module's file, as the finder writes it;
    ``placeholder`` is the entry that it appends to ``sys.path``, if it does.
    """

    mapping: tuple[tuple[str, str, int], ...]
    placeholder: str = ""


def parse_finder(source: bytes) -> EditableFinder | None:
    """Return what a finder module maps, or ``None`` if it is not one that we know."""
    tree = parse_quietly(source)
    return None if tree is None else _read_finder(tree)


def parse_quietly(source: bytes | str) -> ast.Module | None:
    """Parse Python source, ``None`` if it is none; what a compiler would warn of is not our business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _read_finder(tree: ast.Module) -> EditableFinder | None:
    values: dict[str, ast.expr] = {}
    calls: list[ast.Call] = []
    for node in tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=value):
                values[name] = value
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.expr() as value):
                values[name] = value
            case ast.Expr(value=ast.Call() as call):
                calls.append(call)
            case _:
                pass
    if "MAPPING" in values:
        return _setuptools_finder(values)
    mapping = [entry for call in calls for entry in _called_mapping(call)]
    return EditableFinder(tuple(mapping)) if mapping else None


def _setuptools_finder(values: dict[str, ast.expr]) -> EditableFinder:
    mapping = _dictionary(values["MAPPING"])
    namespaces = _dictionary(values["NAMESPACES"]) if "NAMESPACES" in values else []
    placeholder = _text(values.get("PATH_PLACEHOLDER")) if namespaces else ""
    # A namespace that is a directory of the project stands in both.
    known = {(name, path) for name, path, _ in mapping}
    more = [entry for entry in namespaces if entry[:2] not in known]
    return EditableFinder((*mapping, *more), placeholder)


def _called_mapping(call: ast.Call) -> list[tuple[str, str, int]]:
    match call:
        case ast.Call(func=ast.Attribute(attr="map_module"), args=[name, path, *_]):
            return [(_text(name), _text(path), call.lineno)] if _text(name) and _text(path) else []
        case ast.Call(func=ast.Name(id="install"), args=[ast.Dict() as known, *_]):
            return _dictionary(known)
        case _:
            return []


def _dictionary(node: ast.expr) -> list[tuple[str, str, int]]:
    """Flatten a literal ``{name: path}`` or ``{name: [path, ...]}``."""
    if not isinstance(node, ast.Dict):
        return []
    found: list[tuple[str, str, int]] = []
    for key, value in zip(node.keys, node.values, strict=True):
        paths = value.elts if isinstance(value, ast.List | ast.Tuple) else [value]
        found += [(_text(key), _text(path), value.lineno) for path in paths if _text(key) and _text(path)]
    return found


def _text(node: ast.expr | None) -> str:
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.BinOp(
            left=ast.Constant(value=str(left)), op=ast.Add(), right=ast.Constant(value=str(right))
        ):
            return left + right
        case _:
            return ""
