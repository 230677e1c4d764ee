"""How entries are put into a stage: missing directories, what stands in the way, owners and modes.

Sources: tonistiigi/fsutil copy/copy.go and copy/mkdir.go (BuildKit), moby/go-archive
archive.go ``Unpack`` (classic), containers/buildah copier/copier.go ``copierHandlerPut``.
"""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable

import msgspec

from paritycheck.model.engine import Engine
from paritycheck.model.snapshot import Unknown
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.copying.ownership import Owner
from paritycheck.predict.copying.request import CopyOrigin, CopyRecord, CopyRequest, Landing
from paritycheck.predict.copying.stagetree import StageTree

INLINE_LIMIT = 1 << 20  # bytes of one file that are kept when no context file has them
_ACCOUNT_FILES = frozenset({"etc/passwd", "etc/group"})  # later instructions look names up in them
_PACKAGES = (".deb", ".rpm", ".apk")  # what no directory is called
# What every base image has as directories. Of other paths of an unknown base the best guess is "not there".
_STANDARD_LAYOUT = """
bin boot dev etc etc/ssl etc/ssl/certs home lib lib64 media mnt opt proc root run sbin srv sys tmp
usr usr/bin usr/include usr/lib usr/lib64 usr/libexec usr/sbin usr/share usr/src
usr/local usr/local/bin usr/local/etc usr/local/include usr/local/lib usr/local/sbin usr/local/share
usr/local/src var var/cache var/lib var/log var/run var/spool var/tmp
"""
STANDARD_DIRECTORIES = frozenset(_STANDARD_LAYOUT.split())


class Cargo(msgspec.Struct, frozen=True):
    """A tree to copy from: ``carry`` turns one of its entries into one that knows whose content it is."""

    tree: StageTree
    carry: Callable[[FileEntry], FileEntry]
    read: Callable[[str], bytes | None]


class Task(msgspec.Struct, frozen=True):
    """Everything that one COPY works on, and the notes it takes."""

    stage: StageTree
    cargo: Cargo
    origin: CopyOrigin
    request: CopyRequest
    engine: Engine
    landings: list[Landing] = []
    unmatched: list[str] = []
    presumed: list[str] = []

    def record(self) -> CopyRecord:
        """Return the notes."""
        return CopyRecord(tuple(self.landings), tuple(self.unmatched), tuple(self.presumed))


def load_cargo(origin: CopyOrigin, tree: FileTree | StageTree, stage: StageTree) -> Cargo:
    """Return what ``origin`` offers; ``tree`` is its tree after whatever the ignore file does first."""
    view = tree if isinstance(tree, StageTree) else StageTree(tree)

    def from_context(entry: FileEntry) -> FileEntry:
        return msgspec.structs.replace(entry, source=entry.path if entry.kind == "file" else "", uid=0, gid=0)

    def from_named(entry: FileEntry) -> FileEntry:
        content = origin.read(entry.path) if entry.kind == "file" and entry.size <= INLINE_LIMIT else None
        digest = keep_inline(stage, content) if content is not None else entry.digest
        return msgspec.structs.replace(entry, source="", digest=digest, uid=0, gid=0)

    def from_image(entry: FileEntry) -> FileEntry:
        if entry.digest in view.inline:
            stage.inline[entry.digest] = view.inline[entry.digest]
        return entry

    def read(path: str) -> bytes | None:
        entry = view.get(path)
        inline = view.inline.get(entry.digest) if entry is not None else None
        return inline if inline is not None else origin.read(path)

    carry = {"context": from_context, "named": from_named}.get(origin.kind, from_image)
    return Cargo(view, carry, read)


def single_file(name: str, content: bytes | None, mode: int, stage: StageTree) -> Cargo:
    """Return a cargo of one file at the root: a heredoc, or a download of which the content is not known."""
    digest = keep_inline(stage, content) if content is not None else ""
    entry = FileEntry(name, "file", size=len(content or b""), mode=mode, digest=digest)
    return Cargo(StageTree(FileTree([entry])), lambda found: found, lambda _path: content)


