"""The tree of a stage while its instructions are applied: a light overlay over a shared base.

A stage begins as its base (an image's tree, another stage, nothing, or *unknown*) and only
remembers what it writes and removes, so that a base of many files is never copied. Where nobody
knows what is there (an image that is not at hand, a RUN step that was not understood) the tree
says *unknown* instead of absent.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator
from typing import Literal

import msgspec

from paritycheck.model.location import Location
from paritycheck.model.snapshot import Brings, Unknown
from paritycheck.model.tree import MAX_LINKS, FileEntry, FileTree

Certainty = Literal["present", "absent", "unknown"]


class Place(msgspec.Struct, frozen=True):
    """Where a path leads: the real ``path`` (``""``: the root), what is there, and how surely.

    ``entry`` is ``None`` for an implied directory, too; ``loop`` tells that links go in circles.
    With certainty ``unknown`` the path is what it would be if nothing on the way is a link.
    """

    path: str
    entry: FileEntry | None
    certainty: Certainty
    loop: bool = False


class StageTree:
    """A mutable tree; ``base`` stays untouched and is shared. ``None``: a base that nobody has read.

    ``inline`` keeps, by SHA-256, the content of files that come from no file of the context
    (heredocs, members of archives); ``unknown`` the parts in which only what is listed is known;
    ``read`` gives the bytes of the base's files, if they can be had.
    """

    __slots__ = ("_added", "_base", "_hidden", "_written", "inline", "read", "unknown")

    def __init__(
        self,
        base: FileTree | None = None,
        reason: str = "",
        location: Location | None = None,
        read: Callable[[str], bytes | None] | None = None,
        brings: Brings = "anything",
    ) -> None:
        self._base = FileTree() if base is None else base
        self._written: dict[str, FileEntry] = {}
        self._added: dict[str, set[str]] = {}  # directory -> names written below it
        self._hidden: set[str] = set()  # paths of the base that are gone, with all below
        self.inline: dict[str, bytes] = {}
        self.unknown: list[Unknown] = []
        self.read = read
        if base is None:
            self.mark_unknown("", reason or "the base image is not at hand", location, brings)

    def fork(self) -> StageTree:
        """Return an independent tree with the same content, for a stage built ``FROM`` this one."""
        twin = StageTree(self._base, read=self.read)
        twin._written = dict(self._written)
        twin._added = {directory: set(names) for directory, names in self._added.items()}
        twin._hidden = set(self._hidden)
        twin.inline = dict(self.inline)
        twin.unknown = list(self.unknown)
        return twin

    def is_blank(self) -> bool:
        """Tell whether this is scratch to which nothing has been done yet."""
        return not (len(self._base) or self._written or self.unknown)

    def freeze(self) -> FileTree:
        """Return the immutable tree of everything that is known to be there, parents before children."""
        return FileTree(self)

    def __iter__(self) -> Iterator[FileEntry]:
        if not self._hidden and not self._written:
            return iter(self._base)
        return self.below("")

    def get(self, path: str) -> FileEntry | None:
        """Return the entry at exactly this path; links are not followed."""
        written = self._written.get(path)
        if written is not None:
            return written
        return None if self._is_hidden(path) else self._base.get(path)

    def children(self, directory: str) -> tuple[str, ...]:
        """Return the sorted names directly below ``directory`` (``""`` is the root)."""
        added = self._added.get(directory, ())
        if self._is_hidden(directory):
            return tuple(sorted(added))
        names = self._base.children(directory)
        if self._hidden:
            prefix = f"{directory}/" if directory else ""
            names = tuple(name for name in names if prefix + name not in self._hidden)
        return tuple(sorted({*names, *added})) if added else names

    def is_dir(self, path: str) -> bool:
        """Tell whether ``path`` (already resolved) is a directory, given or implied by its children."""
        entry = self.get(path)
        return entry.kind == "dir" if entry else (path == "" or bool(self.children(path)))

    def below(self, directory: str) -> Iterator[FileEntry]:
        """Yield every entry below ``directory``, parents before children, names sorted."""
        prefix = f"{directory}/" if directory else ""
        stack = [prefix + name for name in reversed(self.children(directory))]
        while stack:
            path = stack.pop()
            entry = self.get(path)
            if entry is not None:
                yield entry
            if entry is None or entry.kind == "dir":
                stack.extend(f"{path}/{name}" for name in reversed(self.children(path)))

    def read_base(self, path: str) -> bytes | None:
        """Return the content of a file that is still the base image's own, if it can be had."""
        if self.read is None or path in self._written or self._is_hidden(path):
            return None
        return self.read(path)

    def doubt(self, path: str) -> Unknown | None:
        """Return why nobody knows whether something unlisted is at ``path``, if so: the latest reason."""
        for part in reversed(self.unknown):
            if not part.path or path == part.path or path.startswith(part.path + "/"):
                return part
        return None

    def mark_unknown(
        self, path: str, reason: str, location: Location | None = None, brings: Brings = "anything"
    ) -> None:
        """Say that from here on ``path`` and all below may hold more than is listed."""
        self.unknown.append(Unknown(path, reason, location, brings))

    def become(self, other: StageTree) -> None:
        """Take over everything that ``other`` holds; ``other`` is not to be used any more."""
        self._base, self._written, self._added = other._base, other._written, other._added
        self._hidden, self.inline, self.unknown = other._hidden, other.inline, other.unknown

    def blend(self, other: StageTree, reason: str, location: Location | None = None) -> None:
        """Keep what this tree and ``other``, a fork of it, have in common; the rest is unknown.

        A path that both have stays as it is here, whatever its content in ``other``.
        """
        paths = {*self._written, *other._written}
        for hidden in self._hidden ^ other._hidden:
            paths.add(hidden)
            paths.update(entry.path for entry in self._base.below(hidden))
        done = ""
        for path in sorted(paths, key=lambda path: path.split("/")):
            if self._has(path) == other._has(path) or (done and path.startswith(done + "/")):
                continue
            done = path
            self.remove(path)
            self.mark_unknown(path, reason, location)
        self.inline.update(other.inline)
        self.unknown.extend(part for part in other.unknown if part not in self.unknown)

    def _has(self, path: str) -> bool:
        return self.get(path) is not None or self.is_dir(path)

    def put(self, entry: FileEntry) -> None:
        """Write one entry; a file or link in a directory's place takes the whole place.

        A directory keeps what is below it. Missing parents stay implied: see :meth:`make_parents`.
        """
        path = entry.path
        if entry.kind != "dir" and self.is_dir(path):
            self.remove(path)
        self._written[path] = entry
        while path:
            path, _, name = path.rpartition("/")
            known = self._added.setdefault(path, set())
            if name in known:
                break
            known.add(name)

    def make_parents(self, path: str, template: FileEntry) -> None:
        """Create the missing directories on the way to ``path`` like ``template`` (mode, owner, layer)."""
        parent = posixpath.dirname(path)
        missing = []
        while parent and not self.is_dir(parent):
            missing.append(parent)
            parent = posixpath.dirname(parent)
        for directory in reversed(missing):
            self.put(
                msgspec.structs.replace(
                    template, path=directory, kind="dir", size=0, target="", digest="", source=""
                )
            )

    def remove(self, path: str) -> None:
        """Remove ``path`` and all below; nothing happens if it is not there."""
        if not self._is_hidden(path) and (self._base.get(path) is not None or self._base.children(path)):
            self._hidden.add(path)
        self._drop(path)
        parent, _, name = path.rpartition("/")
        self._added.get(parent, set()).discard(name)

    def locate(self, path: str, follow_last: bool = True, root: str = "") -> Place:
        """Return where ``path`` leads, links followed (the last one if asked to), never above ``root``.

        What does not exist is located all the same: the rest of the path is appended as written.
        """
        top = root.split("/") if root else []
        real = list(top)
        rest = path.split("/")[::-1]
        certainty: Certainty = "present"
        links = 0
        while rest:
            part = rest.pop()
            if part in ("", "."):
                continue
            if part == "..":
                del real[max(len(real) - 1, len(top)) :]
                continue
            here = "/".join([*real, part])
            entry = self.get(here)
            if (
                entry is not None
                and entry.kind == "link"
                and (follow_last or any(p not in ("", ".") for p in rest))
            ):
                links += 1
                if links > MAX_LINKS:
                    return Place(here, entry, "absent", loop=True)
                if entry.target.startswith("/"):
                    real = list(top)
                rest.extend(entry.target.split("/")[::-1])
                continue
            real.append(part)
            if entry is None and not self.children(here):
                certainty = "unknown" if self.doubt(here) else "absent"
            else:
                certainty = "present"
        reached = "/".join(real)
        if not reached:
            return Place("", self.get(""), "present")
        return Place(reached, self.get(reached), certainty)

    def resolve(self, path: str) -> str | None:
        """Return the real path of what is certainly there, links followed; ``None`` if it is not (known)."""
        place = self.locate(path)
        return place.path if place.certainty == "present" else None

    def find(self, path: str) -> FileEntry | None:
        """Return the entry that ``path`` leads to after following links, as ``stat`` would."""
        return self.locate(path).entry

    def _is_hidden(self, path: str) -> bool:
        if not self._hidden:
            return False
        while path:
            if path in self._hidden:
                return True
            path = path.rpartition("/")[0]
        return "" in self._hidden

    def _drop(self, path: str) -> None:
        self._written.pop(path, None)
        for name in self._added.pop(path, ()):
            self._drop(f"{path}/{name}" if path else name)
