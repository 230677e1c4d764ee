"""Distributions whose version differs between the two sides, or is left to the day of the build."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import canonicalize_name

from paritycheck.gates import Facts
from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem
from paritycheck.predict.judging.losses import Losses, in_order
from paritycheck.predict.selecting.selection import Installation, Selected
from paritycheck.rules import make_finding

# What installs is no part of the application, and base images bring their own.
INSTALLERS = frozenset({"pip", "setuptools", "wheel", "uv", "poetry", "pipenv", "pdm", "distribute"})


def version_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return what drifts: versions that differ today, and versions that nothing holds."""
    yield from _different(losses, facts)
    if not facts.actual:
        yield from _unheld(losses, facts)


def _different(losses: Losses, facts: Facts) -> Iterator[Finding]:
    here = _by_name(facts.local.environment.distributions)
    there = _by_name(facts.view.environment.distributions)
    names = [
        name
        for name in sorted({*here} & {*there} - INSTALLERS)
        if here[name].version and there[name].version and here[name].version != there[name].version
    ]
    if not names:
        return
    shown = [f"{here[name].name} {here[name].version} / {there[name].version}" for name in names[:4]]
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    lines = [line for name in names for line in facts.supply.declared_at(name)]
    yield make_finding(
        "PC202",
        f"installed locally / in the container: {', '.join(shown)}{more}",
        gate="image",
        items=[ReportItem("distribution", here[name].name) for name in names],
        locations=dict.fromkeys(lines),
        imported_by=in_order(each for name in names for each in losses.used.get(name, ())),
    )


def _by_name(distributions: tuple[Distribution, ...]) -> dict[str, Distribution]:
    return {canonicalize_name(each.name): each for each in distributions}


def _unheld(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """One finding for each declaring file: what the start imports and no version is held of."""
    local = _by_name(facts.local.environment.distributions)
    files: dict[str, list[tuple[Selected, Location]]] = defaultdict(list)
    seen: set[str] = set()
    for install in facts.supply.installs:
        for selected in install.selection.selected:
            used = [each for each in losses.used.get(selected.name, ()) if each.chain]
            if not (selected.direct and used and selected.location) or selected.version:
                continue
            if _is_held_from_outside(selected, install):
                continue
            if selected.name in seen or _is_held(selected.specifier, selected.name in local):
                continue
            seen.add(selected.name)
            line = facts.supply.rooted(selected.location)
            files[line.path].append((selected, line))
    for path, found in sorted(files.items()):
        yield _loose(path, found, local, losses)


def _loose(
    path: str, found: list[tuple[Selected, Location]], local: dict[str, Distribution], losses: Losses
) -> Finding:
    names = [selected.name for selected, _ in found]
    shown = ", ".join(
        name + (f" (locally {local[name].version})" if name in local else "") for name in names[:4]
    )
    more = f" and {len(names) - 4} more" if len(names) > 4 else ""
    importers: list[Importer] = [each for name in names for each in losses.used[name] if each.chain]
    return make_finding(
        "PC202",
        f"nothing in {path} holds {shown}{more} to a version: the image gets what is newest when it is built",
        gate="copied",
        items=[ReportItem("distribution", name) for name in names],
        locations=dict.fromkeys(line for _, line in found),
        imported_by=in_order(importers),
        hint="Pin the versions that work, or install from a lock file.",
    )


def _is_held_from_outside(selected: Selected, install: Installation) -> bool:
    """Tell whether the command holds it to what nobody knows before the build, such as a build argument."""
    if selected.specifier or selected.location != install.location:
        return False
    named = re.finditer(r"([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*[<>=!~@]", install.command)
    return any(canonicalize_name(each[1]) == canonicalize_name(selected.name) for each in named)


def _is_held(specifier: str, known: bool) -> bool:
    """Tell whether a range stops somewhere; where the local version is ``known``, if it is one version."""
    try:
        parts = list(SpecifierSet(specifier))
    except InvalidSpecifier:
        return True
    if known:
        return any(part.operator in ("==", "===") and "*" not in part.version for part in parts)
    return any(part.operator in ("==", "===", "~=", "<", "<=") for part in parts)
