"""Distributions that are in the container by luck, or for nobody."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from paritycheck.findings.versions import INSTALLERS
from paritycheck.gates import Facts
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.predict.judging.absence import declaring_advice, declaring_place
from paritycheck.predict.judging.declarations import is_for_development
from paritycheck.predict.judging.losses import Losses, in_order
from paritycheck.rules import make_finding


def shipped_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return what is said about distributions that are installed in the container."""
    if facts.view.environment.interpreter is None:
        return
    yield from _pulled_in(losses, facts)
    yield from _for_development(losses, facts)


def _pulled_in(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Imported, declared by nobody, and only there because another distribution requires it."""
    declarations = facts.supply.declarations
    if not declarations.files:
        return
    found: dict[str, str] = {}
    for name, importers in sorted(losses.used.items()):
        reached = any(each.chain and each.context != "guarded" for each in importers)
        if not reached or declarations.of(name) or name in declarations.projects | INSTALLERS:
            continue
        by = _required_by(name, facts)
        if by:
            found[name] = by
    if not found:
        return
    first = next(iter(found))
    importer = losses.used[first][0].path
    shown = [f"{name} (pulled in by {by})" for name, by in list(found.items())[:4]]
    more = f" and {len(found) - 4} more" if len(found) > 4 else ""
    advice = [declaring_advice(name, facts.supply, importer) for name in found]
    yield make_finding(
        "PC203",
        f"imported, but declared by no dependency file: {', '.join(shown)}{more}",
        gate="tracked",
        severity="warning",
        items=[ReportItem("distribution", name) for name in found],
        locations=declaring_place(facts.supply, importer),
        imported_by=in_order(each for name in found for each in losses.used[name]),
        hint="; ".join(dict.fromkeys(filter(None, advice[:6]))),
    )


def _required_by(name: str, facts: Facts) -> str:
    """Return the distribution that brings ``name``; ``""`` if a command or nobody asks for it."""
    if not facts.actual:
        selected = [
            each
            for install in facts.supply.installs
            for each in install.selection.selected
            if each.name == name
        ]
        return (
            ""
            if any(not each.required_by for each in selected)
            else next((e.required_by for e in selected), "")
        )
    for each in facts.view.environment.distributions:
        if canonicalize_name(each.name) != name and any(_names(line) == name for line in each.requires):
            return each.name
    return ""


def _names(line: str) -> str:
    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return ""
    # What only an extra requires may be there for another reason.
    return "" if "extra" in str(requirement.marker or "") else canonicalize_name(requirement.name)


def _for_development(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Declared for development only, installed all the same, and imported by nothing that is started."""
    if not facts.view.start.resolved:
        return
    lines: dict[str, Location] = {}
    for each in facts.view.environment.distributions:
        name = canonicalize_name(each.name)
        declared = facts.supply.declarations.of(name)
        used = any(one.chain for one in losses.used.get(name, ()))
        if declared and name not in INSTALLERS and not used and all(map(is_for_development, declared)):
            lines[name] = declared[0].location
    needed = _needed_by_others(frozenset(lines), facts)
    found = {name: line for name, line in lines.items() if name not in needed}
    if found:
        shown = ", ".join(list(found)[:4]) + (f" and {len(found) - 4} more" if len(found) > 4 else "")
        verb = "is" if len(found) == 1 else "are"
        yield make_finding(
            "PC208",
            f"{shown} {verb} declared for development only, and installed in the container",
            gate="image",
            items=[ReportItem("distribution", name) for name in found],
            locations=dict.fromkeys(found.values()),
        )


def _needed_by_others(names: frozenset[str], facts: Facts) -> set[str]:
    """Return what an installed distribution that is not among ``names`` requires."""
    installed = {canonicalize_name(each.name): each for each in facts.view.environment.distributions}
    needed = {_names(line) for name, each in installed.items() if name not in names for line in each.requires}
    for lock in facts.supply.declarations.locks:
        for package in lock.packages:
            own = package.source == "project" or package.name in facts.supply.declarations.projects
            if package.name in installed and package.name not in names and not own:
                needed |= {edge.name for edges in package.edges.values() for edge in edges}
    return needed & names
