"""The audit as sections of paragraphs, lists, tables and quotations: what every format writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

from paritycheck.model.audit import Action, Audit, Evidence, Failure, Horizon, Statement, Status, Tick
from paritycheck.model.journey import Outcome

Tone = Literal["good", "bad", "doubt", "quiet", "plain"]
TICKS: dict[Tick, tuple[str, Tone]] = {
    "good": ("✓", "good"),
    "bad": ("✗", "bad"),
    "neutral": ("·", "quiet"),
    "unknown": ("?", "doubt"),
}
OUTCOMES: dict[Outcome, tuple[str, Tone]] = {
    "passed": ("✓", "good"),
    "lost": ("✗ lost", "bad"),
    "unknown": ("?", "doubt"),
    "skipped": ("·", "quiet"),
}
STATUSES: dict[Status, tuple[str, Tone]] = {
    "healthy": ("HEALTHY", "good"),
    "crash-loop": ("CRASH LOOP", "bad"),
    "crashed": ("CRASHED", "bad"),
    "unhealthy": ("UNHEALTHY", "bad"),
    "troubled": ("FINDINGS", "bad"),
    "stopped": ("STOPPED", "doubt"),
    "unknown": ("UNKNOWN", "doubt"),
}
HORIZONS: dict[Horizon, str] = {"now": "Now", "today": "This day", "sprint": "This sprint"}
SEVERITY_TONES: dict[str, Tone] = {"error": "bad", "warning": "doubt", "note": "quiet"}
LABEL_TONES: dict[str, Tone] = {**SEVERITY_TONES, "note": "plain"}
LEGEND = (
    "The eight gates between the checkout and the program that runs: "
    "✓ passed, ✗ lost, ? unknown, · has no say."
)


class Paragraph(msgspec.Struct, frozen=True):
    """Running text; ``strong`` comes before it."""

    text: str
    strong: str = ""
    tone: Tone = "plain"


class Quote(msgspec.Struct, frozen=True):
    """Lines to be shown as they are; ``caption`` says what they are from."""

    text: str
    caption: str = ""


class Table(msgspec.Struct, frozen=True):
    """Rows of text; the tone of a row colours its first column."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    tones: tuple[Tone, ...] = ()


class Bullets(msgspec.Struct, frozen=True):
    """Lines that belong to the paragraph before them."""

    items: tuple[str, ...]


class Heading(msgspec.Struct, frozen=True):
    """A heading inside a section."""

    text: str


Block = Paragraph | Quote | Table | Bullets | Heading


class Section(msgspec.Struct, frozen=True):
    """A titled part of the report."""

    title: str
    blocks: tuple[Block, ...]


def lay_out(audit: Audit) -> Iterator[Section]:
    """Yield the sections of the report in their order; those about which there is nothing are left out."""
    parts = (
        ("Executive summary", _statements(audit.summary, quotes=False)),
        ("Problem statement", _statements(audit.problem)),
        ("Five whys", _whys(audit)),
        ("The journey of each failure", _failures(audit.failures)),
        ("Further findings", (*_findings(audit), *_statements(audit.further))),
        ("Risk", _statements(audit.risks)),
        ("Recommended actions", _actions(audit.actions)),
        ("Validation checklist", _checklist(audit)),
        ("Raw evidence", _raw(audit.raw)),
        ("Not known", (Bullets(audit.remarks),) if audit.remarks else ()),
    )
    for title, blocks in parts:
        shown = tuple(blocks)
        if shown:
            yield Section(title, shown)


def status_line(audit: Audit) -> tuple[str, Tone]:
    """Return the status as a word, and its tone."""
    return STATUSES[audit.status]


def header_rows(audit: Audit) -> Iterator[tuple[str, str]]:
    """Yield what stands at the head of the report."""
    container, log = audit.container, audit.log
    yield "Written", f"{audit.written} by {audit.tool.name} {audit.tool.version}"
    if container is not None:
        yield "Container", f"{container.name} ({container.id[:12]}, {container.engine})"
        yield "Image", f"{container.image} ({container.image_id[:12]})"
        yield "Command", " ".join(container.command)
        code = "" if container.exit_code is None else f", last exit code {container.exit_code}"
        yield "State", f"{container.state}{code}, {container.restarts} restarts"
        yield "Created", container.created.partition(".")[0] or "unknown"
    if log is not None:
        span = f", {log.first} to {log.last}" if log.first and log.last else ""
        yield "Log", f"{log.lines} lines{span}"


