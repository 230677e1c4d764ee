"""A project and its lock in the tree of a stage, and its selection where there is no lock."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from paritycheck.model.requirement import Declaration, Lock
from paritycheck.predict.selecting.assembling import finish, split_markers
from paritycheck.predict.selecting.closure import close
from paritycheck.predict.selecting.reading import (
    Gathered,
    Opened,
    gather,
    open_file,
    open_lock,
    shown,
    tree_path,
)
from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selected, Selection, Skipped
from paritycheck.predict.selecting.wanted import Dialect, Wanted, skip_sections


class Project(msgspec.Struct, frozen=True):
    """A project file and the lock that counts for it; ``root`` is the tree path of the lock's directory."""

    opened: Opened
    directory: str
    lock: Lock | None
    root: str


def ancestors(directory: str) -> Iterator[str]:
    """Yield a directory and everything above it, the root of the tree (``""``) last."""
    directory = directory.strip("/")
    while directory:
        yield directory
        directory = directory.rpartition("/")[0]
    yield ""


def find_project(
    around: Surroundings, directory: str, lock: str, file: str = "pyproject.toml"
) -> Project | None:
    """Find the project of a directory, or of the nearest one above it that has a project file."""
    for each in ancestors(directory):
        opened = open_file(around, tree_path(each, file))
        if opened is None:
            continue
        for root in ancestors(each):
            found = open_lock(around, tree_path(root, lock))
            # A lock further up is this project's only if a workspace holds both.
            if found is not None and (root == each or opened.file.name in found.members):
                return Project(opened, each, found, root)
        return Project(opened, each, None, each)
    return None


def without_project(request: ProjectRequest, file: str = "pyproject.toml") -> Selection:
    """Return the selection of a command that finds no project."""
    return Selection(open=f"{shown(tree_path(request.directory, file))} is not there")


def declared_in(around: Surroundings, project: Project, wanted: Wanted) -> Gathered:
    """Return what the project declares in all that is asked for."""
    sections = ["", *(f"extra:{each}" for each in sorted(wanted.extras))] if wanted.main else []
    sections += [f"group:{each}" for each in sorted(wanted.groups)]
    return gather(around, project.opened, sections)


def select_itself(project: Project, request: ProjectRequest) -> tuple[Selected, ...]:
    """Return the project as a distribution, unless it is left out or has no name."""
    file = project.opened.file
    if request.no_project or not file.name or file.name in request.skip:
        return ()
    return (Selected(file.name, file.version, None, direct=True),)


def select_unlocked(
    project: Project,
    request: ProjectRequest,
    around: Surroundings,
    wanted: Wanted,
    dialect: Dialect,
    why: str,
) -> Selection:
    """Return what a project brings whose tool resolves anew; ``why`` says so."""
    gathered = declared_in(around, project, wanted)
    holding, skipped, doubts = split_markers(gathered.declarations, around.markers, wanted.extras)
    closure = close(holding, gathered.constraints, around, gathered.options)
    selected = [each for each in closure.selected if each.name not in request.skip]
    itself = select_itself(project, request) if wanted.main else ()
    return finish(
        (*itself, *selected),
        (*skip_unwanted(project, gathered.declarations, request, wanted, dialect), *skipped),
        (*((f"{why}; {closure.open}",) if closure.open else ()), *gathered.doubts, *doubts),
        request.exact,
    )


def skip_unwanted(
    project: Project, taken: Sequence[Declaration], request: ProjectRequest, wanted: Wanted, dialect: Dialect
) -> tuple[Skipped, ...]:
    """Return what the project declares beside what is taken."""
    return skip_sections(project.opened.file, wanted, taken, dialect, request)
