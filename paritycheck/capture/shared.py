"""The checkouts that the images of one run are built from, each read once."""

from __future__ import annotations

from pathlib import Path

import msgspec

from paritycheck.capture.checkout.git import locate
from paritycheck.capture.checkout.worktree import printable
from paritycheck.capture.sides import BuildPaths, Machine, build_paths, open_local
from paritycheck.model.snapshot import Snapshot


class Checkouts:
    """Opens the local side of one image after another; ``shown`` is how their report names the checkout."""

    def __init__(self, shown: Path, *, committed: bool = False) -> None:
        self._shown = printable(str(shown))
        self._committed = committed
        self._known: dict[tuple[Path, str | None], Snapshot] = {}

    def open(
        self, context: Path, file: Path | None, ignorefile: Path | None, machine: Machine
    ) -> tuple[Snapshot, BuildPaths]:
        """Return what ``open_local`` does; images of one repository and one ``--python`` share a snapshot."""
        if context.is_dir():  # if it is not, open_local says so
            place = locate(context, machine.git)
            known = self._known.get((place.root, machine.python))
            if known is not None:
                return known, build_paths(place, file, ignorefile)
        snapshot, paths = open_local(context, file, ignorefile, machine, committed=self._committed)
        origin = msgspec.structs.replace(snapshot.origin, reference=self._shown)
        shared = msgspec.structs.replace(snapshot, origin=origin)
        self._known[paths.root, machine.python] = shared
        return shared, paths
