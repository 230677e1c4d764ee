"""What the imports that were tried in the container show: one finding for every one that failed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from paritycheck.findings.distributions import CODE_OF_ABSENCE
from paritycheck.findings.libraries import library_lines, system_of
from paritycheck.findings.raised import decisive, missed_item, own_file
from paritycheck.gates import Facts, travel
from paritycheck.model.journey import Gate, Item, Journey, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem
from paritycheck.model.smoke import Attempt, Frame, Raised
from paritycheck.predict.judging.absence import explain_absence
from paritycheck.predict.linking.packages import install_hint
from paritycheck.rules import RULE_OF_GATE, make_finding

SHOWN_FRAMES = 3
ISOLATED = (
    "Read the traceback: smoke has no network, no variables but the image's own, and a file system "
    "that cannot be written to; what an import needs of these it will not find."
)
UNEXPLAINED = "Look at the line named: the checkout does not have what it imports either."


def smoke_findings(attempts: Iterable[Attempt], facts: Facts) -> Iterator[Finding]:
    """Return a finding for every cause that an attempt failed of; one that ran out of time is none."""
    seen = set()
    causes = set()
    for attempt in attempts:
        if attempt.outcome == "raised" and attempt.raised:
            cause = _cause_of(decisive(attempt.raised))
            if cause in causes:
                continue  # another module that is imported needs the same
            causes.add(cause)
            finding = _raised(attempt, facts)
        elif attempt.outcome == "died":
            finding = _died(attempt, facts)
        else:
            continue
        if finding.fingerprint not in seen:
            seen.add(finding.fingerprint)
            yield finding


def _cause_of(raised: Raised) -> tuple[str, str, tuple[str, ...]]:
    return raised.type, raised.message, traceback_lines(raised)[-1:]


def traceback_lines(raised: Raised) -> tuple[str, ...]:
    """Return the last frames as ``file:line``, the innermost last."""
    return tuple(f"{frame.file}:{frame.line}" for frame in raised.frames[-SHOWN_FRAMES:])


def _died(attempt: Attempt, facts: Facts) -> Finding:
    how = f"signal {-attempt.status}" if attempt.status < 0 else f"exit code {attempt.status}"
    return make_finding(
        "PC108",
        f"importing {attempt.root} ended the interpreter in the container: {how}",
        items=[ReportItem("module", attempt.root)],
        locations=_start_lines(facts),
        hint="Import it there with -X faulthandler: compiled code crashed, or memory ran out.",
    )


def _raised(attempt: Attempt, facts: Facts) -> Finding:
    raised = decisive(attempt.raised)
    frames = [(frame, path) for frame in raised.frames if (path := own_file(frame, facts))]
    importer = frames[-1][1] if frames else ""
    said = f"importing {attempt.root} fails in the container: {raised.type}: {_first_line(raised.message)}"
    trace = " < ".join(reversed(traceback_lines(raised)))
    message = f"{said} (at {trace})" if trace else said
    item = missed_item(raised, importer, facts)
    journey = travel(item, facts) if item else None
    lost = journey.lost_at if journey else None
    places = tuple(Location(path, frame.line, frame.text) for frame, path in reversed(frames))
    needed = _importers(attempt, frames, facts)
    if item is None or journey is None or lost is None:
        return make_finding(
            "PC108",
            message,
            gate="importable",
            items=[_unexplained(attempt, raised, item, journey)],
            locations=places[:1] or _start_lines(facts),
            imported_by=needed,
            hint=UNEXPLAINED if raised.imports and item is None else ISOLATED,
        )
    cause = _cause(item, lost, importer, facts)
    return make_finding(
        cause.code,
        f"{message}: {cause.reason}",
        gate=cause.gate,
        severity="error",
        items=[ReportItem(item.kind, item.name, item.path, journey.verdicts)],
        locations=cause.locations or places[:1] or ((Location(item.path),) if item.path else ()),
        imported_by=needed,
        hint=cause.hint,
    )


class _Cause(msgspec.Struct, frozen=True):
    code: str
    reason: str
    locations: tuple[Location, ...]
    gate: Gate | None = None
    hint: str = ""


def _cause(item: Item, lost: Verdict, importer: str, facts: Facts) -> _Cause:
    """Name the rule that speaks for what was lost, and the line to change."""
    if item.kind == "distribution":
        absence = explain_absence(item.name, facts.supply, importer)
        return _Cause(CODE_OF_ABSENCE[absence.kind], absence.reason, absence.locations, hint=absence.hint)
    if item.kind == "library":
        hint = install_hint([item.name], system_of(facts))
        return _Cause("PC207", lost.reason, library_lines(facts), hint=hint)
    code = "PC109" if item.kind == "data" else RULE_OF_GATE[lost.gate]
    return _Cause(code, lost.reason, lost.locations, lost.gate)


def _unexplained(attempt: Attempt, raised: Raised, item: Item | None, journey: Journey | None) -> ReportItem:
    if item is not None and journey is not None:
        return ReportItem(item.kind, item.name, item.path, journey.verdicts)
    return ReportItem("module", raised.name or attempt.root)


def _importers(attempt: Attempt, frames: list[tuple[Frame, str]], facts: Facts) -> tuple[Importer, ...]:
    if not frames:
        return ()
    frame, path = frames[-1]
    names = []
    for each, _ in frames:
        if each.file == attempt.root:
            continue  # the script itself
        real = facts.container.tree.resolve(each.file) or ""
        names.append((facts.view.names(real) or (each.file,))[0])
    chain = tuple(dict.fromkeys((attempt.root, *names)))
    return (Importer(path, frame.line, "module", chain),)


def _start_lines(facts: Facts) -> tuple[Location, ...]:
    return (facts.view.start.location,) if facts.view.start.location else facts.view.path_lines


def _first_line(text: str) -> str:
    return text.partition("\n")[0][:300]
