"""``pdm.lock``: packages, groups, markers; a package with extras is an entry of its own.

Source: PDM, ``pdm/formats`` and ``pdm/models/repositories`` (the lock file, versions 4.x).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Lock, LockEdge, LockedPackage, SourceKind
from paritycheck.parse.requirements.declaring import (
    declare,
    file_name,
    join_markers,
    normal_marker,
    normal_names,
    url_path,
)
from paritycheck.parse.requirements.tomllines import read_toml


def read_pdm_lock(path: str, text: str) -> Lock:
    """Read a pdm.lock; a broken one says its problem and has no packages."""
    document = read_toml(path, text)
    packages: dict[tuple[str, str, str], LockedPackage] = {}
    listed = document.values.get("package")
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            read = _package(entry, document.at("package", index))
            key = (read.name, read.version, read.path)
            packages[key] = _merge(packages[key], read) if key in packages else read
    metadata = document.table("metadata")
    targets = metadata.get("targets")
    pythons = [
        str(each.get("requires_python", ""))
        for each in (targets if isinstance(targets, list) else ())
        if isinstance(each, dict)
    ]
    return Lock(
        path,
        "pdm",
        tuple(packages.values()),
        python=pythons[0] if len(pythons) == 1 else "",
        content_hash=str(metadata.get("content_hash", "")),
        problems=document.problems,
    )


def _package(entry: Mapping[str, Any], location: Location) -> LockedPackage:
    name = canonicalize_name(entry["name"])
    extras = normal_names(entry.get("extras"))
    edges = _edges(entry.get("dependencies"), location)
    # An entry with extras also lists the package itself, which it is part of here.
    edges = tuple(edge for edge in edges if not extras or edge.name != name)
    source, path = _source(entry)
    files = entry.get("files")
    return LockedPackage(
        name,
        str(entry.get("version", "")),
        location,
        {f"extra:{extra}": edges for extra in extras} if extras else {"": edges} if edges else {},
        marker=normal_marker(entry.get("marker")),
        groups=normal_names(entry.get("groups")),
        source=source,
        path=path,
        wheels=tuple(
            file_name(str(each.get("file") or each.get("url")))
            for each in (files if isinstance(files, list) else ())
            if isinstance(each, dict) and str(each.get("file") or each.get("url")).endswith(".whl")
        ),
    )


def _merge(known: LockedPackage, more: LockedPackage) -> LockedPackage:
    """Join two entries of one release: wherever one of them is installed, the release is."""
    either = known.marker and more.marker and known.marker != more.marker
    marker = f"({known.marker}) or ({more.marker})" if either else known.marker and more.marker
    return msgspec.structs.replace(
        known,
        edges={**known.edges, **more.edges},
        marker=marker,
        groups=tuple(sorted({*known.groups, *more.groups})),
    )


def _source(entry: Mapping[str, Any]) -> tuple[SourceKind, str]:
    match entry:
        case {"git": _} | {"hg": _} | {"svn": _}:
            return "git", ""
        case {"path": str(path)}:
            return "path", url_path(path)
        case {"url": str(url)} if url.lower().startswith("file:"):
            return "path", url_path(url)
        case {"url": _}:
            return "url", ""
        case _:
            return "index", ""


def _edges(given: object, location: Location) -> tuple[LockEdge, ...]:
    edges = []
    for text in given if isinstance(given, list) else ():
        declared = declare(text, location) if isinstance(text, str) else None
        if declared is not None:
            pinned = declared.specifier.removeprefix("==") if declared.specifier.startswith("==") else ""
            version = pinned if "," not in pinned and "*" not in pinned else ""
            edges.append(LockEdge(declared.name, join_markers(declared.marker), declared.extras, version))
    return tuple(edges)
