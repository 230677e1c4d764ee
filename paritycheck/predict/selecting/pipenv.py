"""What ``pipenv install`` and ``pipenv sync`` select: the default packages, with ``--dev`` more.

Source: Pipenv's documentation (commands, "Specifying Package Categories"): the lock lists a closure for
each category.
"""

from __future__ import annotations

import msgspec

from paritycheck.predict.selecting.grouped import reach_groups, select_grouped
from paritycheck.predict.selecting.project import find_project, select_unlocked, without_project
from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selection
from paritycheck.predict.selecting.wanted import PIPENV, want

LOCK = "Pipfile.lock"
# The names in the Pipfile and in the lock, for one thing each.
_CATEGORIES = {"develop": "dev", "dev-packages": "dev", "packages": "default"}


def select_pipenv(request: ProjectRequest, around: Surroundings) -> Selection:
    """Return what ``pipenv install`` or ``pipenv sync`` brings; ``--dev`` is the group ``dev``."""
    project = find_project(around, request.directory, LOCK, "Pipfile")
    if project is None:
        return without_project(request, "Pipfile")
    request = msgspec.structs.replace(
        request,
        groups=tuple(_CATEGORIES.get(each, each) for each in request.groups),
        only=tuple(_CATEGORIES.get(each, each) for each in request.only),
        no_project=True,
    )
    wanted = want(request, project.opened.file.sections, (), main="default")
    if project.lock is None or not project.lock.packages:
        why = f"{LOCK} does not lock it, so Pipenv resolves anew"
        return select_unlocked(project, request, around, wanted, PIPENV, why)
    groups = {"develop" if each == "dev" else each for each in wanted.groups}
    groups |= {"default"} if wanted.main else set()
    reach = reach_groups(project.lock, groups, wanted, around)
    return select_grouped(project, project.lock, request, around, wanted, PIPENV, reach, request.frozen)
