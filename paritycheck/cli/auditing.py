"""The command that explains a container that fails: audit."""

# Annotations stay real objects here: typer reads them.
import contextlib
import dataclasses
from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.audit import fails, gather, write_audit
from paritycheck.capture.bases import plan_with_bases
from paritycheck.capture.checkout.history import path_history
from paritycheck.capture.checkout.worktree import printable
from paritycheck.capture.container.logs import LogWindow, parse_since, parse_tail, read_log_file
from paritycheck.capture.container.opened import OpenedContainer
from paritycheck.capture.container.opening import find_service_container, open_container
from paritycheck.capture.references import open_source
from paritycheck.capture.sides import BuildPaths, Machine
from paritycheck.cli.configured import settle_one
from paritycheck.cli.gateoptions import ConfigOption, IsolatedOption, NamesOption
from paritycheck.cli.opening import Checkout, open_checkout, open_machine, read_checkout
from paritycheck.cli.options import (
    REPORT,
    SIDES,
    BuildArgOption,
    ComposeOption,
    ContextOption,
    EngineOption,
    FileOption,
    IgnorefileOption,
    ImageOption,
    NoCacheOption,
    OutputOption,
    PythonOption,
    ServiceOption,
    StartOption,
    TargetOption,
)
from paritycheck.cli.terminal import (
    FINDINGS,
    PARITY,
    announced,
    choose_paint,
    complain,
    write,
)
from paritycheck.config import Config
from paritycheck.errors import BuildRefused, SourceError, UsageError
from paritycheck.model.audit import Audit
from paritycheck.model.history import PathHistory
from paritycheck.model.incident import LogReading
from paritycheck.model.snapshot import Snapshot
from paritycheck.output.audit import render_audit_html, render_audit_markdown, render_audit_text
from paritycheck.output.json import render_json
from paritycheck.output.style import Paint
from paritycheck.parse.logs.reading import read_log
from paritycheck.predict.planning.plan import Plan


