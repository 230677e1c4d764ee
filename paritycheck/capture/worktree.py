"""What lies in a directory on this disk: one walk, no file opened, no link followed."""

import os
import stat
from collections.abc import Mapping
from functools import cache
from pathlib import Path

import msgspec

from paritycheck.errors import SourceError
from paritycheck.model.snapshot import Unknown
from paritycheck.model.tree import FileEntry, FileTree, Kind

KINDS: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link"}


class Worktree(msgspec.Struct, frozen=True):
    """A walked directory; paths are as the tree writes them, relative to ``root``.

    ``tree`` holds everything but what lies in a ``.git``, which is an entry without content,
    parents before children and names in order. ``real_names`` maps the paths that are spelled
    otherwise on disk (bytes that are no UTF-8) to that spelling. ``unknown`` could not be read.
    """

    root: Path
    tree: FileTree
    real_names: Mapping[str, str]
    unknown: tuple[Unknown, ...]

    def on_disk(self, path: str) -> Path:
        """Return where the entry at ``path`` of the tree really lies."""
        return self.root / self.real_names.get(path, path)


def printable(name: str | bytes) -> str:
    """Return a file name as the model writes it: bytes that are no UTF-8 become ``\\xNN``."""
    return os.fsencode(name).decode("utf-8", "backslashreplace")


def walk(root: Path) -> Worktree:
    """Walk everything below ``root``, staying out of every ``.git``; about 220 bytes per entry.

    What cannot be read, or disappears meanwhile, becomes an ``Unknown``. Raises SourceError if
    ``root`` itself is no readable directory.
    """
    entries: list[FileEntry] = []
    unknown: list[Unknown] = []
    real_names: dict[str, str] = {}
    waiting = [""]  # no recursion: a tree may be deeper than Python's stack
    while waiting:
        directory = waiting.pop()
        real = real_names.get(directory, directory)
        try:
            listing = _listing(root / real)
        except OSError as error:
            if not directory:
                raise SourceError(f"{root}: {_words(error)}", "name a directory that can be read") from error
            unknown.append(Unknown(directory, f"the directory could not be listed: {_words(error)}"))
            continue
        before, real_before = (f"{directory}/", f"{real}/") if directory else ("", "")
        below: list[str] = []
        for item in listing:
            name = item.name
            path = before + (name if name.isascii() else printable(name))
            if path != real_before + name:
                real_names[path] = real_before + name
            try:
                entry = _entry(path, item)
            except OSError as error:
                unknown.append(Unknown(path, f"could not be read: {_words(error)}"))
                continue
            entries.append(entry)
            if entry.kind == "dir" and name != ".git":
                below.append(path)
        waiting += reversed(below)
    return Worktree(root, FileTree(entries), real_names, tuple(unknown))


class Landmarks(msgspec.Struct, frozen=True):
    """Directories below a tree's root that are not simply the project's own.

    ``repositories`` hold a ``.git`` of their own, ``virtual_environments`` were made by venv or
    conda, ``caches`` say so by a CACHEDIR.TAG.
    """

    repositories: tuple[str, ...]
    virtual_environments: tuple[str, ...]
    caches: tuple[str, ...]


def landmarks(tree: FileTree) -> Landmarks:
    """Recognise the directories of ``tree`` that are told by what lies directly in them."""
    found: dict[str, list[str]] = {".git": [], "pyvenv.cfg": [], "conda-meta": [], "CACHEDIR.TAG": []}
    for path in tree.paths():
        directory, _, name = path.rpartition("/")
        if name in found and directory:
            found[name].append(directory)
    environments = sorted({*found["pyvenv.cfg"], *found["conda-meta"]})
    return Landmarks(tuple(found[".git"]), tuple(environments), tuple(found["CACHEDIR.TAG"]))


def _listing(directory: Path) -> list[os.DirEntry[str]]:
    with os.scandir(directory) as found:
        return sorted(found, key=lambda item: item.name)


def _entry(path: str, item: os.DirEntry[str]) -> FileEntry:
    status = item.stat(follow_symlinks=False)
    kind, mode = _described(status.st_mode)
    size = status.st_size if kind == "file" else 0
    target = printable(os.readlink(item.path)) if kind == "link" else ""  # noqa: PTH115 (no Path for each file)
    return FileEntry(path, kind, size, mode, status.st_uid, status.st_gid, target)


@cache  # a tree has few modes and many files: looked up, they cost neither time nor an int for each
def _described(mode: int) -> tuple[Kind, int]:
    return KINDS.get(stat.S_IFMT(mode), "other"), stat.S_IMODE(mode)


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
