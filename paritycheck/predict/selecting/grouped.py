"""Selections from locks that list packages by group, or without: what poetry, pdm and pipenv share.

Sources: see these three.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

from paritycheck.model.requirement import Declaration, Lock, LockEdge
from paritycheck.predict.selecting.assembling import finish, select_declared, select_locked, split_markers
from paritycheck.predict.selecting.locked import Reached, Start, pick_groups, walk
from paritycheck.predict.selecting.project import Project, declared_in, select_itself, skip_unwanted
from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selection
from paritycheck.predict.selecting.wanted import Dialect, Wanted


def select_grouped(
    project: Project,
    lock: Lock,
    request: ProjectRequest,
    around: Surroundings,
    wanted: Wanted,
    dialect: Dialect,
    groups: Collection[str] | None = None,
) -> Selection:
    """Return what is locked for ``groups`` (the lock's names); without them, what the declarations reach.

    What is declared and not locked makes the tool refuse or resolve anew: the selection stays open.
    """
    gathered = declared_in(around, project, wanted)
    holding, skipped, _ = split_markers(gathered.declarations, around.markers, wanted.extras)
    reached = (
        pick_groups(lock, groups, wanted.extras, around.markers)
        if groups is not None
        else walk(lock, starts_from(holding), around.markers)
    )
    itself = select_itself(project, request) if wanted.main else ()
    own = project.opened.file.name
    locked = select_locked(reached, holding, {*request.skip, own})
    known = {each.name for each in locked} | {*request.skip, own}
    missing = [each for each in holding if each.name not in known and each.name]
    return finish(
        (*itself, *locked, *(select_declared(each) for each in missing)),
        (*skip_unwanted(project, gathered.declarations, request, wanted, dialect), *skipped),
        (*gathered.doubts, *_doubts(reached, missing, lock)),
        request.exact,
    )


def starts_from(declarations: Sequence[Declaration]) -> tuple[Start, ...]:
    """Return the edges of the project itself; their markers hold."""
    return tuple(
        Start(LockEdge(each.name, extras=each.extras, version=each.specifier))
        for each in declarations
        if each.name
    )


def _doubts(reached: Reached, missing: Sequence[Declaration], lock: Lock) -> list[str]:
    doubts = [f"it is not decided whether the marker of {each} holds" for each in reached.undecided]
    doubts += [f"{each.location}: {lock.path} lacks {each.name}" for each in missing]
    declared = {each.name for each in missing}
    doubts += [
        f"{lock.path} lacks {each}, which it requires" for each in reached.absent if each not in declared
    ]
    return doubts
