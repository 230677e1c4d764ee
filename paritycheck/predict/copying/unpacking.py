"""What ADD extracts: archives recognised by content, their members bounded and kept inside the destination.

Sources: moby/go-archive ``DecompressStream`` and ``Unpack``, moby/buildkit
solver/llbsolver/file/unpack.go, containers/buildah copier/copier.go ``isArchivePath``.
"""

from __future__ import annotations

import bz2
import gzip
import hashlib
import io
import lzma
import posixpath
import tarfile
import zlib
from collections.abc import Iterator
from typing import IO, cast

import msgspec
import zstandard

from paritycheck.model.tree import FileEntry, Kind
from paritycheck.predict.copying.landing import INLINE_LIMIT, Task, ensure_directory, keep_inline
from paritycheck.predict.copying.ownership import Owner

MAX_MEMBERS = 200_000
MAX_BYTES = 4 << 30  # of the uncompressed archive
_CHUNK = 1 << 20
_BROKEN = (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, zstandard.ZstdError, ValueError)


class ArchiveBroken(Exception):
    """The archive ends or breaks off in the middle: the engines fail on it."""


class ArchiveTooLarge(Exception):
    """More members or bytes than we are willing to read."""


class Member(msgspec.Struct, frozen=True):
    """A member of an archive: the entry (path and link target as in the archive) and a short file's content.

    ``hard`` is the path, in the archive, of the member that it is another name of.
    """

    entry: FileEntry
    content: bytes | None = None
    hard: str = ""


def is_archive(data: bytes) -> bool:
    """Tell whether ``data`` is a tar, plain or compressed, with at least one member."""
    try:
        with tarfile.open(fileobj=_decompress(data), mode="r|") as archive:
            return archive.next() is not None
    except _BROKEN:
        return False


def read_members(data: bytes) -> Iterator[Member]:
    """Yield the members in order.

    Raises :class:`ArchiveBroken` and :class:`ArchiveTooLarge`.
    """
    stream = cast(IO[bytes], _Bounded(_decompress(data)))
    try:
        with tarfile.open(fileobj=stream, mode="r|") as archive:
            for number, info in enumerate(archive):
                if number >= MAX_MEMBERS:
                    raise ArchiveTooLarge
                yield _read_member(archive, info)
    except _BROKEN as error:
        raise ArchiveBroken(str(error)) from error


def load_archive(task: Task, path: str) -> bytes | None:
    """Return the bytes of the cargo's file ``path`` if it is an archive; ``None`` if it is not, or unread."""
    entry = task.cargo.tree.get(path)
    if entry is None or entry.kind != "file" or entry.size > MAX_BYTES:
        return None
    data = task.cargo.read(path)
    return data if data is not None and is_archive(data) else None


def extract_archive(task: Task, data: bytes, root: str, model: FileEntry, owner: Owner | None) -> None:
    """Put the members below the existing directory ``root``; ``owner``, if given, takes them all.

    Links among the members lead where they would with ``root`` as the root directory. A broken
    archive is refused; one beyond our bounds leaves ``root`` unknown.
    """
    try:
        for member in read_members(data):
            _put_member(task, member, root, model, owner)
    except ArchiveTooLarge:
        task.stage.mark_unknown(root, "the archive is too large to be read here", task.request.location)
    except ArchiveBroken as error:
        raise task.request.refusal(f"cannot extract the archive: {error}") from error


def _put_member(task: Task, member: Member, root: str, model: FileEntry, owner: Owner | None) -> None:
    stage = task.stage
    folder, _, name = posixpath.normpath("/" + member.entry.path).rpartition("/")
    if not name:
        return
    directory = stage.locate(folder, root=root).path
    obstacle = ensure_directory(stage, directory, model)
    if obstacle is not None:
        raise ArchiveBroken(f"mkdir /{obstacle}: not a directory")
    entry = member.entry
    if member.hard:
        first = stage.get(stage.locate(member.hard, root=root).path)
        if first is None:
            raise ArchiveBroken(f"link {member.hard}: no such file or directory")
        entry = first
    if member.content is not None:
        keep_inline(stage, member.content)
    owner = owner or Owner(entry.uid, entry.gid)
    path = f"{directory}/{name}" if directory else name
    stage.put(
        msgspec.structs.replace(entry, path=path, layer=task.request.layer, uid=owner.uid, gid=owner.gid)
    )


def _read_member(archive: tarfile.TarFile, info: tarfile.TarInfo) -> Member:
    kind: Kind = "dir" if info.isdir() else "link" if info.issym() else "other"
    hard = _text(info.linkname) if info.islnk() else ""
    mode = 0o777 if info.issym() else info.mode & 0o7777
    target = _text(info.linkname) if info.issym() else ""
    entry = FileEntry(_text(info.name), kind, mode=mode, uid=info.uid, gid=info.gid, target=target)
    content = archive.extractfile(info) if info.isreg() else None
    if content is None:
        return Member(entry, hard=hard)
    digest = hashlib.sha256()
    kept = bytearray()
    while chunk := content.read(_CHUNK):
        digest.update(chunk)
        if info.size <= INLINE_LIMIT:
            kept += chunk
    entry = msgspec.structs.replace(entry, kind="file", size=info.size, digest=digest.hexdigest())
    return Member(entry, bytes(kept) if info.size <= INLINE_LIMIT else None)


def _text(name: str) -> str:
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _decompress(data: bytes) -> IO[bytes]:
    raw = io.BytesIO(data)
    stream: object = raw
    if data.startswith(b"\x1f\x8b\x08"):
        stream = gzip.GzipFile(fileobj=raw)
    elif data.startswith(b"BZh"):
        stream = bz2.BZ2File(raw)
    elif data.startswith(b"\xfd7zXZ\x00"):
        stream = lzma.LZMAFile(raw)  # noqa: SIM115
    elif data.startswith(b"\x28\xb5\x2f\xfd"):
        stream = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    return cast(IO[bytes], stream)


class _Bounded(io.RawIOBase):
    """A stream that refuses to give more than :data:`MAX_BYTES`: small archives may hold huge ones."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._left = MAX_BYTES

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self._stream.read(size)
        self._left -= len(data)
        if self._left < 0:
            raise ArchiveTooLarge
        return data
