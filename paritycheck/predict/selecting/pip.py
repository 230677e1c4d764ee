"""What pip, ``uv pip`` and pip-tools install: requirements on the command line and in files, and projects.

Sources: pip's documentation ("Requirements File Format", "Dependency Resolution", "Secure installs": with
one hash, everything must have one), PEP 735 (``--group``), pip-tools and uv (compiled files say by what
they were made).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Sequence

import msgspec

from paritycheck.model.requirement import Declaration, Lock
from paritycheck.parse.requirements.requirementsfile import read_requirements
from paritycheck.predict.selecting.assembling import finish, pinned, select_declared, split_markers
from paritycheck.predict.selecting.closure import close
from paritycheck.predict.selecting.markers import decide
from paritycheck.predict.selecting.reading import (
    Gathered,
    Opened,
    gather,
    open_file,
    open_lock,
    open_project,
    shown,
    tree_path,
)
from paritycheck.predict.selecting.request import PipRequest, Surroundings
from paritycheck.predict.selecting.selection import Selected, Selection, Skipped

_MADE = re.compile(
    r"^#.*\b(?:auto-?generated|pip-compile|compiled) by\b|^\s*#\s*via\b|^[^#\n]*--hash[= ]sha\d",
    re.IGNORECASE | re.MULTILINE,
)
# `shop==$VERSION` where nothing gives the variable a value before somebody builds.
_OPEN_VERSION = re.compile(r"\s*(?:===?|[~!<>]=|[<>])\s*$")
_MOST_PROJECTS = 50


def select_pip(request: PipRequest, around: Surroundings) -> Selection:
    """Return what the install brings; ``open`` where only a resolver would know."""
    asked = _Asked(request, around)
    asked.read()
    holding, unmarked, doubts = split_markers(asked.declared, around.markers)
    skipped = [*asked.skipped, *unmarked]
    itself = (*asked.projects, *asked.locked)
    if request.no_deps or request.exact:
        named = tuple(select_declared(each) for each in holding if each.name)
        return finish(
            (*itself, *named), skipped, (*asked.doubts, *_nameless(holding), *doubts), request.exact
        )
    compiled = {id(each) for each in asked.compiled}
    fixed = [each for each in holding if id(each) in compiled]
    loose = [each for each in holding if id(each) not in compiled]
    # What a compiled file pins is pinned for the others too.
    closure = close(loose, (*asked.constraints, *fixed), around, (*asked.options, *request.options))
    selected = (*itself, *(select_declared(each) for each in fixed if each.name), *closure.selected)
    open_reasons = (closure.open, *asked.doubts, *_nameless(fixed), *doubts)
    return finish(selected, skipped, filter(None, open_reasons))


def is_compiled(text: str) -> bool:
    """Tell whether a requirements file lists everything: pip-compile or uv made it, or it has hashes.

    That every line is pinned is not enough: somebody may have written only what the project itself needs.
    """
    return _MADE.search(text) is not None


def _nameless(declarations: Iterable[Declaration]) -> tuple[str, ...]:
    return tuple(
        f"{each.location}: nobody knows what it is the source of" for each in declarations if not each.name
    )


class _Asked:
    """All that one command asks for, files and projects opened."""

    def __init__(self, request: PipRequest, around: Surroundings) -> None:
        self.request = request
        self.around = around
        self.declared: list[Declaration] = []
        self.compiled: list[Declaration] = []
        self.constraints: list[Declaration] = []
        self.projects: list[Selected] = []
        self.locked: list[Selected] = []
        self.skipped: list[Skipped] = []
        self.options: list[str] = []
        self.doubts: list[str] = []
        self.seen: set[tuple[str, tuple[str, ...]]] = set()

    def read(self) -> None:
        request = self.request
        for path in request.files:
            self._read_file(path)
        for path in request.constraints:
            opened = open_file(self.around, path)
            if opened is None:
                self.doubts.append(f"{shown(path)} is not there")
            else:
                gathered = gather(self.around, opened)
                self.constraints += (*gathered.declarations, *gathered.constraints)
        for path, group in request.groups:
            opened = open_file(self.around, path)
            if opened is None:
                self.doubts.append(f"{shown(path)} is not there")
            else:
                self._take(gather(self.around, opened, (f"group:{group}",)))
        self._read_words()
        for directory, extras in request.projects:
            self._read_project(directory, extras)
        self._follow_paths()

    def _read_words(self) -> None:
        """Take the words of the command line: each is what a line of a requirements file could be."""
        for word in self.request.words:
            read = read_requirements("", _OPEN_VERSION.sub("", word))
            if not read.declarations:
                self.doubts.append(f"{self.request.location}: `{word}` is not understood")
            place = self.request.location
            self.declared += [msgspec.structs.replace(each, location=place) for each in read.declarations]

    def _read_file(self, path: str) -> None:
        lock = open_lock(self.around, path)
        if lock is not None and lock.kind == "pylock":
            self._take_lock(lock)
            return
        opened = open_file(self.around, path)
        if opened is None:
            self.doubts.append(f"{shown(path)} is not there")
        else:
            self._take(gather(self.around, opened))

    def _take_lock(self, lock: Lock) -> None:
        for package in lock.packages:
            if decide(package.marker, self.around.markers, (), lock.defaults) is not False:
                self.locked.append(Selected(package.name, package.version, package.location))

    def _take(self, gathered: Gathered) -> None:
        complete: dict[str, bool] = {}
        for declaration, origin in zip(gathered.declarations, gathered.origins, strict=True):
            self.declared.append(declaration)
            if complete.setdefault(origin.path, _lists_all(origin)):
                self.compiled.append(declaration)
        self.constraints += gathered.constraints
        self.options += gathered.options
        self.doubts += gathered.doubts

    def _read_project(
        self, directory: str, extras: Sequence[str], declaration: Declaration | None = None
    ) -> None:
        """Take a project: itself, and what it requires for the extras asked for."""
        if (directory, tuple(extras)) in self.seen or len(self.seen) > _MOST_PROJECTS:
            return
        self.seen.add((directory, tuple(extras)))
        opened = open_project(self.around, directory)
        if opened is None:
            self.doubts.append(f"{shown(directory)} holds no project")
            return
        file = opened.file
        location = declaration.location if declaration else self.request.location
        if file.name:
            self.projects.append(
                Selected(file.name, file.version, location, direct=True, extras=tuple(extras))
            )
        wanted = ("", *(f"extra:{each}" for each in extras))
        gathered = gather(self.around, opened, wanted)
        local = self.around.catalogue.local.get(file.name)
        if file.dynamic and local is not None:
            # The metadata of the local install says what the backend made of it.
            own = Declaration(file.name, location, extras=tuple(extras))
            gathered = msgspec.structs.replace(gathered, doubts=())
            self.declared.append(own)
        if not self.request.no_deps:
            self._take(gathered)
        else:
            self.skipped += [_skip_required(each) for each in gathered.declarations]
        taken = set(gathered.declarations)
        self.skipped += [
            _skip_extra(each)
            for each in file.declarations
            if each.section.startswith("extra:") and each not in taken
        ]

    def _follow_paths(self) -> None:
        """Take what projects and archives that requirements name by path require themselves."""
        for each in self.declared:  # grows while it is walked
            if each.source != "path" or not each.path:
                continue
            base = self.request.cwd
            directory = tree_path(base, each.path)
            if posixpath.splitext(each.path)[1] in (".whl", ".gz", ".zip"):
                continue
            self._read_project(directory, each.extras, each)
        paths = {id(each) for each in self.declared if each.source == "path" and self._is_project(each)}
        self.declared = [each for each in self.declared if id(each) not in paths]

    def _is_project(self, declaration: Declaration) -> bool:
        return any(directory == tree_path(self.request.cwd, declaration.path) for directory, _ in self.seen)


def _lists_all(origin: Opened) -> bool:
    file = origin.file
    return (
        not file.name
        and is_compiled(origin.text)
        and all(pinned(each.specifier) or each.source != "index" for each in file.declarations)
    )


def _skip_required(declaration: Declaration) -> Skipped:
    why = "`--no-deps` leaves out what a project requires"
    return Skipped(
        declaration, "excluded", why, f"install `{declaration.name}` beside it, or drop `--no-deps`"
    )


def _skip_extra(declaration: Declaration) -> Skipped:
    extra = declaration.section.partition(":")[2]
    why = f"extra `{extra}` is not asked for"
    return Skipped(declaration, "extra", why, f"install `.[{extra}]`")
