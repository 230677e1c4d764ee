"""``uv.lock``: packages, what each pulls in, forks, workspace members.

Source: uv, ``crates/uv-resolver/src/lock`` (the format, version 1 and its revisions).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Lock, LockEdge, LockedPackage, SourceKind
from paritycheck.parse.requirements.declaring import any_marker, file_name, normal_marker, normal_names
from paritycheck.parse.requirements.tomllines import read_toml


def read_uv_lock(path: str, text: str) -> Lock:
    """Read a uv.lock; a broken one says its problem and has no packages.

    A workspace root that is no project has its groups in the manifest: they become the edges of a
    package without a name.
    """
    document = read_toml(path, text)
    manifest = document.table("manifest")
    members = normal_names(manifest.get("members"))
    packages: list[LockedPackage] = []
    listed = document.values.get("package")
    for index, entry in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(entry, dict) and isinstance(entry.get("name"), str):
            packages.append(_package(entry, document.at("package", index), members))
    groups = document.table("manifest", "dependency-groups")
    if groups:
        edges = {f"group:{canonicalize_name(name)}": _edges(given) for name, given in groups.items()}
        place = document.at("manifest", "dependency-groups")
        packages.append(LockedPackage("", "", place, edges, source="project", path="."))
    python = document.values.get("requires-python")
    return Lock(
        path,
        "uv",
        tuple(packages),
        python=python if isinstance(python, str) else "",
        members=members or tuple(each.name for each in packages if each.source == "project" and each.name),
        problems=document.problems,
    )


def _package(entry: Mapping[str, Any], location: Location, members: tuple[str, ...]) -> LockedPackage:
    name = canonicalize_name(entry["name"])
    given = entry.get("source")
    source, path = _source(given, name in members)
    edges = {"": _edges(entry.get("dependencies"))}
    for key, kind in (("optional-dependencies", "extra"), ("dev-dependencies", "group")):
        sections = entry.get(key)
        if isinstance(sections, dict):
            edges |= {f"{kind}:{canonicalize_name(each)}": _edges(given) for each, given in sections.items()}
    forks = entry.get("resolution-markers")
    wheels = entry.get("wheels")
    return LockedPackage(
        name,
        str(entry.get("version", "")),
        location,
        {section: given for section, given in edges.items() if section or given},
        marker=any_marker([normal_marker(each) for each in forks]) if isinstance(forks, list) else "",
        source=source,
        path=path,
        virtual=isinstance(given, dict) and "virtual" in given,
        wheels=tuple(_file(each) for each in wheels if isinstance(each, dict))
        if isinstance(wheels, list)
        else (),
    )


def _source(given: object, member: bool) -> tuple[SourceKind, str]:
    match given:
        case {"editable": str(path)} | {"virtual": str(path)} | {"directory": str(path)}:
            return ("project" if member or path == "." else "path"), path
        case {"path": str(path)}:
            return "path", path
        case {"git": _}:
            return "git", ""
        case {"url": _}:
            return "url", ""
        case _:
            return "index", ""


def _edges(given: object) -> tuple[LockEdge, ...]:
    return tuple(
        LockEdge(
            canonicalize_name(each["name"]),
            normal_marker(each.get("marker")),
            normal_names(each.get("extra", each.get("extras"))),
            str(each.get("version", "")),
        )
        for each in (given if isinstance(given, list) else ())
        if isinstance(each, dict) and isinstance(each.get("name"), str)
    )


def _file(wheel: Mapping[str, Any]) -> str:
    return str(wheel.get("filename") or file_name(str(wheel.get("url") or wheel.get("path") or "")))
