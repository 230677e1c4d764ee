"""What the groups of entry points that a module loads lead to, by what is installed on the same side.

Source: PyPA "Entry points specification" (``entry_points.txt`` beside a distribution's metadata).
"""

from __future__ import annotations

from functools import cached_property

import msgspec

from paritycheck.model.snapshot import OnDemand, Snapshot, carried_paths, read_ahead
from paritycheck.model.source import Import, SourceFile
from paritycheck.parse.python.distmetadata import parse_entry_points

_METADATA = (".dist-info", ".egg-info")


def with_entry_points(side: Snapshot) -> Snapshot:
    """Return the side with its modules importing what they load by entry points; nothing is read yet."""
    modules, points = side.modules, _Points(side)

    def load(path: str) -> SourceFile | None:
        says = modules.get(path)
        if says is None or not says.groups:
            return says
        more = tuple(
            Import(group.line, module, 0, names, group.context, dynamic=True, condition=group.condition)
            for group in says.groups
            for module, names in points.of_group.get(group.name, ())
        )
        return msgspec.structs.replace(says, imports=(*says.imports, *more))

    def ahead(paths: object) -> tuple[()]:
        read_ahead(modules, paths if isinstance(paths, list) else ())
        return ()  # they are found there when they are asked for

    carried = OnDemand(load, lambda: carried_paths(modules), ahead)
    return msgspec.structs.replace(side, modules=carried)


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
