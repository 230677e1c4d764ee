"""What lies in the directories that are mounted, as far as they are on this machine; names only."""

from __future__ import annotations

import os

import msgspec

from paritycheck.model.container import ContainerMount

MOST_NAMES = 20_000  # of one mount; what holds more is not listed
SYSTEM = ("/proc", "/sys", "/dev", "/run")


def with_listings(mounts: tuple[ContainerMount, ...]) -> tuple[ContainerMount, ...]:
    """Return the mounts, each with the names below it where they can be listed here."""
    return tuple(msgspec.structs.replace(mount, holds=_list(mount)) for mount in mounts)


def _list(mount: ContainerMount) -> frozenset[str] | None:
    if mount.kind == "tmpfs":
        return frozenset()
    source = mount.source
    if not source.startswith("/") or source == "/" or source.startswith(SYSTEM):
        return None
    if not os.path.isdir(source):  # noqa: PTH112 (never raises, whatever the permissions above it)
        return frozenset({""}) if os.path.lexists(source) else None
    names: set[str] = set()
    failed: list[OSError] = []
    for directory, below, files in os.walk(source, onerror=failed.append):
        inside = os.path.relpath(directory, source)
        start = "" if inside == "." else f"{inside}/"
        names.update(start + name for name in (*below, *files))
        if len(names) > MOST_NAMES or failed:
            return None
    return None if failed else frozenset(names)
