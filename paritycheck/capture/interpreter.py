"""The local Python environment: which interpreter it is, and asking it to describe itself."""

import contextlib
import os
import secrets
import selectors
import signal
import subprocess
import time
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from msgspec.structs import replace

from paritycheck.capture.description import decode_probe
from paritycheck.errors import SourceError
from paritycheck.model.environment import Environment

MAX_OUTPUT = 64 << 20  # bytes; an environment of 1,000 distributions takes about 10 MB
CONVENTIONAL = (".venv", "venv")
NO_ENVIRONMENT = (
    "no local environment: neither --python nor VIRTUAL_ENV is given, and there is no .venv or venv"
)

# Reads the script from standard input, so that the command stays short and nothing is written to a disk.
_BOOT = (
    "import sys; PROBE_MARKER = sys.argv[1]; PROBE_SOURCE = sys.stdin.read(); "
    "exec(compile(PROBE_SOURCE, 'probe', 'exec'))"
)


def new_marker() -> str:
    """Return a marker that nothing else prints."""
    return f"paritycheck-{secrets.token_hex(16)}"


def probe_command(python: str, marker: str) -> list[str]:
    """Return the command that describes ``python``; it wants :func:`probe_script` on standard input."""
    return [python, "-I", "-B", "-W", "ignore", "-c", _BOOT, marker]


def probe_script() -> bytes:
    """Return the probe's text."""
    return resources.files("paritycheck.capture").joinpath("probe.py").read_bytes()


def local_environment(
    python: str | None,
    virtual_env: str | None,
    checkout: Path,
    timeout: float = 30,
    env: Mapping[str, str] | None = None,
) -> Environment:
    """Describe the environment that the checkout is worked on with.

    ``python`` (a path or a name on PATH), else ``virtual_env``, else ``.venv`` or ``venv`` in the
    checkout, else none, and the environment's problems say so. ``timeout`` in seconds; ``env``
    is the variables it runs with (``None``: this process's). What was named and does not work
    raises ``SourceError``; one that was only found by convention becomes a problem.
    """
    if python is not None:
        return describe_interpreter(python, checkout, timeout, env)
    if virtual_env:
        try:
            return describe_interpreter(str(_venv_python(Path(virtual_env))), checkout, timeout, env)
        except SourceError as error:
            hint = "deactivate the virtual environment that VIRTUAL_ENV names, or use --python"
            raise SourceError(f"VIRTUAL_ENV: {error.message}", hint) from error
    problems: list[str] = []
    for name in CONVENTIONAL:
        if not (checkout / name / "pyvenv.cfg").is_file():
            continue
        try:
            found = describe_interpreter(str(_venv_python(checkout / name)), checkout, timeout, env)
            return replace(found, problems=(*problems, *found.problems))
        except SourceError as error:
            problems.append(f"no local environment: {name} does not work: {error.message}")
    return Environment(problems=tuple(problems) or (NO_ENVIRONMENT,))


def describe_interpreter(
    python: str, directory: Path, timeout: float = 30, env: Mapping[str, str] | None = None
) -> Environment:
    """Run the probe with ``python`` in ``directory``. Raises ``SourceError``, naming the interpreter."""
    marker = new_marker()
    return ask(probe_command(python, marker), marker, directory, timeout, env)


def ask(
    command: list[str], marker: str, directory: Path, timeout: float, env: Mapping[str, str] | None
) -> Environment:
    """Run a command that describes an interpreter between ``marker``s, the probe on its standard input.

    Raises ``SourceError``, naming the program, if it cannot be run, does not end within ``timeout``
    seconds, or describes nothing.
    """
    output, errors, code = _run(command, directory, timeout, env)
    try:
        return decode_probe(output, marker)
    except SourceError as error:
        said = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        detail = f" (exit code {code}{': ' + said[0][:200] if said else ''})"
        raise SourceError(f"{command[0]}: {error.message}{detail}", error.hint) from error


def _venv_python(directory: Path) -> Path:
    for name in ("bin/python", "bin/python3", "Scripts/python.exe"):
        if (directory / name).exists():
            return directory / name
    return directory / "bin/python"


def _run(
    command: list[str], directory: Path, timeout: float, env: Mapping[str, str] | None
) -> tuple[bytes, bytes, int]:
    """Run in a process group of its own, killed whatever happens. Returns both outputs and the code."""
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
        output, errors = _exchange(process, probe_script(), timeout)
    finally:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):
                    stream.close()
        code = process.wait()
    return output, errors, code


def _exchange(process: "subprocess.Popen[bytes]", text: bytes, timeout: float) -> tuple[bytes, bytes]:
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
