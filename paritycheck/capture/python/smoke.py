"""The start modules of an image, imported inside a container of it: the one place that runs project code.

The container has no network, no mounts, no capabilities, a root that cannot be written to, and limits
of time, memory and processes.
"""

from __future__ import annotations

from collections.abc import Mapping
from importlib import resources

import msgspec

from paritycheck.capture.image.sources import is_image_reference
from paritycheck.capture.python.interpreter import new_marker
from paritycheck.capture.python.isolation import DOCKER, run_isolated
from paritycheck.errors import SourceError, UsageError
from paritycheck.model.smoke import Attempt
from paritycheck.predict.judging.trying import Rehearsal, Trial, steering

START_PATIENCE = 60.0  # seconds for making the container and removing it
LIMITS = ("--pids-limit=512", "--memory=2g")
MAX_TEXT = 60_000  # bytes: what a pipe takes at once is 64 KiB
_BOOT = "import sys; exec(compile(sys.stdin.read(), '<smoke>', 'exec'))"


def require_runnable(reference: str) -> None:
    """Raise UsageError unless ``reference`` names an image that an engine can run."""
    rest = reference.removeprefix("containers-storage:")
    if (is_image_reference(rest) and not reference.startswith(DOCKER)) or rest.startswith("["):
        raise UsageError(
            f"smoke runs an image, and {reference} is none that an engine holds",
            "load it first and name it as podman does, or docker-daemon:NAME",
        )


def try_imports(
    reference: str, rehearsal: Rehearsal, python: str, variables: Mapping[str, str], seconds: float
) -> tuple[Attempt, ...]:
    """Import what ``rehearsal`` lists in a container of the image ``reference``.

    ``python`` is the interpreter as the container finds it, ``variables`` are those that the
    engine's program runs with; each import may take so many ``seconds``. Raises SourceError if the
    container does not run or does not answer.
    """
    process = rehearsal.process
    first = [entry.path for entry in process.path_entries]
    last = [entry.path for entry in process.last_entries]
    jobs = [_job(trial, first, last, seconds) for trial in rehearsal.trials]
    marker = new_marker()
    script = resources.files("paritycheck.capture.python").joinpath("smokescript.py").read_text("utf-8")
    text = f"JOBS = {jobs!a}\nMARKER = {marker!a}\n{script}".encode("ascii")
    if len(text) > MAX_TEXT:
        raise SourceError(
            f"smoke {reference}: {process.command[0]} names too much to import", "name less with --start"
        )
    changes = (f"--env={name}={value}" for name, value in steering(process).items())
    flags = (*LIMITS, f"--workdir={process.cwd}", *changes)
    patience = START_PATIENCE + (seconds + 2) * len(jobs)
    try:
        ran = run_isolated(reference, [python, "-B", "-c", _BOOT], text, variables, patience, flags)
    except SourceError as error:
        raise SourceError(
            f"smoke {reference}: {error.message}", "look at what it imports at start"
        ) from error
    return _read(reference, marker, ran)


def _job(trial: Trial, first: list[str], last: list[str], seconds: float) -> dict[str, object]:
    return {
        "root": trial.root,
        "modules": list(trial.modules),
        "path": trial.path,
        "package": trial.package,
        "statements": [(each.line, each.module, each.level, list(each.names)) for each in trial.statements],
        "attributes": list(trial.attributes),
        "settings": trial.settings,
        "first": first,
        "last": last,
        "seconds": seconds,
    }


def _read(reference: str, marker: str, ran: tuple[bytes, bytes, int]) -> tuple[Attempt, ...]:
    output, errors, code = ran
    parts = output.split(marker.encode("ascii"))
    if len(parts) == 3:
        try:
            return msgspec.json.decode(parts[1], type=tuple[Attempt, ...])
        except msgspec.DecodeError as error:
            raise SourceError(f"smoke {reference}: the answer is damaged: {error}") from error
    said = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
    raise SourceError(
        f"smoke {reference}: the container did not answer (exit code {code}"
        f"{': ' + said[0][:300] if said else ''})",
        "does the image run, and is its interpreter a CPython from 3.6 on?",
    )
