"""Which extras and groups of a project a command asks for, and what it leaves out.

Sources: uv ``DependencyGroups::from_history``, Poetry ``GroupCommand.activated_groups``, pdm
``GroupSelection``, Pipenv ``install --dev``/``--categories``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import msgspec

from paritycheck.model.requirement import Declaration, DependencyFile
from paritycheck.predict.selecting.request import ProjectRequest
from paritycheck.predict.selecting.selection import Skipped


class Dialect(msgspec.Struct, frozen=True):
    """How a tool spells what it selects; ``main`` is what it calls the project's own dependencies."""

    command: str
    extra: str
    group: str
    only: str
    without: str
    main: str = ""
    all_extras: str = "--all-extras"
    all_groups: str = "--all-groups"
    no_defaults: str = "--no-default-groups"


UV = Dialect("uv sync", "--extra", "--group", "--only-group", "--no-group")
POETRY = Dialect("poetry install", "--extras", "--with", "--only", "--without", "main")
PDM = Dialect("pdm install", "-G", "-G", "-G", "--without", "default", no_defaults="--prod")
PIPENV = Dialect("pipenv install", "--categories", "--categories", "--categories", "", "default")


class Wanted(msgspec.Struct, frozen=True):
    """What is asked for: ``main`` the project's own dependencies, the names of extras and of groups."""

    main: bool = True
    extras: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()

    def takes(self, section: str) -> bool:
        """Tell whether the section is asked for."""
        kind, _, name = section.partition(":")
        if kind == "extra":
            return self.main and name in self.extras
        return name in self.groups if kind == "group" else self.main


def names_of(sections: Iterable[str], kind: str) -> tuple[str, ...]:
    """Return the names of the extras or groups among sections."""
    start = f"{kind}:"
    # A bare `extra:` holds what is optional without an extra that brings it.
    return tuple(each.removeprefix(start) for each in sections if each.startswith(start) and each != start)


def want(
    request: ProjectRequest,
    sections: Collection[str],
    defaults: Collection[str],
    main: str = "",
) -> Wanted:
    """Tell what a request asks for, of a project that has these sections and default groups.

    Deselecting always wins over selecting; asking for the only groups leaves the defaults out.
    """
    groups = {*request.groups, *request.only}
    if request.all_groups:
        groups.update(names_of(sections, "group"))
    if not request.no_defaults and not request.only:
        groups.update(defaults)
    extras = set(request.extras)
    if request.all_extras:
        extras = set(names_of(sections, "extra")) - set(request.no_extras)
    own = (
        (not request.only or main in request.only) and main not in request.without
        if main
        else not request.only
    )
    return Wanted(own, frozenset(extras), frozenset(groups - set(request.without) - {main}))


def spell(dialect: Dialect, request: ProjectRequest) -> str:
    """Return the command with the options that select, as one would type it."""
    words = [dialect.command]
    for flag, names in (
        ("--package", request.package),
        (dialect.extra, request.extras),
        (dialect.group, request.groups),
        (dialect.only, request.only),
    ):
        words += [f"{flag} {name}" for name in names]
    words += [spell_without(dialect, name) for name in request.without]
    for flag, given in (
        (dialect.all_extras, request.all_extras),
        (dialect.all_groups, request.all_groups),
        (dialect.no_defaults, request.no_defaults),
    ):
        words += [flag] if given else []
    return " ".join(words)


def spell_without(dialect: Dialect, group: str) -> str:
    """Return the option that leaves a group out."""
    return "--no-dev" if dialect is UV and group == "dev" else f"{dialect.without} {group}"


def skip_sections(
    file: DependencyFile,
    wanted: Wanted,
    taken: Collection[Declaration],
    dialect: Dialect,
    request: ProjectRequest,
) -> tuple[Skipped, ...]:
    """Return what a project declares in sections that are not asked for, with what would ask for it."""
    command = spell(dialect, request)
    known = set(taken)
    return tuple(
        _skip(each, dialect, request, command)
        for each in file.declarations
        if each.section != "constraint" and each not in known and not wanted.takes(each.section)
    )


def _skip(declaration: Declaration, dialect: Dialect, request: ProjectRequest, command: str) -> Skipped:
    kind, _, name = declaration.section.partition(":")
    if kind == "extra":
        if not name:
            why, remedy = "it is optional, and no extra brings it", "declare an extra that does"
        else:
            why, remedy = f"extra `{name}` is not selected by `{command}`", f"add `{dialect.extra} {name}`"
        return Skipped(declaration, "extra", why, remedy)
    if not kind:
        return Skipped(
            declaration,
            "excluded",
            f"`{command}` leaves out the project's own dependencies",
            f"drop `{dialect.only} {' '.join(request.only)}`" if request.only else "select them too",
        )
    why = f"group `{name}` is not selected by `{command}`"
    if name in request.without:
        return Skipped(declaration, "group", why, f"drop `{spell_without(dialect, name)}`")
    return Skipped(declaration, "group", why, f"add `{dialect.group} {name}`")
