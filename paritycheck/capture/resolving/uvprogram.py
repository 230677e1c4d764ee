"""The uv program: where it is, and how it is asked without anything of this machine's projects."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec

from paritycheck.errors import SourceError, UsageError

PATIENCE = 180.0  # seconds for one resolution; a large cold one takes about twenty
PREFERRED = "resolved.txt"  # uv keeps to what its output holds already, as installers keep what is installed
HINT = "install paritycheck[resolve], or uv itself (0.9.8 or newer), or leave out --resolve"
# What may come from the environment: how the network and the indexes are reached. All else that uv
# takes from there (constraints, overrides, projects, resolution strategies) is not the container's.
KEPT = (
    *("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS"),
    *("UV_INDEX_STRATEGY", "UV_KEYRING_PROVIDER", "UV_INSECURE_HOST", "UV_OFFLINE", "UV_EXCLUDE_NEWER"),
    *("UV_SYSTEM_CERTS", "UV_NATIVE_TLS", "UV_CACHE_DIR", "UV_HTTP_TIMEOUT", "UV_HTTP_RETRIES"),
)


class Answer(msgspec.Struct, frozen=True):
    """What uv wrote, and whether it succeeded."""

    success: bool
    output: str
    errors: str


class UvProgram(msgspec.Struct, frozen=True):
    """An installed uv and the environment that it is run with."""

    path: str
    variables: Mapping[str, str]

    def compile(
        self, requirements: Sequence[str], files: Mapping[str, bytes], options: Sequence[str]
    ) -> Answer:
        """Ask what the requirements resolve to; ``files`` are written to the working directory by name.

        ``PREFERRED`` among them pins what is preferred where it satisfies.
        Nothing is built, no Python is downloaded, no configuration file is read. Raises
        SourceError if uv cannot be run or does not end in time.
        """
        with tempfile.TemporaryDirectory(prefix="paritycheck-") as directory:
            for name, content in files.items():
                (Path(directory) / name).write_bytes(content)
            command = (
                *(self.path, "pip", "compile", "-", "--python", sys.executable, "--no-config", "--no-build"),
                *("--no-header", "--annotation-style", "split", "--color", "never", "--quiet", *options),
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
    return UvProgram(path, _environment(variables))


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
    }
    kept.pop("VIRTUAL_ENV", None)
    # pip's way of naming the machine's index means the same, where uv has none of its own.
    if "UV_DEFAULT_INDEX" not in kept and "UV_INDEX_URL" not in kept and kept.get("PIP_INDEX_URL"):
        kept["UV_DEFAULT_INDEX"] = kept["PIP_INDEX_URL"]
    kept.setdefault("UV_HTTP_TIMEOUT", "20")
    kept.setdefault("UV_HTTP_RETRIES", "1")
    return {**kept, "UV_PYTHON_DOWNLOADS": "never", "UV_NO_PROGRESS": "1"}
