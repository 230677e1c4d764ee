"""Which file of the checkout a file in the container is.

A predicted tree says so itself. An actual image does not: there, files are matched by the
longest common tail of their paths, and directories that share many files win over chance.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import FileTree

EMPTY = hashlib.sha256(b"").hexdigest()

Pair = tuple[str, str]  # a directory of the container and the directory of the checkout that became it


class Placement:
    """Both directions of the same relation; one checkout file may be in the container several times."""

    def __init__(self, local_of: Mapping[str, str]) -> None:
        self.local_of = dict(local_of)

    def container_of(self, local: str) -> tuple[str, ...]:
        """Return every container path that holds this file of the checkout."""
        return tuple(self._container_of.get(local, ()))

    def holds_below(self, local: str) -> bool:
        """Tell whether anything below this directory of the checkout is in the container."""
        return local in self._directories

    @cached_property
    def _container_of(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = defaultdict(list)
        for container, local in sorted(self.local_of.items()):
            found[local].append(container)
        return found

    @cached_property
    def _directories(self) -> frozenset[str]:
        """The directories of the checkout that hold something that is in the container."""
        found: set[str] = set()
        for path in self._container_of:
            while (path := path.rpartition("/")[0]) and path not in found:
                found.add(path)
        return frozenset(found)

    def counterparts(self, directory: str) -> list[str]:
        """Return the checkout directories whose files lie below the container's ``directory``.

        Most files first: ``app`` may hold both ``backend/src`` and the root's ``README.md``.
        """
        votes: Counter[str] = Counter()
        start = f"{directory}/" if directory else ""
        for container, local in self.local_of.items():
            if container.startswith(start):
                tail = container[len(start) :]
                if local == tail:
                    votes[""] += 1
                elif local.endswith("/" + tail):
                    votes[local[: -len(tail) - 1]] += 1
        return [path for path, _ in sorted(votes.items(), key=lambda vote: (-vote[1], vote[0]))]


def place_by_source(tree: FileTree, context: str) -> Placement:
    """Read the placement off a predicted tree; ``context`` is the build context below the checkout's root."""
    prefix = f"{context}/" if context else ""
    return Placement(
        {entry.path: prefix + entry.source for entry in tree if entry.source and entry.kind == "file"}
    )


def place_by_likeness(container: Snapshot, local: Snapshot, paths: Iterable[str]) -> Placement:
    """Match ``paths`` of an actual image with the checkout by name, content and neighbourhood."""
    by_name: dict[str, list[str]] = defaultdict(list)
    for path in local.application_files:
        by_name[path.rpartition("/")[2]].append(path)
    candidates: dict[str, list[tuple[str, Pair, bool]]] = {}
    votes: Counter[Pair] = Counter()
    for path in paths:
        found = [_pair(path, other, container, local) for other in by_name[path.rpartition("/")[2]]]
        candidates[path] = found
        for _, pair, same in found:
            votes[pair] += 2 if same else 1
    chosen: dict[str, str] = {}
    trusted = {pair for found in candidates.values() for _, pair, same in found if same}
    for path, found in candidates.items():
        believable = [entry for entry in found if entry[2] or entry[1] in trusted]
        if believable:
            chosen[path] = max(believable, key=lambda entry: (votes[entry[1]], entry[2], entry[0]))[0]
    return Placement(chosen)


def _pair(path: str, other: str, container: Snapshot, local: Snapshot) -> tuple[str, Pair, bool]:
    left, right = path.split("/"), other.split("/")
    while left and right and left[-1] == right[-1]:
        left.pop()
        right.pop()
    digest = container.digests.get(path)
    # Empty files (every second __init__.py) are alike by chance.
    same = digest not in (None, EMPTY) and digest == local.digests.get(other)
    return other, ("/".join(left), "/".join(right)), same
