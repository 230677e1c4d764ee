"""COPY and ADD as values: what is asked, where the sources are looked up, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from paritycheck.errors import BuildRefused, SourceMissing
from paritycheck.model.location import Location
from paritycheck.model.tree import FileTree
from paritycheck.predict.context.ignoring import IgnoreMatcher
from paritycheck.predict.copying.stagetree import StageTree


class IgnoreView(Protocol):
    """What copying asks of the ignore file of a context (``predict.context.effective.Context``)."""

    @property
    def effective(self) -> FileTree:
        """What of the context is there for COPY, pruning and re-created parents included."""

    @property
    def matcher(self) -> IgnoreMatcher:
        """The patterns themselves."""

    def matches(self, path: str) -> bool:
        """Tell whether the patterns alone exclude ``path``; refuses with the line of a faulty one."""


class CopyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One COPY or ADD, every word expanded.

    ``destination`` as written, relative ones seen from ``workdir`` (absolute). ``heredocs`` are
    name and final content; their ``<<NAME`` words are not among ``sources``. ``layer`` is the
    index that the written entries get.
    """

    keyword: Literal["COPY", "ADD"]
    sources: tuple[str, ...]
    destination: str
    workdir: str = "/"
    heredocs: tuple[tuple[str, bytes], ...] = ()
    chown: str | None = None
    chmod: str | None = None
    link: bool = False
    parents: bool = False
    exclude: tuple[str, ...] = ()
    unpack: bool | None = None
    keep_git_dir: bool = False
    checksum: str = ""
    location: Location
    layer: int = -1

    def refusal(self, message: str, hint: str = "") -> BuildRefused:
        """Return the error to raise: ``message`` in the engine's words, at this instruction."""
        return BuildRefused(message, self.location.path, self.location.line, hint)

    def missing(self, message: str, hint: str = "") -> SourceMissing:
        """Return the error to raise for a source that is not there."""
        return SourceMissing(message, self.location.path, self.location.line, hint)


class CopyOrigin(msgspec.Struct, frozen=True):
    """Where the sources are looked up.

    ``tree`` is rooted at the source root (the main context: before the ignore file), ``ignore``
    its ignore file's decisions (``None``: there is none), ``read`` gives a file's bytes if they
    can be had. ``kind`` matters for owners and for whose file a copy is. ``transferred`` are the
    COPY and ADD sources, from this context, of every stage that the build reaches (BuildKit
    sends no more). ``known`` false: nobody knows what is in there.
    """

    tree: FileTree | StageTree
    kind: Literal["context", "named", "stage", "image"] = "context"
    ignore: IgnoreView | None = None
    read: Callable[[str], bytes | None] = lambda _path: None
    known: bool = True
    transferred: tuple[str, ...] | None = None


class Landing(msgspec.Struct, frozen=True):
    """One match of a source: its real path in the origin, and the real path it was copied to.

    For a directory that is where its *contents* went.
    """

    pattern: str
    source: str
    destination: str


class CopyRecord(msgspec.Struct, frozen=True):
    """What came of a request: each match, the sources that matched nothing, what had to be presumed.

    ``presumed`` are destinations of which nobody knows whether they are directories.
    """

    landings: tuple[Landing, ...]
    unmatched: tuple[str, ...] = ()
    presumed: tuple[str, ...] = ()
