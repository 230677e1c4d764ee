"""Other people's programs, run with a limit of time and of what they print."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from paritycheck.errors import SourceError

MAX_OUTPUT = 64 << 20  # bytes; an environment of 1,000 distributions takes about 10 MB


def run_program(
    command: list[str], text: bytes, directory: Path, timeout: float, env: Mapping[str, str] | None
) -> tuple[bytes, bytes, int]:
    """Run ``command`` in a process group of its own that is killed whatever happens.

    ``text`` is its standard input, less than a pipe holds (64 KiB). Returns both outputs and the
    exit code. Raises ``SourceError``, naming the program, if it cannot be run, does not end within
    ``timeout`` seconds, or prints too much.
    """
    try:
        process = subprocess.Popen(
            command,
            cwd=directory,
            env=env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
    except OSError as error:
        raise SourceError(
            f"{command[0]}: cannot be run: {error.strerror}",
            "name an interpreter that is there with --python",
        ) from error
    try:
        output, errors = _exchange(process, text, timeout)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        code = process.wait()
    return output, errors, code


def _exchange(process: subprocess.Popen[bytes], text: bytes, timeout: float) -> tuple[bytes, bytes]:
    """Feed the script and collect what is printed, within the limits of time and size."""
    assert process.stdin is not None  # noqa: S101 - for the type checker: all three were asked for
    assert process.stdout is not None  # noqa: S101
    assert process.stderr is not None  # noqa: S101
    # Smaller than a pipe holds (64 KiB), so this cannot block, and an early exit is told by the output.
    with contextlib.suppress(BrokenPipeError):
        process.stdin.write(text)
        process.stdin.close()
    collected: dict[int, bytearray] = {
        process.stdout.fileno(): bytearray(),
        process.stderr.fileno(): bytearray(),
    }
    deadline = time.monotonic() + timeout
    program = process.args[0] if isinstance(process.args, list) else ""
    with selectors.DefaultSelector() as selector:
        for stream in collected:
            selector.register(stream, selectors.EVENT_READ)
        while selector.get_map():
            left = deadline - time.monotonic()
            ready = selector.select(left) if left > 0 else []
            if not ready:
                raise SourceError(
                    f"{program}: did not answer within {timeout:g} s",
                    "see what it does at start (sitecustomize, .pth files), or name another with --python",
                )
            for key, _ in ready:
                chunk = os.read(key.fd, 1 << 16)
                if not chunk:
                    selector.unregister(key.fd)
                collected[key.fd] += chunk
                if len(collected[key.fd]) > MAX_OUTPUT:
                    raise SourceError(
                        f"{program}: printed more than {MAX_OUTPUT >> 20} MB", "name another with --python"
                    )
    output, errors = collected.values()
    return bytes(output), bytes(errors)
