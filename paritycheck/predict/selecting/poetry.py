"""What ``poetry install`` selects: the project's own dependencies and every group that is not optional.

Sources: Poetry ``console/commands/group_command.py``, ``installation/installer.py``,
``puzzle/transaction.py`` (locks from version 2.1 on say groups and markers of each package; with an older
lock Poetry resolves among the locked packages, which here is reachability), ``utils/extras.py``.
"""

from __future__ import annotations

from paritycheck.predict.selecting.grouped import reach_edges, reach_groups, select_grouped
from paritycheck.predict.selecting.project import find_project, select_unlocked, without_project
from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selection
from paritycheck.predict.selecting.wanted import POETRY, want

LOCK = "poetry.lock"


def select_poetry(request: ProjectRequest, around: Surroundings) -> Selection:
    """Return what ``poetry install`` or ``poetry sync`` with these options brings."""
    project = find_project(around, request.directory, LOCK)
    if project is None:
        return without_project(request)
    file = project.opened.file
    wanted = want(request, file.sections, file.defaults, main="main")
    if project.lock is None or not project.lock.packages:
        return select_unlocked(
            project, request, around, wanted, POETRY, f"{LOCK} does not lock it, so Poetry resolves anew"
        )
    # From version 2.1 on every package says its groups.
    if any(package.groups for package in project.lock.packages):
        groups = {*wanted.groups, *(["main"] if wanted.main else [])}
        reach = reach_groups(project.lock, groups, wanted, around)
    else:
        reach = reach_edges(project.lock, around)
    return select_grouped(project, project.lock, request, around, wanted, POETRY, reach, refuses=True)
