"""The contents of a checkout, read when somebody asks: imports, texts, digests."""

import hashlib
import os
import stat
from collections.abc import Callable, Iterator
from functools import cache

import msgspec

from paritycheck.capture.checkout.carried import Carried
from paritycheck.capture.checkout.worktree import Worktree
from paritycheck.capture.parsing.reading import Parser, Sources, lazy_sources, parse_all
from paritycheck.model.snapshot import OnDemand
from paritycheck.model.source import Problem, SourceFile
from paritycheck.model.tree import FileTree

CHUNK = 1 << 20
LARGEST_TEXT = 8 << 20  # locks of large workspaces have megabytes
LARGEST_MODULE = 8 << 20

# Yields the content of the file entry at a tree path, piece by piece; raises OSError.
Reader = Callable[[str], Iterator[bytes]]


class Contents(msgspec.Struct, frozen=True):
    """The lazy mappings of a snapshot. Any path of the tree may be asked, links are followed."""

    sources: Sources
    texts: OnDemand[str]
    digests: OnDemand[str]


def lazy_contents(
    tree: FileTree, read: Reader, choose: Callable[[], Carried], parse: Parser = parse_all
) -> Contents:
    """Return the contents of ``tree``; ``choose`` says, once and only if needed, what a document carries.

    A module that cannot be read or is larger than 8 MiB has that as its problem; texts as large
    and what cannot be read are not to be had. Texts are decoded as UTF-8, other bytes
    written ``\\xNN``, line ends kept.
    """
    carried = cache(choose)

    def source(path: str) -> bytes | SourceFile | None:
        found = _file(tree, path)
        if found is None:
            return None
        if found[1] > LARGEST_MODULE:
            return SourceFile(problem=Problem(f"larger than {LARGEST_MODULE >> 20} MiB"))
        try:
            return b"".join(read(found[0]))
        except OSError as error:
            return SourceFile(problem=Problem(f"cannot be read: {(error.strerror or str(error)).lower()}"))

    def text(path: str) -> str | None:
        found = _file(tree, path)
        if found is None or found[1] > LARGEST_TEXT:
            return None
        try:
            return b"".join(read(found[0])).decode("utf-8", "backslashreplace")
        except OSError:
            return None

    def digest(path: str) -> str | None:
        found = _file(tree, path)
        if found is None:
            return None
        hashed = hashlib.sha256()
        try:
            for piece in read(found[0]):
                hashed.update(piece)
        except OSError:
            return None
        return hashed.hexdigest()

    return Contents(
        lazy_sources(source, parse, lambda: carried().modules),
        OnDemand(text, lambda: carried().texts),
        OnDemand(digest, lambda: carried().digests),
    )


def _file(tree: FileTree, path: str) -> tuple[str, int] | None:
    """Return the real path and the size of the file that ``path`` leads to."""
    entry = tree.get(path)
    if entry is None or entry.kind == "link":
        entry = tree.find(path)
    return (entry.path, entry.size) if entry is not None and entry.kind == "file" else None


def disk_reader(worktree: Worktree) -> Reader:
    """Return what reads the files of ``worktree`` from disk."""

    def read(path: str) -> Iterator[bytes]:
        # What was a file at the walk may have become a link or a FIFO: neither is followed or waited for.
        descriptor = os.open(worktree.on_disk(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        try:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                raise OSError(f"{path} is no file any more")
            while piece := os.read(descriptor, CHUNK):
                yield piece
        finally:
            os.close(descriptor)

    return read
