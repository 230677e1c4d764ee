"""The journey of one thing (why), and how the sides of a comparison are opened."""

# Annotations stay real objects here: typer reads them.
import contextlib
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.capture.bases import Reached, plan_with_bases
from paritycheck.capture.checkout.worktree import printable
from paritycheck.capture.composefiles import open_service
from paritycheck.capture.references import open_source
from paritycheck.capture.sides import BuildPaths, Machine, open_local
from paritycheck.check import explain
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
    TargetOption,
    read_machine,
)
from paritycheck.cli.terminal import FINDINGS, PARITY, announced, choose_paint, write
from paritycheck.config import Config, parse_build_args, parse_engine
from paritycheck.errors import UsageError
from paritycheck.model.snapshot import Snapshot
from paritycheck.output.journey import render_journeys
from paritycheck.output.json import render_json
from paritycheck.parse.compose.service import Service
from paritycheck.predict.planning.composing import service_options, with_inline_file
from paritycheck.predict.planning.plan import BuildOptions, Plan


def build_options(
    place: BuildPaths,
    written: Path | None,
    target: str,
    build_arg: list[str],
    engine: str,
    service: Service | None = None,
) -> BuildOptions:
    """Return what is asked of the build: by flags, then by the compose service."""
    options = BuildOptions(
        engine=parse_engine(engine),
        context=place.context,
        file=place.file,
        written=str(written or ""),
        ignorefile=place.ignorefile,
        target=target,
        build_args=parse_build_args(tuple(build_arg)),
    )
    return service_options(service, options) if service else options


def why(
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
    output_format: FormatOption = Format.TEXT,
    output: OutputOption = None,
    color: ColorOption = Color.AUTO,
) -> None:
    """Follow one module, file or distribution to the container, gate by gate.

    Exit code: 0 it arrives, 1 it is lost, 2 nobody can tell.
    """
    machine = read_machine(python, probe=probe, resolve=resolve, no_cache=no_cache)
    with contextlib.ExitStack() as stack:
        with announced(f"reading {context}"):
            local, place = open_local(context, file, ignorefile, machine)
        run_by = open_service(compose, service, local, place, machine)
        options = build_options(place, file, target, build_arg, engine, run_by)
        container, plan = open_container(stack, with_inline_file(run_by, local), options, image, machine)
        config = Config(context=options.context, service=run_by)
        journeys = explain(printable(subject), local, container, plan, config)
    write(
        render_json(journeys)
        if output_format is Format.JSON
        else render_journeys(journeys, choose_paint(output, color.value)),
        output,
    )
    arrived = [journey.arrived for journey in journeys.journeys]
    raise typer.Exit(FINDINGS if False in arrived else PARITY if all(arrived) else 2)


def open_container(
    stack: contextlib.ExitStack,
    local: Snapshot,
    options: BuildOptions,
    image: str | None,
    machine: Machine,
    reached: Reached | None = None,
) -> tuple[Snapshot | None, Plan | None]:
    """Return the actual image, if one is named, and what the build is predicted to make."""
    container = None
    if image is None and machine.probe:
        raise UsageError("--probe runs an image, and none is named", "name it with -i, or leave out --probe")
    if image is not None:
        with announced(f"reading {image}"):
            container = stack.enter_context(open_source(image, machine))
    with announced("predicting the build"):
        plan = plan_with_bases(stack, local, options, machine, reached)
    return container, plan
