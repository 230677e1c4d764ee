"""The files of a source archive, unpacked in memory and in bounds; nothing of it is written to disk or run.

After the PyPA specification "Source distribution format": one directory named after the release holds all.
Archives are written by strangers: links, devices and what would leave that directory are left out.
"""

from __future__ import annotations

import bz2
import io
import posixpath
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from paritycheck.capture.image.tarheaders import read_members
from paritycheck.errors import SourceError

UNPACKED = 96 << 20  # bytes of the whole archive
KEPT = 24 << 20  # bytes of the contents that are kept
LARGEST_FILE = 1 << 20  # bytes of a file whose content is kept
MANY = 30_000  # files that are listed
LONG = 1024  # characters of a path
SUFFIXES = (".tar.gz", ".tgz", ".tar.bz2", ".zip")
_REGULAR = 0x30
_TOLD = ("PKG-INFO", "requires.txt", "top_level.txt", "entry_points.txt", "namespace_packages.txt")
_READ = frozenset((*_TOLD, "pyproject.toml", "setup.py"))
_BROKEN = (OSError, EOFError, ValueError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)

Files = Mapping[str, bytes | None]
Contents = Callable[[], bytes]


def unpack(filename: str, data: bytes) -> Files | None:
    """Return the files below the archive's directory, with the contents of modules and metadata.

    ``None`` if it is no archive that can be read, or unpacks to too much.
    """
    found: dict[str, bytes | None] = {}
    kept = 0
    try:
        members = _of_zip(data) if filename.endswith(".zip") else _of_tar(filename, data)
        for name, size, contents in members:
            path = _below(name)
            if not path or len(found) >= MANY:
                continue
            found[path] = None
            wanted = path.endswith(".py") or posixpath.basename(path) in _READ
            if wanted and size <= LARGEST_FILE and kept + size <= KEPT:
                found[path] = contents()
                kept += size
    except (*_BROKEN, SourceError):
        return None
    return found


def _below(name: str) -> str:
    """Return a member's path below the archive's directory; ``""`` for what is not there."""
    path = name.removeprefix("./")
    parts = path.split("/")
    bad = any(part in ("", ".", "..") for part in parts) or "\\" in path or ":" in parts[0]
    return "" if bad or len(path) > LONG or not path.isprintable() else "/".join(parts[1:])


def _of_tar(filename: str, data: bytes) -> Iterator[tuple[str, int, Contents]]:
    tar = _inflate_bz2(data) if filename.endswith(".bz2") else _inflate_gzip(data)
    view = memoryview(tar)

    def read_at(offset: int, length: int) -> bytes:
        return bytes(view[offset : offset + length])

    for member in read_members(read_at, len(tar), filename):
        if member.type == _REGULAR and member.offset >= 0:
            contents = partial(read_at, member.offset, member.size)
            yield member.name.decode("utf-8", "replace"), member.size, contents


def _inflate_gzip(data: bytes) -> bytes:
    inflater = zlib.decompressobj(zlib.MAX_WBITS | 16)
    return _whole(inflater.decompress(data, UNPACKED), ended=inflater.eof)


def _inflate_bz2(data: bytes) -> bytes:
    inflater = bz2.BZ2Decompressor()
    return _whole(inflater.decompress(data, UNPACKED), ended=inflater.eof)


def _whole(data: bytes, *, ended: bool) -> bytes:
    if not ended:
        raise SourceError(f"an archive ends too early, or unpacks to more than {UNPACKED} bytes")
    return data


def _of_zip(data: bytes) -> Iterator[tuple[str, int, Contents]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for info in archive.infolist():
            link = (info.external_attr >> 16) & 0o170000 == 0o120000
            if not info.is_dir() and not link:
                yield info.filename, info.file_size, partial(_read_zipped, archive, info)


def _read_zipped(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as reading:
        return reading.read(LARGEST_FILE)  # whatever it announced
