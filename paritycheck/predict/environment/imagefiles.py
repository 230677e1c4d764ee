"""An image's files by absolute path, links followed, as a program inside the container sees them."""

import posixpath
from collections.abc import Callable

from paritycheck.model.tree import FileEntry, FileTree

MAX_LINKS = 40  # as in model.tree


class ImageFiles:
    """A tree and a way to read its files. Paths are absolute; ``read`` of the tree gets tree paths."""

    def __init__(self, tree: FileTree, read: Callable[[str], bytes | None]) -> None:
        self._tree = tree
        self._read = read
        self._directories: dict[str, str | None] = {"/": ""}

    def _locate(self, path: str) -> str | None:
        """Return the tree path that ``path`` leads to, or ``None``; directories are looked up once."""
        parent, name = posixpath.split(path)
        if not name or name == "..":
            return self._tree.resolve(path)
        if parent not in self._directories:
            self._directories[parent] = self._tree.resolve(parent)
        real = self._directories[parent]
        if real is None:
            return None
        here = f"{real}/{name}" if real else name
        entry = self._tree.get(here)
        if entry is not None and entry.kind != "link":
            return here
        return self._tree.resolve(here)

    def entry(self, path: str) -> FileEntry | None:
        """Return the entry that ``path`` leads to; ``None`` if nothing is there or it is implied."""
        real = self._locate(path)
        return None if real is None else self._tree.get(real)

    def exists(self, path: str) -> bool:
        """Tell whether anything is there."""
        return self._locate(path) is not None

    def is_dir(self, path: str) -> bool:
        """Tell whether a directory is there."""
        real = self._locate(path)
        return real is not None and self._tree.is_dir(real)

    def is_file(self, path: str) -> bool:
        """Tell whether a regular file is there."""
        entry = self.entry(path)
        return entry is not None and entry.kind == "file"

    def is_dangling(self, path: str) -> bool:
        """Tell whether a link is there that leads nowhere."""
        return self.link(path) is not None and not self.exists(path)

    def link(self, path: str) -> str | None:
        """Return the absolute path that the link at ``path`` names, ``None`` if it is no link."""
        parent, name = posixpath.split(path)
        real = self._tree.resolve(parent)
        entry = self._tree.get(f"{real}/{name}" if real else name) if real is not None else None
        if entry is None or entry.kind != "link":
            return None
        return posixpath.normpath(posixpath.join(parent, entry.target))

    def follow(self, path: str) -> str:
        """Follow links at the last component only, as CPython's start-up does."""
        for _ in range(MAX_LINKS):
            target = self.link(path)
            if target is None:
                break
            path = target
        return path

    def real(self, path: str) -> str:
        """Return ``path`` with every link on the way followed, itself if nothing is there."""
        found = self._tree.resolve(path)
        return path if found is None else "/" + found

    def names(self, directory: str) -> tuple[str, ...]:
        """Return the sorted names in a directory; none if it is not there."""
        real = self._locate(directory)
        return () if real is None else self._tree.children(real)

    def read(self, path: str) -> bytes | None:
        """Return a file's content, ``None`` if it is no file or not to be had."""
        real = self._locate(path)
        entry = None if real is None else self._tree.get(real)
        if real is None or entry is None or entry.kind != "file":
            return None
        return self._read(real)

    def read_text(self, path: str) -> str:
        """Return a file's text, empty if it is not to be had."""
        return (self.read(path) or b"").decode("utf-8", "replace")
