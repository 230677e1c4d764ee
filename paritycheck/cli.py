"""Arguments in, report out, exit code; the only module that prints or exits."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from paritycheck import __version__
from paritycheck.capture.hosts import EngineHosts
from paritycheck.capture.sides import Machine, open_local, open_source
from paritycheck.check import compare
from paritycheck.config import Config, parse_build_args, parse_codes, parse_engine
from paritycheck.difference import find_differences
from paritycheck.errors import ParityError, UsageError
from paritycheck.model.document import encode_snapshot
from paritycheck.model.report import Severity
from paritycheck.output.difference import render_difference
from paritycheck.output.json import render_json
from paritycheck.output.style import coloured, harmless, plain
from paritycheck.output.text import render_text
from paritycheck.predict.plan import BuildOptions, clean_clone, make_plan

PARITY, FINDINGS, COULD_NOT_CHECK = 0, 1, 2
SLOW = 1.0  # seconds after which a step says what it is doing

app = typer.Typer(
    name="paritycheck",
    help="Will what works in this checkout work in the container built from it, "
    "and if not, which line of which file lost it?",
    pretty_exceptions_enable=False,
    add_completion=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


class Format(StrEnum):
    """How a report is written."""

    TEXT = "text"
    JSON = "json"


class FailOn(StrEnum):
    """From which severity on findings make the run exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


THRESHOLDS: dict[FailOn, Severity | None] = {
    FailOn.ERROR: "error",
    FailOn.WARNING: "warning",
    FailOn.NEVER: None,
}

ContextArgument = Annotated[
    Path, typer.Argument(metavar="[CONTEXT]", help="The build context, as for `podman build`.")
]
FileOption = Annotated[
    Path | None, typer.Option("--file", "-f", help="The Containerfile, if not in the context.")
]
IgnorefileOption = Annotated[Path | None, typer.Option(help="The ignore file, as for `podman build`.")]
TargetOption = Annotated[str, typer.Option(help="The stage to build.")]
BuildArgOption = Annotated[
    list[str], typer.Option("--build-arg", metavar="NAME=VALUE", help="A build argument.")
]
EngineOption = Annotated[
    str, typer.Option(help="Whose rules the prediction follows: podman, buildkit or docker.")
]
ImageOption = Annotated[
    str | None,
    typer.Option(
        "--image",
        "-i",
        help="The image to hold against it: a name, docker-archive:PATH, oci-archive:PATH, oci:DIR, "
        "docker-daemon:NAME, containers-storage:NAME, container:NAME, or a snapshot document.",
    ),
]
PythonOption = Annotated[
    str | None, typer.Option(help="The local interpreter (default: VIRTUAL_ENV, .venv, venv).")
]
FormatOption = Annotated[Format, typer.Option("--format", help="How to write the report.")]
OutputOption = Annotated[
    Path | None, typer.Option("--output", "-o", help="Write to this file, not to stdout.")
]
ProbeOption = Annotated[
    bool, typer.Option("--probe", help="Run the image's interpreter (isolated) instead of reading its files.")
]
CommittedOption = Annotated[
    bool, typer.Option("--committed", help="Take what a clean clone of HEAD holds, not the working tree.")
]


@app.command()
def check(
    context: ContextArgument = Path(),
    file: FileOption = None,
    ignorefile: IgnorefileOption = None,
    target: TargetOption = "",
    build_arg: BuildArgOption = [],  # noqa: B006 (typer copies it)
    engine: EngineOption = "podman",
    image: ImageOption = None,
    python: PythonOption = None,
    probe: ProbeOption = False,
    committed: CommittedOption = False,
    output_format: FormatOption = Format.TEXT,
    output: OutputOption = None,
    fail_on: Annotated[FailOn, typer.Option(help="The severity that exits with 1.")] = FailOn.ERROR,
    select: Annotated[list[str], typer.Option(help="Only these rules (codes, prefixes, slugs).")] = [],  # noqa: B006
    ignore: Annotated[list[str], typer.Option(help="Not these rules.")] = [],  # noqa: B006
) -> None:
    """Say what the container lacks of this checkout, who needs it, and which line lost it.

    Without --image the container is predicted from the Containerfile. Exits with 0 for parity,
    1 for findings, 2 if it could not check.
    """
    machine = _machine(python, probe=probe)
    with contextlib.ExitStack() as stack:
        with announced(f"reading {context}"):
            local, place = open_local(context, file, ignorefile, machine, committed=committed)
        config = Config(
            context=place.context,
            fail_on=THRESHOLDS[fail_on],
            select=parse_codes(tuple(select)),
            ignore=parse_codes(tuple(ignore)),
        )
        options = BuildOptions(
            engine=parse_engine(engine),
            context=place.context,
            file=place.file,
            written=str(file or ""),
            ignorefile=place.ignorefile,
            target=target,
            build_args=parse_build_args(tuple(build_arg)),
        )
        container = None
        if image is not None:
            with announced(f"reading {image}"):
                container = stack.enter_context(open_source(image, machine))
        plan = make_plan(clean_clone(local), options)
        with announced("comparing"):
            report = compare(local, container, plan, config)
    rendered = render_json(report) if output_format is Format.JSON else render_text(report, _paint(output))
    _write(rendered, output)
    raise typer.Exit(FINDINGS if any(config.fails(finding) for finding in report.findings) else PARITY)


