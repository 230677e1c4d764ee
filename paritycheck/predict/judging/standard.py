"""What an import wants of the standard library that the container's release of it does not have."""

from __future__ import annotations

from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.importing.standardnames import lacking_since
from paritycheck.predict.judging.thirdparty import Outside, Wanted


def judge_standard_name(outside: Outside, module: str, name: str) -> Wanted | None:
    """Say what ``from module import name`` wants of a standard library that does not have the name."""
    release, full = outside.release(), f"{module}.{name}"
    change = lacking_since(full, release) if release else None
    found = outside.view.finder.find(module) if change is not None else None
    if change is None or not isinstance(found, Found) or not _is_standard(found, outside):
        return None
    return Wanted(full, (full,), since=change.since, dropped=change.gone)


def _is_standard(found: Found, outside: Outside) -> bool:
    places = [each.path for each in outside.view.environment.sys_path if each.reason == "stdlib"]
    inside = any(f"/{found.path}".startswith(place + "/") for place in places)
    return not found.path or (inside and outside.owner(found.name) is None)
