"""The values of a selection: what an installer puts into an environment, what it leaves out, and why."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Literal

import msgspec

from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration

Reason = Literal["extra", "group", "marker", "constraint", "excluded", "unlocked"]


class Selected(msgspec.Struct, frozen=True):
    """One distribution that is installed.

    ``name`` normalised; ``version`` empty if only the installer will know; ``specifier`` what it is held
    to. ``location`` is the line that declares or locks it, ``required_by`` the distribution that pulls it
    in (``""``: the command or a file asks for it). ``direct``: a declaration of the project itself names it.
    ``possible``: only some releases of what pulls it in require it.
    """

    name: str
    version: str = ""
    location: Location | None = None
    required_by: str = ""
    direct: bool = False
    specifier: str = ""
    extras: tuple[str, ...] = ()
    possible: bool = False


class Skipped(msgspec.Struct, frozen=True):
    """A declaration that the command does not select: ``why`` in words, ``remedy`` what would select it."""

    declaration: Declaration
    reason: Reason
    why: str
    remedy: str = ""


class Selection(msgspec.Struct, frozen=True):
    """What one command selects.

    ``open``: why more may be installed than is listed (empty: everything is listed); ``exact``: what
    is not listed is removed.
    """

    selected: tuple[Selected, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    open: str = ""
    exact: bool = False


class Installation(msgspec.Struct, frozen=True):
    """One installer command of a RUN, as the build ran it.

    ``location`` the RUN, ``command`` its words, ``site`` the tree path of the site directory it installs to,
    ``prefix`` that of the environment. ``certain`` is false where nobody knows whether it runs or
    succeeds; ``forgiven`` where its failure would go unnoticed (``|| true``). ``files`` are the context paths
    of the dependency files that it reads, ``absent`` those it names and does not find.
    """

    location: Location
    command: str
    site: str
    prefix: str
    selection: Selection
    certain: bool = True
    forgiven: bool = False
    files: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()


class Question(msgspec.Struct, frozen=True):
    """What a resolver is asked: PEP 508 requirements and constraints, for a Python and a platform.

    ``python`` as ``3.12``; ``markers`` the PEP 508 environment of the container; ``options`` index
    options that the requirements files or the command give (``--extra-index-url URL``). ``musl``: the
    container's C library is musl (Alpine), so that other wheels fit. ``present`` is what is installed
    already, normalised name -> version: it stays where it satisfies.
    """

    requirements: tuple[str, ...]
    constraints: tuple[str, ...] = ()
    python: str = ""
    markers: Mapping[str, str] = {}
    options: tuple[str, ...] = ()
    musl: bool = False
    present: Mapping[str, str] = {}


class Resolved(msgspec.Struct, frozen=True):
    """One distribution of a resolution, and the names of those that require it.

    ``version`` is empty if it is only known that an install brings it (see ``Resolution.problems``).
    """

    name: str
    version: str
    required_by: tuple[str, ...] = ()


class Resolution(msgspec.Struct, frozen=True):
    """What a resolver answers; ``problems`` name requirements that were left out, and why.

    What those require is not known: with problems, more may be installed than ``packages`` lists.
    """

    packages: tuple[Resolved, ...] = ()
    problems: tuple[str, ...] = ()


class Catalogue(msgspec.Struct, frozen=True):
    """What is known of distributions beside the project's own files.

    ``local`` are the distributions of the local environment by normalised name; ``resolve`` asks an
    index what an install would bring (``None``: nobody may ask); ``listing`` yields the paths that a
    release's wheel installs, below site-packages, ``None`` if it is not to be had; ``read`` one of
    these files. ``expect`` is told the releases (name, version) whose listings will be asked for: they
    are looked for side by side. Extension modules are listed without the tag of their interpreter.
    """

    local: Mapping[str, Distribution] = {}
    resolve: Callable[[Question], Resolution | None] | None = None
    listing: Callable[[str, str], tuple[str, ...] | None] | None = None
    read: Callable[[str, str, str], bytes | None] | None = None
    expect: Callable[[Iterable[tuple[str, str]]], None] | None = None
