"""What COPY and ADD put where, engine by engine."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.model.location import Location
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.stagetree import StageTree


class IgnoreView(Protocol):
    """What copying asks of the ignore file of a context (``paritycheck.predict.context.Context``)."""

    @property
    def effective(self) -> FileTree:
        """What of the context is there for COPY, pruning and re-created parents included."""

    def matches(self, path: str) -> bool:
        """Tell whether the patterns alone, the last match deciding, exclude ``path``."""

    @property
    def negations(self) -> tuple[str, ...]:
        """The cleaned texts of the ``!`` patterns, without the ``!``."""


class CopyRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One COPY or ADD, every word expanded.

    ``destination`` as written, relative ones seen from ``workdir`` (absolute). ``heredocs`` are
    name and final content. ``layer`` is the index that the entries written get.
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


class CopyOrigin(msgspec.Struct, frozen=True):
    """Where the sources are looked up.

    ``tree`` is rooted at the source root (the main context: before the ignore file), ``ignore``
    its ignore file's decisions (``None``: there is none), ``read`` gives a file's bytes if they
    can be had. ``kind`` matters for owners and messages. ``transferred`` are the COPY and ADD
    sources, from this context, of every stage that the build reaches (BuildKit sends no more).
    ``known`` false: nobody knows what is in there.
    """

    tree: FileTree | StageTree
    kind: Literal["context", "named", "stage", "image"] = "context"
    ignore: IgnoreView | None = None
    read: Callable[[str], bytes | None] = lambda _path: None
    known: bool = True
    transferred: tuple[str, ...] | None = None


class Landing(msgspec.Struct, frozen=True):
    """One match of a source pattern: the path in the origin, and the real path it was copied to.

    For a directory that is where its *contents* went.
    """

    pattern: str
    source: str
    destination: str


class CopyRecord(msgspec.Struct, frozen=True):
    """What came of a request: each match, and the sources that matched nothing without being refused."""

    landings: tuple[Landing, ...]
    unmatched: tuple[str, ...] = ()


def apply_copy(stage: StageTree, origin: CopyOrigin, request: CopyRequest, engine: Engine) -> CopyRecord:  # noqa: ARG001
    """Write what ``request`` copies from ``origin`` into ``stage`` as ``engine`` would.

    Raises :class:`~paritycheck.errors.BuildRefused` where the engine fails, in its words.
    """
    tree = origin.tree if origin.ignore is None else origin.ignore.effective
    landings = []
    wanted = posixpath.join(request.workdir, request.destination)
    for source in request.sources:
        real = tree.resolve(source)
        if real is None:
            raise BuildRefused(f'"/{source}": not found', request.location.path, request.location.line)
        into = wanted.endswith("/") or stage.is_dir(stage.locate(wanted).path)
        name = "" if tree.is_dir(real) else posixpath.basename(real) if into else ""
        target = stage.locate(posixpath.join(wanted, name)).path
        entry = tree.get(real)
        for found in [*([entry] if entry else []), *tree.below(real)]:
            path = posixpath.normpath(posixpath.join(target, posixpath.relpath(found.path, real)))
            moved = msgspec.structs.replace(found, path=path, source=found.path, layer=request.layer)
            stage.make_parents(path, FileEntry(path, "dir", mode=0o755, layer=request.layer))
            stage.put(moved)
        landings.append(Landing(source, real, target))
    return CopyRecord(tuple(landings))
