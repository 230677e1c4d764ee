"""The compiled files of the local environment's distributions, read when somebody asks."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterator
from pathlib import Path

from paritycheck.model.binary import SharedObject
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import OnDemand
from paritycheck.parse.binary.elf import read_object


def local_objects(environment: Environment) -> OnDemand[SharedObject]:
    """Return what the compiled files of an environment of this machine say, by absolute path."""
    sites = dict.fromkeys(posixpath.dirname(each.location) for each in environment.distributions)
    return OnDemand(_read, lambda: (path for site in sites for path in _compiled(site)))


def _compiled(site: str) -> Iterator[str]:
    for directory, folders, names in os.walk(site):
        folders.sort()
        yield from (f"{directory}/{name}" for name in sorted(names) if ".so" in name)


def _read(path: str) -> SharedObject | None:
    try:
        # What is no regular file is not waited for.
        if not path.startswith("/") or not stat.S_ISREG(Path(path).stat().st_mode):
            return None
        with Path(path).open("rb") as file:
            return read_object(file)
    except OSError:
        return None
