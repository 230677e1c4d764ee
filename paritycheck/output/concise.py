"""The report a line a finding, as editors and grep read it: ``path:line: CODE slug message``."""

from __future__ import annotations

from paritycheck.model.report import Finding, Report
from paritycheck.output.looked import image_lines, in_parity, judged, looked_at, verdict
from paritycheck.output.places import place_of
from paritycheck.output.standing import standing, told
from paritycheck.output.style import TONES, Paint, harmless, plain


def render_concise(report: Report, paint: Paint = plain) -> str:
    """Return a line for each finding, one for each of several images, and what was looked at."""
    lines = [_line(finding, report, paint) for finding in report.findings]
    lines += image_lines(report)
    said = paint(verdict(report), "good" if in_parity(report) else "strong")
    lines.append(f"{said}: looked at {looked_at(report)}; {judged(report)}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, report: Report, paint: Paint) -> str:
    notes: list[str] = [finding.severity] if finding.severity != "error" else []
    if not finding.counts:
        notes.append(standing(finding))
    note = f" ({', '.join(notes)})" if notes else ""
    rule = paint(harmless(finding.code), TONES[finding.severity])
    where = harmless(str(place_of(finding, report)))
    return f"{where}: {rule} {harmless(f'{finding.slug} {told(finding)}{note}')}"
