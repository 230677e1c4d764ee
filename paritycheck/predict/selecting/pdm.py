"""What ``pdm install`` and ``pdm sync`` select: all that is locked, unless groups are named or left out.

Sources: PDM ``cli/filters.py`` (``GroupSelection``: a bare command takes the groups of the lock file,
extras among them; ``-G`` adds, development groups stay unless ``--prod``), ``models/repositories/lock.py``.
"""

from __future__ import annotations

from paritycheck.model.requirement import DependencyFile, Lock
from paritycheck.predict.selecting.grouped import reach_edges, reach_groups, select_grouped
from paritycheck.predict.selecting.project import find_project, select_unlocked, without_project
from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selection
from paritycheck.predict.selecting.wanted import PDM, Wanted, names_of

LOCK = "pdm.lock"


def select_pdm(request: ProjectRequest, around: Surroundings) -> Selection:
    """Return what ``pdm install`` or ``pdm sync`` with these options brings.

    ``no_defaults`` is ``--prod``, ``without`` the group ``default`` is ``--no-default``, ``all_groups`` is
    ``-G :all``.
    """
    project = find_project(around, request.directory, LOCK)
    if project is None:
        return without_project(request)
    lock = project.lock
    wanted = _want(request, project.opened.file, lock)
    if lock is None or not lock.packages:
        why = f"{LOCK} does not lock it, so pdm resolves anew"
        return select_unlocked(project, request, around, wanted, PDM, why)
    says_groups = any(package.groups for package in lock.packages)
    groups = {*wanted.groups, *wanted.extras, *(["default"] if wanted.main else [])}
    reach = reach_groups(lock, groups, wanted, around) if says_groups else reach_edges(lock, around)
    return select_grouped(project, lock, request, around, wanted, PDM, reach, request.frozen)


def _want(request: ProjectRequest, file: DependencyFile, lock: Lock | None) -> Wanted:
    extras = set(names_of(file.sections, "extra"))
    development = set(file.defaults) | set(names_of(file.sections, "group"))
    named = {*request.groups, *request.extras, *request.only}
    chosen_all = request.all_groups or request.all_extras
    if request.only:
        return Wanted("default" in named, frozenset(named & extras), frozenset(named & development))
    without = set(request.without)
    if not (named or without or chosen_all or request.no_defaults):
        locked = {group for package in lock.packages for group in package.groups} if lock else set()
        if locked:
            return Wanted("default" in locked, frozenset(locked & extras), frozenset(locked & development))
    if chosen_all or (without and not named and not request.no_defaults):
        named |= extras
    if not request.no_defaults and not named & development:
        named |= development
    return Wanted(
        "default" not in without,
        frozenset((named & extras) - without),
        frozenset((named & development) - without),
    )
