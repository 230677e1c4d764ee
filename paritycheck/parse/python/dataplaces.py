"""Path expressions in Python source -> the place that they name, as far as they are literal.

What the calls mean is in the library reference (``os.path``, ``pathlib``, ``importlib.resources``);
nothing is run. A name that is imported stands for a constant of that module, whatever it is there.
"""

import ast
from collections.abc import Container, Mapping

import msgspec

from paritycheck.model.source import DataBase

_SAME = frozenset(
    {
        *("os.path.abspath", "os.path.realpath", "os.path.normpath", "os.fspath", "os.fsdecode"),
        *("str", "os.path.normcase", "builtins.str"),
    }
)
_PATHS = frozenset({f"pathlib.{kind}" for kind in ("Path", "PosixPath", "PurePath", "PurePosixPath")})
_SAME_METHODS = frozenset({"resolve", "absolute", "as_posix", "__str__", "__fspath__"})
_OWN_PACKAGE = ("__package__", "__name__", "__spec__.parent")
MAX_DEPTH = 64  # nested calls and operators; deeper ones no person wrote


class Place(msgspec.Struct, frozen=True):
    """A path: from ``base``, ``up`` levels towards the root, then down the ``parts``.

    ``file`` is the module's own file (one level up is its directory), ``package`` the directory of
    the package so named, ``constant`` what another module binds (``package``: ``.paths:DATA``). ``deepest``
    is the number of levels that have to exist above the file, or the expression raises IndexError
    (``parents[n]``). ``partial``: something unknown below it.
    """

    base: DataBase
    parts: tuple[str, ...] = ()
    up: int = 0
    deepest: int = 0
    package: str = ""
    partial: bool = False


Names = Mapping[str, Place | None]


def text_place(text: str) -> Place | None:
    """Return the place that a string names when it is used as a path."""
    if not text or "://" in text or text[0] in "~-" or not text.isprintable() or len(text) > 1000:
        return None
    return descend(Place("absolute" if text.startswith("/") else "cwd"), text)


def descend(place: Place, text: str) -> Place:
    """Go down ``text``; its ``..`` go up again, as far as links do not say otherwise."""
    for part in text.split("/"):
        if part == "..":
            place = ascend(place, 1)
        elif part not in ("", "."):
            place = msgspec.structs.replace(place, parts=(*place.parts, part))
    return place


def ascend(place: Place, levels: int) -> Place:
    """Go ``levels`` up; above the root is the root."""
    kept = place.parts[: max(len(place.parts) - levels, 0)]
    beyond = levels - (len(place.parts) - len(kept))
    up = place.up + beyond if place.base != "absolute" else 0
    return msgspec.structs.replace(place, parts=kept, up=up)


def join(place: Place, other: Place | None) -> Place:
    """Return ``place / other``; an ``other`` that is unknown makes it partial."""
    if place.partial or other is None:
        return msgspec.structs.replace(place, partial=True)
    if other.base != "cwd":
        return other
    found = descend(ascend(place, other.up) if other.up else place, "/".join(other.parts))
    return msgspec.structs.replace(found, partial=other.partial)


