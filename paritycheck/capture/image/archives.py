"""What lies in the archives of an image from which its interpreter imports: zip files, eggs, zipapps.

Only names and Python sources are read. Source: CPython, Lib/zipimport.py (stored and deflated members).
A directory that only its members imply counts, as since Python 3.13; before, it was no namespace package.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator

from paritycheck.capture.image import selection
from paritycheck.capture.image.layers import StackedImage
from paritycheck.model.tree import FileEntry, FileTree

MOST_MEMBERS = 50_000
LARGEST = 512 << 20  # bytes of an archive that is looked into
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
# What a damaged or hostile archive makes the reader raise.
_DAMAGED = (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, RuntimeError, NotImplementedError)


class Archives:
    """The archives of an image, each listed once, when somebody asks for it."""

    def __init__(self, image: StackedImage) -> None:
        self._image = image
        self._listed: dict[str, FileTree | None] = {}

    def members(self, path: str) -> FileTree | None:
        """Return what the archive at ``path`` (links resolved) holds; ``None`` if it is none."""
        if path not in self._listed:
            self._listed[path] = self._list(path)
        return self._listed[path]

    def source(self, path: str) -> bytes | None:
        """Return the Python source at ``path``, which goes through an archive: ``lib.zip/pkg/mod.py``."""
        archive = path
        while archive and self._image.tree.get(archive) is None:
            archive = archive.rpartition("/")[0]
        inside = path[len(archive) + 1 :]
        members = self.members(archive) if archive and inside else None
        entry = members.get(inside) if members is not None else None
        if entry is None or entry.size > selection.MAX_SOURCE:
            return None
        file = self._image.open(archive)
        if file is None:
            return None
        try:
            with file, zipfile.ZipFile(file) as opened, opened.open(inside) as member:
                data = member.read(selection.MAX_SOURCE + 1)
        except (*_DAMAGED, KeyError):
            return None
        return data if len(data) <= selection.MAX_SOURCE else None

    def _list(self, path: str) -> FileTree | None:
        entry = self._image.tree.get(path)
        file = self._image.open(path) if entry is not None and entry.size <= LARGEST else None
        if file is None:
            return None
        try:
            with file, zipfile.ZipFile(file) as opened:
                members = opened.infolist()
        except _DAMAGED:
            return None
        return None if len(members) > MOST_MEMBERS else FileTree(_entries(members))


def _entries(members: list[zipfile.ZipInfo]) -> Iterator[FileEntry]:
    for member in members:
        parts = member.filename.rstrip("/").split("/")
        plain = not {"", ".", ".."} & set(parts)
        if plain and not member.is_dir() and member.compress_type in _METHODS and not member.flag_bits & 1:
            yield FileEntry(member.filename, "file", size=member.file_size)
