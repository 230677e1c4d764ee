"""Selections put together: what was reached in a lock, what was declared, and what neither brought."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from paritycheck.model.requirement import Declaration
from paritycheck.predict.selecting.locked import Reached
from paritycheck.predict.selecting.markers import decide
from paritycheck.predict.selecting.selection import Selected, Selection, Skipped

# What markers are mostly about, in the order in which it is shown.
_SHOWN = ("python_full_version", "python_version", "sys_platform", "platform_machine")


def pinned(specifier: str) -> str:
    """Return the version that a specifier allows alone, ``""`` if it allows several."""
    try:
        clauses = list(SpecifierSet(specifier))
    except InvalidSpecifier:
        return ""
    exact = {
        each.version.removeprefix("v")
        for each in clauses
        if each.operator in ("==", "===") and not each.version.endswith(".*")
    }
    return exact.pop() if len(exact) == 1 else ""


def satisfies(version: str, specifier: str) -> bool:
    """Tell whether an installed version is one that a specifier allows; an unreadable one is not."""
    try:
        return SpecifierSet(specifier).contains(Version(version), prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return False


def split_markers(
    declarations: Iterable[Declaration], environment: Mapping[str, str], extras: Collection[str] = ()
) -> tuple[tuple[Declaration, ...], tuple[Skipped, ...], tuple[str, ...]]:
    """Part declarations by their markers: those that hold, those that do not, and what is not decided."""
    holding: list[Declaration] = []
    skipped: list[Skipped] = []
    doubts: list[str] = []
    for each in declarations:
        truth = decide(each.marker, environment, extras)
        if truth is False:
            skipped.append(_skip_marker(each, environment))
            continue
        holding.append(each)
        if truth is None:
            doubts.append(f"{each.location}: it is not decided whether `{each.marker}` holds")
    return tuple(holding), tuple(skipped), tuple(doubts)


def _skip_marker(declaration: Declaration, environment: Mapping[str, str]) -> Skipped:
    facts = [
        f"{name} {environment[name]}" for name in _SHOWN if name in environment and name in declaration.marker
    ]
    if not facts and "python" in declaration.marker and "python_version" in environment:
        facts = [f"python_version {environment['python_version']}"]
    there = f" ({', '.join(facts)})" if facts else ""
    why = f"its marker `{declaration.marker}` does not hold in the container{there}"
    return Skipped(declaration, "marker", why, "widen the marker, or change the base image")


def select_locked(
    reached: Reached, declarations: Sequence[Declaration], left_out: Collection[str]
) -> tuple[Selected, ...]:
    """Return the packages of a lock as selected; what the project declares itself keeps its own line."""
    declared: dict[str, Declaration] = {}
    for each in declarations:
        declared.setdefault(each.name, each)
    selected = []
    for package, by, extras in reached.packages:
        if package.name in left_out or not package.name:
            continue
        own = declared.get(package.name)
        selected.append(
            Selected(
                package.name,
                package.version,
                own.location if own else package.location,
                required_by="" if own else by,
                direct=own is not None,
                specifier=own.specifier if own else "",
                extras=tuple(dict.fromkeys((*extras, *(own.extras if own else ())))),
            )
        )
    return tuple(selected)


def select_declared(declaration: Declaration, version: str = "") -> Selected:
    """Return a declaration as selected; without ``version`` it is the one that it pins."""
    return Selected(
        declaration.name,
        version or pinned(declaration.specifier),
        declaration.location,
        direct=True,
        specifier=declaration.specifier,
        extras=declaration.extras,
    )


def skip_unlocked(declaration: Declaration, lock: str, command: str, remedy: str) -> Skipped:
    """Return a declaration that a command leaves out because the lock does."""
    return Skipped(
        declaration, "unlocked", f"{lock} lacks it, and `{command}` installs what is locked", remedy
    )


def finish(
    selected: Iterable[Selected], skipped: Iterable[Skipped], doubts: Iterable[str], exact: bool = False
) -> Selection:
    """Return the selection: each distribution once, nothing skipped that came by another way."""
    once: dict[str, Selected] = {}
    for each in selected:
        once.setdefault(each.name, each)
    lost = {(each.declaration, each.reason): each for each in skipped if each.declaration.name not in once}
    return Selection(tuple(once.values()), tuple(lost.values()), "; ".join(dict.fromkeys(doubts)), exact)
