"""What a RUN step needs at the moment it runs: a file that is copied later is missing then."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from paritycheck.gates import Facts
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem
from paritycheck.predict.building.notes import RunStart
from paritycheck.predict.judging.losses import Loss, find_losses
from paritycheck.predict.judging.placement import place_by_source
from paritycheck.predict.judging.views import view_container, view_local
from paritycheck.predict.planning.plan import Plan
from paritycheck.predict.planning.predicted import stage_snapshot
from paritycheck.predict.starting.start import resolve_start
from paritycheck.rules import make_finding


def step_findings(facts: Facts) -> Iterator[Finding]:
    """Return a finding for every RUN that starts a program of the project too early."""
    plan = facts.plan
    for run in plan.prediction.runs if plan else ():
        if plan is not None and run.certain and all(run.command):
            lost = [loss for loss in _losses(run, facts, plan) if loss.breaks and loss.item.path]
            if lost:
                yield _finding(run, lost, plan)


def _losses(run: RunStart, facts: Facts, plan: Plan) -> tuple[Loss, ...]:
    root = facts.context_root
    stage = stage_snapshot(plan.clone, root, run, plan.prediction.config)
    start = resolve_start(stage, shlex.join(run.command))
    if not start.resolved:
        return ()
    placement = place_by_source(stage.tree, root)
    view = view_container(stage, start)
    local_view = view_local(facts.local, view, placement, root)
    command = Importer(run.location.path, run.location.line, "module")
    return find_losses(stage, view, local_view, placement, command).losses


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
