"""A shell while a RUN step is followed: where it is, what its variables hold, what it did to the tree."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import Literal

import msgspec

from paritycheck.model.location import Location
from paritycheck.model.snapshot import Brings, Unknown
from paritycheck.model.tree import FileEntry, join
from paritycheck.parse.command.shellscript import Command
from paritycheck.predict.building.notes import MissingFile, RunStart, SystemPackage
from paritycheck.predict.copying.landing import STANDARD_DIRECTORIES, keep_inline
from paritycheck.predict.copying.stagetree import Place, StageTree
from paritycheck.predict.running.shellwords import Field, Unsure
from paritycheck.predict.selecting.selection import Catalogue, Installation

Status = bool | None  # whether a command succeeds; None: nobody knows

_BELOW_SITE = re.compile(r"(.*/(?:site|dist)-packages)/[^/]+")
# What may be there is nothing of the project.
OF_OTHERS: tuple[Brings, ...] = ("distributions", "system")
ROOT_HOME = "/root"
# Directories in which a base image may have files that nobody listed.
_OF_THE_SYSTEM = STANDARD_DIRECTORIES - {"home", "media", "mnt", "srv", "tmp"}


class RunScene(msgspec.Struct, frozen=True):
    """What stays the same during one RUN.

    ``read`` gives a file's content where it can be had, ``layer`` is the index that written entries
    get, ``has_source`` tells whether the context's directory has a path, ``perform`` runs a program
    with its words and what it reads from a here-document. ``open_env``: the environment may hold
    more than is known, as the base image is not at hand. ``python`` is the interpreter's version as
    far as the image's name or a path tells it (``3.12``), ``bash`` whether that is the shell,
    ``binds_all`` whether a mount of the context sees what the ignore file leaves out, ``skips_mounts``
    whether one without its source is left out. ``unprivileged``: another user than root runs it.
    ``catalogue`` is what is known of distributions, ``platform`` what is built for (``linux/amd64``),
    ``base`` the image that the stage is built on in the end, ``home`` the home directory of the user.
    """

    location: Location
    layer: int
    read: Callable[[StageTree, FileEntry], bytes | None]
    has_source: Callable[[str], bool]
    perform: Callable[[Shell, list[Field], bytes | None], Status]
    open_env: bool = False
    python: str = ""
    bash: bool = False
    binds_all: bool = False
    skips_mounts: bool = False
    unprivileged: bool = False
    catalogue: Catalogue = Catalogue()
    platform: str = "linux/amd64"
    base: str = ""
    home: str = ROOT_HOME


class Notes:
    """What a RUN leaves behind for the judge, besides the tree.

    ``packages`` are those of the operating system that earlier steps of the stage have dealt with, too.
    """

    def __init__(self, packages: tuple[SystemPackage, ...] = ()) -> None:
        self.starts: list[RunStart] = []
        self.missing: list[MissingFile] = []
        self.installs: list[Installation] = []
        self.packages: list[SystemPackage] = list(packages)


class Shell:
    """The state of one shell; ``cwd`` is a tree path, a variable that is not to be told is ``None``.

    ``guarded`` counts the places around a command that make its failure harmless; ``ended`` is the
    status of an ``exit`` that was reached. ``doubted`` counts the places around a command that nobody knows
    to be reached, ``printed`` is what the last command printed, where the command itself tells,
    ``piped`` the same of the command before it in a pipeline.
    """

    def __init__(self, scene: RunScene, tree: StageTree, cwd: str, env: dict[str, str], notes: Notes) -> None:
        self.scene = scene
        self.tree = tree
        self.cwd = cwd
        self.env: dict[str, str | None] = dict(env)
        self.notes = notes
        self.functions: dict[str, Command] = {}
        self.parameters: tuple[Field, ...] = ()
        self.errexit = False
        self.guarded = 0
        self.doubted = 0
        self.printed: bytes | None = None
        self.piped: bytes | None = None
        self.depth = 0
        self.ended: Status = None
        self.is_over = False

    def fork(self) -> Shell:
        """Return an independent shell in the same state, for what may or may not be done."""
        twin = Shell(self.scene, self.tree.fork(), self.cwd, {}, self.notes)
        twin.adopt_variables(self)
        return twin

    def adopt_variables(self, other: Shell) -> None:
        """Take over everything but the tree."""
        self.env, self.cwd = dict(other.env), other.cwd
        self.functions, self.parameters = dict(other.functions), other.parameters
        self.errexit, self.guarded, self.depth = other.errexit, other.guarded, other.depth
        self.doubted = other.doubted
        self.ended, self.is_over = other.ended, other.is_over

    def join(self, other: Shell) -> None:
        """Make this the state in which nobody knows whether it went on here or as in ``other``."""
        if other.is_over and other.ended is False:
            return
        if self.is_over and self.ended is False:
            self.tree.become(other.tree)
            self.adopt_variables(other)
            return
        reason = f"whether {self.scene.location.text} does it is not known"
        before, known = self.tree.fork(), len(self.tree.unknown)
        self.tree.blend(other.tree, reason, self.scene.location)
        self._open_sites(known, before, other.tree)
        for name in {*self.env, *other.env}:
            if self.env.get(name) != other.env.get(name):
                self.env[name] = None
        if self.is_over != other.is_over:
            self.is_over = False

    def _open_sites(self, known: int, *trees: StageTree) -> None:
        """Say of what one way brings to a site directory that it is a distribution, where it is of others."""
        kept = self.tree.unknown[known:]
        del self.tree.unknown[known:]
        for part in kept:
            found = _BELOW_SITE.match(part.path)
            if part.brings == "anything" and found and not any(_holds_own(tree, part.path) for tree in trees):
                self.touch(found[1], "distributions", part.reason)
            elif part not in self.tree.unknown:
                self.tree.unknown.append(part)

    def lookup(self, name: str) -> Field | None:
        """Return a variable's value, ``None`` if it is not set."""
        if name in self.env:
            value = self.env[name]
            return Unsure("") if value is None else value
        if name == "PWD":
            return "/" + self.cwd
        if name.isdecimal() and 0 < int(name) <= len(self.parameters):
            return self.parameters[int(name) - 1]
        if name == "HOME":
            return self.scene.home
        return Unsure("") if self.scene.open_env or not name.isidentifier() else None

    def variable(self, name: str) -> str:
        """Return a variable's value, empty if it is not set or nobody knows."""
        return self.env.get(name) or ""

    def path(self, written: str) -> str:
        """Return the tree path that ``written`` means from here, links not followed."""
        return join(self.cwd, written)

    def place(self, written: str, follow_last: bool = True) -> Place:
        """Return where ``written`` leads from here.

        In a directory that the build itself made, what others bring is not presumed to be.
        """
        place = self.tree.locate(self.path(written), follow_last)
        if place.certainty != "unknown":
            return place
        parent = posixpath.dirname(place.path)
        if parent in _OF_THE_SYSTEM or not parent or not self.tree.is_dir(parent):
            return place
        doubts = [part for part in self.tree.unknown if covers(part.path, place.path)]
        if any(part.brings not in OF_OTHERS or covers(parent, part.path) for part in doubts):
            return place
        return msgspec.structs.replace(place, certainty="absent")

    def entry(self, path: str, kind: Literal["file", "dir", "link"], **fields: str | int) -> FileEntry:
        """Return a new entry that this RUN writes."""
        mode = {"file": 0o644, "dir": 0o755, "link": 0o777}[kind]
        made = FileEntry(path, kind, mode=mode, layer=self.scene.layer)
        return msgspec.structs.replace(made, **fields) if fields else made

    def make_directory(self, path: str) -> None:
        """Make the real directory ``path`` and those above it."""
        path = path.strip("/")
        if path and not self.tree.is_dir(path):
            self.tree.make_parents(path, self.entry(path, "dir"))
            self.tree.put(self.entry(path, "dir"))

    def write(self, written: Field, content: bytes | None, append: bool = False) -> None:
        """Write a file; ``None``: with content that nobody knows. Devices are left alone."""
        if isinstance(written, Unsure):
            self.touch(self.path(posixpath.dirname(written.start) or "."), "generated")
            return
        place = self.place(written)
        if place.path.startswith(("dev/", "proc/", "sys/")) or self.tree.is_dir(place.path):
            return
        old = place.entry
        if append and old is not None:
            before = self.scene.read(self.tree, old)
            content = before + content if before is not None and content is not None else None
            if content is None:
                return  # the file that it was, and something more
        self.tree.make_parents(place.path, self.entry(place.path, "dir"))
        mode = old.mode if old is not None and old.kind == "file" else 0o644
        digest = keep_inline(self.tree, content) if content is not None else ""
        self.tree.put(self.entry(place.path, "file", size=len(content or b""), digest=digest, mode=mode))

    def touch(self, path: str, brings: Brings, reason: str = "") -> None:
        """Say that from now on nobody knows what is at the tree path ``path`` and below."""
        implied = OF_OTHERS if brings == "system" else (brings,)
        for part in self.tree.unknown:
            if part.brings in ("anything", *implied) and covers(part.path, path):
                return
        why = reason or f"what {self.scene.location.text} does is not known"
        self.tree.unknown.append(Unknown(path, why, self.scene.location, brings))

    def is_absent(self, written: str) -> bool:
        """Tell whether it is certain, for a file of the project, that nothing is there."""
        place = self.place(written)
        if place.certainty == "present" or place.loop:
            return False
        return all(
            part.brings in OF_OTHERS or not covers(part.path, place.path) for part in self.tree.unknown
        )

    def read(self, written: str) -> bytes | None:
        """Return the content of a file, ``None`` if it is not to be had."""
        entry = self.place(written).entry
        return None if entry is None or entry.kind != "file" else self.scene.read(self.tree, entry)

    def need(self, written: str, needed_by: Location | None = None, silent: bool = False) -> None:
        """Note that the build fails here if this file is not there; ``silent``: that it goes on without."""
        if self.guarded == 0 and self.is_absent(written):
            path = self.path(written)
            missing = MissingFile(
                path=path,
                sources=self.sources_of(path),
                location=self.scene.location,
                needed_by=needed_by or self.scene.location,
                silent=silent,
            )
            if missing not in self.notes.missing:
                self.notes.missing.append(missing)

    def sources_of(self, path: str) -> tuple[str, ...]:
        """Return where the context may have a file missing here: beside its neighbours, at last at the top.

        Where the directory is missing, too, those of the nearest one above it are asked.
        """
        directory, name = posixpath.split(path)
        tail = name
        homes = self._homes_of(directory)
        while not homes and directory:
            directory, last = posixpath.split(directory)
            tail = f"{last}/{tail}"
            homes = self._homes_of(directory)
        return tuple(dict.fromkeys((*(posixpath.join(home, tail) for home in homes), name)))

    def _homes_of(self, directory: str) -> tuple[str, ...]:
        homes: dict[str, None] = {}
        for child in self.tree.children(directory):
            entry = self.tree.get(f"{directory}/{child}" if directory else child)
            if entry is not None and entry.source:
                homes[posixpath.dirname(entry.source)] = None
        return tuple(homes)


def _holds_own(tree: StageTree, path: str) -> bool:
    """Tell whether files of the project are at a path or below it."""
    top = tree.get(path)
    return any(entry.source for entry in (*([top] if top is not None else []), *tree.below(path)))


def covers(directory: str, path: str) -> bool:
    """Tell whether ``path`` is ``directory`` or below it."""
    return not directory or path == directory or path.startswith(directory + "/")
