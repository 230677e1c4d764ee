"""The command that writes a stored report in other formats: render."""

# Annotations stay real objects here: typer reads them.
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.capture.reports import read_report
from paritycheck.cli.options import (
    Color,
    ColorOption,
    ExplainOption,
    ReportFormat,
    ReportFormatOption,
    ReportsOption,
)
from paritycheck.cli.reports import parse_targets, write_reports


def render(
    report: Annotated[
        Path,
        typer.Argument(metavar="REPORT", help="What check --format json wrote (- is stdin)."),
    ],
    output_format: ReportFormatOption = ReportFormat.TEXT,
    output: ReportsOption = [],  # noqa: B006 (typer copies it)
    explain: ExplainOption = False,
    color: ColorOption = Color.AUTO,
) -> None:
    """Write a stored report in any format: check once, show it to everybody.

    Exit code: 0 it is written, whatever it says; 2 it could not be read or written.
    """
    targets = parse_targets(output_format, output)
    write_reports(read_report(report), targets, explain=explain, color=color)
