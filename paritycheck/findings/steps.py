"""What a RUN step needs at the moment it runs: a file that is copied later, a distribution."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import msgspec

from paritycheck.findings.distributions import missing_distributions
from paritycheck.gates import Facts
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem
from paritycheck.predict.building.notes import RunStart
from paritycheck.predict.judging.losses import Loss, Losses, find_losses
from paritycheck.predict.judging.placement import place_by_source
from paritycheck.predict.judging.views import view_container, view_local
from paritycheck.predict.planning.plan import Plan
from paritycheck.predict.planning.predicted import stage_snapshot
from paritycheck.predict.starting.start import resolve_start
from paritycheck.rules import make_finding


def step_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for every RUN that starts a program of the project too early.

    ``losses`` are those of the container itself: what it lacks is not said again of a step.
    """
    plan = facts.plan
    known = {loss.item for loss in losses.losses}
    for run in plan.prediction.runs if plan else ():
        if plan is None or not run.certain or not all(run.command):
            continue
        found = _losses(run, facts, plan)
        if found is None:
            continue
        every, at_step = found
        early = [loss for loss in every if loss.breaks and loss.sure]
        lost = [loss for loss in early if loss.item.path]
        if lost:
            yield _finding(run, lost, plan)
        outside = [loss for loss in early if loss.wanted and loss.item not in known]
        known.update(loss.item for loss in outside)
        yield from missing_distributions(
            outside, at_step, f"when {run.location} starts {shlex.join(run.command)}"
        )


def _losses(run: RunStart, facts: Facts, plan: Plan) -> tuple[tuple[Loss, ...], Facts] | None:
    """Return what the step lacks, and the facts as they are at that step."""
    root = facts.context_root
    stage = stage_snapshot(plan.clone, root, run, plan.prediction.config)
    start = resolve_start(stage, shlex.join(run.command))
    if not start.resolved:
        return None
    placement = place_by_source(stage.tree, root)
    view = view_container(stage, start)
    local_view = view_local(facts.local, view, placement, root)
    command = Importer(run.location.path, run.location.line, "module")
    at_step = msgspec.structs.replace(
        facts,
        container=stage,
        view=view,
        local_view=local_view,
        placement=placement,
        supply=msgspec.structs.replace(facts.supply, searched=view.certain, moment=run.location),
    )
    return find_losses(stage, view, local_view, placement, command, strict=True).losses, at_step


def _finding(run: RunStart, lost: list[Loss], plan: Plan) -> Finding:
    names = ", ".join(loss.item.name for loss in lost[:3]) + (" ..." if len(lost) > 3 else "")
    later = _copied_by(lost, plan)
    when = f": {later} copies it later" if later else ""
    return make_finding(
        "PC104",
        f"{run.location} starts {shlex.join(run.command)}, and {names} is not there at that step{when}",
        gate="copied",
        items=[ReportItem(loss.item.kind, loss.item.name, loss.item.path) for loss in lost],
        locations=[run.location, *([later] if later else [])],
        imported_by=[importer for loss in lost for importer in loss.importers],
        hint="Copy what the step imports before the RUN that starts it.",
    )


def _copied_by(lost: list[Loss], plan: Plan) -> Location | None:
    """Return the line that brings the first lost file after all."""
    for path in plan.landings.container_of(lost[0].item.path):
        entry = plan.prediction.tree.get(path)
        if entry is not None and entry.layer >= 0:
            return plan.prediction.config.layers[entry.layer].location
    return None
