"""How the layers of an image are stacked into the one tree that a container would see.

Facts: OCI image specification, "Image Layer Filesystem Changeset"; the kernel's overlayfs
documentation for what hides what. A directory that a layer only implies is made with mode 0755 for
root, as engines do when they unpack a layer.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from msgspec import structs

from paritycheck.capture.blobs import Span
from paritycheck.capture.tarheaders import Member
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileEntry, FileTree, Kind

WHITEOUT = ".wh."
OPAQUE = ".wh..wh..opq"
MAX_MEMBERS = 2_000_000  # of one layer: several times what the largest real images hold
MAX_LINK_CHAIN = 40
MAX_NAME = 4096  # Linux's PATH_MAX
MAX_DEPTH = 256  # directories in one path
IMPLIED_MODE = 0o755

KINDS: dict[int, Kind] = {0x30: "file", 0x32: "link", 0x35: "dir"}
HARD_LINK = 0x31


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

    ``chunks`` yields the content of a regular file of the tree, or ``None`` if it is not to be
    had. Valid only while the source that made it is open.
    """

    tree: FileTree
    config: ImageConfig
    digest: str
    created: str
    chunks: Callable[[FileEntry], Iterator[bytes] | None]

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


def read_layer(members: Iterable[Member], index: int) -> Layer:
    """Make a layer of the members of its tar; ``index`` is its place in the image, oldest 0.

    Names are cleaned as engines clean them; one that leads out of the image raises SourceError, and
    so does a layer of more than MAX_MEMBERS. The last of several members of one name counts.
    """
    layer = Layer()
    made: set[str] = set()
    for count, member in enumerate(members):
        if count >= MAX_MEMBERS:
            raise SourceError(
                f"layer {index} of the image has more than {MAX_MEMBERS} entries",
                "no real image has that many: do not trust it",
            )
        path = clean_name(member.name, index)
        parent, _, name = path.rpartition("/")
        if name.startswith(WHITEOUT):
            note_removal(layer, parent, name)
            continue
        if not path:
            continue
        if parent and parent not in made:
            _make_parents(layer, made, parent, index)
        _add(layer, made, path, member, index)
    _tie_hard_links(layer)
    return layer


def stack(layers: Sequence[Layer]) -> FileTree:
    """Return what is visible when ``layers`` (oldest first) lie on each other.

    A whiteout and an opaque directory hide only what older layers hold; anything that is no
    directory hides the path and all below it in older layers.
    """
    visible: dict[str, FileEntry] = {}
    closed: set[str] = set()
    opaque: set[str] = set()
    for index in range(len(layers) - 1, -1, -1):
        layer = layers[index]
        entries = layer.entries
        if layer.hard:
            entries = entries | _distant_links(layer, layers[:index], index)
        if visible or closed or opaque:
            _add_beneath(visible, entries, closed, opaque)
        else:
            visible.update(entries)
        closed |= layer.whiteouts
        opaque |= layer.opaque
        closed.update([path for path, entry in entries.items() if entry.kind != "dir"])
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

    def chunks(entry: FileEntry) -> Iterator[bytes] | None:
        place = export.places.get(entry.path, -1)
        return tar.part(place, entry.size, entry.path).chunks() if place >= 0 else None

    return replace(image, tree=FileTree(entries), chunks=chunks)


def clean_name(name: bytes, index: int) -> str:
    """Return the tree path for the name of a tar member: no ``./``, no leading or trailing slash."""
    text = name.decode("utf-8", "backslashreplace")
    if text.startswith("./"):
        text = text[2:]
    text = text.rstrip("/")
    if text.startswith(("/", ".")) or "//" in text or "/." in text:
        text = posixpath.normpath(text).lstrip("/")
        if text == ".":
            return ""
        if text == ".." or text.startswith("../"):
            raise SourceError(
                f"layer {index} of the image holds the entry {text!r}, which leads out of the image",
                "engines refuse such a layer too: do not trust this image",
            )
    if len(text) > MAX_NAME or text.count("/") >= MAX_DEPTH:
        raise SourceError(
            f"layer {index} of the image holds a path of {len(text)} characters: {text[:60]!r}...",
            "no file system takes it: do not trust this image",
        )
    return text


def note_removal(layer: Layer, parent: str, name: str) -> None:
    """Note what the whiteout file ``name`` in ``parent`` hides; AUFS's own bookkeeping hides nothing."""
    if name == OPAQUE:
        layer.opaque.add(parent)
    elif not name.startswith(".wh..wh.") and len(name) > len(WHITEOUT):
        hidden = name[len(WHITEOUT) :]
        layer.whiteouts.add(f"{parent}/{hidden}" if parent else hidden)


def _make_parents(layer: Layer, made: set[str], directory: str, index: int) -> None:
    """Make sure that ``directory`` is one in this layer, replacing whatever else has its name."""
    while directory and directory not in made:
        entry = layer.entries.get(directory)
        if entry is None or entry.kind != "dir":
            layer.entries[directory] = FileEntry(directory, "dir", mode=IMPLIED_MODE, layer=index)
            layer.hard.pop(directory, None)
        made.add(directory)
        directory = directory.rpartition("/")[0]


def _add(layer: Layer, made: set[str], path: str, member: Member, index: int) -> None:
    kind = KINDS.get(member.type, "other")
    if path in made:
        if kind != "dir" or member.type == HARD_LINK:
            return  # something already lies in it: engines refuse to replace it by a file
    elif path in layer.hard:
        del layer.hard[path]
    if member.type == HARD_LINK:
        layer.entries.pop(path, None)
        layer.hard[path] = clean_name(member.link, index)
        return
    target = member.link.decode("utf-8", "backslashreplace") if kind == "link" else ""
    size = member.size if kind == "file" else 0
    # A link's own permission bits mean nothing and media differ in what they write there.
    mode = 0o777 if kind == "link" else member.mode
    layer.entries[path] = FileEntry(
        path, kind, size, mode, member.uid, member.gid, target=target, layer=index
    )
    if kind == "file":
        layer.places[path] = member.offset


def _tie_hard_links(layer: Layer) -> None:
    """Give every hard link whose other name is in the same layer that one's attributes and content."""
    for path in list(layer.hard):
        target = path
        for _ in range(MAX_LINK_CHAIN):
            if target not in layer.hard:
                break
            target = layer.hard[target]
        entry = layer.entries.get(target)
        if entry is None or entry.kind == "dir":
            continue
        layer.entries[path] = _renamed(entry, path, entry.layer)
        if target in layer.places:
            layer.places[path] = layer.places[target]
    for path in layer.entries.keys() & layer.hard.keys():
        del layer.hard[path]


def _renamed(entry: FileEntry, path: str, layer: int) -> FileEntry:
    return FileEntry(
        path, entry.kind, entry.size, entry.mode, entry.uid, entry.gid, target=entry.target, layer=layer
    )


def _add_beneath(
    visible: dict[str, FileEntry], entries: dict[str, FileEntry], closed: set[str], opaque: set[str]
) -> None:
    hidden: dict[str, bool] = {"": "" in opaque}

    def is_hidden(directory: str) -> bool:
        known = hidden.get(directory)
        if known is None:
            known = directory in closed or directory in opaque or is_hidden(directory.rpartition("/")[0])
            hidden[directory] = known
        return known

    for path, entry in entries.items():
        if path in visible or path in closed:
            continue
        parent = path.rpartition("/")[0]
        known = hidden.get(parent)
        if known is None:
            known = is_hidden(parent)
        if not known:
            visible[path] = entry


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
        found[link] = _renamed(entry, link, index)
    return found