class AuditFormat(StrEnum):
    """How an audit is written."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"


RENDERERS: dict[AuditFormat, Callable[[Audit, Paint], str]] = {
    AuditFormat.TEXT: render_audit_text,
    AuditFormat.MARKDOWN: lambda audit, _paint: render_audit_markdown(audit),
    AuditFormat.HTML: lambda audit, _paint: render_audit_html(audit),
    AuditFormat.JSON: lambda audit, _paint: render_json(audit),
}


def audit(
    ctx: typer.Context,
    container: Annotated[
        str,
        typer.Argument(
            metavar="[CONTAINER]",
            help="Its name or id; podman:NAME or docker:NAME if both engines may have it.",
        ),
    ] = "",
    context: ContextOption = Path(),
    file: FileOption = None,
    ignorefile: IgnorefileOption = None,
    target: TargetOption = "",
    build_arg: BuildArgOption = [],  # noqa: B006 (typer copies it)
    engine: EngineOption = "podman",
    image: ImageOption = None,
    logs: Annotated[
        Path | None,
        typer.Option(
            "--logs",
            metavar="FILE",
            rich_help_panel=SIDES,
            help="A saved log, with -i and without a container: for whoever has no access to the host.",
        ),
    ] = None,
    compose: ComposeOption = [],  # noqa: B006
    service: ServiceOption = "",
    python: PythonOption = None,
    no_cache: NoCacheOption = False,
    start: StartOption = "",
    tail: Annotated[
        str,
        typer.Option("--tail", metavar="N", rich_help_panel=REPORT, help="Lines of the log to read, or all."),
    ] = "20000",
    since: Annotated[
        str,
        typer.Option(
            "--since", metavar="TIME", rich_help_panel=REPORT, help="Read the log from then: 10m, 2h, a date."
        ),
    ] = "",
    output_format: Annotated[
        AuditFormat, typer.Option("--format", rich_help_panel=REPORT, help="For people, or for programs.")
    ] = AuditFormat.TEXT,
    output: OutputOption = None,
    names: NamesOption = [],  # noqa: B006
    config: ConfigOption = None,
    isolated: IsolatedOption = False,
) -> None:
    """Explain why a container fails: what crashes, why, where it was lost, what to do.

    Reads the container's state, its log, its image, the checkout and git; runs nothing of them. With -c the
    container of a compose service, with --logs and -i files alone.

    Exit code: 0 it runs and lacks nothing, 1 it fails or lacks something, 2 could not tell
    (what is known is written all the same where only the comparison is impossible).
    """
    settings, configured = settle_one(ctx, locals())
    machine = open_machine(dataclasses.replace(settings, probe=False))  # an audit runs nothing
    now = datetime.now(UTC)
    named = bool(settings.compose or settings.service)
    _refuse_contradictions(container, settings.image, logs, named)
    window = LogWindow(parse_tail(tail), parse_since(since, now.timestamp()))
    with contextlib.ExitStack() as stack:
        # A name that is wrong is told before a large checkout is read.
        opened = _open(stack, container, machine, now) if container else None
        local, place = read_checkout(settings, machine)
        checkout = open_checkout(settings, configured, (local, place), machine)
        run_by = checkout.config.service
        if not container and settings.image is None:
            name = _service_container(run_by.name if run_by else "", machine)
            opened = _open(stack, name, machine, now)
        source = image or (opened.source if opened else settings.image or "")
        side, plan, remarks = _sides(stack, checkout, source, machine)
        with announced("reading the log"):
            log = _read_log(opened, logs, window)
        written = now.isoformat(timespec="seconds").replace("+00:00", "Z")
        with announced("comparing"):
            dossier = gather(
                opened.facts.name if opened else logs.name if logs else source,
                written,
                opened.facts if opened else None,
                log,
                checkout.local,
                side,
                plan,
                Config(context=checkout.config.context, start=settings.start, service=run_by),
                _historian(place, machine),
                root=str(place.root),
                name=source,
                remarks=remarks,
            )
            report = write_audit(dossier)
    write(RENDERERS[output_format](report, choose_paint(output)), output)
    failing = fails(report)
    if failing is None:
        raise typer.Exit(complain(report.unjudged, "the report tells what is known all the same"))
    raise typer.Exit(FINDINGS if failing else PARITY)


def _refuse_contradictions(container: str, image: str | None, logs: Path | None, named: bool) -> None:
    if container and logs is not None:
        raise UsageError("a container has its own log", "leave out --logs, or the container")
    if not container and image is None and (logs is not None or not named):
        raise UsageError(
            "nothing is named to be audited",
            "name a container, a compose file with -c, or a log with --logs and its image with -i",
        )


def _service_container(service: str, machine: Machine) -> str:
    if not service:
        raise UsageError("no compose service is named to be audited", "name it with --service")
    return find_service_container(service, machine.hosts)


def _open(stack: contextlib.ExitStack, container: str, machine: Machine, now: datetime) -> OpenedContainer:
    with announced(f"asking about {container}"):
        return stack.enter_context(open_container(container, machine.hosts, now))


def _sides(
    stack: contextlib.ExitStack, checkout: Checkout, source: str, machine: Machine
) -> tuple[Snapshot, Plan | None, tuple[str, ...]]:
    with announced(f"reading {source}"):
        side = stack.enter_context(open_source(source, machine))
    with announced("predicting the build"):
        try:
            return side, plan_with_bases(stack, checkout.local, checkout.options, machine), ()
        except BuildRefused as error:
            # A container may well run although its Containerfile is broken by now.
            return side, None, (f"the build cannot be predicted: {error.message}",)


def _read_log(opened: OpenedContainer | None, logs: Path | None, window: LogWindow) -> LogReading | None:
    if logs is not None:
        return read_log(read_log_file(logs), f"the whole file {logs}")
    if opened is None:
        return None
    try:
        return read_log(opened.log(window), str(window))
    except SourceError as error:
        # A container whose log goes elsewhere can be audited all the same.
        return LogReading(remarks=(error.message,), asked=str(window))


def _historian(place: BuildPaths, machine: Machine) -> Callable[[str, str, str], PathHistory]:
    def ask(path: str, importer: str, words: str) -> PathHistory:
        return path_history(place.root, printable(path), machine.git, importer=importer, words=words)

    return ask
