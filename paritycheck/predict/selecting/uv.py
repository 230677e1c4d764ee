"""What ``uv sync`` selects: a project or workspace members, their extras and groups, exactly as locked.

Sources: uv ``crates/uv-resolver/src/lock/installable.rs`` and
``crates/uv/src/commands/project/install_target.rs``; groups from ``uv-configuration``. Without ``--frozen``
a lock that no longer fits the project is made anew: what the project declares and the lock lacks is
installed too, what it no longer declares is not.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from paritycheck.model.requirement import Declaration, Lock, LockedPackage
from paritycheck.predict.selecting.assembling import (
    finish,
    select_declared,
    select_locked,
    skip_unlocked,
    split_markers,
)
from paritycheck.predict.selecting.locked import Reached, Start, conflict_item, walk
from paritycheck.predict.selecting.project import (
    Project,
    declared_in,
    find_project,
    select_unlocked,
    skip_unwanted,
    without_project,
)
from paritycheck.predict.selecting.reading import open_file, tree_path
from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selected, Selection, Skipped
from paritycheck.predict.selecting.wanted import UV, Wanted, want

LOCK = "uv.lock"
# What uv installs of a project whose file is not at hand: the group `dev`, where there is one.
_DEFAULTS = ("dev",)


class Root(msgspec.Struct, frozen=True):
    """A workspace member that is synchronised: its entry in the lock, its file where it is there."""

    package: LockedPackage
    wanted: Wanted
    project: Project | None = None
    declared: tuple[Declaration, ...] = ()
    doubts: tuple[str, ...] = ()


def select_uv(request: ProjectRequest, around: Surroundings) -> Selection:
    """Return what ``uv sync`` with these options brings; ``open`` where the lock does not decide it."""
    project = find_project(around, request.directory, LOCK)
    if project is None:
        return without_project(request)
    if project.lock is None or not project.lock.packages:
        return _select_unlocked(project, request, around)
    roots = list(_roots(project, project.lock, request, around))
    if not any(root.package.name or root.package.edges for root in roots):
        return Selection(open=f"{project.lock.path} does not hold the project {project.opened.file.name}")
    starts = [start for root in roots for start in _starts(root, request.frozen)]
    reached = walk(project.lock, starts, around.markers, _active(roots))
    return _assemble(project, roots, reached, request, around)


def _select_unlocked(project: Project, request: ProjectRequest, around: Surroundings) -> Selection:
    name = project.lock.path if project.lock else LOCK
    if request.frozen:
        return Selection(open=f"{name} is not there, and `uv sync --frozen` needs it")
    file = project.opened.file
    wanted = want(request, file.sections, file.uv_defaults)
    return select_unlocked(
        project, request, around, wanted, UV, f"{name} does not lock it, so uv resolves anew"
    )


def _roots(project: Project, lock: Lock, request: ProjectRequest, around: Surroundings) -> Iterator[Root]:
    """Yield what the command synchronises; the groups of a workspace root without a project are one too."""
    own = project.opened.file.name
    named = tuple(dict.fromkeys(request.package))
    everything = request.all_packages or not own
    names = named or (lock.members if everything else (own,))
    for package in lock.packages:
        if package.source != "project" and package.name != own:
            continue
        if package.name in names or (not package.name and not own and not named):
            yield _root(package, project, request, around, alone=len(names) == 1)


def _root(
    package: LockedPackage, project: Project, request: ProjectRequest, around: Surroundings, alone: bool
) -> Root:
    mine: Project | None = project
    if package.name != project.opened.file.name:
        directory = tree_path(project.root, package.path) if package.name else project.root
        opened = open_file(around, tree_path(directory, "pyproject.toml"))
        fits = opened is not None and opened.file.name == package.name
        mine = Project(opened, directory, project.lock, project.root) if opened and fits else None
    # The defaults are those of the project that the command is about, of a single member its own.
    about = mine if alone else project
    defaults = about.opened.file.uv_defaults if about else _DEFAULTS
    sections = {*package.edges, *(mine.opened.file.sections if mine else ())}
    wanted = want(request, sections, defaults)
    if mine is None:
        return Root(package, wanted)
    gathered = declared_in(around, mine, wanted)
    dynamic = any(wanted.takes(each) for each in mine.opened.file.dynamic if each != "extra:*")
    # Problems of a file that uv reads itself do not change what is locked.
    doubts = () if request.frozen or dynamic else gathered.doubts
    return Root(package, wanted, None if dynamic else mine, gathered.declarations, doubts)


def _starts(root: Root, frozen: bool) -> Iterator[Start]:
    declared = {each.name for each in root.declared}
    by = "" if root.wanted.main else root.package.name
    for section, edges in root.package.edges.items():
        if not root.wanted.takes(section):
            continue
        for edge in edges:
            # A lock that is made anew drops what the project no longer declares.
            if frozen or root.project is None or edge.name in declared or edge.name == root.package.name:
                yield Start(edge, by)


def _active(roots: list[Root]) -> set[str]:
    active: set[str] = set()
    for root in roots:
        name = root.package.name
        if root.wanted.main:
            active.add(conflict_item("project", name))
            active |= {conflict_item("extra", name, each) for each in root.wanted.extras}
        active |= {conflict_item("group", name, each) for each in root.wanted.groups}
    return active


def _assemble(
    project: Project, roots: list[Root], reached: Reached, request: ProjectRequest, around: Surroundings
) -> Selection:
    declared: list[Declaration] = []
    skipped: list[Skipped] = []
    doubts = [f"it is not decided whether the marker of {each} holds" for each in reached.undecided]
    for root in roots:
        holding, unmarked, _ = split_markers(root.declared, around.markers, root.wanted.extras)
        declared += holding
        skipped += unmarked
        doubts += root.doubts
        mine = root.project
        if mine is not None:
            skipped += skip_unwanted(mine, root.declared, request, root.wanted, UV)
    left_out = _left_out(project, request)
    itself = [
        Selected(root.package.name, root.package.version, root.package.location, direct=True)
        for root in roots
        if root.wanted.main and root.package.name not in left_out and root.package.name
    ]
    locked = select_locked(reached, declared, left_out)
    known = {each.name for each in (*locked, *itself)} | left_out
    missing = [each for each in declared if each.name not in known]
    lock = project.lock.path if project.lock else LOCK
    if request.frozen:
        skipped += [skip_unlocked(each, lock, "uv sync --frozen", "run `uv lock`") for each in missing]
        missing = []
    doubts += [f"{lock} lacks {each.name} ({each.location}), so uv locks anew" for each in missing]
    doubts += [f"{lock} lacks {each}, which it requires" for each in reached.absent]
    selected = (*itself, *locked, *(select_declared(each) for each in missing))
    return finish(selected, skipped, doubts, request.exact)


def _left_out(project: Project, request: ProjectRequest) -> set[str]:
    left_out = {*request.skip, ""}
    if request.no_project:
        left_out |= {request.package[0]} if len(request.package) == 1 else {project.opened.file.name}
    lock = project.lock
    if lock is not None:
        left_out |= {each.name for each in lock.packages if each.virtual}
        left_out |= set(lock.members) if request.no_workspace else set()
    return left_out
