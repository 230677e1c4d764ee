"""A layer as an overlay store keeps it: a directory on disk with the kernel's whiteouts.

Facts: the kernel's overlayfs documentation (character device 0/0, ``overlay.opaque``); fuse-overlayfs
writes whiteouts as archives do. Nothing is followed and nothing is opened but directories, each
below an open parent, so that a link in a layer cannot lead out of it.
"""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from typing import BinaryIO

from paritycheck.capture.image.blobs import CHUNK
from paritycheck.capture.image.layers import MAX_DEPTH, MAX_MEMBERS, Layer, note_removal
from paritycheck.errors import SourceError
from paritycheck.model.tree import FileEntry

OPAQUE_ATTRIBUTES = ("trusted.overlay.opaque", "user.overlay.opaque", "user.fuseoverlayfs.opaque")
MOVED_ATTRIBUTES = frozenset(
    f"{space}.overlay.{name}" for space in ("trusted", "user") for name in ("redirect", "metacopy")
)
SHOWN_BYTE = re.compile(rb"\\x([89a-f][0-9a-f])")  # how a tree path shows a byte that is no UTF-8
DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
CONTENT = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


class MovedContent(Exception):
    """Part of the layer's content is elsewhere in the store (``redirect_dir`` or ``metacopy``)."""


def walk_layer(root: str, index: int, *, check_moved: bool = False) -> Layer:
    """Return the layer whose directory is ``root``; ``places`` stay empty.

    Raises SourceError when a part cannot be read, and with ``check_moved`` (a container's own
    layer, never an image's) MovedContent where the kernel keeps only a pointer.
    """
    layer = Layer()
    try:
        _walk(root, index, layer, check_moved)
    except OSError as error:
        raise SourceError(
            f"the store's layer {root} cannot be read: {error.strerror}", "run as the user who owns the store"
        ) from error
    return layer


def read_below(root: str, path: str) -> Iterator[bytes] | None:
    """Yield the content of what :func:`open_below` opens."""
    file = open_below(root, path)
    return None if file is None else _chunks(file)


def open_below(root: str, path: str) -> BinaryIO | None:
    """Return the regular file at the tree path ``path`` below ``root``, opened; no link is followed.

    ``None`` if it cannot be opened. The caller closes it.
    """
    content = _open_below(root, os.fsencode(path))
    if content is None and "\\x" in path:
        content = _open_below(root, SHOWN_BYTE.sub(lambda match: bytes([int(match[1], 16)]), path.encode()))
    return None if content is None else open(content, "rb")  # noqa: PTH123  # a descriptor has no path


def _open_below(root: str, path: bytes) -> int | None:
    *parents, name = path.split(b"/")
    if b".." in (*parents, name):
        return None
    try:
        here = os.open(root, DIRECTORY)
        try:
            for part in parents:
                below = os.open(part, DIRECTORY, dir_fd=here)
                os.close(here)
                here = below
            content = os.open(name, CONTENT, dir_fd=here)
        finally:
            os.close(here)
    except OSError:
        return None
    if not stat.S_ISREG(os.fstat(content).st_mode):
        os.close(content)
        return None
    return content


def _chunks(content: BinaryIO) -> Iterator[bytes]:
    with content as file:
        while chunk := file.read(CHUNK):
            yield chunk


def _walk(root: str, index: int, layer: Layer, check_moved: bool) -> None:
    # This loop is what reading an image costs: plain local names, positional arguments.
    entries = layer.entries
    lstat, readlink, make = os.lstat, os.readlink, FileEntry
    left = [(f"{root}/", "", 0)]
    while left:
        directory, prefix, depth = left.pop()
        if depth > MAX_DEPTH or len(entries) > MAX_MEMBERS:
            raise SourceError(
                f"the store's layer {root} has more than {MAX_MEMBERS} entries or {MAX_DEPTH} directories "
                "in each other",
                "no real image does: do not trust it",
            )
        here = os.open(directory, DIRECTORY)
        try:
            if index and depth and _is_opaque(here):
                layer.opaque.add(prefix[:-1])
            if check_moved:
                _refuse_moved(f"/proc/self/fd/{here}")
            for name in os.listdir(here):  # noqa: PTH208  # a descriptor has no path
                facts = lstat(name, dir_fd=here)
                mode = facts[0]
                path = prefix + (name if name.isascii() else _shown(name))
                if name[0] == "." and name.startswith(".wh."):
                    note_removal(layer, prefix[:-1], path[len(prefix) :])
                    continue
                bits = mode & 0o7777
                kind = mode - bits
                if kind == 0o100000:
                    if check_moved:
                        _refuse_moved(f"/proc/self/fd/{here}/{name}")
                    entry = make(path, "file", facts[6], bits, facts[4], facts[5], "", "", index)
                elif kind == 0o040000:
                    entry = make(path, "dir", 0, bits, facts[4], facts[5], "", "", index)
                    left.append((f"{directory}{name}/", f"{path}/", depth + 1))
                elif kind == 0o120000:
                    target = _shown(readlink(name, dir_fd=here))
                    entry = make(path, "link", 0, 0o777, facts[4], facts[5], target, "", index)
                elif kind == 0o020000 and facts.st_rdev == 0:
                    layer.whiteouts.add(path)
                    continue
                else:
                    entry = make(path, "other", 0, bits, facts[4], facts[5], "", "", index)
                entries[path] = entry
        finally:
            os.close(here)


def _shown(name: str) -> str:
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def _is_opaque(directory: int) -> bool:
    names = _attributes(directory)
    return any(name in names and os.getxattr(directory, name) == b"y" for name in OPAQUE_ATTRIBUTES)


def _refuse_moved(path: str) -> None:
    if not MOVED_ATTRIBUTES.isdisjoint(_attributes(path)):
        raise MovedContent


def _attributes(path: int | str) -> list[str]:
    try:
        return os.listxattr(path)
    except OSError as error:
        if error.errno in (errno.ENOTSUP, errno.EPERM, errno.EACCES):
            return []
        raise
