"""What a lock file installs: the packages that are reached, or those locked for the chosen groups.

Sources: uv ``crates/uv-resolver/src/lock/installable.rs`` (reached from the roots, conflicting extras in
two passes), Poetry ``puzzle/transaction.py`` and pdm ``models/repositories/lock.py`` (groups and markers of
packages).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from paritycheck.model.requirement import Lock, LockEdge, LockedPackage
from paritycheck.predict.selecting.markers import decide


class Start(msgspec.Struct, frozen=True):
    """An edge to follow, who has it (``""``: the project asks), and the extra whose edge it is."""

    edge: LockEdge
    by: str = ""
    extra: str = ""


class Reached(msgspec.Struct, frozen=True):
    """Packages of a lock that are installed, each with the distribution that pulls it in, and its extras.

    ``undecided`` are markers that nobody could decide (their packages count as installed), ``absent`` names
    that the lock does not hold.
    """

    packages: tuple[tuple[LockedPackage, str, tuple[str, ...]], ...] = ()
    undecided: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()

    def holds(self, name: str) -> bool:
        """Tell whether a distribution is among the packages."""
        return any(package.name == name for package, _, _ in self.packages)


def walk(
    lock: Lock, starts: Iterable[Start], environment: Mapping[str, str], active: Collection[str] = ()
) -> Reached:
    """Return everything that is reached from ``starts``.

    ``active`` are the conflict items that uv's markers know as extras (see ``conflict_item``). Extras that
    the walk itself turns on count too, wherever they are met.
    """
    starts = tuple(starts)
    first = _Walk(lock, environment, frozenset(active), learning=True)
    first.run(starts)
    if first.active == frozenset(active) or not first.met_extra:
        return first.result()
    second = _Walk(lock, environment, frozenset(first.active), learning=False)
    second.run(starts)
    return second.result()


def conflict_item(kind: str, package: str, name: str = "") -> str:
    """Return the name under which uv's markers know a project, or an extra or group of it."""
    return f"{kind}-{len(package)}-{package}" + (f"-{name}" if name else "")


class _Walk:
    def __init__(
        self, lock: Lock, environment: Mapping[str, str], active: frozenset[str], learning: bool
    ) -> None:
        self.environment = environment
        self.active = set(active)
        self.learning = learning
        self.met_extra = False
        self.by_name: dict[str, list[LockedPackage]] = {}
        for package in lock.packages:
            self.by_name.setdefault(package.name, []).append(package)
        self.reached: dict[int, tuple[LockedPackage, str, list[str]]] = {}
        self.undecided: dict[str, None] = {}
        self.absent: dict[str, None] = {}

    def run(self, starts: tuple[Start, ...]) -> None:
        queue = list(starts)
        seen: set[tuple[int, str]] = set()
        for start in queue:  # grows while it is walked: breadth first
            edge = start.edge
            if not self._holds(edge, start.extra):
                continue
            package = self._choose(edge)
            if package is None:
                self.absent[edge.name] = None
                continue
            _, _, extras = self.reached.setdefault(id(package), (package, start.by, []))
            for section in ("", *(f"extra:{extra}" for extra in edge.extras)):
                if (id(package), section) in seen:
                    continue
                seen.add((id(package), section))
                extras += [section[6:]] if section else []
                queue += [Start(each, package.name, section[6:]) for each in package.edges.get(section, ())]

    def _holds(self, edge: LockEdge, extra: str) -> bool:
        added = {conflict_item("extra", edge.name, extra) for extra in edge.extras}
        self.met_extra |= "extra" in edge.marker
        active = {*self.active, *(added if self.learning else ()), *([extra] if extra else [])}
        truth = decide(edge.marker, self.environment, active)
        if truth is None:
            self.undecided[f"{edge.name}; {edge.marker}"] = None
        if truth is not False and self.learning:
            self.active |= added
        return truth is not False

    def _choose(self, edge: LockEdge) -> LockedPackage | None:
        candidates = self.by_name.get(edge.name, [])
        if len(candidates) > 1 and edge.version:
            exact = [each for each in candidates if each.version == edge.version]
            candidates = exact or [each for each in candidates if _satisfies(each.version, edge.version)]
        if len(candidates) > 1:
            candidates = [
                each for each in candidates if decide(each.marker, self.environment, self.active) is not False
            ] or candidates
        # One environment holds one version of each: what is there already serves.
        chosen = [each for each in candidates if id(each) in self.reached]
        return next(iter(chosen or candidates), None)

    def result(self) -> Reached:
        return Reached(
            tuple((package, by, tuple(extras)) for package, by, extras in self.reached.values()),
            tuple(self.undecided),
            tuple(self.absent),
        )


def _satisfies(version: str, specifier: str) -> bool:
    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False


def pick_groups(
    lock: Lock, groups: Collection[str], extras: Collection[str], environment: Mapping[str, str]
) -> Reached:
    """Return the packages that were locked for one of ``groups`` and whose marker holds."""
    undecided: list[str] = []
    chosen: list[LockedPackage] = []
    for package in lock.packages:
        markers = [
            package.group_markers.get(group, package.marker) for group in package.groups if group in groups
        ]
        truths = [decide(marker, environment, extras, groups) for marker in markers]
        if True in truths:
            chosen.append(package)
        elif None in truths:
            undecided.append(f"{package.name}; {markers[truths.index(None)]}")
            chosen.append(package)
    # Where markers overlap, the tools install one version after the other, the last of the file last.
    chosen = list({package.name: package for package in chosen}.values())
    requirers: dict[str, str] = {}
    for package in chosen:
        for edges in package.edges.values():
            for edge in edges:
                requirers.setdefault(edge.name, package.name)
    return Reached(tuple((each, requirers.get(each.name, ""), ()) for each in chosen), tuple(undecided))
