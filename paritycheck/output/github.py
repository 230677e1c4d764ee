"""The report as workflow commands, which GitHub Actions shows as annotations of lines.

The caps are GitHub's: 10 annotations of each level for a step (50 for a job, which other steps share);
it drops what comes after without a word, so that the last one says here how many are left.
"""

from __future__ import annotations

from collections.abc import Iterator

from paritycheck.model.location import Location
from paritycheck.model.report import SEVERITIES, Finding, Report, Severity
from paritycheck.output.looked import count, judged, looked_at, verdict
from paritycheck.output.places import place_of
from paritycheck.output.standing import told
from paritycheck.output.style import harmless

MAX_OF_LEVEL = 10
MAX_UNCHECKED = 4
MAX_LINES = 40  # of one annotation
COMMANDS: dict[Severity, str] = {"error": "error", "warning": "warning", "note": "notice"}


def render_github(report: Report) -> str:
    """Return the commands, those of one cause grouped, and a line that says what was looked at."""
    lines = [_command("error", {"title": "paritycheck"}, line) for line in _unchecked(report)]
    for severity in SEVERITIES:
        room = MAX_OF_LEVEL - len(lines) if severity == "error" else MAX_OF_LEVEL
        groups = [group for group in _grouped(report) if group[0].severity == severity]
        shown = groups if len(groups) <= room else groups[: room - 1]
        lines += [_annotation(group, report) for group in shown]
        rest = groups[len(shown) :]
        if rest:
            left = count(sum(len(group) for group in rest), "more finding")
            hidden = f"and {left}, which GitHub would not show: see the log or the step summary"
            lines.append(_command(severity, {"title": "paritycheck"}, hidden))
    lines.append(f"{verdict(report)}; looked at {looked_at(report)}; {judged(report)}")
    return "\n".join(lines) + "\n"


def _unchecked(report: Report) -> Iterator[str]:
    for missed in report.unchecked[:MAX_UNCHECKED]:
        yield f"{missed.name} could not be checked: {missed.message}"
    if len(report.unchecked) > MAX_UNCHECKED:
        yield f"and {count(len(report.unchecked) - MAX_UNCHECKED, 'more image')} could not be checked"


def _grouped(report: Report) -> Iterator[list[Finding]]:
    groups: dict[tuple[Severity, str, Location], list[Finding]] = {}
    for finding in report.findings:
        if finding.counts:
            groups.setdefault((finding.severity, finding.code, place_of(finding, report)), []).append(finding)
    yield from groups.values()


def _annotation(group: list[Finding], report: Report) -> str:
    first = group[0]
    place = place_of(first, report)
    properties = {"file": place.path, "line": str(max(place.line, 1)), "title": f"{first.code} {first.slug}"}
    lines = [line for finding in group for line in _lines(finding)]
    if len(lines) > MAX_LINES:
        lines = [*lines[:MAX_LINES], f"and {count(len(lines) - MAX_LINES, 'more line')}"]
    return _command(first.severity, properties, *lines)


def _lines(finding: Finding) -> Iterator[str]:
    yield told(finding)
    for each in finding.imported_by[:1]:
        yield f"needed by {each.place}"
        if each.chain:
            yield f"reached through {' > '.join(each.chain)}"
    yield f"do: {finding.hint}"


def _command(severity: Severity, properties: dict[str, str], *lines: str) -> str:
    settings = ",".join(f"{name}={_property(harmless(value))}" for name, value in properties.items())
    return f"::{COMMANDS[severity]} {settings}::{_data(chr(10).join(harmless(line) for line in lines))}"


def _data(text: str) -> str:
    """Escape as the runner unescapes the message of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape as the runner unescapes a property of a command."""
    return _data(text).replace(":", "%3A").replace(",", "%2C")
