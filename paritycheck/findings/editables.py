"""Editable installs that lead to a directory which the container does not have."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from paritycheck.gates import Facts, travel
from paritycheck.model.environment import Distribution
from paritycheck.model.journey import Journey
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.model.requirement import DependencyFile
from paritycheck.predict.judging.losses import Losses, in_order
from paritycheck.predict.selecting.selection import Installation
from paritycheck.rules import make_finding

_BEFORE_THE_BUILD = ("worktree", "tracked", "context")


def editable_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for each directory that editable installs lead to in vain, with all that it costs."""
    if facts.view.environment.interpreter is None:
        return
    missing: dict[str, list[Distribution]] = defaultdict(list)
    for each in without_target(facts):
        if facts.container.project_doubt(each.editable.lstrip("/")) is None:
            missing[each.editable].append(each)
    for target, found in sorted(missing.items()):
        yield _finding(target, found, losses, facts)


def without_target(facts: Facts) -> tuple[Distribution, ...]:
    """Return the distributions of the container that are installed from a directory which is not there."""
    tree = facts.container.tree
    installed = facts.view.environment.distributions
    return tuple(each for each in installed if each.editable and tree.resolve(each.editable) is None)


def costs(distribution: Distribution, journey: Journey, facts: Facts) -> bool:
    """Tell whether a lost file belongs to the project that an editable install should lead to.

    What git or the ignore file keeps back is not to be had in that project, either.
    """
    path, lost, file = journey.item.path, journey.lost_at, _project(distribution, facts)
    if file is None or not path or lost is None or lost.gate in _BEFORE_THE_BUILD:
        return False
    projects = (posixpath.dirname(each.path) for each in facts.supply.declarations.files if each.name)
    around = [each for each in projects if not each or path.startswith(each + "/")]
    return posixpath.dirname(file.path) == max(around, key=len, default=None)


def _project(distribution: Distribution, facts: Facts) -> DependencyFile | None:
    """Return the file of the checkout that gives a project the distribution's name."""
    wanted = canonicalize_name(distribution.name)
    files = facts.supply.declarations.files
    return next((each for each in files if each.name and canonicalize_name(each.name) == wanted), None)


def _finding(target: str, found: list[Distribution], losses: Losses, facts: Facts) -> Finding:
    names = [canonicalize_name(each.name) for each in found]
    journeys = ((loss, travel(loss.item, facts)) for loss in losses.losses if loss.wanted is None)
    lost = [pair for pair in journeys if any(costs(each, pair[1], facts) for each in found)]
    used = [one for name in names for one in losses.used.get(name, ())]
    importers = in_order([*used, *(one for loss, _ in lost for one in loss.importers)])
    modules = [ReportItem("module", loss.item.name, loss.item.path, way.verdicts) for loss, way in lost]
    installs = [install for each in found for install in _installing(each, facts)]
    places = [install.location for install in installs] or [Location(found[0].location)]
    places += [Location(importer.path, importer.line) for importer in importers[:1]]
    cost = f", and {', '.join(each.name for each in modules[:4])} with it" if modules else ""
    return make_finding(
        "PC205",
        f"{', '.join(names)} is installed in place of {target}, which is not in the container{cost}",
        gate="importable",
        severity="error" if any(loss.breaks for loss, _ in lost) else "warning",
        items=[*(ReportItem("distribution", each.name) for each in found), *modules],
        locations=dict.fromkeys(places),
        imported_by=importers,
        hint=_hint(target, installs),
    )


def _installing(distribution: Distribution, facts: Facts) -> list[Installation]:
    """Return the installer commands that select it, else those that read its project's files."""
    supply, file = facts.supply, _project(distribution, facts)
    selecting = list(supply.selecting(distribution.name))
    return selecting or [each for each in supply.installs if file is not None and file in supply.files(each)]


def _hint(target: str, installs: list[Installation]) -> str:
    locked = any(install.command.startswith(("uv sync", "pdm ")) for install in installs)
    how = "with `--no-editable`" if locked else "without `--editable`"
    return f"Copy the project to {target} in the final stage, or install it {how}."
