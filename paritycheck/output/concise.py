"""The report a line a finding, as editors and grep read it: ``path:line: CODE slug message``."""

from __future__ import annotations

from paritycheck.model.report import Finding, Report
from paritycheck.output.looked import judged, looked_at, verdict
from paritycheck.output.places import place_of
from paritycheck.output.style import TONES, Paint, harmless, plain


def render_concise(report: Report, paint: Paint = plain) -> str:
    """Return a line for each finding, and one that says what was looked at."""
    lines = [_line(finding, report, paint) for finding in report.findings]
    said = paint(verdict(report), "strong" if lines else "good")
    lines.append(f"{said}: looked at {looked_at(report)}; {judged(report)}")
    return "\n".join(lines) + "\n"


def _line(finding: Finding, report: Report, paint: Paint) -> str:
    notes: list[str] = [finding.severity] if finding.severity != "error" else []
    if finding.suppressed_by:
        notes.append(f"suppressed by {finding.suppressed_by}")
    note = f" ({', '.join(notes)})" if notes else ""
    rule = paint(harmless(finding.code), TONES[finding.severity])
    where = harmless(str(place_of(finding, report)))
    return f"{where}: {rule} {harmless(f'{finding.slug} {finding.message}{note}')}"
