"""The report as Markdown, for the comment of a pull request or the summary of a step."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from paritycheck.model.journey import GATE_ORDER, Outcome
from paritycheck.model.report import Finding, Report, Severity
from paritycheck.output.looked import count, image_lines, judged, looked_at, verdict
from paritycheck.output.markdowntext import code, inline, prose
from paritycheck.output.standing import standing, told
from paritycheck.rules import RULES, rule_page

COMMENT_LIMIT = 65_536  # characters of a comment on GitHub
SUMMARY_LIMIT = 1 << 20  # bytes of the summary of a step, which other commands may share
MARKER = "<!-- paritycheck -->"  # by which a job finds its own comment again
MAX_ITEMS = 30
MAX_IMPORTERS = 5
SIGNS: dict[Severity, str] = {"error": "❌", "warning": "⚠️", "note": "ℹ️"}
OUTCOMES: dict[Outcome, str] = {"passed": "✓", "lost": "**LOST**", "unknown": "?", "skipped": "·"}


def render_markdown(report: Report) -> str:
    """Return a comment: every finding with its journey, as many as a comment can hold."""
    return _fit(report, COMMENT_LIMIT, len)


def render_github_summary(report: Report) -> str:
    """Return the same for ``$GITHUB_STEP_SUMMARY``, which holds more."""
    return _fit(report, SUMMARY_LIMIT // 2, lambda text: len(text.encode()))


def _fit(report: Report, limit: int, measure: Callable[[str], int]) -> str:
    local, container = report.local, report.container
    sides = f"{local.kind} {code(local.reference)} → {container.kind} {code(container.reference)}"
    blocks = [f"{MARKER}\n### paritycheck: {verdict(report)}", sides]
    closing = f"Looked at {inline(looked_at(report))}; {judged(report)}."
    # What says that something is missing must itself find room.
    room = limit - measure("\n\n".join([*blocks, closing])) - 200
    entries = [
        *(f"image {inline(line)}" for line in image_lines(report)),
        *map(_finding, report.findings),
        *(f"unknown: {inline(remark)}" for remark in report.remarks),
    ]
    for number, block in enumerate(entries):
        room -= measure(block) + 2
        if room < 0:
            blocks.append(
                f"**And {count(len(entries) - number, 'more finding or remark')}**: see the whole report."
            )
            break
        blocks.append(block)
    return "\n\n".join([*blocks, closing]) + "\n"


def _finding(finding: Finding) -> str:
    rule = f"{finding.code} {finding.slug}"
    link = f"[{inline(rule)}]({rule_page(finding.code)})" if finding.code in RULES else inline(rule)
    note = "" if finding.counts else f" ({inline(standing(finding))})"
    head = f"{SIGNS[finding.severity]} **{finding.severity}** {link}: {prose(told(finding))}{note}"
    facts = "\n".join(f"- {line}" for line in _facts(finding))
    return "\n\n".join(filter(None, (head, facts, _items(finding))))


def _facts(finding: Finding) -> Iterator[str]:
    caption = "lost by" if any(item.journey for item in finding.items) else "at"
    for place in finding.locations:
        yield f"{caption} {code(str(place))} {code(place.text.strip())}".rstrip()
    for each in finding.imported_by[:MAX_IMPORTERS]:
        context = "" if each.context == "module" else f" ({each.context})"
        chain = f", reached through {code(' > '.join(each.chain))}" if each.chain else ""
        yield f"needed by {code(str(each.place))}{context}{chain}"
    if len(finding.imported_by) > MAX_IMPORTERS:
        yield f"and by {len(finding.imported_by) - MAX_IMPORTERS} more"
    yield f"**do** {prose(finding.hint)}"


def _items(finding: Finding) -> str:
    """Return what was lost, folded: the journeys as a table, or the names alone."""
    travelled = [item for item in finding.items if item.journey]
    shown = (travelled or finding.items)[:MAX_ITEMS]
    if not travelled and len(finding.items) < 2:
        return ""
    if travelled:
        rows = [f"| | {' | '.join(GATE_ORDER)} |", f"| --- |{' :-: |' * len(GATE_ORDER)}"]
        for item in shown:
            outcomes = {verdict.gate: verdict.outcome for verdict in item.journey}
            marks = " | ".join(OUTCOMES[outcomes.get(gate, "skipped")] for gate in GATE_ORDER)
            rows.append(f"| {inline(item.name or item.path)} | {marks} |")
    else:
        rows = [f"- {code(item.path or item.name)}" for item in shown]
    total = len(travelled or finding.items)
    if total > len(shown):
        rows += ["", f"and {total - len(shown)} more"]
    title = "the journey" if travelled else "all of them"
    table = "\n".join(rows)
    return f"<details><summary>{title}: {count(total, 'item')}</summary>\n\n{table}\n\n</details>"
