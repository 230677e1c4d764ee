"""``poetry.lock``: packages, what each pulls in, groups and markers where the lock records them.

Source: Poetry, ``packages/locker.py`` (lock versions 1.0 to 2.1). Up to 1.x a package has a category, in 2.0
neither category nor group, from 2.1 groups and markers. A category is no group: it names the first of the two
(``main``, ``dev``) that reaches the package on any platform, so it is not kept.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Lock, LockEdge, LockedPackage, SourceKind
from paritycheck.parse.requirements.declaring import file_name, normal_marker, normal_names
from paritycheck.parse.requirements.poetryproject import UNNAMED_EXTRA, read_dependency
from paritycheck.parse.requirements.poetryversions import to_specifier
from paritycheck.parse.requirements.tomllines import read_toml

_NAME = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_EXTRA = re.compile(r"""\s*extra\s*==\s*(?:"[^"]*"|'[^']*')\s*""")
_SOURCES: Mapping[str, SourceKind] = {"git": "git", "url": "url", "file": "path", "directory": "path"}


def read_poetry_lock(path: str, text: str) -> Lock:
    """Read a poetry.lock; a broken one says its problem and has no packages."""
    document = read_toml(path, text)
    files = document.table("metadata", "files")
    packages: list[LockedPackage] = []
    listed = document.values.get("package")
    entries = [
        (index, entry)
        for index, entry in enumerate(listed if isinstance(listed, list) else ())
        if isinstance(entry, dict) and isinstance(entry.get("name"), str)
    ]
    counts = Counter(canonicalize_name(entry["name"]) for _, entry in entries)
    several = {name for name, count in counts.items() if count > 1}
    for index, entry in entries:
        packages.append(_package(entry, document.at("package", index), files, several))
    metadata = document.table("metadata")
    return Lock(
        path,
        "poetry",
        tuple(packages),
        python=to_specifier(str(metadata.get("python-versions", ""))),
        extras={
            canonicalize_name(extra): normal_names(names) for extra, names in document.table("extras").items()
        },
        content_hash=str(metadata.get("content-hash", "")),
        problems=document.problems,
    )


def _package(
    entry: Mapping[str, Any], location: Location, files: Mapping[str, Any], several: Collection[str]
) -> LockedPackage:
    source = entry.get("source")
    source = source if isinstance(source, dict) else {}
    kind = _SOURCES.get(str(source.get("type")), "index")
    markers = entry.get("markers", entry.get("marker"))
    listed = entry.get("files", files.get(entry["name"]))
    return LockedPackage(
        canonicalize_name(entry["name"]),
        str(entry.get("version", "")),
        location,
        _edges(entry, location, several),
        marker=normal_marker(markers),
        group_markers={canonicalize_name(group): normal_marker(each) for group, each in markers.items()}
        if isinstance(markers, dict)
        else {},
        groups=normal_names(entry.get("groups")),
        optional=entry.get("optional") is True,
        source=kind,
        path=str(source.get("url", "")) if kind == "path" else "",
        wheels=_wheels(listed),
    )


def _wheels(listed: object) -> tuple[str, ...]:
    names = (
        [str(each.get("file", "")) for each in listed if isinstance(each, dict)]
        if isinstance(listed, list)
        else []
    )
    return tuple(file_name(name) for name in names if name.endswith(".whl"))


def _edges(
    entry: Mapping[str, Any], location: Location, several: Collection[str]
) -> dict[str, tuple[LockEdge, ...]]:
    dependencies = entry.get("dependencies")
    extras = entry.get("extras")
    bringing: dict[str, list[str]] = {}
    for extra, names in extras.items() if isinstance(extras, dict) else ():
        for each in names if isinstance(names, list) else ():
            match = _NAME.match(str(each))
            if match:
                bringing.setdefault(canonicalize_name(match[1]), []).append(
                    f"extra:{canonicalize_name(extra)}"
                )
    edges: dict[str, list[LockEdge]] = {}
    for name, given in dependencies.items() if isinstance(dependencies, dict) else ():
        for each in given if isinstance(given, list) else [given]:
            declared = read_dependency(name, each, location, "")
            if declared is None:
                continue
            optional = isinstance(each, dict) and each.get("optional") is True
            sections = bringing.get(declared.name, [UNNAMED_EXTRA]) if optional else [""]
            for section in sections:
                marker = without_extra(declared.marker) if section else declared.marker
                version = declared.specifier if declared.name in several else ""
                edges.setdefault(section, []).append(
                    LockEdge(declared.name, marker, declared.extras, version)
                )
    return {section: tuple(given) for section, given in edges.items()}


def without_extra(marker: str) -> str:
    """Return a marker without its clause on the extra, which the section says already."""
    clauses = marker.split(" and ")
    return (
        " and ".join(each for each in clauses if not _EXTRA.fullmatch(each))
        if " or " not in marker
        else marker
    )
