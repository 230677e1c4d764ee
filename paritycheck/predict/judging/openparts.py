"""Which parts of a predicted tree may hold distributions, or an interpreter, that nobody listed."""

from __future__ import annotations

import posixpath

from paritycheck.model.snapshot import Brings, Snapshot, Unknown
from paritycheck.predict.judging.views import ContainerView

_MAY_BRING: tuple[Brings, ...] = ("anything", "distributions")


def open_part(container: Snapshot, view: ContainerView) -> Unknown | None:
    """Return the unknown part of the tree that may hold distributions which the interpreter would see.

    It may also hold the interpreter itself, before the one that is found on PATH.
    """
    places = [
        each.path.lstrip("/")
        for each in view.environment.sys_path
        if each.reason in ("site", "user-site", "pythonpath")
    ]
    places += _interpreters_before(container, view)
    for part in container.unknown:
        if part.brings in _MAY_BRING and any(_covers(part.path, place) for place in places):
            return part
    return None


def _interpreters_before(container: Snapshot, view: ContainerView) -> list[str]:
    """Return the paths at which a program is looked for before the interpreter that is found."""
    found = view.environment.interpreter
    program = view.start.executable or "python"
    if "/" in program:
        return [posixpath.normpath(posixpath.join("/", view.start.cwd, program)).lstrip("/")]
    path = (container.config.env.get("PATH") if container.config else "") or ""
    before = path.split(":")
    if found is not None and posixpath.dirname(found.executable) in before:
        before = before[: before.index(posixpath.dirname(found.executable))]
    return [f"{directory}/{program}".lstrip("/") for directory in before]


def _covers(part: str, place: str) -> bool:
    return not part or place == part or place.startswith(part + "/")
