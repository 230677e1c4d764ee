"""An image's own interpreter, run in a container of its own to describe itself."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
from collections.abc import Mapping
from pathlib import Path

from paritycheck.capture.interpreter import ask, new_marker, probe_command
from paritycheck.capture.sources import is_image_reference
from paritycheck.errors import SourceError, UsageError
from paritycheck.model.environment import Environment

PATIENCE = 120.0  # seconds for making the container, running the probe, and removing the container
HINT = "leave out --probe: the image's files say nearly the same"
# Nothing is mounted, nothing can be reached, nothing is pulled, and nothing stays.
ISOLATION = (
    "--rm",
    "-i",
    "--network=none",
    "--read-only",
    "--pull=never",
    "--security-opt=no-new-privileges",
    "--no-healthcheck",
    "--entrypoint=",
)


def require_probeable(reference: str) -> None:
    """Raise UsageError unless ``reference`` names an image that an engine can run."""
    if is_image_reference(reference) and not reference.startswith("docker-daemon:"):
        raise UsageError(
            f"--probe runs an image, and {reference} is none that an engine holds",
            "load it first and name it as podman does, or docker-daemon:NAME; or leave out --probe",
        )


def probe_image(
    reference: str, python: str, variables: Mapping[str, str], timeout: float = PATIENCE
) -> Environment:
    """Run ``python`` (absolute, in the image) and return the environment that it describes.

    ``variables`` are those that the engine's program runs with, ``timeout`` is in seconds. The
    container is removed whatever happens. Raises SourceError if it does not answer.
    """
    program = "docker" if reference.startswith("docker-daemon:") else "podman"
    name = f"paritycheck-probe-{secrets.token_hex(8)}"
    marker = new_marker()
    volumes = ("--image-volume=ignore",) if program == "podman" else ()
    image = reference.removeprefix("docker-daemon:")
    command = [program, "run", f"--name={name}", *ISOLATION, *volumes, image, *probe_command(python, marker)]
    try:
        return ask(command, marker, Path("/"), timeout, variables)
    except BaseException as error:
        # Its program was killed perhaps, the container not.
        _remove(program, name, variables)
        if isinstance(error, SourceError):
            raise SourceError(f"--probe {reference}: {error.message}", HINT) from error
        raise


def _remove(program: str, name: str, variables: Mapping[str, str]) -> None:
    """Remove a container that may still run, if there is one."""
    with contextlib.suppress(OSError, subprocess.TimeoutExpired):
        subprocess.run(
            [program, "rm", "--force", "--volumes", name],
            env=variables,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