def _statements(statements: Iterable[Statement], *, quotes: bool = True) -> Iterator[Block]:
    for statement in statements:
        yield Paragraph(statement.text, statement.title, LABEL_TONES[statement.severity])
        yield from _evidence(statement.evidence, quotes=quotes)


def _evidence(evidence: Iterable[Evidence], *, quotes: bool = True) -> Iterator[Block]:
    short: list[str] = []
    long: list[Block] = []
    for one in evidence:
        if "\n" in one.text:
            line = next((place.line for place in one.locations), 0)
            long.append(Quote(one.text, f"{one.source}, from line {line}" if line else one.source))
        else:
            short.append(cite(one))
    if short:
        yield Bullets(tuple(dict.fromkeys(short)))
    if quotes:
        yield from long


def cite(evidence: Evidence) -> str:
    """Return a fact in one line: its source, its words, its lines."""
    places = [f"{place} {place.text}".strip() for place in evidence.locations[:4]]
    known = f"[{evidence.source}] {evidence.text}"
    shown = [place for place in places if place not in known]
    return f"{known} — {'; '.join(shown)}" if shown else known


def _whys(audit: Audit) -> Iterator[Block]:
    for number, why in enumerate(audit.whys, 1):
        yield Heading(f"{number}. {why.question}")
        yield Paragraph(why.answer, tone="plain" if why.known else "doubt")
        yield from _evidence(why.evidence, quotes=number > 1)


def _failures(failures: Iterable[Failure]) -> Iterator[Block]:
    failures = tuple(failures)
    if any(failure.journey is not None for failure in failures):
        yield Paragraph(LEGEND, tone="quiet")
    for failure in failures:
        if failure.journey is None:
            yield Paragraph(f"{failure.reason[:1].upper()}{failure.reason[1:]}.", failure.headline)
            continue
        item = failure.journey.item
        yield Heading(f"{item.kind} {item.name}")
        rows = tuple(
            (
                OUTCOMES[verdict.outcome][0],
                verdict.gate,
                verdict.reason,
                "; ".join(f"{place} {place.text}".strip() for place in verdict.locations),
            )
            for verdict in failure.journey.verdicts
        )
        tones = tuple(OUTCOMES[verdict.outcome][1] for verdict in failure.journey.verdicts)
        yield Table(("", "Gate", "What it says", "Evidence"), rows, tones)


def _findings(audit: Audit) -> Iterator[Block]:
    """Show what the check finds beside what the failures have told already."""
    told = {failure.journey.item.name for failure in audit.failures if failure.journey}
    findings = [each for each in audit.findings if not told & {item.name for item in each.items}]
    if findings:
        rows = tuple(
            (
                each.severity,
                f"{each.code} {each.slug}",
                each.message,
                "; ".join(str(place) for place in each.locations[:3]),
            )
            for each in findings
        )
        tones = tuple(SEVERITY_TONES[each.severity] for each in findings)
        yield Table(("Severity", "Rule", "Finding", "Evidence"), rows, tones)


def _actions(actions: Iterable[Action]) -> Iterator[Block]:
    actions = tuple(actions)
    for horizon, title in HORIZONS.items():
        chosen = [action for action in actions if action.horizon == horizon]
        if chosen:
            yield Heading(title)
        for action in chosen:
            yield Paragraph(f"{action.edit}" if action.edit else "", action.title)
            if action.commands:
                yield Quote("\n".join(action.commands))
            why = (f"because: {action.reason}",) if action.reason else ()
            checked = f"checked: {action.proof}" if action.proof else "not checked in prediction"
            yield Bullets((*why, checked))


def _checklist(audit: Audit) -> Iterator[Block]:
    rows = []
    for line in audit.checklist:
        shown = [place for one in line.evidence for place in one.locations[:6]]
        places = "; ".join(f"{place} {place.text}".strip() for place in dict.fromkeys(shown))
        rows.append((TICKS[line.tick][0], line.question, line.answer, places))
    if rows:
        tones = tuple(TICKS[line.tick][1] for line in audit.checklist)
        yield Table(("", "Question", "Answer", "Evidence"), tuple(rows), tones)
    for line in audit.checklist:
        if line.command:
            yield Quote(line.command, line.question)


def _raw(raw: Iterable[Evidence]) -> Iterator[Block]:
    for one in raw:
        yield Quote(one.text, one.source)
