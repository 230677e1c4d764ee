"""What dependency files say: requirements with their lines, and the packages of a lock file."""

from __future__ import annotations

from typing import Literal

import msgspec

from paritycheck.model.location import Location

SourceKind = Literal["index", "path", "url", "git", "project", "conda"]


class Declaration(msgspec.Struct, frozen=True, omit_defaults=True):
    """One requirement as a dependency file writes it.

    ``name`` normalised (PEP 503), ``section`` ``""`` for what is always wanted, else ``extra:NAME``,
    ``group:NAME`` or ``constraint``. ``specifier``, ``marker`` and ``url`` as PEP 508 writes them;
    ``path`` the directory or archive of a local source, below the directory of the file. ``source`` says
    where it is taken from: ``project`` is a workspace member, ``conda`` a package of
    conda, which may have another name there.
    """

    name: str
    location: Location
    section: str = ""
    specifier: str = ""
    extras: tuple[str, ...] = ()
    marker: str = ""
    source: SourceKind = "index"
    url: str = ""
    path: str = ""
    editable: bool = False


class Inclusion(msgspec.Struct, frozen=True, omit_defaults=True):
    """A file or section that another takes in: ``-r other.txt``, ``-c``, ``{include-group = "lint"}``.

    ``target`` is a path below the directory of the file, or a section (``group:lint``, ``extra:ldap``);
    ``section`` the one that takes it in.
    """

    target: str
    location: Location
    section: str = ""
    constraint: bool = False


class DependencyFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A dependency file, read.

    ``name`` and ``version`` of the project, if it is one; ``python`` its ``requires-python`` (or the
    constraint on python of Poetry) with the line. ``defaults`` are the groups that are installed unless
    deselected, ``uv_defaults`` uv's where the file also speaks to other tools, ``optional`` those that are
    not unless selected (Poetry). ``dynamic``: the sections that only
    a build backend knows (``""`` the dependencies, ``extra:*`` the extras). ``members`` are the patterns
    of a workspace, ``problems`` what could not be read, with the line.
    """

    path: str
    declarations: tuple[Declaration, ...] = ()
    inclusions: tuple[Inclusion, ...] = ()
    name: str = ""
    version: str = ""
    python: str = ""
    python_location: Location | None = None
    defaults: tuple[str, ...] = ()
    uv_defaults: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    dynamic: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    index_options: tuple[str, ...] = ()
    problems: tuple[tuple[str, Location], ...] = ()

    @property
    def sections(self) -> tuple[str, ...]:
        """Every section that the file has, in order."""
        declared = [each.section for each in self.declarations]
        included = [each.section for each in self.inclusions]
        return tuple(dict.fromkeys((*declared, *included)))


class LockEdge(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a locked package pulls in; ``version``, or a specifier, where several of that name are locked."""

    name: str
    marker: str = ""
    extras: tuple[str, ...] = ()
    version: str = ""


class LockedPackage(msgspec.Struct, frozen=True, omit_defaults=True):
    """One package of a lock file.

    ``edges`` by section: ``""`` always, ``extra:NAME``, ``group:NAME``. ``marker``: only then it is
    installed at all (forks of uv, markers of Poetry 2 and pdm); ``group_markers`` the same for single groups
    where they differ (Poetry 2; a group not among them has none). ``groups``: those that it was
    locked for, where the lock says that of packages (Poetry 2, pdm, Pipfile.lock: ``default``, ``develop``).
    ``optional``: only an extra brings it (Poetry 1). ``wheels`` are file names. ``virtual``: a project of
    uv that is not installed itself, only what it requires.
    """

    name: str
    version: str
    location: Location
    edges: dict[str, tuple[LockEdge, ...]] = {}
    marker: str = ""
    group_markers: dict[str, str] = {}
    groups: tuple[str, ...] = ()
    optional: bool = False
    source: SourceKind = "index"
    path: str = ""
    wheels: tuple[str, ...] = ()
    virtual: bool = False


LockKind = Literal["uv", "poetry", "pdm", "pipenv", "pylock", "conda"]


class Lock(msgspec.Struct, frozen=True, omit_defaults=True):
    """A lock file, read.

    ``extras`` maps an extra of the project to the names it brings (Poetry), ``members`` the
    workspace's projects by name (uv), ``defaults`` the groups installed by default (pylock.toml).
    ``content_hash`` is Poetry's and Pipenv's record of what was locked.
    """

    path: str
    kind: LockKind
    packages: tuple[LockedPackage, ...] = ()
    python: str = ""
    extras: dict[str, tuple[str, ...]] = {}
    members: tuple[str, ...] = ()
    defaults: tuple[str, ...] = ()
    content_hash: str = ""
    problems: tuple[tuple[str, Location], ...] = ()
