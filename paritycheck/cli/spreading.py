"""The commands that spread the images of a repository over machines: matrix, and merge."""

# Annotations stay real objects here: typer reads them.
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.capture.reports import read_report
from paritycheck.cli.configured import read_configuration
from paritycheck.cli.gateoptions import ConfigOption, NamesOption
from paritycheck.cli.options import (
    Color,
    ColorOption,
    ContextArgument,
    ExplainOption,
    FailOn,
    ReportFormat,
    ReportFormatOption,
    ReportsOption,
)
from paritycheck.cli.reports import parse_targets, write_reports
from paritycheck.cli.terminal import COULD_NOT_CHECK, FINDINGS, PARITY, complain, write
from paritycheck.composite import combine, fails
from paritycheck.config.images import choose_images, matrix_of


def merge(
    reports: Annotated[
        list[Path],
        typer.Argument(metavar="REPORT...", help="What check --shard (or --name) --format json wrote."),
    ],
    output_format: ReportFormatOption = ReportFormat.TEXT,
    output: ReportsOption = [],  # noqa: B006 (typer copies it)
    explain: ExplainOption = False,
    color: ColorOption = Color.AUTO,
    fail_on: Annotated[
        FailOn | None,
        typer.Option("--fail-on", help="Instead of the threshold that each image was checked with."),
    ] = None,
) -> None:
    """Make one report of the parts: the same that one run over all images would have written.

    Exit code: 0 parity, 1 findings, 2 an image is missing, could not be checked, or the parts do not fit.
    """
    targets = parse_targets(output_format, output)
    report = combine([read_report(path) for path in reports])
    write_reports(report, targets, explain=explain, color=color)
    for each in report.unchecked:
        complain(f"{each.name}: {each.message}", each.hint)
    if report.awaited:
        complain(
            f"no report is of {', '.join(report.awaited)}",
            "add the reports of the other parts, and merge again",
        )
    failing = fails(report, fail_on.value if fail_on else None)
    incomplete = report.unchecked or report.awaited
    raise typer.Exit(COULD_NOT_CHECK if incomplete else FINDINGS if failing else PARITY)


def matrix(
    directory: ContextArgument = Path(),
    names: NamesOption = [],  # noqa: B006
    shards: Annotated[
        int | None,
        typer.Option(
            "--shards", min=1, metavar="N", help="Parts of several images, instead of a job for each."
        ),
    ] = None,
    config: ConfigOption = None,
) -> None:
    """Print the matrix of the configured images for a CI: {"include": [{"name": "web"}, ...]}.

    A job then runs `paritycheck check --name NAME`; with --shards, `paritycheck check --shard I/N`.
    """
    images = read_configuration(directory, config).settings.images
    write(matrix_of(choose_images(images, names), shards), None)
