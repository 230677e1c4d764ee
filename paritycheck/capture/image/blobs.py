"""Stretches of files on disk: read at any place, hashed, and unpacked once when they are compressed."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import stat
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

from paritycheck.errors import SourceError

CHUNK = 1 << 20
MAX_UNPACKED = 64 << 30  # bytes that one compressed layer or archive may unpack to
MAX_RATIO = 300  # unpacked to packed, beyond FREE_BYTES: real layers stay below 30
FREE_BYTES = 512 << 20
GZIP_MAGIC = b"\x1f\x8b"
ZSTD_MAGIC = b"\x28\xb5\x2f\xfd"
OTHER_PACKINGS = {b"BZh": "bzip2", b"\xfd7zXZ": "xz"}


class Span:
    """``size`` bytes of an open file, from ``start``. ``what`` names it in messages."""

    __slots__ = ("_fd", "size", "start", "what")

    def __init__(self, fd: int, start: int, size: int, what: str) -> None:
        self._fd, self.start, self.size, self.what = fd, start, size, what

    def read_at(self, offset: int, length: int) -> bytes:
        """Return at most ``length`` bytes from ``offset``; fewer only at the end of the span."""
        wanted = min(length, self.size - offset)
        return os.pread(self._fd, wanted, self.start + offset) if wanted > 0 else b""

    def part(self, offset: int, size: int, what: str) -> Span:
        """Return the stretch of ``size`` bytes from ``offset``, which must lie inside."""
        return Span(self._fd, self.start + offset, size, what)

    def chunks(self) -> Iterator[bytes]:
        """Yield everything in order. Raises SourceError if the file has become shorter."""
        offset = 0
        while offset < self.size:
            chunk = self.read_at(offset, CHUNK)
            if not chunk:
                raise SourceError(f"{self.what} ends after {offset} of {self.size} bytes")
            offset += len(chunk)
            yield chunk

    def open(self) -> BinaryIO:
        """Return the span as a file that can be read at any place; it needs no closing."""
        return cast("BinaryIO", io.BufferedReader(_SpanReader(self)))

    def digest(self) -> str:
        """Return ``sha256:...`` of everything."""
        state = hashlib.sha256()
        for chunk in self.chunks():
            state.update(chunk)
        return "sha256:" + state.hexdigest()


class _SpanReader(io.RawIOBase):
    """A span as a file object."""

    def __init__(self, span: Span) -> None:
        self._span = span
        self._offset = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._offset, io.SEEK_END: self._span.size}[whence]
        self._offset = max(0, start + offset)
        return self._offset

    def readinto(self, buffer: object) -> int:
        view = memoryview(buffer)  # type: ignore[arg-type]
        data = self._span.read_at(self._offset, len(view))
        view[: len(data)] = data
        self._offset += len(data)
        return len(data)


class Scratch:
    """The files that one capture holds open: given ones, and its own in a private directory.

    Both are released by :meth:`close`; the directory is removed by whoever made it.
    """

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self._open: list[BinaryIO] = []

    def open(self, path: Path, what: str) -> Span:
        """Open a regular file. Raises SourceError if that cannot be done."""
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise SourceError(f"{what} is no regular file", "save the image to a file first")
            file = path.open("rb")
        except OSError as error:
            raise SourceError(
                f"{what} cannot be read: {error.strerror}", "check the path and its permissions"
            ) from error
        self._open.append(file)
        return Span(file.fileno(), 0, os.fstat(file.fileno()).st_size, what)

    def keep(self, chunks: Iterator[bytes], what: str) -> Span:
        """Write ``chunks`` to a nameless file of our own and return it."""
        file = (self.directory / f"blob-{len(self._open)}").open("w+b")
        self._open.append(file)
        Path(file.name).unlink()
        size = 0
        for chunk in chunks:  # whose own errors are not ours to explain
            try:
                size += file.write(chunk)
                file.flush()
            except OSError as error:
                raise SourceError(
                    f"{what} cannot be stored for reading: {error.strerror}",
                    "free some space in the temporary directory, or set TMPDIR to a larger one",
                ) from error
        return Span(file.fileno(), 0, size, what)

    def unpacked(self, span: Span) -> Span:
        """Return ``span`` itself when it is not compressed, else what it unpacks to.

        The compression is told by the first bytes, never by a name. Raises SourceError when the
        data is broken or cut short, unpacks beyond the limits, or is packed in another way.
        """
        magic = span.read_at(0, 6)
        for other, name in OTHER_PACKINGS.items():
            if magic.startswith(other):
                raise SourceError(
                    f"{span.what} is compressed with {name}, which images do not use",
                    f"unpack it with {name} first",
                )
        if not magic.startswith((GZIP_MAGIC, ZSTD_MAGIC)):
            return span
        return self.keep(_unpack(span, magic.startswith(GZIP_MAGIC)), span.what)

    def close(self) -> None:
        """Close every file that was opened."""
        while self._open:
            self._open.pop().close()


def _unpack(span: Span, is_gzip: bool) -> Iterator[bytes]:
    raw = io.BufferedReader(_SpanReader(span), CHUNK)
    reader: BinaryIO
    if is_gzip:
        reader = gzip.GzipFile(fileobj=raw)  # type: ignore[assignment]
    else:
        reader = zstandard.ZstdDecompressor().stream_reader(raw, read_across_frames=True)
    total = 0
    try:
        while chunk := reader.read(CHUNK):
            total += len(chunk)
            if total > MAX_UNPACKED or total > max(FREE_BYTES, span.size * MAX_RATIO):
                raise SourceError(
                    f"{span.what} unpacks {span.size} bytes to more than {total}: no real layer does",
                    "do not trust this image; rebuild it if it is yours",
                )
            yield chunk
    except (OSError, EOFError, zlib.error, zstandard.ZstdError) as error:
        raise SourceError(
            f"{span.what} is broken or cut short: {error}", "save or download the image again"
        ) from error
