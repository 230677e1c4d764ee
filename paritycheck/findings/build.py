"""What the build's own texts show: instructions not understood, dead ignore lines, engines that disagree."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from paritycheck.errors import BuildRefused
from paritycheck.gates import Facts, ignored_by, travel
from paritycheck.model.journey import Item, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.model.source import Problem
from paritycheck.model.tree import join
from paritycheck.parse.python.sourcetext import parse_module, uncollected
from paritycheck.predict.judging.losses import Losses
from paritycheck.predict.planning.deadlines import explain_dead_lines
from paritycheck.predict.planning.plan import Plan
from paritycheck.predict.planning.repairing import repair_ignore
from paritycheck.predict.planning.rivals import plan_for_rivals
from paritycheck.rules import RULES, make_finding


def build_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return what can be said without an image."""
    yield from _not_analysed(facts)
    if facts.plan is not None:
        yield from _missing_sources(facts, facts.plan)
        yield from _missing_files(facts, facts.plan)
        yield from _instructions(facts.plan)
        yield from _dead_lines(facts, facts.plan)
        yield from _engines_disagree(losses, facts, facts.plan)


# Parsing every file to its end costs about a millisecond each. Above this number of modules a file is
# only parsed as far as its imports need, so that a fault in a body without imports goes unsaid.
WHOLE = 300


def _not_analysed(facts: Facts) -> Iterator[Finding]:
    paths = facts.container.application_modules
    for path in paths:
        problem = _problem(path, facts, whole=len(paths) <= WHOLE)
        if problem is not None:
            shown = facts.placement.local_of.get(path, "/" + path)
            yield make_finding(
                "PC901",
                f"{shown} could not be parsed: {problem.message}",
                items=[ReportItem("module", shown, shown)],
                locations=[Location(shown, problem.line)],
            )


def _problem(path: str, facts: Facts, *, whole: bool) -> Problem | None:
    says = facts.container.modules.get(path)
    if says is None or says.problem is not None or not whole:
        return says.problem if says else None
    text = facts.container.texts.get(path)
    # Bytes that were no UTF-8 have been spelled out as \xNN: such a text is not the source any more.
    if text is None or "\\x" in text or "\ufffd" in text:
        return None
    return _fault(text)


@lru_cache(maxsize=4096)
def _fault(text: str) -> Problem | None:
    """Return what is wrong with a source, read to its end; several images may have the same one."""
    with uncollected():
        found = parse_module(text.encode())
    return found if isinstance(found, Problem) else None


def _missing_sources(facts: Facts, plan: Plan) -> Iterator[Finding]:
    """The build ends there; a source that is only missing in git is the commonest reason in CI."""
    for missing in plan.prediction.missing_sources:
        path = join(plan.options.context, missing.source)
        inside = join("", missing.source)
        decision = plan.context.decide(inside)
        excluded = decision.location if not decision.included else None
        lines: tuple[Location, ...] = ()
        if missing.origin:
            why = f"{missing.origin} has none"
        elif path in plan.clone.tree and excluded is not None:
            why, lines = f"{excluded} keeps it out of the context", (excluded,)
        elif facts.local.tree.find(path) is not None:
            rule = ignored_by(facts.local.git, path) if facts.local.git else None
            why = "it is on this disk, but git does not track it" + (f" because of {rule}" if rule else "")
            lines = (rule,) if rule else ()
        else:
            why = "it is not there"
        yield make_finding(
            "PC501",
            f"the build fails at {missing.location}: {missing.source}: {why}",
            gate="copied",
            items=[ReportItem("data", missing.source, "" if missing.origin else path)],
            locations=[missing.location, *lines],
        )


def _missing_files(facts: Facts, plan: Plan) -> Iterator[Finding]:
    """A RUN step that installs the project fails without the files that its metadata names, or lacks them."""
    for missing in plan.prediction.missing_files:
        candidates = [join(plan.options.context, source) for source in missing.sources]
        known = [
            path for tree in (plan.clone.tree, facts.local.tree) for path in candidates if tree.find(path)
        ]
        if not known:
            continue  # it may be made in a way that we did not see
        path = known[0]
        journey = travel(Item("data", path, path), facts)
        lost = journey.lost_at
        if missing.silent and lost is None:
            continue  # a later step brings it: the first one was for the dependencies
        because = lost.locations if lost else ()
        trouble = "installs less than it should" if missing.silent else "fails"
        yield make_finding(
            "PC109",
            f"{missing.location} {trouble}: {missing.needed_by} needs {path}, which is not at /{missing.path}"
            + (f": {lost.reason}" if lost else ""),
            gate=lost.gate if lost else "copied",
            items=[ReportItem("data", path, path, journey.verdicts)],
            locations=dict.fromkeys((*because, missing.location, missing.needed_by)),
            hint=_repair(plan, path, lost),
        )


def _repair(plan: Plan, path: str, lost: Verdict | None) -> str:
    if lost is not None and lost.gate == "tracked":
        return RULES["PC102"].help
    ignored = lost is not None and lost.gate == "context"
    return (repair_ignore(plan, [path], landing=False) if ignored else None) or ""


def _instructions(plan: Plan) -> Iterator[Finding]:
    # What was presumed (the working directory of a base not at hand) is a remark, not a finding.
    for problem in (one for one in plan.prediction.problems if not one.presumed):
        yield make_finding(
            "PC901",
            f"{problem.location}: {problem.message}",
            items=[ReportItem("setting", problem.location.text, problem.location.path)],
            locations=[problem.location],
        )


def _dead_lines(facts: Facts, plan: Plan) -> Iterator[Finding]:
    for line in explain_dead_lines(facts.local.tree, plan):
        yield make_finding(
            "PC502",
            f"{line.location} `{line.location.text.strip()}` {line.reason}",
            gate="context",
            items=[ReportItem("setting", line.location.text.strip(), line.location.path)],
            locations=[line.location],
        )


def _engines_disagree(losses: Losses, facts: Facts, plan: Plan) -> Iterator[Finding]:
    """Only files that the container's code imports matter: whether a README lands is nobody's failure."""
    needed = {*losses.arrived, *(loss.item.path for loss in losses.losses if loss.item.path)}
    mine = plan.options.engine.name
    for name, rival in plan_for_rivals(plan):
        if isinstance(rival, BuildRefused):
            yield make_finding(
                "PC503",
                f"{mine} builds this, {name} refuses: {rival.reason}",
                gate="copied",
                items=[ReportItem("setting", name, rival.path)],
                locations=[Location(rival.path, rival.line)] if rival.path else [],
            )
            continue
        here = {path for path in needed if plan.landings.container_of(path)}
        there = {path for path in needed if rival.landings.container_of(path)}
        for paths, has, lacks in ((here - there, mine, name), (there - here, name, mine)):
            if paths:
                yield _disagreement(sorted(paths), has, lacks, rival if lacks == name else plan, facts)


def _disagreement(paths: list[str], has: str, lacks: str, loser: Plan, facts: Facts) -> Finding:
    root = facts.context_root
    inside = paths[0][len(root) + 1 :] if root else paths[0]
    decision = loser.context.decide(inside)
    line = decision.location if not decision.included else None
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    return make_finding(
        "PC503",
        f"{paths[0]}{more}: in the image that {has} builds, not in the one that {lacks} builds",
        gate="context" if line else "copied",
        items=[ReportItem("module" if path.endswith(".py") else "data", path, path) for path in paths],
        locations=[line] if line else [Location(loser.containerfile.path)],
    )
