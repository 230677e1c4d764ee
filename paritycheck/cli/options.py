"""The flags that commands share, and what they and the environment say about this machine."""

from __future__ import annotations

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from paritycheck.capture.hosts import EngineHosts
from paritycheck.capture.sides import Machine
from paritycheck.model.report import Severity


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
StartOption = Annotated[
    str, typer.Option(metavar="COMMAND", help="What is started, instead of the image's ENTRYPOINT and CMD.")
]
ProbeOption = Annotated[
    bool, typer.Option("--probe", help="Run the image's interpreter (isolated) instead of reading its files.")
]
CommittedOption = Annotated[
    bool, typer.Option("--committed", help="Take what a clean clone of HEAD holds, not the working tree.")
]

NoCacheOption = Annotated[
    bool,
    typer.Option(
        "--no-cache",
        envvar="PARITYCHECK_NO_CACHE",
        help="Read every Python file again; keep nothing in ~/.cache/paritycheck.",
    ),
]


def read_machine(python: str | None, *, probe: bool, no_cache: bool = False) -> Machine:
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
        cache_dir=None if no_cache else _cache_dir(),
    )


def _cache_dir() -> Path | None:
    # The XDG base directory specification: what is not absolute is to be ignored.
    base = Path(os.environ.get("XDG_CACHE_HOME", ""))
    if not base.is_absolute():
        base = Path(os.environ.get("HOME", "")) / ".cache"
    return base / "paritycheck" if base.is_absolute() else None
