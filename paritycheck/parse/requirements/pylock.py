"""``pylock.toml``: packages with the markers that decide on them.

Source: PyPA "pylock.toml Specification" (PEP 751). Its markers may ask for ``extras``
and ``dependency_groups``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Lock, LockEdge, LockedPackage, SourceKind
from paritycheck.parse.requirements.declaring import file_name, normal_marker, normal_names
from paritycheck.parse.requirements.tomllines import read_toml


def read_pylock(path: str, text: str) -> Lock:
    """Read a pylock.toml; a broken one says its problem and has no packages."""
    document = read_toml(path, text)
    listed = document.values.get("packages")
    python = document.values.get("requires-python")
    return Lock(
        path,
        "pylock",
        tuple(
            _package(entry, document.at("packages", index))
            for index, entry in enumerate(listed if isinstance(listed, list) else ())
            if isinstance(entry, dict) and isinstance(entry.get("name"), str)
        ),
        python=python if isinstance(python, str) else "",
        extras=dict.fromkeys(normal_names(document.values.get("extras")), ()),
        defaults=normal_names(document.values.get("default-groups")),
        problems=document.problems,
    )


def _package(entry: Mapping[str, Any], location: Location) -> LockedPackage:
    listed = entry.get("dependencies")
    edges = tuple(
        LockEdge(canonicalize_name(each["name"]), version=str(each.get("version", "")))
        for each in (listed if isinstance(listed, list) else ())
        if isinstance(each, dict) and isinstance(each.get("name"), str)
    )
    source, path = _source(entry)
    wheels = entry.get("wheels")
    return LockedPackage(
        canonicalize_name(entry["name"]),
        str(entry.get("version", "")),
        location,
        {"": edges} if edges else {},
        marker=normal_marker(entry.get("marker")),
        source=source,
        path=path,
        wheels=tuple(
            str(each.get("name") or file_name(str(each.get("path") or each.get("url", ""))))
            for each in (wheels if isinstance(wheels, list) else ())
            if isinstance(each, dict)
        ),
    )


def _source(entry: Mapping[str, Any]) -> tuple[SourceKind, str]:
    match entry:
        case {"directory": {"path": str(path)}} | {"archive": {"path": str(path)}}:
            return "path", path
        case {"vcs": _}:
            return "git", ""
        case {"archive": _}:
            return "url", ""
        case _:
            return "index", ""
