"""``Pipfile``: packages and packages for development.

Source: Pipenv's documentation ("Pipfile & Pipfile.lock", "Specifiers").
"""

from __future__ import annotations

import msgspec
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration, DependencyFile
from paritycheck.parse.requirements.declaring import at_url, join_markers, normal_marker, normal_names
from paritycheck.parse.requirements.projectdraft import ProjectDraft
from paritycheck.parse.requirements.tomllines import read_toml

_SECTIONS = {"packages": "", "dev-packages": "group:dev"}
_SETTINGS = frozenset({"source", "requires", "scripts", "pipenv"})
_MARKERS = (
    "os_name",
    "sys_platform",
    "platform_machine",
    "platform_python_implementation",
    "platform_release",
    "platform_system",
    "platform_version",
    "python_version",
    "python_full_version",
    "implementation_name",
    "implementation_version",
)


def read_pipfile(path: str, text: str) -> DependencyFile:
    """Read a Pipfile. ``[dev-packages]`` is the group ``dev``, any further category a group of its name."""
    draft = ProjectDraft(path, read_toml(path, text))
    document = draft.document
    for category in document.values:
        section = _SECTIONS.get(category, draft.section("group", category))
        for name, given in document.table(category).items() if category not in _SETTINGS else ():
            location = document.at(category, name)
            declared = _declaration(name, given, location, section)
            if declared is None:
                draft.problems.append((f"not a dependency of Pipenv: {name}", location))
            else:
                draft.declarations.append(declared)
    for key, pattern in (("python_full_version", "=={}"), ("python_version", "=={}.*")):
        version = document.table("requires").get(key)
        if isinstance(version, str) and not draft.python:
            draft.python = pattern.format(version)
            draft.python_location = document.at("requires", key)
    sources = document.values.get("source")
    for index, source in enumerate(sources if isinstance(sources, list) else ()):
        if isinstance(source, dict) and isinstance(source.get("url"), str):
            # The first is the index; pip takes the others beside it.
            draft.index_options.append(f"{'--extra-index-url' if index else '--index-url'} {source['url']}")
    return draft.finish()


def _declaration(name: str, given: object, location: Location, section: str) -> Declaration | None:
    if isinstance(given, str):
        given = {"version": given}
    if not isinstance(given, dict):
        return None
    markers = [f"{key} {given[key]}" for key in _MARKERS if isinstance(given.get(key), str)]
    declared = Declaration(
        canonicalize_name(name),
        location,
        section,
        specifier=version_specifier(given.get("version")),
        extras=normal_names(given.get("extras")),
        marker=join_markers(normal_marker(given.get("markers")), *map(normal_marker, markers)),
        editable=given.get("editable") is True,
    )
    match given:
        case {"git": str(url)}:
            return msgspec.structs.replace(declared, source="git", url=f"git+{url}")
        case {"hg": str(url)} | {"svn": str(url)}:
            return msgspec.structs.replace(declared, source="git", url=url)
        case {"path": str(url)} | {"file": str(url)}:
            return at_url(declared, url)
        case _:
            return declared


def version_specifier(version: object) -> str:
    """Return Pipenv's version (``*``, ``==1.0``) as a specifier; ``""`` for any, and for nonsense."""
    if not isinstance(version, str) or version.strip() == "*":
        return ""
    try:
        return str(SpecifierSet(version))
    except ValueError:
        return ""
