"""What lies in a directory on this disk: one walk, no file opened, no link followed."""

import os
import stat
from collections.abc import Mapping
from pathlib import Path

import msgspec

from paritycheck.errors import SourceError
from paritycheck.model.snapshot import Unknown
from paritycheck.model.tree import FileEntry, FileTree

ROOT = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
DIRECTORY = ROOT | os.O_NOFOLLOW


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

    def on_disk(self, path: str) -> str:
        """Return where the entry at ``path`` of the tree really lies."""
        return f"{self.root}/{self.real_names.get(path, path)}"


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
        try:
            here = os.open(root / real_names.get(directory, directory), DIRECTORY if directory else ROOT)
        except OSError as error:
            if not directory:
                raise SourceError(f"{root}: {_words(error)}", "name a directory that can be read") from error
            unknown.append(Unknown(directory, f"the directory could not be listed: {_words(error)}"))
            continue
        try:
            below = _list(directory, here, entries, real_names, unknown)
        finally:
            os.close(here)
        waiting += reversed(below)
    return Worktree(root, FileTree(entries), real_names, tuple(unknown))


def _list(
    directory: str, here: int, entries: list[FileEntry], real_names: dict[str, str], unknown: list[Unknown]
) -> list[str]:
    """Add what lies directly in the open directory ``here``; return the directories to go on with."""
    # A large checkout spends its time in this loop: plain local names, positional arguments.
    lstat, make, add = os.lstat, FileEntry, entries.append
    below: list[str] = []
    before = f"{directory}/" if directory else ""
    for name in sorted(os.listdir(here)):
        path = before + name
        if not name.isascii() or directory in real_names:
            path = _note_spelling(before, name, directory, real_names)
        try:
            facts = lstat(name, dir_fd=here)
            mode = facts[0]
            bits = mode & 0o7777
            kind = mode - bits
            if kind == stat.S_IFREG:
                add(make(path, "file", facts[6], bits, facts[4], facts[5]))
            elif kind == stat.S_IFDIR:
                add(make(path, "dir", 0, bits, facts[4], facts[5]))
                if name != ".git":
                    below.append(path)
            elif kind == stat.S_IFLNK:
                target = printable(os.readlink(name, dir_fd=here))
                add(make(path, "link", 0, bits, facts[4], facts[5], target))
            else:
                add(make(path, "other", 0, bits, facts[4], facts[5]))
        except OSError as error:
            unknown.append(Unknown(path, f"could not be read: {_words(error)}"))
    return below


def _note_spelling(before: str, name: str, directory: str, real_names: dict[str, str]) -> str:
    """Return the path that the model writes for ``name``, noting how the disk spells it if otherwise."""
    path = before + printable(name)
    real = f"{real_names[directory]}/{name}" if directory in real_names else before + name
    if path != real:
        real_names[path] = real
    return path


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


def _words(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
