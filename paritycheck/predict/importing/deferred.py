"""Imports that a module's source alone does not tell: by entry points, by a constant of another module.

Both are looked up on the side that the module is on. A constant is taken for its module's if that lies
where an import from the directory of the module, or of one above it, would find it.

Source: PyPA "Entry points specification" (``entry_points.txt`` beside a distribution's metadata).
"""

from __future__ import annotations

from functools import cached_property

import msgspec

from paritycheck.model.snapshot import OnDemand, Snapshot, carried_paths, read_behind
from paritycheck.model.source import Deferred, Import, SourceFile
from paritycheck.parse.python.distmetadata import parse_entry_points

_METADATA = (".dist-info", ".egg-info")


def with_deferred_imports(side: Snapshot) -> Snapshot:
    """Return the side with its modules importing what only other files tell; nothing is read yet."""
    modules, points = side.modules, _Points(side)

    def load(path: str) -> SourceFile | None:
        says = modules.get(path)
        if says is None or not (says.groups or says.deferred):
            return says
        plugins = tuple(
            Import(group.line, module, 0, names, group.context, dynamic=True, condition=group.condition)
            for group in says.groups
            for module, names in points.of_group.get(group.name, ())
        )
        named = (
            Import(each.line, name, 0, (), each.context, dynamic=True, condition=each.condition)
            for each in says.deferred
            if (name := _named(each, path, side))
        )
        return msgspec.structs.replace(says, imports=(*says.imports, *plugins, *named))

    carried = OnDemand(load, lambda: carried_paths(modules), read_behind(modules))
    return msgspec.structs.replace(side, modules=carried)


def _named(deferred: Deferred, path: str, side: Snapshot) -> str:
    """Return the name that is imported, ``""`` if the constant is not known."""
    origin, _, name = deferred.constant.partition(":")
    module = origin.lstrip(".")
    level = len(origin) - len(module)
    directory = path.split("/")[: -level or -1]
    places = [directory] if level else [directory[:count] for count in range(len(directory), -1, -1)]
    for place in places:
        base = "/".join([*place, *module.split(".")] if module else place)
        for file in (f"{base}.py", f"{base}/__init__.py"):
            if file in side.tree:
                says = side.data.get(file)
                constant = says.constants.get(name) if says is not None else None
                text = constant.path if constant is not None and constant.base == "cwd" else ""
                full = text + deferred.rest
                return full if all(part.isidentifier() for part in full.split(".")) else ""
    return ""


class _Points:
    """The entry points of one side, read when they are first asked for."""

    def __init__(self, side: Snapshot) -> None:
        self._side = side

    @cached_property
    def of_group(self) -> dict[str, tuple[tuple[str, tuple[str, ...]], ...]]:
        """Group -> the modules that its entry points name, each with the attribute that is taken from it."""
        found: dict[str, dict[tuple[str, tuple[str, ...]], None]] = {}
        sites = dict.fromkeys(each.location for each in self._side.environment.distributions)
        for site in sites:
            for name in self._side.tree.children(self._side.tree.resolve(site) or ""):
                if name.endswith(_METADATA):
                    text = self._side.texts.get(f"{site.lstrip('/')}/{name}/entry_points.txt") or ""
                    for group, target in parse_entry_points(text.encode()):
                        module, _, attribute = target.partition(":")
                        names = (attribute.partition(".")[0],) if attribute else ()
                        found.setdefault(group, {})[module, names] = None
        return {group: tuple(targets) for group, targets in found.items()}
