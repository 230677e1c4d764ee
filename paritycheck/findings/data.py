"""Files that the container's code opens and does not find: one finding for every cause."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from paritycheck.gates import Facts, travel
from paritycheck.model.journey import Gate, Item, Journey, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.predict.judging.datafiles import DataLoss, find_data_losses
from paritycheck.predict.judging.losses import Losses, in_order
from paritycheck.predict.planning.repairing import repair_ignore, repair_placing
from paritycheck.rules import RULE_OF_GATE, RULES, make_finding

Judged = tuple[DataLoss, Journey, Verdict | None]


def data_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for every cause that cost the container a file which its code opens."""
    found = find_data_losses(facts.container, facts.local, facts.view, facts.placement, losses.closure)
    judged: list[Judged] = []
    for loss in sorted(found, key=lambda each: (not each.breaks, each.path, each.importer.path)):
        journey = travel(Item("data", loss.path, loss.path), facts)
        judged.append((loss, journey, journey.lost_at))
    lost_there: dict[object, set[str]] = defaultdict(set)
    for loss, _, lost in judged:
        lost_there[_place(lost)].add(loss.path)
    parts: dict[tuple[object, ...], list[Judged]] = defaultdict(list)
    for each in judged:
        parts[_outermost(each, lost_there)].append(each)
    causes: dict[tuple[bool, str], list[Judged]] = defaultdict(list)
    for alike in parts.values():
        widest = min(alike, key=lambda each: len(each[0].path))
        causes[any(loss.breaks for loss, _, _ in alike), _cause(widest[0], widest[2])] += alike
    for (_, _), alike in sorted(causes.items(), key=lambda each: each[0]):
        yield _finding(alike, facts)


def _place(lost: Verdict | None) -> tuple[Gate, tuple[Location, ...]] | None:
    return None if lost is None else (lost.gate, lost.locations)


def _outermost(one: Judged, lost_there: Mapping[object, set[str]]) -> tuple[object, ...]:
    """Return the highest directory above that is missing, too, and was lost by the same gate and lines."""
    loss, _, lost = one
    if lost is None:
        return loss.path, loss.importer
    ends = [at for at, sign in enumerate(f"{loss.path}/") if sign == "/"]
    above = (loss.path[:end] for end in ends)
    return next(path for path in above if path in lost_there[_place(lost)]), _place(lost)


def _cause(loss: DataLoss, lost: Verdict | None) -> str:
    """What several losses share: a line, or for files without one the directory they lie in."""
    if lost is None:
        return f"{loss.importer.path}:{loss.importer.line}"
    first = lost.locations[0] if lost.locations else None
    if first is None or not first.line:
        return f"{lost.gate} {loss.path.rpartition('/')[0]}"
    return f"{lost.gate} {first}"


def _finding(judged: list[Judged], facts: Facts) -> Finding:
    first, _, lost = judged[0]
    paths = list(dict.fromkeys(loss.path for loss, _, _ in judged))
    names = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
    verb = "is" if len(paths) == 1 else "are"
    importers = in_order(loss.importer for loss, _, _ in judged)
    telling = in_order(loss.importer for loss, _, _ in judged if loss.breaks == first.breaks)[0]
    reading = Location(telling.path, telling.line)
    places = [place for _, _, verdict in judged if verdict for place in verdict.locations]
    return make_finding(
        "PC109",
        f"{names} {verb} not where {reading} looks in the container: {_where(first, lost, facts)}",
        gate=lost.gate if lost else None,
        severity="error" if first.breaks else "warning",
        items=[
            ReportItem(
                "data", path, path, next(journey for loss, journey, _ in judged if loss.path == path).verdicts
            )
            for path in paths
        ],
        locations=dict.fromkeys([*places, reading]),
        imported_by=importers,
        hint=_hint(judged, facts),
    )


def _where(loss: DataLoss, lost: Verdict | None, facts: Facts) -> str:
    if not loss.wanted:
        return "the path leads above the root directory"
    if lost is not None:
        return f"there is no /{loss.wanted}: {lost.reason}"
    there = next((path for each in loss.files for path in facts.placement.container_of(each)), "")
    return f"there is no /{loss.wanted}" + (f", {loss.files[0]} is at /{there}" if there else "")


def _hint(judged: list[Judged], facts: Facts) -> str:
    """Say what to do; an edit of the build's files only if prediction shows that it helps."""
    first, _, lost = judged[0]
    code = RULE_OF_GATE[lost.gate] if lost else ""
    files = list(dict.fromkeys(each for loss, _, _ in judged for each in loss.files))
    if code == "PC102":
        return RULES[code].help
    repair = None
    if facts.plan is not None and first.breaks and code == "PC103":
        repair = repair_ignore(facts.plan, files)
    if facts.plan is not None and first.breaks and code == "PC104" and lost is not None:
        wanted = {loss.path: loss.wanted for loss, _, _ in judged}
        repair = repair_placing(facts.plan, wanted, lost.locations[:1])
    return repair or RULES[code or "PC109"].help
