"""``Pipfile.lock``: the packages of each category.

Source: Pipenv's documentation ("Pipfile & Pipfile.lock"); the file records no edges between packages.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.requirement import Lock, LockedPackage, SourceKind
from paritycheck.parse.requirements.declaring import normal_marker, url_kind, url_path
from paritycheck.parse.requirements.jsonlines import find_keys
from paritycheck.parse.requirements.sourcelines import SourceLines


def read_pipfile_lock(path: str, text: str) -> Lock:
    """Read a Pipfile.lock; a broken one says its problem and has no packages."""
    source = SourceLines(path, text)
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        return Lock(path, "pipenv", problems=((f"not JSON: {error}", source.at(line)),))
    if not isinstance(document, dict):
        return Lock(path, "pipenv", problems=(("not an object", source.at(1)),))
    lines = find_keys(text, depth=2)
    packages: dict[tuple[str, str, str], LockedPackage] = {}
    for category, listed in document.items():
        for name, given in listed.items() if category != "_meta" and isinstance(listed, dict) else ():
            if not isinstance(given, dict):
                continue
            version = str(given.get("version", "")).lstrip("=")
            key = (canonicalize_name(name), version, normal_marker(given.get("markers")))
            known = packages.get(key)
            groups = (*(known.groups if known else ()), category)
            if known:
                packages[key] = msgspec.structs.replace(known, groups=groups)
                continue
            kind, place = _source(given)
            location = source.at(lines.get((category, name), 0))
            packages[key] = LockedPackage(
                key[0], version, location, marker=key[2], groups=groups, source=kind, path=place
            )
    python, content_hash = _meta(document)
    return Lock(path, "pipenv", tuple(packages.values()), python=python, content_hash=content_hash)


def _meta(document: Mapping[str, Any]) -> tuple[str, str]:
    match document.get("_meta"):
        case {"requires": {"python_full_version": str(version)}}:
            python = f"=={version}"
        case {"requires": {"python_version": str(version)}}:
            python = f"=={version}.*"
        case _:
            python = ""
    match document.get("_meta"):
        case {"hash": {"sha256": str(digest)}}:
            return python, digest
        case _:
            return python, ""


def _source(given: Mapping[str, Any]) -> tuple[SourceKind, str]:
    if "git" in given:
        return "git", ""
    place = given.get("path", given.get("file"))
    if not isinstance(place, str):
        return "index", ""
    kind = url_kind(place)
    return kind, url_path(place) if kind == "path" else ""