def dotted(node: ast.expr, origins: Mapping[str, str]) -> str:
    """Return the full name of a function, its first part replaced by what was imported under it."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return ""
    return ".".join([origins.get(node.id, node.id), *reversed(parts)])


def argument(call: ast.Call, position: int, keyword: str) -> ast.expr | None:
    """Return the argument at ``position`` or of the name ``keyword``, if it is given singly."""
    if 0 <= position < len(call.args):
        given = call.args[: position + 1]
        return None if any(isinstance(each, ast.Starred) for each in given) else given[-1]
    return next((each.value for each in call.keywords if keyword and each.arg == keyword), None)


def _member(owner: Place, name: str) -> Place:
    dot = "" if owner.package.endswith(":") else "."
    return msgspec.structs.replace(owner, package=f"{owner.package}{dot}{name}")


class Places:
    """Evaluates path expressions of one module. ``origins``: imported name -> what it stands for.

    ``star`` is the module that every name in capitals comes from which is not among the ``bound`` ones.
    """

    def __init__(self, origins: Mapping[str, str], star: str = "", bound: Container[str] = ()) -> None:
        self.origins = origins
        self.star = star
        self.bound = bound

    def find(self, node: ast.expr | None, names: Names, depth: int = 0) -> Place | None:
        """Return the place that ``node`` names; ``names`` are the variables in sight."""
        if depth > MAX_DEPTH:
            return None
        match node:
            case ast.Constant(value=str() as text):
                return text_place(text)
            case ast.Name(id="__file__"):
                return Place("file")
            case ast.Name(id=name):
                starred = self.star and name.isupper() and name not in self.bound
                return Place("constant", package=f"{self.star}:{name}") if starred else names.get(name)
            case ast.Attribute(value=inner, attr="parent"):
                return self._above(inner, 1, names, depth)
            case ast.Attribute(value=inner, attr=name):
                owner = self.find(inner, names, depth + 1)
                taken = owner is not None and owner.base == "constant" and not (owner.parts or owner.up)
                return _member(owner, name) if owner is not None and taken else None
            case ast.Subscript(
                value=ast.Attribute(value=inner, attr="parents"), slice=ast.Constant(value=int() as number)
            ) if number >= 0:
                above = self._above(inner, number + 1, names, depth)
                return above and msgspec.structs.replace(above, deepest=max(above.deepest, above.up))
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                start = self.find(left, names, depth + 1)
                return start and join(start, self.find(right, names, depth + 1))
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return self._appended([left, right], names, depth)
            case ast.JoinedStr(values=values):
                pieces = [each.value if isinstance(each, ast.FormattedValue) else each for each in values]
                return self._appended(pieces, names, depth)
            case ast.Call():
                return self._call(node, names, depth)
        return None

    def package(self, node: ast.expr | None) -> Place | None:
        """Return the directory of the package that ``node`` names."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
            return Place("package", package=node.value)
        if node is None or not isinstance(node, ast.Name | ast.Attribute):
            return None
        name = dotted(node, self.origins)
        if name in _OWN_PACKAGE:
            return Place("file", up=1)
        imported = isinstance(node, ast.Name) and node.id in self.origins
        return Place("package", package=name) if imported else None

    def _above(self, inner: ast.expr, levels: int, names: Names, depth: int) -> Place | None:
        below = self.find(inner, names, depth + 1)
        # The parent of Path("a") is Path("."), and so is its parent's: the text alone does not say.
        if below is None or below.partial or (below.base == "cwd" and levels > len(below.parts)):
            return None
        return ascend(below, levels)

    def _appended(self, pieces: list[ast.expr], names: Names, depth: int) -> Place | None:
        """``str(directory) + "/name"``: only where the text begins with a separator."""
        place = self.find(pieces[0], names, depth + 1) if pieces else None
        if place is None or isinstance(pieces[0], ast.Constant):
            return None
        for piece in pieces[1:]:
            known = isinstance(piece, ast.Constant) and isinstance(piece.value, str)
            text = piece.value if isinstance(piece, ast.Constant) and isinstance(piece.value, str) else ""
            if not known or not text.startswith("/"):
                return None
            below, _, rest = text.rpartition("/")
            if piece is not pieces[-1]:
                # What follows may be the rest of the last name.
                return msgspec.structs.replace(descend(place, below), partial=True)
            place = descend(place, f"{below}/{rest}")
        return place

    def _call(self, call: ast.Call, names: Names, depth: int) -> Place | None:
        function = dotted(call.func, self.origins)
        first = call.args[0] if call.args else None
        if function in _SAME:
            return self.find(first, names, depth + 1)
        if function == "os.path.dirname":
            return self._above(first, 1, names, depth) if first is not None else None
        if function in _PATHS or function == "os.path.join":
            return self._joined(call.args, names, depth) if call.args else Place("cwd")
        if function in ("os.getcwd", "pathlib.Path.cwd"):
            return Place("cwd")
        if function in ("importlib.resources.files", "importlib_resources.files"):
            return self.package(argument(call, 0, "package") or ast.Name("__package__"))
        if function == "pkg_resources.resource_filename":
            start = self.package(first)
            return start and join(start, self.find(argument(call, 1, "resource_name"), names, depth + 1))
        if isinstance(call.func, ast.Attribute):
            return self._method(call.func, call, names, depth)
        return None

    def _joined(self, arguments: list[ast.expr], names: Names, depth: int) -> Place | None:
        place = self.find(arguments[0], names, depth + 1)
        for each in arguments[1:]:
            place = place and join(place, self.find(each, names, depth + 1))
        return place

    def _method(self, function: ast.Attribute, call: ast.Call, names: Names, depth: int) -> Place | None:
        if function.attr in _SAME_METHODS:
            return self._unless_text(function.value, names, depth)
        if function.attr == "joinpath":
            return self._joined([function.value, *call.args], names, depth)
        if function.attr == "with_name" and call.args:
            beside = self._above(function.value, 1, names, depth)
            return beside and join(beside, self.find(call.args[0], names, depth + 1))
        return None

    def _unless_text(self, node: ast.expr, names: Names, depth: int) -> Place | None:
        return None if isinstance(node, ast.Constant) else self.find(node, names, depth + 1)
