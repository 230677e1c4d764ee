"""The compose files that the command line names, read from the checkout."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from paritycheck.capture.sides import BuildPaths, Machine, below_root
from paritycheck.errors import UsageError
from paritycheck.model.snapshot import Snapshot
from paritycheck.parse.compose.file import read_service
from paritycheck.parse.compose.service import Service


def open_service(
    files: Sequence[Path], name: str, local: Snapshot, place: BuildPaths, machine: Machine
) -> Service | None:
    """Return the service ``name`` (``""``: the only one that is built); ``None`` if no file is named.

    Variables come from this machine's environment, then from ``.env``, as compose takes them. Raises
    UsageError for files outside of the checkout and for services that are not there.
    """
    if not files:
        if name:
            raise UsageError(f"--service {name} is a service of no file", "name the compose file with -c")
        return None
    paths = tuple(below_root(path, place.root) for path in files)
    return read_service(paths, name, local.texts.get, machine.variables, str(place.root))
