"""What fails inside the distributions that the container's code imports, although they are installed."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.version import InvalidVersion, Version

from paritycheck.gates import Facts
from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem
from paritycheck.predict.judging.dependencies import Break, find_breaks
from paritycheck.rules import make_finding

_CODES = {"dropped": "PC304", "member": "PC202", "absent": "PC201"}


def dependency_findings(facts: Facts, command: Importer) -> Iterator[Finding]:
    """Return a finding for each import that fails inside a distribution.

    Only in a prediction whose releases can be read: in an image a failing start says so itself.
    """
    if facts.actual or facts.plan is None or facts.plan.options.catalogue.read is None:
        return
    for broken in find_breaks(facts.container, facts.view, facts.placement, command):
        yield _finding(broken, facts)


def _finding(broken: Break, facts: Facts) -> Finding:
    concerned = broken.lacking or broken.inside
    items = [ReportItem("module", broken.name)]
    if concerned is not None:
        items.insert(0, ReportItem("distribution", concerned.name))
    return make_finding(
        _CODES[broken.kind],
        _message(broken, facts),
        gate="importable",
        severity="error" if broken.certain else "warning",
        items=items,
        locations=dict.fromkeys(_places(broken, facts)),
        imported_by=(broken.importer,),
        hint=_hint(broken, facts),
    )


def _message(broken: Break, facts: Facts) -> str:
    importing = f"{_named(broken.inside) or broken.module}, which the build would install today, imports"
    where = f"({broken.module}, line {broken.line})"
    if broken.kind == "dropped":
        interpreter = facts.view.environment.interpreter
        runs = f": the container runs {interpreter.version}" if interpreter else ""
        since = ".".join(map(str, broken.since or ()))
        return f"{importing} {broken.name} {where}, which left the standard library with Python {since}{runs}"
    if broken.lacking is not None:
        return f"{importing} {broken.name} {where}, which {_named(broken.lacking)} does not have"
    return f"{importing} {broken.name} {where}, and nothing that is installed brings it"


def _named(distribution: Distribution | None) -> str:
    return f"{distribution.name} {distribution.version}".strip() if distribution is not None else ""


def _hint(broken: Break, facts: Facts) -> str:
    if broken.kind == "dropped":
        return f"Stay on an older Python, or on a release of {_short(broken.inside)} that does without."
    if broken.lacking is None:
        return f"Declare what brings {broken.name}, or take another release of {_short(broken.inside)}."
    at = next((f" at {place}" for place in facts.supply.declared_at(broken.lacking.name)), "")
    try:
        # The line of releases that may have broken with older ones: 3.1.9 -> 3, 0.9.0 -> 0.9.
        release = Version(broken.lacking.version)
        below = f" below {release.major or f'0.{release.minor}'}"
    except InvalidVersion:
        below = ""
    return (
        f"Hold {broken.lacking.name}{below}{at}, or take a release of {_short(broken.inside)} that fits it."
    )


def _short(distribution: Distribution | None) -> str:
    return distribution.name if distribution is not None else "the importer"


def _places(broken: Break, facts: Facts) -> Iterator[Location]:
    """Yield the line that could be changed, then the statement of the application."""
    if broken.kind == "dropped" and facts.plan is not None:
        prediction = facts.plan.prediction
        yield prediction.stages[prediction.target].location
    for distribution in (broken.lacking, broken.inside):
        if distribution is not None:
            yield from facts.supply.declared_at(distribution.name)
    yield Location(broken.importer.path, broken.importer.line)
