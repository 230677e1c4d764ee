"""Where reports go: one on stdout or in a file, others beside it, each in its format."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import msgspec

from paritycheck.cli.options import Color, ReportFormat
from paritycheck.cli.terminal import choose_paint, write
from paritycheck.errors import UsageError
from paritycheck.model.report import Report
from paritycheck.output.formats import EXPLAINED, FORMATS

# The words of a format's name: what else stands before a "=" belongs to the path.
_NAMED = re.compile(r"(?P<name>[a-z][a-z-]*)=(?P<path>.+)", re.DOTALL)
# All commands of a step write into the one file that GitHub names.
_SHARED = {ReportFormat.GITHUB_SUMMARY}


class Target(msgspec.Struct, frozen=True):
    """A report to write; without a path, to stdout."""

    format: ReportFormat
    path: Path | None = None


def parse_targets(wanted: ReportFormat, outputs: Sequence[str]) -> tuple[Target, ...]:
    """Return what ``--format`` and every ``--output`` ask for, files first.

    The report of ``--format`` goes to stdout, unless an output without a name takes it or another report
    is to go there (``-``). Raises UsageError for an unknown format, and for two reports in one place.
    """
    targets = [_parse(wanted, output) for output in outputs]
    unnamed = [output for output in outputs if not _NAMED.fullmatch(output)]
    if not unnamed and all(target.path for target in targets):
        targets.append(Target(wanted))
    places = [target.path and target.path.absolute() for target in targets]
    for number, place in enumerate(places):
        if place in places[:number]:
            raise UsageError(
                f"two reports are to be written to {place or 'stdout'}",
                "give each --output a file of its own",
            )
    return tuple(sorted(targets, key=lambda target: target.path is None))


def write_reports(report: Report, targets: Sequence[Target], *, explain: bool, color: Color) -> None:
    """Write the report to every target, stdout last: nothing is on it if a file cannot be written."""
    formats = EXPLAINED if explain else FORMATS
    for target in targets:
        rendered = formats[target.format](report, choose_paint(target.path, color.value))
        write(rendered, target.path, append=target.format in _SHARED)


def _parse(wanted: ReportFormat, output: str) -> Target:
    named = _NAMED.fullmatch(output)
    if named is None:
        name, path = wanted, output
    elif named["name"] in FORMATS:
        name, path = ReportFormat(named["name"]), named["path"]
    else:
        raise UsageError(
            f"no format is called {named['name']}: {', '.join(FORMATS)}",
            f"for a file of that name write --output ./{output}",
        )
    return Target(name, None if path == "-" else Path(path))
