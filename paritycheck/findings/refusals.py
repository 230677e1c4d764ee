"""Modules that the container has and cannot import, because they raise: a release that dropped its API, a
module that wants another Python."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paritycheck.gates import Facts
from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem
from paritycheck.predict.judging.losses import Losses
from paritycheck.predict.judging.openparts import open_part
from paritycheck.predict.judging.refusals import Refusal, Refused
from paritycheck.rules import make_finding

_NEWER = re.compile(r"sys\.version_info < \((\d+), (\d+)\)$")


def refusal_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for every module that raises in the container where it does not in the checkout."""
    for refused in sorted(losses.refused, key=lambda each: each.refusal.module):
        owner = refused.refusal.owner
        yield _own(refused, facts) if owner is None else _of_outside(refused, owner, facts)


def _of_outside(refused: Refused, owner: Distribution, facts: Facts) -> Finding:
    refusal, importers = refused.refusal, refused.importers
    # Where not all that an install brings is listed, another release than this one may be chosen.
    sure = facts.actual or open_part(facts.container, facts.view) is None
    declared = facts.supply.declared_at(owner.name)
    return make_finding(
        "PC202",
        f"{owner.name} {owner.version} in the container has a {refusal.module} that {_fails(refusal, facts)}",
        gate="importable",
        severity="error" if refused.breaks and sure else "warning",
        items=[ReportItem("distribution", owner.name), ReportItem("module", refusal.module)],
        locations=dict.fromkeys((*declared, *_statements(importers), *_text(refusal))),
        imported_by=importers,
        hint=f"Hold {owner.name} to a release that has the module, or import what replaced it.",
    )


def _own(refused: Refused, facts: Facts) -> Finding:
    refusal, importers = refused.refusal, refused.importers
    return make_finding(
        "PC108",
        f"{refusal.module} {_fails(refusal, facts)}",
        gate="importable",
        severity="error" if refused.breaks else "warning",
        items=[ReportItem("module", refusal.module, refusal.local_path)],
        locations=dict.fromkeys((*_text(refusal), *_statements(importers))),
        imported_by=importers,
        hint="Build from the Python that the module asks for, or "
        + ("write it for the older one too." if _syntax(refusal) else "widen its condition."),
    )


def _fails(refusal: Refusal, facts: Facts) -> str:
    interpreter = facts.view.environment.interpreter
    runs = f"{interpreter.implementation} {interpreter.version}" if interpreter else "another Python"
    newer = _syntax(refusal)
    if newer:
        return f"has syntax of Python {newer}: the container runs {runs}"
    told = f"raises {refusal.raised.exception or 'an exception'} when it is imported"
    if not refusal.raised.condition or interpreter is None:
        return told
    return f"{told} where `{refusal.raised.condition}`: the container runs {runs}"


def _syntax(refusal: Refusal) -> str:
    """Return the release whose syntax an older Python refuses; empty if that is not why."""
    found = _NEWER.search(refusal.raised.condition) if refusal.raised.exception == "SyntaxError" else None
    return f"{found[1]}.{found[2]}" if found else ""


def _statements(importers: tuple[Importer, ...]) -> tuple[Location, ...]:
    return tuple(Location(each.path, each.line) for each in importers[:1])


def _text(refusal: Refusal) -> tuple[Location, ...]:
    return (Location(refusal.local_path or "/" + refusal.path, refusal.raised.line),)
