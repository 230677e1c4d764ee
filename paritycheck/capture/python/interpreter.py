"""The local Python environment: which interpreter it is, and asking it to describe itself."""

import secrets
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from msgspec.structs import replace

from paritycheck.capture.python.description import decode_probe
from paritycheck.capture.python.execution import run_program
from paritycheck.errors import SourceError
from paritycheck.model.environment import Environment

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
    return resources.files("paritycheck.capture.python").joinpath("probe.py").read_bytes()


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
    ran = run_program(probe_command(python, marker), probe_script(), directory, timeout, env)
    return read_answer(python, marker, ran)


def read_answer(program: str, marker: str, ran: tuple[bytes, bytes, int]) -> Environment:
    """Read what the probe printed between ``marker``s, from both outputs and the exit code.

    Raises ``SourceError``, naming the program that was run, if it described nothing.
    """
    output, errors, code = ran
    try:
        return decode_probe(output, marker)
    except SourceError as error:
        said = errors.decode("utf-8", "replace").strip().splitlines()[-1:]
        detail = f" (exit code {code}{': ' + said[0][:200] if said else ''})"
        raise SourceError(f"{program}: {error.message}{detail}", error.hint) from error


def _venv_python(directory: Path) -> Path:
    for name in ("bin/python", "bin/python3", "Scripts/python.exe"):
        if (directory / name).exists():
            return directory / name
    return directory / "bin/python"
