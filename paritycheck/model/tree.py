"""The one tree type: working tree, build context, predicted image and actual image alike."""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator
from typing import Literal

import msgspec

Kind = Literal["file", "dir", "link", "other"]

MAX_LINKS = 40  # Linux's own limit (ELOOP) for one path resolution


class FileEntry(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """One path of a tree.

    ``path`` is relative to the tree's root, with ``/`` between components, never empty, never
    beginning with ``/``; bytes that are no UTF-8 are written ``\\xNN``. ``size`` in bytes (files
    only), ``mode`` the 12 permission bits, ``target`` a link's text, ``digest`` the SHA-256 of
    the content where known (hexadecimal), ``layer`` the index into the snapshot's
    ``config.layers`` that wrote the path (-1: none), ``source`` the path in the build context
    whose content this is (predicted trees only). ``other`` is a device, FIFO or socket.
    """

    path: str
    kind: Kind
    size: int = 0
    mode: int = 0
    uid: int = 0
    gid: int = 0
    target: str = ""
    digest: str = ""
    layer: int = -1
    source: str = ""


class FileTree:
    """An immutable set of :class:`FileEntry`, one for each path; parents of entries may be implied."""

    __slots__ = ("_children", "_entries")

    def __init__(self, entries: Iterable[FileEntry] = ()) -> None:
        self._entries: dict[str, FileEntry] = {entry.path: entry for entry in entries}
        self._children: dict[str, list[str]] | None = None

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[FileEntry]:
        return iter(self._entries.values())

    def __contains__(self, path: object) -> bool:
        return path in self._entries

    def __eq__(self, other: object) -> bool:
        return isinstance(other, FileTree) and self._entries == other._entries

    __hash__ = None  # type: ignore[assignment]  # equal by value, and large

    def get(self, path: str) -> FileEntry | None:
        """Return the entry at exactly this path; links are not followed."""
        return self._entries.get(path)

    def paths(self) -> Iterator[str]:
        """Yield every path, in the order of capture."""
        return iter(self._entries)

    def children(self, directory: str) -> tuple[str, ...]:
        """Return the sorted names directly below ``directory`` (``""`` is the root)."""
        if self._children is None:
            self._children = self._index()
        return tuple(self._children.get(directory, ()))

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` (already resolved) is a directory, given or implied by its children."""
        entry = self._entries.get(path)
        return entry.kind == "dir" if entry else (path == "" or bool(self.children(path)))

    def below(self, directory: str) -> Iterator[FileEntry]:
        """Yield every entry below ``directory``, parents before children, names sorted."""
        for name in self.children(directory):
            path = f"{directory}/{name}" if directory else name
            entry = self._entries.get(path)
            if entry is not None:
                yield entry
            if entry is None or entry.kind == "dir":
                yield from self.below(path)

    def resolve(self, path: str) -> str | None:
        """Return the real path that ``path`` names once every link on the way is followed.

        Absolute and relative paths both start at the tree's root, and ``..`` stops there, as in
        a chroot. ``None`` if nothing is there, a link dangles, or links form a cycle.
        """
        real: list[str] = []
        rest = path.split("/")[::-1]
        links = 0
        while rest:
            part = rest.pop()
            if part in ("", "."):
                continue
            if part == "..":
                del real[-1:]
                continue
            here = "/".join([*real, part])
            entry = self._entries.get(here)
            if entry is not None and entry.kind == "link":
                links += 1
                if links > MAX_LINKS:
                    return None
                if entry.target.startswith("/"):
                    real = []
                rest.extend(entry.target.split("/")[::-1])
                continue
            if entry is None and not self.children(here):
                return None
            real.append(part)
        return "/".join(real)

    def find(self, path: str) -> FileEntry | None:
        """Return the entry that ``path`` leads to after following links, as ``stat`` would."""
        real = self.resolve(path)
        return None if real is None else self._entries.get(real)

    def _index(self) -> dict[str, list[str]]:
        index: dict[str, list[str]] = {"": []}
        for path in self._entries:
            parent, _, name = path.rpartition("/")
            siblings = index.get(parent)
            if siblings is None:
                index[parent] = [name]
            else:
                siblings.append(name)
        implied: set[str] = set()
        for directory in list(index):
            while directory and directory not in self._entries and directory not in implied:
                implied.add(directory)
                parent, _, name = directory.rpartition("/")
                index.setdefault(parent, []).append(name)
                directory = parent
        for siblings in index.values():
            siblings.sort()
        return index


def join(directory: str, path: str) -> str:
    """Return ``path`` as seen from ``directory``, cleaned, without a leading ``/``: a tree path."""
    return posixpath.normpath(posixpath.join("/", directory, path)).lstrip("/")
