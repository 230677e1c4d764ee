"""What the tar of one layer says, whether it comes from an archive or from a store's record of it.

Names are cleaned as engines clean them when they unpack; nothing is ever written to disk.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

from paritycheck.capture.image.layers import MAX_DEPTH, MAX_MEMBERS, WHITEOUT, Layer, note_removal, renamed
from paritycheck.capture.image.tarheaders import Member
from paritycheck.errors import SourceError
from paritycheck.model.tree import FileEntry, Kind

MAX_NAME = 4096  # Linux's PATH_MAX
MAX_LINK_CHAIN = 40
IMPLIED_MODE = 0o755

KINDS: dict[int, Kind] = {0x30: "file", 0x32: "link", 0x35: "dir"}
HARD_LINK = 0x31


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
        layer.entries[path] = renamed(entry, path, entry.layer)
        if target in layer.places:
            layer.places[path] = layer.places[target]
    for path in layer.entries.keys() & layer.hard.keys():
        del layer.hard[path]
