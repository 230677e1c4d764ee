"""How the layers of an image are stacked into the one tree that a container would see.

Facts: OCI image specification, "Image Layer Filesystem Changeset"; the kernel's overlayfs
documentation for what hides what. A directory that a layer only implies is made with mode 0755 for
root, as engines do when they unpack a layer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import BinaryIO

from msgspec import structs

from paritycheck.capture.image.blobs import Span
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileEntry, FileTree

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
MAX_MEMBERS = 2_000_000  # of one layer: several times what the largest real images hold
MAX_DEPTH = 256  # directories in one path


@dataclass(frozen=True)
class Layer:
    """What one layer says: the paths it writes, those it removes, and directories it empties first.

    ``places`` tells where the content of a file begins, for media that need it. ``hard`` maps a
    hard link, whose entry is still to be made, to the path it shares its content with.
    """

    entries: dict[str, FileEntry] = field(default_factory=dict)
    whiteouts: set[str] = field(default_factory=set)
    opaque: set[str] = field(default_factory=set)
    places: dict[str, int] = field(default_factory=dict)
    hard: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class StackedImage:
    """An immutable view of an image (or container), whatever medium it came from.

    ``chunks`` yields the content of a regular file of the tree, ``opened`` is the file to read at any
    place; ``None`` if it is not to be had. Valid only while the source that made it is open.
    """

    tree: FileTree
    config: ImageConfig
    digest: str
    created: str
    chunks: Callable[[FileEntry], Iterator[bytes] | None]
    opened: Callable[[FileEntry], BinaryIO | None]

    def open(self, path: str) -> BinaryIO | None:
        """Return the regular file that ``path`` leads to, opened; ``None`` as for :meth:`read`."""
        entry = self._file(path)
        return None if entry is None else self.opened(entry)

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the file that ``path`` leads to (links followed inside the image), at most ``limit`` bytes.

        ``None`` if it is no regular file, longer than ``limit``, or not to be had.
        """
        entry = self._file(path)
        if entry is None or entry.size > limit:
            return None
        chunks = self.chunks(entry)
        return None if chunks is None else b"".join(chunks)

    def sha256(self, path: str) -> str | None:
        """Return the SHA-256 (hexadecimal) of the file that ``path`` leads to, of any length."""
        entry = self._file(path)
        chunks = self.chunks(entry) if entry is not None else None
        if chunks is None:
            return None
        state = hashlib.sha256()
        for chunk in chunks:
            state.update(chunk)
        return state.hexdigest()

    def _file(self, path: str) -> FileEntry | None:
        entry = self.tree.get(path)
        if entry is None or entry.kind == "link":
            entry = self.tree.find(path)
        return entry if entry is not None and entry.kind == "file" else None


def stack(layers: Sequence[Layer]) -> FileTree:
    """Return what is visible when ``layers`` (oldest first) lie on each other.

    A whiteout and an opaque directory hide only what older layers hold; anything that is no
    directory hides the path and all below it in older layers.
    """
    shown: list[dict[str, FileEntry]] = []
    closed: set[str] = set()
    opaque: set[str] = set()
    for index in range(len(layers) - 1, -1, -1):
        layer = layers[index]
        entries = layer.entries
        if layer.hard:
            entries = entries | _distant_links(layer, layers[:index], index)
        shown.append(_beneath(entries, closed, opaque))
        if index:
            closed |= layer.whiteouts
            opaque |= layer.opaque
            closed.update([path for path, entry in entries.items() if entry.kind != "dir"])
    # Merged oldest first, each layer once: in its own order, and parents stay before what they hold.
    visible: dict[str, FileEntry] = {}
    while shown:
        visible.update(shown.pop())
    return FileTree(visible.values())


def lay_exported(image: StackedImage, export: Layer, tar: Span) -> StackedImage:
    """Return the exported tree of a container; what is unchanged from ``image`` keeps its layer.

    ``tar`` is the export itself, in which the contents are.
    """
    entries = []
    for entry in export.entries.values():
        before = image.tree.get(entry.path)
        same = before is not None and before == structs.replace(entry, layer=before.layer)
        entries.append(before if before is not None and same else entry)

    def part(entry: FileEntry) -> Span | None:
        place = export.places.get(entry.path, -1)
        return tar.part(place, entry.size, entry.path) if place >= 0 else None

    def chunks(entry: FileEntry) -> Iterator[bytes] | None:
        found = part(entry)
        return found.chunks() if found is not None else None

    def opened(entry: FileEntry) -> BinaryIO | None:
        found = part(entry)
        return found.open() if found is not None else None

    return replace(image, tree=FileTree(entries), chunks=chunks, opened=opened)


def note_removal(layer: Layer, parent: str, name: str) -> None:
    """Note what the whiteout file ``name`` in ``parent`` hides; AUFS's own bookkeeping hides nothing."""
    if name == OPAQUE:
        layer.opaque.add(parent)
    elif not name.startswith(".wh..wh.") and len(name) > len(WHITEOUT):
        hidden = name[len(WHITEOUT) :]
        layer.whiteouts.add(f"{parent}/{hidden}" if parent else hidden)


def renamed(entry: FileEntry, path: str, layer: int) -> FileEntry:
    """Return ``entry`` under another name, as a hard link to it in ``layer``."""
    return FileEntry(
        path, entry.kind, entry.size, entry.mode, entry.uid, entry.gid, target=entry.target, layer=layer
    )


def _beneath(entries: dict[str, FileEntry], closed: set[str], opaque: set[str]) -> dict[str, FileEntry]:
    """Return what newer layers leave of the layer ``entries``; what they write themselves may remain."""
    if "" in opaque:
        return {}
    # Set arithmetic is done at the speed of C: most of a layer is hidden by nothing.
    blocked = closed & entries.keys()
    hiding = [path for path in blocked | (opaque & entries.keys()) if entries[path].kind == "dir"]
    if hiding:
        entries = _outside(entries, frozenset(hiding))
    if blocked:
        entries = dict(entries)
        for path in blocked:
            entries.pop(path, None)
    return entries


def _outside(entries: dict[str, FileEntry], hiding: frozenset[str]) -> dict[str, FileEntry]:
    """Return the entries that lie below none of the directories ``hiding``."""
    hidden = {"": False}

    def is_hidden(directory: str) -> bool:
        known = hidden.get(directory)
        if known is None:
            known = directory in hiding or is_hidden(directory.rpartition("/")[0])
            hidden[directory] = known
        return known

    return {path: entry for path, entry in entries.items() if not is_hidden(path.rpartition("/")[0])}


def _distant_links(layer: Layer, older: Sequence[Layer], index: int) -> dict[str, FileEntry]:
    """Return the hard links of ``layer`` whose other name is in an older layer."""
    found: dict[str, FileEntry] = {}
    for link, target in layer.hard.items():
        entry = next((below.entries[target] for below in reversed(older) if target in below.entries), None)
        if entry is None or entry.kind == "dir":
            raise SourceError(
                f"layer {index} of the image links {link!r} to {target!r}, which no layer holds",
                "the image is broken: build or pull it again",
            )
        found[link] = renamed(entry, link, index)
    return found
