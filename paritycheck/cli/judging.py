"""The command that follows one thing on its journey: why."""

# Annotations stay real objects here: typer reads them.
import contextlib
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.capture.checkout.worktree import printable
from paritycheck.check import explain
from paritycheck.cli.configured import settle_one
from paritycheck.cli.gateoptions import ConfigOption, IsolatedOption, NamesOption
from paritycheck.cli.opening import open_sides
from paritycheck.cli.options import (
    BuildArgOption,
    Color,
    ColorOption,
    ComposeOption,
    ContextOption,
    EngineOption,
    FileOption,
    Format,
    FormatOption,
    IgnorefileOption,
    ImageOption,
    NoCacheOption,
    OutputOption,
    ProbeOption,
    PythonOption,
    ResolveOption,
    ServiceOption,
    StartOption,
    TargetOption,
)
from paritycheck.cli.terminal import FINDINGS, PARITY, choose_paint, write
from paritycheck.output.journey import render_journeys
from paritycheck.output.json import render_json


def why(
    ctx: typer.Context,
    subject: Annotated[str, typer.Argument(metavar="SUBJECT", help="app.views, app/views.py or requests.")],
    context: ContextOption = Path(),
    file: FileOption = None,
    ignorefile: IgnorefileOption = None,
    target: TargetOption = "",
    build_arg: BuildArgOption = [],  # noqa: B006
    engine: EngineOption = "podman",
    image: ImageOption = None,
    compose: ComposeOption = [],  # noqa: B006
    service: ServiceOption = "",
    python: PythonOption = None,
    probe: ProbeOption = False,
    resolve: ResolveOption = False,
    no_cache: NoCacheOption = False,
    start: StartOption = "",
    output_format: FormatOption = Format.TEXT,
    output: OutputOption = None,
    color: ColorOption = Color.AUTO,
    names: NamesOption = [],  # noqa: B006
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
) -> None:
    """Follow one module, file or distribution to the container, gate by gate.

    Exit code: 0 it arrives, 1 it is lost, 2 nobody can tell.
    """
    settings, configured = settle_one(ctx, locals())
    with contextlib.ExitStack() as stack:
        sides = open_sides(stack, settings, configured)
        journeys = explain(printable(subject), sides.local, sides.image, sides.plan, sides.config)
    write(
        render_json(journeys)
        if output_format is Format.JSON
        else render_journeys(journeys, choose_paint(output, settings.color.value)),
        output,
    )
    arrived = [journey.arrived for journey in journeys.journeys]
    raise typer.Exit(FINDINGS if False in arrived else PARITY if all(arrived) else 2)
