"""The report for a person: what is missing, who needs it, where it was lost, what to do."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from paritycheck.model.journey import GATE_ORDER, Outcome
from paritycheck.model.report import Finding, Report, ReportItem
from paritycheck.output.looked import image_lines, in_parity, judged, looked_at, verdict
from paritycheck.output.standing import standing, told
from paritycheck.output.style import TONES, Paint, Tone, harmless, plain
from paritycheck.rules import RULES, rule_page

MAX_ITEMS = 12  # of one finding; the JSON report has them all
MAX_IMPORTERS = 3

MARKS: dict[Outcome, tuple[str, Tone]] = {
    "passed": ("+", "good"),
    "lost": ("LOST", "bad"),
    "unknown": ("?", "doubt"),
    "skipped": ("-", "quiet"),
}


def render_text(report: Report, paint: Paint = plain, *, explain: bool = False) -> str:
    """Return the whole report as text; ``paint`` colours it (see ``output.style``).

    With ``explain`` each finding has the help of its rule beside it.
    """
    local, container = report.local, report.container
    lines = [f"{_side(local.kind, local.reference)} -> {_side(container.kind, container.reference)}", ""]
    for finding in report.findings:
        lines += [*_finding(finding, paint, explain), ""]
    lines += [f"{paint('unknown', 'doubt')}  {harmless(remark)}" for remark in report.remarks]
    if report.remarks:
        lines.append("")
    lines += _gone(report.gone, paint)
    images = list(image_lines(report))
    lines += [*images, ""] if images else []
    lines.append(_closing(report, paint))
    return "\n".join(lines) + "\n"


def _side(kind: str, reference: str) -> str:
    return f"{kind} {harmless(reference)}"


def _finding(finding: Finding, paint: Paint, explain: bool) -> Iterator[str]:
    head = paint(finding.severity, TONES[finding.severity])
    note = "" if finding.counts else harmless(f" ({standing(finding)})")
    rule = harmless(f"{finding.code} {finding.slug}")
    yield f"{head} {rule}: {paint(harmless(told(finding)), 'strong')}{note}"
    rows: list[tuple[str, str]] = []
    caption = "lost by" if any(item.journey for item in finding.items) else "at"
    for location in finding.locations:
        rows.append(("" if rows else caption, _quote(str(location), location.text)))
    importers = finding.imported_by[:MAX_IMPORTERS]
    for number, importer in enumerate(importers):
        note = "" if importer.context == "module" else f"  ({importer.context})"
        rows.append(("" if number else "needed by", harmless(str(importer.place)) + note))
        if importer.chain:
            rows.append(("", "reached through " + harmless(" > ".join(importer.chain))))
    if len(finding.imported_by) > len(importers):
        rows.append(("", f"and {len(finding.imported_by) - len(importers)} more"))
    rows.append(("do", harmless(finding.hint)))
    if explain:
        rows += _explanation(finding)
    yield from ("  " + line for line in tabulate(rows, tablefmt="plain", disable_numparse=True).splitlines())
    yield from _journeys(finding.items, paint)


def _gone(gone: tuple[Finding, ...], paint: Paint) -> Iterator[str]:
    for finding in gone[:MAX_ITEMS]:
        yield f"{paint('gone', 'good')} {harmless(f'{finding.code} {finding.slug}: {told(finding)}')}"
    yield from _overflow(len(gone))
    if gone:
        yield ""


def _explanation(finding: Finding) -> list[tuple[str, str]]:
    rule = RULES.get(finding.code)
    if rule is None:
        return []  # a stored report of another version
    told = [f"{rule.summary}."] if finding.hint == rule.help else [f"{rule.summary}.", rule.help]
    return [("" if number else "rule", line) for number, line in enumerate([*told, rule_page(rule.code)])]


def _quote(where: str, text: str) -> str:
    return harmless(f"{where}  {text.strip()}") if text else harmless(where)


def _journeys(items: tuple[ReportItem, ...], paint: Paint) -> Iterator[str]:
    travelled = [item for item in items if item.journey]
    if not travelled:
        if len(items) > 1:
            yield from (f"  {harmless(item.path or item.name)}" for item in items[:MAX_ITEMS])
            yield from _overflow(len(items))
        return
    rows = []
    for item in travelled[:MAX_ITEMS]:
        outcomes = {verdict.gate: verdict.outcome for verdict in item.journey}
        marks = [MARKS[outcomes.get(gate, "skipped")] for gate in GATE_ORDER]
        rows.append([harmless(item.name or item.path), *(paint(*mark) for mark in marks)])
    table = tabulate(
        rows,
        headers=["", *GATE_ORDER],
        tablefmt="plain",
        disable_numparse=True,
        colalign=["left", *["center"] * len(GATE_ORDER)],
    )
    yield from ("  " + line for line in table.splitlines())
    yield from _overflow(len(travelled))


def _overflow(count: int) -> Iterator[str]:
    if count > MAX_ITEMS:
        yield f"  and {count - MAX_ITEMS} more (all of them in --format json)"


def _closing(report: Report, paint: Paint) -> str:
    looked = f"looked at {looked_at(report)}; {judged(report)}"
    if in_parity(report):
        return f"{paint(verdict(report), 'good')}: {looked}"
    return f"{paint(verdict(report), 'strong')}; {looked}"
