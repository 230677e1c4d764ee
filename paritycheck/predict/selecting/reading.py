"""Dependency files of a stage, opened with everything that they take in.

Sources: pip, "Requirements File Format" (``-r`` and ``-c`` are relative to the file); PyPA "Dependency
Groups" (``include-group``); setuptools' dynamic metadata from files, and its ``ConfigHandler`` (an option of
setup.cfg does not replace what setup.py has given).
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable

import msgspec

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration, DependencyFile, Lock
from paritycheck.parse.requirements.files import read_dependency_file, read_lock
from paritycheck.parse.requirements.requirementsfile import read_requirements
from paritycheck.predict.selecting.request import Surroundings

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")


class Opened(msgspec.Struct, frozen=True):
    """A dependency file at its tree path, with its text."""

    path: str
    file: DependencyFile
    text: str = ""


class Gathered(msgspec.Struct, frozen=True):
    """What sections of a file ask for, inclusions followed.

    ``origins`` are the files in which the declarations stand, by index into ``declarations``; ``doubts`` say
    what could not be read.
    """

    declarations: tuple[Declaration, ...] = ()
    origins: tuple[Opened, ...] = ()
    constraints: tuple[Declaration, ...] = ()
    options: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def tree_path(directory: str, path: str) -> str:
    """Return the tree path of ``path`` as it is written in a file of ``directory``."""
    joined = posixpath.normpath(posixpath.join("/", directory, path))
    return joined.lstrip("/")


def shown(path: str) -> str:
    """Return a tree path as people write it."""
    return "/" + path


def open_file(around: Surroundings, path: str) -> Opened | None:
    """Open a requirements or project file by its tree path; ``None`` if it is not there."""
    text = around.read(path)
    if text is None:
        return None
    name = posixpath.basename(path)
    read = (
        read_dependency_file(text.source, text.text) if name in PROJECT_FILES or name == "Pipfile" else None
    )
    return Opened(path, read or read_requirements(text.source, text.text), text.text)


def open_lock(around: Surroundings, path: str) -> Lock | None:
    """Open a lock file by its tree path; ``None`` if it is not there or not understood at all."""
    text = around.read(path)
    return None if text is None else read_lock(text.source, text.text)


def open_project(around: Surroundings, directory: str) -> Opened | None:
    """Open what describes the project in a directory: several files are one, the first has the say."""
    found = [each for name in PROJECT_FILES if (each := open_file(around, tree_path(directory, name)))]
    found = [each for each in found if each.file.name or each.file.sections or each.file.dynamic] or found
    if not found:
        return None
    if [posixpath.basename(each.path) for each in found[-2:]] == ["setup.cfg", "setup.py"]:
        config, script = found[-2:]
        found[-2:] = [msgspec.structs.replace(config, file=_run(config.file, script.file))]
    first, *others = found
    file = first.file
    for other in others:
        file = _complete(file, other.file)
    return msgspec.structs.replace(first, file=file)


def _run(config: DependencyFile, script: DependencyFile) -> DependencyFile:
    """Return what setuptools makes of a setup.cfg beside a setup.py: a keyword of the script wins, whole."""
    declarations, inclusions = list(script.declarations), list(script.inclusions)
    dynamic = list(script.dynamic)
    given = (*script.sections, *script.dynamic)
    for extras in (False, True):
        if any(each.startswith("extra:") is extras for each in given):
            continue
        declarations += [each for each in config.declarations if each.section.startswith("extra:") is extras]
        inclusions += [each for each in config.inclusions if each.section.startswith("extra:") is extras]
        dynamic += [each for each in config.dynamic if each.startswith("extra:") is extras]
    return msgspec.structs.replace(
        config,
        name=script.name or config.name,
        version=script.version or config.version,
        python=script.python or config.python,
        python_location=script.python_location or config.python_location,
        declarations=tuple(declarations),
        inclusions=tuple(inclusions),
        dynamic=tuple(dynamic),
        problems=(*config.problems, *script.problems),
    )


def _complete(file: DependencyFile, other: DependencyFile) -> DependencyFile:
    """Add what the older file says where the newer leaves it to the backend, or is no project's."""
    if file.name and "" not in file.dynamic and "extra:*" not in file.dynamic:
        return file
    return msgspec.structs.replace(
        file,
        name=file.name or other.name,
        version=file.version or other.version,
        python=file.python or other.python,
        python_location=file.python_location or other.python_location,
        declarations=(*file.declarations, *other.declarations),
        inclusions=(*file.inclusions, *other.inclusions),
        # The older file answers what the newer leaves open, unless it is a program itself.
        dynamic=other.dynamic if other.name or other.sections else file.dynamic,
    )


def gather(around: Surroundings, opened: Opened, sections: Iterable[str] = ("",)) -> Gathered:
    """Collect the declarations of sections of a file, and of all that they take in."""
    gathering = _Gathering(around)
    for section in sections:
        gathering.take(opened, section, constraint=False)
    return Gathered(
        tuple(each for each, _ in gathering.declared),
        tuple(origin for _, origin in gathering.declared),
        tuple(gathering.constraints),
        tuple(dict.fromkeys(gathering.options)),
        tuple(dict.fromkeys(gathering.doubts)),
    )


class _Gathering:
    def __init__(self, around: Surroundings) -> None:
        self.around = around
        self.seen: set[tuple[str, str, bool]] = set()
        self.declared: list[tuple[Declaration, Opened]] = []
        self.constraints: list[Declaration] = []
        self.options: list[str] = []
        self.doubts: list[str] = []

    def take(self, opened: Opened, section: str, constraint: bool) -> None:
        key = (opened.path, section, constraint)
        if key in self.seen:
            return
        self.seen.add(key)
        file = opened.file
        for each in file.declarations:
            if each.section == "constraint" or (each.section == section and constraint):
                self.constraints.append(each)
            elif each.section == section:
                self.declared.append((each, opened))
        self.options += file.index_options
        self.doubts += [f"{place}: {problem}" for problem, place in file.problems]
        if section in file.dynamic or (section.startswith("extra:") and "extra:*" in file.dynamic):
            self.doubts.append(f"{file.path}: only the build backend knows these dependencies")
        for other in file.inclusions:
            if other.section == section:
                self._include(opened, other.target, other.location, constraint or other.constraint)

    def _include(self, opened: Opened, target: str, location: Location, constraint: bool) -> None:
        if target.startswith(("group:", "extra:")):
            self.take(opened, target, constraint)
            return
        if "://" in target:
            self.doubts.append(f"{location}: {target} is not read")
            return
        path = tree_path(posixpath.dirname(opened.path), target)
        other = open_file(self.around, path)
        if other is None:
            self.doubts.append(f"{location}: {shown(path)} is not there")
        else:
            self.take(other, "", constraint)
