"""A container for one program: nothing mounted, nothing reached, nothing pulled, and nothing stays."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

from paritycheck.capture.python.execution import run_program

PATIENCE = 120.0  # seconds for making the container, running the program, and removing the container
DOCKER = "docker-daemon:"
_STORE = "containers-storage:"
# The image's own USER stays, and so does its environment.
_FLAGS = (
    "--rm",
    "-i",
    "--network=none",
    "--read-only",
    "--tmpfs=/tmp:rw,size=64m,mode=1777",
    "--pull=never",
    "--cap-drop=all",
    "--security-opt=no-new-privileges",
    "--log-driver=none",
    "--no-healthcheck",
    "--entrypoint=",
)


def run_isolated(
    reference: str,
    command: list[str],
    text: bytes,
    variables: Mapping[str, str],
    timeout: float = PATIENCE,
    flags: tuple[str, ...] = (),
) -> tuple[bytes, bytes, int]:
    """Run ``command`` in a container of its own of an image that Podman or Docker holds.

    ``text`` is its standard input, ``variables`` are those that the engine's program runs with,
    ``flags`` more of its flags, ``timeout`` is in seconds. Returns what it printed on both outputs,
    and the exit code. The container is removed whatever happens. Raises SourceError if the
    program does not end in time.
    """
    program = "docker" if reference.startswith(DOCKER) else "podman"
    name = f"paritycheck-probe-{secrets.token_hex(8)}"
    volumes = ("--image-volume=ignore",) if program == "podman" else ()
    image = reference.removeprefix(DOCKER).removeprefix(_STORE)
    words = [program, "run", f"--name={name}", *_FLAGS, *volumes, *flags, image, *command]
    with _removed(program, name, variables):
        return run_program(words, text, Path("/"), timeout, variables)


@contextlib.contextmanager
def _removed(program: str, name: str, variables: Mapping[str, str]) -> Iterator[None]:
    """Remove the container if it may still run: its program was killed perhaps, the container not."""
    try:
        yield
    except BaseException:
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
        raise
