"""What the container needs and lacks: one finding for every cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from paritycheck.findings.editables import costs, editable_findings, without_target
from paritycheck.gates import Facts, travel
from paritycheck.model.journey import Item, Journey, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem, Severity
from paritycheck.predict.judging.losses import Loss, Losses, in_order
from paritycheck.predict.planning.repairing import repair_copy, repair_ignore
from paritycheck.rules import RULE_OF_GATE, RULES, make_finding

Judged = tuple[Loss, Journey, Verdict]


def loss_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for every cause that cost the container something it needs."""
    causes: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    lost_files = frozenset(loss.item.path for loss in losses.losses if loss.item.path)
    unsupplied = without_target(facts)
    for loss in losses.losses:
        if loss.wanted is not None:
            continue  # of outside
        journey = travel(loss.item, facts)
        lost = journey.lost_at
        if lost is not None and not any(costs(each, journey, facts) for each in unsupplied):
            causes[_cause(lost, loss.item)].append((loss, journey, lost))
    for (code, _), judged in sorted(causes.items()):
        yield _loss_finding(code, judged, facts, lost_files)
    yield from editable_findings(losses, facts)


def _cause(lost: Verdict, item: Item) -> tuple[str, str]:
    """What several losses share: a line, else the directory they lie in, or that no context holds them."""
    first = lost.locations[0] if lost.locations else None
    if (first is None or not first.line) and lost.gate == "context":
        return RULE_OF_GATE[lost.gate], f"{lost.gate} {lost.reason}"
    if first is None or not first.line:
        return RULE_OF_GATE[lost.gate], f"{lost.gate} {item.path.rpartition('/')[0]}"
    return RULE_OF_GATE[lost.gate], str(first)


def _loss_finding(code: str, judged: list[Judged], facts: Facts, lost_files: frozenset[str]) -> Finding:
    first, _, lost = judged[0]
    importers = in_order((each for loss, _, _ in judged for each in loss.importers), lost_files)
    names = ", ".join(loss.item.name for loss, _, _ in judged[:3])
    more = f" and {len(judged) - 3} more" if len(judged) > 3 else ""
    verb = "is" if len(judged) == 1 else "are"
    severity = _severity(code, judged, facts)
    locations = dict.fromkeys(place for _, _, verdict in judged for place in verdict.locations)
    supplies = _supplies([journey for _, journey, _ in judged])
    return make_finding(
        code,
        f"{names}{more} {verb} missing in the container: {lost.reason}"
        + (f"; {supplies[0].reason}" if supplies else ""),
        gate=lost.gate,
        severity=severity,
        items=[
            ReportItem(loss.item.kind, loss.item.name, loss.item.path, journey.verdicts)
            for loss, journey, _ in judged
        ],
        locations=dict.fromkeys(
            (*(locations or (Location(first.item.path),)), *(each.locations[0] for each in supplies))
        ),
        imported_by=importers,
        hint=_hint(code, judged, facts, severity),
    )


def _supplies(journeys: list[Journey]) -> list[Verdict]:
    """Return the verdicts on bind mounts that bring what the image lacks: it works in development."""
    verdicts = [verdict for journey in journeys for verdict in journey.verdicts if verdict.gate == "mounted"]
    return [verdict for verdict in verdicts if verdict.outcome == "skipped" and verdict.locations]


def _severity(code: str, judged: list[Judged], facts: Facts) -> Severity:
    """Without a start command nobody knows the whole search path: what is there may be found after all."""
    doubtful = code == "PC107" and not facts.view.start.resolved
    return "error" if any(loss.breaks for loss, _, _ in judged) and not doubtful else "warning"


def _hint(code: str, judged: list[Judged], facts: Facts, severity: Severity) -> str:
    """Say what to do; an edit of the build's files only if prediction shows that it helps.

    Trying costs a prediction each: worth it for an error, not for every warning.
    """
    paths = sorted({loss.item.path for loss, _, _ in judged})
    if code == "PC102" and all(place.path in paths for _, _, lost in judged for place in lost.locations):
        more = " ..." if len(paths) > 5 else ""
        return f"git add {' '.join(paths[:5])}{more} && git commit, then rebuild the image"
    repair = None
    if code == "PC103" and not any(place.line for _, _, lost in judged for place in lost.locations):
        return "Build with a context that holds the file, or move it below the context."
    if severity != "error":
        return RULES[code].help
    if facts.plan is not None and code == "PC103":
        repair = repair_ignore(facts.plan, paths)
    if facts.plan is not None and code == "PC104":
        names = {loss.item.path: loss.item.name for loss, _, _ in judged if loss.item.kind == "module"}
        roots = (*facts.view.certain, *facts.view.assumed)
        repair = repair_copy(facts.plan, names, judged[0][2].locations[:1], roots)
    return repair or RULES[code].help