def keep_inline(stage: StageTree, content: bytes) -> str:
    """Remember ``content`` in the stage and return its digest."""
    digest = hashlib.sha256(content).hexdigest()
    stage.inline[digest] = content
    return digest


def directory_entry(task: Task, mode: int = 0o755, owner: Owner | None = None) -> FileEntry:
    """Return the model for directories that a COPY makes on the way."""
    owner = owner or Owner()
    return FileEntry("", "dir", mode=mode, uid=owner.uid, gid=owner.gid, layer=task.request.layer)


def ensure_directory(stage: StageTree, path: str, model: FileEntry) -> str | None:
    """Make the real directory ``path`` (``""``: root) and its parents; return what is in the way, if so."""
    here = path
    while here:
        entry = stage.get(here)
        if entry is not None and entry.kind != "dir":
            return here
        here = posixpath.dirname(here)
    if path and not stage.is_dir(path):
        stage.make_parents(path, model)
        stage.put(msgspec.structs.replace(model, path=path))
    return None


def is_directory(task: Task, path: str) -> bool:
    """Tell whether the real ``path`` of the stage is a directory; where nobody knows, presume and say so."""
    if task.stage.is_dir(path):
        return True
    if task.stage.get(path) is not None or task.stage.doubt(path) is None:
        return False
    if path in STANDARD_DIRECTORIES:
        return True
    task.presumed.append(path)
    return False


def put_entry(task: Task, entry: FileEntry) -> None:
    """Write one entry in the place of whatever is there; a directory keeps what is below."""
    if entry.kind == "file" and entry.path in _ACCOUNT_FILES and entry.digest not in task.stage.inline:
        content = task.cargo.read(entry.source or entry.path) if entry.size <= INLINE_LIMIT else None
        if content is not None:
            entry = msgspec.structs.replace(entry, digest=keep_inline(task.stage, content))
    task.stage.put(entry)


def spread_doubt(task: Task, source: str, destination: str) -> None:
    """Where the origin's content is not known, the copy's is not: pass the unknown parts on."""
    tree = task.cargo.tree
    reasons: list[tuple[str, Unknown]] = []
    reasons += [
        (destination, over)
        for over in tree.unknown
        if not over.path or source == over.path or source.startswith(over.path + "/")
    ]
    prefix = f"{source}/" if source else ""
    for part in tree.unknown:
        if part.path != source and part.path.startswith(prefix):
            tail = part.path[len(prefix) :]
            reasons.append((f"{destination}/{tail}" if destination else tail, part))
    for path, part in reasons:
        task.stage.mark_unknown(path, part.reason, part.location or task.request.location, part.brings)


def land_unknown(task: Task, destination: str, reason: str, source: str | None = None) -> None:
    """Note that something nobody can list was copied to the real path ``destination``.

    ``source``: the path of the cargo that it came from, where that is what is not known.
    """
    task.stage.make_parents(destination, directory_entry(task))
    doubt = None if source is None else task.cargo.tree.doubt(source)
    brings = doubt.brings if doubt is not None else "anything"
    if brings == "system":
        brings = "distributions"  # some step put it there that was not understood as it should have been
    if source is not None and source.endswith(_PACKAGES):
        brings = "system"  # files, that bring something where they are installed
    task.stage.mark_unknown(destination, reason, task.request.location, brings)


def merge_layer(stage: StageTree, upper: StageTree) -> None:
    """Put a finished layer on top: directories merge, everything else replaces."""
    for entry in upper.below(""):
        if entry.kind == "dir" and not stage.is_dir(entry.path):
            stage.remove(entry.path)
        stage.put(entry)
    stage.inline.update(upper.inline)
    stage.unknown.extend(upper.unknown)
