"""The flags that commands share, and what they and the environment say about this machine."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.sides import Machine


class Format(StrEnum):
    """How something is shown that is no report."""

    TEXT = "text"
    JSON = "json"


class ReportFormat(StrEnum):
    """How a report is written: the names of ``output.formats``."""

    TEXT = "text"
    CONCISE = "concise"
    JSON = "json"
    SARIF = "sarif"
    JUNIT = "junit"
    GITHUB = "github"
    GITHUB_SUMMARY = "github-summary"
    GITLAB = "gitlab"
    MARKDOWN = "markdown"
    HTML = "html"


class Color(StrEnum):
    """When to write in colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class FailOn(StrEnum):
    """From which severity on findings make the run exit with 1."""

    ERROR = "error"
    WARNING = "warning"
    NEVER = "never"


# The help shows the flags in these groups.
BUILD = "The build (flags as for podman build)"
SIDES = "The two sides"
REPORT = "The report"

ContextArgument = Annotated[Path, typer.Argument(metavar="CONTEXT", help="The build context.")]
ContextOption = Annotated[Path, typer.Option("--context", rich_help_panel=BUILD, help="The build context.")]
SourceArgument = Annotated[
    str, typer.Argument(metavar="SOURCE", help="A directory, predicted:DIR, or an image as for check -i.")
]
LeftArgument = Annotated[
    str,
    typer.Argument(
        metavar="LEFT", help="A directory, predicted:DIR, an image as for check -i, or a document."
    ),
]
RightArgument = Annotated[str, typer.Argument(metavar="RIGHT", help="Likewise.")]
FileOption = Annotated[
    Path | None,
    typer.Option("--file", "-f", rich_help_panel=BUILD, help="The Containerfile, if not in the context."),
]
IgnorefileOption = Annotated[
    Path | None, typer.Option("--ignorefile", rich_help_panel=BUILD, help="Another ignore file.")
]
TargetOption = Annotated[
    str, typer.Option("--target", rich_help_panel=BUILD, help="The stage to build (default: the last).")
]
BuildArgOption = Annotated[
    list[str],
    typer.Option("--build-arg", metavar="NAME=VALUE", rich_help_panel=BUILD, help="A value for an ARG."),
]
EngineOption = Annotated[
    str,
    typer.Option(
        "--engine",
        metavar="NAME[@VERSION]",
        rich_help_panel=BUILD,
        help="Whose rules to follow: podman, buildkit or docker (the classic builder).",
    ),
]
ImageOption = Annotated[
    str | None,
    typer.Option(
        "--image",
        "-i",
        metavar="IMAGE",
        rich_help_panel=SIDES,
        help="The image to compare with: a name that podman knows, docker-archive:PATH, oci-archive:PATH, "
        "oci:DIR, docker-daemon:NAME, containers-storage:NAME, container:NAME, or a snapshot document.",
    ),
]
ComposeOption = Annotated[
    list[Path],
    typer.Option(
        "--compose",
        "-c",
        metavar="FILE",
        rich_help_panel=SIDES,
        help="Build and run as a service of this compose file says; later files on top of earlier ones.",
    ),
]
ServiceOption = Annotated[
    str,
    typer.Option(
        "--service",
        metavar="NAME",
        rich_help_panel=SIDES,
        help="The service (default: the only one that is built).",
    ),
]
PythonOption = Annotated[
    str | None,
    typer.Option(
        "--python",
        metavar="PYTHON",
        rich_help_panel=SIDES,
        help="The local interpreter (default: that of VIRTUAL_ENV, .venv or venv).",
    ),
]
StartOption = Annotated[
    str,
    typer.Option(
        "--start",
        metavar="COMMAND",
        rich_help_panel=SIDES,
        help="What is started, instead of the image's ENTRYPOINT and CMD.",
    ),
]
ProbeOption = Annotated[
    bool,
    typer.Option(
        "--probe/--no-probe",
        rich_help_panel=SIDES,
        help="Run the image's interpreter, isolated, instead of only reading its files.",
    ),
]
ResolveOption = Annotated[
    bool,
    typer.Option(
        "--resolve/--no-resolve",
        rich_help_panel=SIDES,
        help="Ask uv and the package index what the installs of the build would bring today (network).",
    ),
]
CommittedOption = Annotated[
    bool,
    typer.Option(
        "--committed/--no-committed",
        rich_help_panel=SIDES,
        help="Take what a clean clone of HEAD holds, not the working tree.",
    ),
]
NoCacheOption = Annotated[
    bool,
    typer.Option(
        "--no-cache/--cache",
        envvar="PARITYCHECK_NO_CACHE",
        help="Read every Python file again; keep nothing in ~/.cache/paritycheck.",
    ),
]
FormatOption = Annotated[
    Format, typer.Option("--format", rich_help_panel=REPORT, help="For people, or for programs.")
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o", metavar="FILE", rich_help_panel=REPORT, help="Write to a file, not to stdout."
    ),
]
ReportFormatOption = Annotated[
    ReportFormat,
    typer.Option("--format", rich_help_panel=REPORT, help="For people, for programs, or for a service."),
]
ReportsOption = Annotated[
    list[str],
    typer.Option(
        "--output",
        "-o",
        metavar="[NAME=]FILE",
        rich_help_panel=REPORT,
        help="Write to a file, not to stdout; with the NAME of a format, write that one as well. Repeatable.",
    ),
]
ExplainOption = Annotated[
    bool,
    typer.Option(
        "--explain/--no-explain", rich_help_panel=REPORT, help="Tell with each finding what its rule says."
    ),
]
ColorOption = Annotated[
    Color,
    typer.Option(
        "--color",
        rich_help_panel=REPORT,
        help="auto: on a terminal; NO_COLOR and FORCE_COLOR are respected.",
    ),
]
FailOnOption = Annotated[
    FailOn,
    typer.Option("--fail-on", rich_help_panel=REPORT, help="The least severity that exits with 1."),
]
SelectOption = Annotated[
    list[str],
    typer.Option(
        "--select", metavar="RULES", rich_help_panel=REPORT, help="Only these: PC102, PC2, untracked, ..."
    ),
]
IgnoreOption = Annotated[
    list[str], typer.Option("--ignore", metavar="RULES", rich_help_panel=REPORT, help="All but these.")
]


def read_machine(
    python: str | None, *, probe: bool, resolve: bool = False, no_cache: bool = False
) -> Machine:
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
        probe=probe,
        resolve=resolve,
        cache_dir=None if no_cache else _cache_dir(),
    )


def _cache_dir() -> Path | None:
    # The XDG base directory specification: what is not absolute is to be ignored.
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        base = Path(os.environ.get("HOME", "")) / ".cache"
    return base / "paritycheck" if base.is_absolute() else None
