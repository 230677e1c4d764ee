"""The command that runs project code: smoke."""

# Annotations stay real objects here: typer reads them.
import contextlib
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.capture.python.smoke import require_runnable, try_imports
from paritycheck.capture.sides import Machine
from paritycheck.check import gather_facts, judge_attempts
from paritycheck.cli.configured import settle_one
from paritycheck.cli.gateoptions import ConfigOption, IsolatedOption, NamesOption
from paritycheck.cli.opening import open_machine, open_sides
from paritycheck.cli.options import (
    BuildArgOption,
    Color,
    ColorOption,
    EngineOption,
    ExplainOption,
    FileOption,
    IgnorefileOption,
    NoCacheOption,
    PythonOption,
    ReportFormat,
    ReportFormatOption,
    ReportsOption,
    StartOption,
    TargetOption,
)
from paritycheck.cli.reports import parse_targets, write_reports
from paritycheck.cli.terminal import FINDINGS, PARITY, announced
from paritycheck.errors import NothingCompared, SourceError
from paritycheck.gates import Facts
from paritycheck.model.smoke import Attempt
from paritycheck.predict.judging.trying import plan_trials


def smoke(
    ctx: typer.Context,
    image: Annotated[
        str,
        typer.Argument(metavar="IMAGE", help="An image of Podman, or docker-daemon:NAME. Its code is run."),
    ],
    context: Annotated[
        Path, typer.Option("--context", help="The checkout that the image was built from.")
    ] = Path(),
    file: FileOption = None,
    ignorefile: IgnorefileOption = None,
    target: TargetOption = "",
    build_arg: BuildArgOption = [],  # noqa: B006 (typer copies it)
    engine: EngineOption = "podman",
    python: PythonOption = None,
    no_cache: NoCacheOption = False,
    start: StartOption = "",
    seconds: Annotated[
        float, typer.Option("--timeout", min=0.1, metavar="SECONDS", help="How long one import may take.")
    ] = 60.0,
    output_format: ReportFormatOption = ReportFormat.TEXT,
    output: ReportsOption = [],  # noqa: B006
    explained: ExplainOption = False,
    color: ColorOption = Color.AUTO,
    names: NamesOption = [],  # noqa: B006
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
) -> None:
    """Import what the image starts, inside a container of it. THIS RUNS CODE OF THE PROJECT.

    It is the one command that does. The container has no network, no mounts, no capabilities, a
    root that is read-only, limits of time, memory and processes, and the image's own user; it is
    removed afterwards. A script is not run: what its import statements name is imported.

    Exits with 0 if everything is imported, 1 if an import fails, 2 if it could not be tried.
    """
    targets = parse_targets(output_format, output)
    require_runnable(image)
    settings, configured = settle_one(ctx, locals())
    machine = open_machine(settings)
    with contextlib.ExitStack() as stack:
        sides = open_sides(stack, settings, configured, machine=machine)
        facts = gather_facts(sides.local, sides.image, sides.plan, sides.config)
        attempts = _try(image, facts, machine, seconds)
        report = judge_attempts(attempts, facts)
    if not report.findings and report.remarks:
        raise SourceError(
            f"smoke {image}: {report.remarks[0]} ({seconds:g} s)",
            "allow more with --timeout, or see what it waits for",
        )
    write_reports(report, targets, explain=explained, color=settings.color)
    raise typer.Exit(FINDINGS if report.findings else PARITY)


def _try(image: str, facts: Facts, machine: Machine, seconds: float) -> tuple[Attempt, ...]:
    start, container = facts.view.start, facts.container
    interpreter = container.environment.interpreter
    rehearsals = plan_trials(container, start, facts.view)
    if not rehearsals and (not start.resolved or not start.roots):
        raise NothingCompared(
            f"what {image} starts is not known: {start.reason}", "name the start command with --start"
        )
    attempts: list[Attempt] = []
    for rehearsal in rehearsals:
        known = interpreter.executable if interpreter else "python3"
        with announced(f"importing {', '.join(trial.root for trial in rehearsal.trials)}"):
            attempts += try_imports(
                image, rehearsal, rehearsal.process.executable or known, machine.variables, seconds
            )
    return tuple(attempts)
