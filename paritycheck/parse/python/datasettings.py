"""Objects of a module whose attributes are paths: ``settings = Settings()``, then ``settings.template_dir``.

Source: the documentation of pydantic ("Settings Management", "Fields"). What a class says is a default: the
environment, a file, or whoever makes the object may say otherwise.
"""

import ast
from collections.abc import Iterator, Mapping

from paritycheck.parse.python.dataplaces import Place, argument
from paritycheck.parse.python.datascopes import bindings

TRIGGER = b"BaseSettings"
_FIELDS = frozenset({"Field", "field"})


class Objects:
    """The classes of a module, and the names that stand for an object of one."""

    def __init__(self) -> None:
        self._classes: dict[str, dict[str, Place]] = {}
        self._names: dict[str, str] = {}

    def define(self, statement: ast.ClassDef, names: Mapping[str, Place | None]) -> None:
        """Note the attributes of a class; ``names`` is what they stand for at the end of its body."""
        own = ((name, names.get(name)) for name in bindings(statement.body))
        self._classes[statement.name] = {name: place for name, place in own if place is not None}

    def make(self, name: str, value: ast.expr) -> Place | None:
        """Return what stands for the object that ``name = value`` makes of one of the classes."""
        kind = value.func.id if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) else ""
        if not self._classes.get(kind):
            return None
        self._names[name] = kind
        return Place("constant", package=f":{name}")

    def attributes(self) -> Iterator[tuple[str, Place]]:
        """Yield the places, each under its full name: ``settings.template_dir``."""
        for name, kind in self._names.items():
            for attribute, place in self._classes[kind].items():
                yield f"{name}.{attribute}", place


def default_of(value: ast.expr) -> ast.expr | None:
    """Return what an attribute of a class is by default: in ``Field(default="a")`` the string."""
    if isinstance(value, ast.Call) and isinstance(value.func, ast.Name) and value.func.id in _FIELDS:
        return argument(value, 0, "default")
    return value