@app.command()
def diff(
    left: Annotated[str, typer.Argument(help="A checkout, an image, or a snapshot document.")],
    right: Annotated[str, typer.Argument(help="The other side.")],
    python: PythonOption = None,
    probe: ProbeOption = False,
    output_format: FormatOption = Format.TEXT,
    output: OutputOption = None,
) -> None:
    """Set any two sources against each other, both directions, without judging."""
    machine = _machine(python, probe=probe)
    with contextlib.ExitStack() as stack:
        with announced(f"reading {left}"):
            here = stack.enter_context(open_source(left, machine))
        with announced(f"reading {right}"):
            there = stack.enter_context(open_source(right, machine))
        with announced("comparing"):
            difference = find_differences(here, there)
    rendered = render_json(difference) if output_format is Format.JSON else render_difference(difference)
    _write(rendered, output)
    differs = any(section.differs for section in difference.sections.values())
    raise typer.Exit(FINDINGS if differs else PARITY)


@app.command()
def snapshot(
    source: Annotated[str, typer.Argument(help="A checkout, an image or a container.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="The document to write (- is stdout).")],
    python: PythonOption = None,
    probe: ProbeOption = False,
) -> None:
    """Write what is known of one side, so that it can be compared on another machine."""
    with announced(f"reading {source}"), open_source(source, _machine(python, probe=probe)) as captured:
        document = encode_snapshot(captured)
    _write(document.decode(), None if str(output) == "-" else output)


def _machine(python: str | None, *, probe: bool) -> Machine:
    """Return what this machine offers: the only place below which no environment variable is read."""
    return Machine(
        python=python,
        virtual_env=os.environ.get("VIRTUAL_ENV"),
        hosts=EngineHosts(
            container_host=os.environ.get("CONTAINER_HOST"),
            docker_host=os.environ.get("DOCKER_HOST"),
            runtime_dir=os.environ.get("XDG_RUNTIME_DIR"),
            storage_conf=os.environ.get("CONTAINERS_STORAGE_CONF"),
        ),
        variables=dict(os.environ),
    )


def _paint(output: Path | None) -> Callable[..., str]:
    if output is not None or os.environ.get("NO_COLOR"):
        return plain
    return coloured if os.environ.get("FORCE_COLOR") or sys.stdout.isatty() else plain


def _write(text: str, output: Path | None) -> None:
    """Write the report to a file or to stdout, whatever stdout can encode."""
    if output is None:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
        return
    try:
        output.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}", "name another --output") from error


@contextlib.contextmanager
def announced(step: str) -> Iterator[None]:
    """Say on stderr what is being done, if it takes longer than a second and somebody is watching."""
    timer = threading.Timer(SLOW, lambda: print(f"{harmless(step)} ...", file=sys.stderr, flush=True))
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def _show_version(wanted: bool) -> None:
    if wanted:
        print(f"paritycheck {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Answer one question: will what works in this checkout work in the container built from it?"""


def run(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code; every error becomes a message and 2."""
    command = typer.main.get_command(app)
    try:
        result = command.main(args=None if arguments is None else list(arguments), standalone_mode=False)
    except ParityError as error:
        return _complain(error.message, error.hint)
    except typer.BadParameter as error:
        return _complain(error.format_message(), "paritycheck COMMAND --help explains the flags")
    except typer.TyperException as error:
        return _complain(str(error) or "no command", "paritycheck --help lists the commands")
    except (typer.Abort, KeyboardInterrupt):
        return _complain("interrupted", "")
    except BrokenPipeError:
        # The reader went away (head, less): point stdout elsewhere so that Python's exit stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return COULD_NOT_CHECK
    except Exception as error:  # the outermost edge: a bug must not look like a finding
        if os.environ.get("PARITYCHECK_DEBUG"):
            raise
        return _complain(
            f"a bug in paritycheck: {type(error).__name__}: {error}",
            "run again with PARITYCHECK_DEBUG=1 and report what it prints",
        )
    return result if isinstance(result, int) else PARITY


def _complain(message: str, hint: str) -> int:
    print(f"paritycheck: {harmless(message)}", file=sys.stderr)
    if hint:
        print(f"  {harmless(hint)}", file=sys.stderr)
    return COULD_NOT_CHECK


def main() -> None:
    """Run as a program."""
    sys.exit(run())
