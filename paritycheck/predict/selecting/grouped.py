"""Selections from locks that list packages by group, or without: what poetry, pdm and pipenv share.

Sources: see these three.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from paritycheck.model.requirement import Declaration, Lock, LockEdge
from paritycheck.predict.selecting.assembling import (
    finish,
    select_declared,
    select_locked,
    skip_unlocked,
    split_markers,
)
from paritycheck.predict.selecting.locked import Reached, Start, pick_groups, walk
from paritycheck.predict.selecting.project import Project, declared_in, select_itself, skip_unwanted
from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selection
from paritycheck.predict.selecting.wanted import Dialect, Wanted

# From the declarations that are asked for, and whose markers hold, to packages of the lock.
Reach = Callable[[Sequence[Declaration]], Reached]


def select_grouped(
    project: Project,
    lock: Lock,
    request: ProjectRequest,
    around: Surroundings,
    wanted: Wanted,
    dialect: Dialect,
    reach: Reach,
    refuses: bool = False,
) -> Selection:
    """Return what ``reach`` finds in the lock for what is declared and asked for.

    What is declared and not locked is never installed by a tool that ``refuses`` it; others lock anew, and
    the selection stays open.
    """
    gathered = declared_in(around, project, wanted)
    holding, skipped, _ = split_markers(gathered.declarations, around.markers, wanted.extras)
    reached = reach(holding)
    itself = select_itself(project, request) if wanted.main else ()
    own = project.opened.file.name
    locked = select_locked(reached, holding, {*request.skip, own})
    known = {each.name for each in locked} | {*request.skip, own}
    missing = [each for each in holding if each.name not in known and each.name]
    unlocked = [
        skip_unlocked(each, lock.path, dialect.command, "lock the project anew")
        for each in missing
        if refuses
    ]
    return finish(
        (*itself, *locked, *(select_declared(each) for each in missing if not refuses)),
        (*skip_unwanted(project, gathered.declarations, request, wanted, dialect), *skipped, *unlocked),
        (*gathered.doubts, *_doubts(reached, missing, lock, refuses)),
        request.exact,
    )


def reach_groups(lock: Lock, groups: Collection[str], wanted: Wanted, around: Surroundings) -> Reach:
    """Return the reach of ``groups`` in a lock that says of its packages what they are for."""
    return lambda _: pick_groups(lock, groups, wanted.extras, around.markers)


def reach_edges(lock: Lock, around: Surroundings) -> Reach:
    """Return the reach of declarations in a lock that says no more than what requires what."""
    return lambda declared: walk(lock, starts_from(declared), around.markers)


def starts_from(declarations: Sequence[Declaration]) -> tuple[Start, ...]:
    """Return the edges of the project itself; their markers hold."""
    return tuple(
        Start(LockEdge(each.name, extras=each.extras, version=each.specifier))
        for each in declarations
        if each.name
    )


def _doubts(reached: Reached, missing: Sequence[Declaration], lock: Lock, refuses: bool) -> list[str]:
    doubts = [f"it is not decided whether the marker of {each} holds" for each in reached.undecided]
    if not refuses:
        doubts += [f"{each.location}: {lock.path} lacks {each.name}" for each in missing]
    declared = {each.name for each in missing}
    doubts += [
        f"{lock.path} lacks {each}, which it requires" for each in reached.absent if each not in declared
    ]
    return doubts
