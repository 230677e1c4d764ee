"""``[tool.poetry]`` of pyproject.toml: dependencies, groups, extras.

Source: Poetry's documentation ("The pyproject.toml file", "Managing dependencies", "Dependency
specification"); poetry-core's factory for which of the two tables of dependencies counts.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration
from paritycheck.parse.requirements.declaring import join_markers, normal_marker, normal_names
from paritycheck.parse.requirements.poetryversions import to_specifier
from paritycheck.parse.requirements.projectdraft import ProjectDraft

_ROOT = ("tool", "poetry")
_SOURCE_FIELDS = ("source", "url", "path", "editable")
UNNAMED_EXTRA = "extra:"  # optional, and no extra brings it


def read_poetry(draft: ProjectDraft) -> None:
    """Read ``[tool.poetry]``."""
    table = draft.document.table(*_ROOT)
    if not table:
        return
    draft.name_project(table.get("name"), table.get("version"))
    _read_python(draft)
    _read_main(draft)
    _read_groups(draft)
    draft.defaults = tuple(each for each in draft.groups if each not in draft.optional)
    sources = table.get("source")
    for source in sources if isinstance(sources, list) else ():
        # An explicit source serves only the packages that name it.
        if (
            isinstance(source, dict)
            and isinstance(source.get("url"), str)
            and source.get("priority") != "explicit"
        ):
            draft.index_options.append(f"--extra-index-url {source['url']}")


def _read_python(draft: ProjectDraft) -> None:
    constraint = draft.document.table(*_ROOT, "dependencies").get("python")
    if isinstance(constraint, str) and not draft.python:
        draft.python = to_specifier(constraint)
        draft.python_location = draft.document.at(*_ROOT, "dependencies", "python")


def _read_main(draft: ProjectDraft) -> None:
    """Read the dependencies: they count where ``[project]`` has none of its own, else only their sources."""
    project = draft.document.table("project")
    declared = list(_declarations(draft, (*_ROOT, "dependencies"), ""))
    dynamic = project.get("dynamic")
    mixed = isinstance(dynamic, list) and not {"dependencies", "optional-dependencies"}.isdisjoint(
        map(str, dynamic)
    )
    if (project.get("dependencies") or project.get("optional-dependencies")) and not mixed:
        taken = [each for each, _ in declared if each.source != "index"]
        draft.rewrite(
            {each.name: {field: getattr(each, field) for field in _SOURCE_FIELDS} for each in taken}
        )
        return
    if declared and "" in draft.dynamic:
        draft.dynamic.remove("")
    extras = {
        draft.section("extra", extra): normal_names(names)
        for extra, names in draft.document.table(*_ROOT, "extras").items()
    }
    for each, optional in declared:
        bringing = [section for section, names in extras.items() if each.name in names]
        sections = (bringing or [UNNAMED_EXTRA]) if optional else [""]
        draft.declarations += [msgspec.structs.replace(each, section=section) for section in sections]


def _read_groups(draft: ProjectDraft) -> None:
    groups = draft.document.table(*_ROOT, "group")
    for name, group in groups.items():
        if not isinstance(group, dict):
            continue
        section = draft.section("group", name)
        normal = section.partition(":")[2]
        draft.groups.setdefault(normal)
        if group.get("optional") is True:
            draft.optional.append(normal)
        path = (*_ROOT, "group", name)
        for each, optional in _declarations(draft, (*path, "dependencies"), section):
            # Extras know nothing of groups: what is optional in one is never installed.
            taken = msgspec.structs.replace(each, section=UNNAMED_EXTRA) if optional else each
            draft.declarations.append(taken)
        included = group.get("include-groups")
        for index, other in enumerate(included if isinstance(included, list) else ()):
            if isinstance(other, str):
                place = draft.document.at(*path, "include-groups", index)
                draft.include(draft.section("group", other), place, section)
    legacy = [each for each, _ in _declarations(draft, (*_ROOT, "dev-dependencies"), "group:dev")]
    if legacy:
        draft.groups.setdefault("dev")
        draft.declarations += legacy


def _declarations(
    draft: ProjectDraft, path: tuple[str, ...], section: str
) -> Iterator[tuple[Declaration, bool]]:
    """Yield the declarations of a table, and whether each is optional."""
    for name, given in draft.document.table(*path).items():
        if name.lower() == "python":
            continue
        several = isinstance(given, list)
        for index, each in enumerate(given if several else [given]):
            location = draft.document.at(*path, name, *([index] if several else []))
            declared = read_dependency(name, each, location, section)
            if declared is None:
                draft.problems.append((f"not a dependency of Poetry: {name}", location))
            else:
                yield declared, isinstance(each, dict) and each.get("optional") is True


def read_dependency(name: str, given: object, location: Location, section: str) -> Declaration | None:
    """Read one dependency as Poetry and its lock file write it: a constraint or a table; else ``None``."""
    declared = Declaration(canonicalize_name(name), location, section)
    if isinstance(given, str):
        return msgspec.structs.replace(declared, specifier=to_specifier(given))
    if not isinstance(given, dict):
        return None
    python = given.get("python")
    version = given.get("version")
    declared = msgspec.structs.replace(
        declared,
        specifier=to_specifier(version) if isinstance(version, str) else "",
        extras=normal_names(given.get("extras")),
        marker=join_markers(
            normal_marker(given.get("markers")),
            _python_marker(to_specifier(python)) if isinstance(python, str) else "",
        ),
        editable=given.get("develop") is True,
    )
    match given:
        case {"git": str(url)}:
            return msgspec.structs.replace(declared, source="git", url=f"git+{url}")
        case {"path": str(path)} | {"file": str(path)}:
            return msgspec.structs.replace(declared, source="path", path=path)
        case {"url": str(url)}:
            return msgspec.structs.replace(declared, source="url", url=url)
        case _:
            return declared


def _python_marker(specifier: str) -> str:
    parts = sorted(part.strip() for part in specifier.split(",") if part.strip())
    clauses = []
    for part in parts:
        version = part.lstrip("<>=!~")
        key = "python_full_version" if version.count(".") > 1 and "*" not in version else "python_version"
        operator = part[: len(part) - len(version)]
        clauses.append(f'{key} {operator} "{version.removesuffix(".*")}"')
    return " and ".join(clauses)
