"""An image's own interpreter, run in a container of its own to describe itself."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from paritycheck.capture.image.sources import is_image_reference
from paritycheck.capture.python.interpreter import new_marker, probe_command, probe_script, read_answer
from paritycheck.capture.python.isolation import DOCKER, PATIENCE, run_isolated
from paritycheck.errors import SourceError, UsageError
from paritycheck.model.environment import Environment

HINT = "leave out --probe: the image's files say nearly the same"


def require_probeable(reference: str) -> None:
    """Raise UsageError unless ``reference`` names an image that an engine can run."""
    if is_image_reference(reference) and not reference.startswith(DOCKER):
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
    marker = new_marker()
    engine = "docker" if reference.startswith(DOCKER) else "podman"
    try:
        ran = run_isolated(reference, probe_command(python, marker), probe_script(), variables, timeout)
        described = read_answer(engine, marker, ran)
    except SourceError as error:
        raise SourceError(f"--probe {reference}: {error.message}", HINT) from error
    # What lies on an image's search path, its tree says.
    return msgspec.structs.replace(described, strays=())
