"""The uv program: where it is, and how it is asked without anything of this machine's projects."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from paritycheck.errors import SourceError, UsageError

PATIENCE = 180.0  # seconds for one resolution; a large cold one takes about twenty
PREFERRED = "resolved.txt"  # uv keeps to what its output holds already, as installers keep what is installed
HINT = "install paritycheck[resolve], or uv itself (0.9.8 or newer), or leave out --resolve"
# What may come from the environment: how the network and the indexes are reached. All else that uv
# takes from there (constraints, overrides, projects, resolution strategies) is not the container's.
KEPT = (
    *("UV_INDEX", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
    *("UV_INDEX_STRATEGY", "UV_KEYRING_PROVIDER", "UV_INSECURE_HOST", "UV_OFFLINE", "UV_EXCLUDE_NEWER"),
    *("UV_SYSTEM_CERTS", "UV_NATIVE_TLS", "UV_CACHE_DIR", "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES"),
)


PYPI = "https://pypi.org/simple"
# pip's way of naming the machine's index means the same, where uv has none of its own.
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")
# The files of an index never change, and its pages are believed as long as PyPI asks for: mirrors that say
# nothing of it would be asked for all of them again in each round.
CONFIGURATION = """[[index]]
{named}url = {url}
default = true
cache-control = {{ api = "max-age=600", files = "max-age=31536000, immutable" }}
"""


class Answer(msgspec.Struct, frozen=True):
    """What uv wrote, and whether it succeeded."""

    success: bool
    output: str
    errors: str


class UvProgram(msgspec.Struct, frozen=True):
    """An installed uv, the environment that it is run with, and the URL of the index that it asks.

    Credentials may be given for the ``name`` of the index.
    """

    path: str
    variables: Mapping[str, str]
    index: str = PYPI
    name: str = ""

    def compile(
        self, requirements: Sequence[str], files: Mapping[str, bytes], options: Sequence[str]
    ) -> Answer:
        """Ask what the requirements resolve to; ``files`` are written to the working directory by name.

        ``PREFERRED`` among them pins what is preferred where it satisfies.
        Nothing is built, no Python is downloaded, no configuration file of this machine is read. Raises
        SourceError if uv cannot be run or does not end in time.
        """
        with tempfile.TemporaryDirectory(prefix="paritycheck-") as directory:
            named = f"name = {json.dumps(self.name)}\n" if self.name else ""
            configuration = CONFIGURATION.format(named=named, url=json.dumps(self.index)).encode()
            for name, content in {**files, "uv.toml": configuration}.items():
                (Path(directory) / name).write_bytes(content)
            command = (
                *(self.path, "pip", "compile", "-", "--python", sys.executable, "--config-file", "uv.toml"),
                *(
                    "--no-build",
                    "--no-header",
                    "--annotation-style",
                    "split",
                    "--color",
                    "never",
                    "--quiet",
                    *options,
                ),
                *("--output-file", PREFERRED),
            )
            try:
                done = subprocess.run(
                    command,
                    input="".join(f"{line}\n" for line in requirements),
                    capture_output=True,
                    encoding="utf-8",
                    errors="replace",
                    timeout=PATIENCE,
                    cwd=directory,
                    env=dict(self.variables),
                    check=False,
                )
            except subprocess.TimeoutExpired:
                raise SourceError(
                    f"uv did not resolve {len(requirements)} requirements within {PATIENCE:.0f} seconds",
                    "try again, or leave out --resolve",
                ) from None
            except OSError as error:
                raise SourceError(f"{self.path} cannot be run: {error.strerror}", HINT) from error
            success = done.returncode == 0
            output = (Path(directory) / PREFERRED).read_text("utf-8") if success else ""
        return Answer(success, output, done.stderr)


def find_uv(variables: Mapping[str, str]) -> UvProgram:
    """Return the uv of the extra ``paritycheck[resolve]``, else the one on PATH.

    Raises UsageError if there is none.
    """
    path = _of_extra() or shutil.which("uv", path=variables.get("PATH"))
    if not path:
        raise UsageError("--resolve asks uv what an install would bring, and there is no uv", HINT)
    return UvProgram(path, _environment(variables), *find_index(variables))


def find_index(variables: Mapping[str, str]) -> tuple[str, str]:
    """Return the URL of the index that this machine takes distributions from, and its name, if it has one."""
    said = next((value for name in INDEX_VARIABLES if (value := variables.get(name, ""))), PYPI)
    # uv lets an index have a name: NAME=URL.
    named = "=" in said.partition("://")[0]
    return (said.partition("=")[2], said.partition("=")[0]) if named else (said, "")


def find_limit(variables: Mapping[str, str]) -> str:
    """Return the time (UTC, ISO 8601) that releases are to be older than; ``""`` if there is none.

    uv also takes spans of time: with one, no release is old enough here.
    """
    said = variables.get("UV_EXCLUDE_NEWER", "")
    try:
        if len(said) == len("2026-01-31"):
            return (date.fromisoformat(said) + timedelta(days=1)).isoformat()
        return datetime.fromisoformat(said).astimezone(UTC).isoformat() if said else ""
    except (ValueError, OverflowError):
        return "0"


def _of_extra() -> str:
    try:
        from uv import find_uv_bin

        return os.fsdecode(find_uv_bin())
    except (ImportError, OSError):
        return ""


def _environment(variables: Mapping[str, str]) -> dict[str, str]:
    kept = {
        name: value
        for name, value in variables.items()
        if not name.startswith("UV_") or name in KEPT or name.startswith("UV_INDEX_")
        if name not in INDEX_VARIABLES
    }
    kept.pop("VIRTUAL_ENV", None)
    kept.setdefault("UV_HTTP_TIMEOUT", "20")
    kept.setdefault("UV_HTTP_RETRIES", "1")
    return {**kept, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
