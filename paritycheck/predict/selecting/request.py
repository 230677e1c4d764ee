"""What the installer commands ask for, once their options are read: one value for each family of commands."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from paritycheck.model.location import Location
from paritycheck.predict.selecting.selection import Catalogue


class StageText(msgspec.Struct, frozen=True):
    """A text of the stage and where it comes from: a path of the checkout's context, else ``/path``."""

    text: str
    source: str


class Surroundings(msgspec.Struct, frozen=True):
    """What a selection looks at.

    ``read`` yields a text of the stage by its tree path, ``children`` the names in a directory.
    ``markers`` is the PEP 508 environment of the interpreter that is installed for, as far as it is
    known (without a key the marker is not decided); ``python`` its version as ``3.12``, ``""``: not known.
    ``present`` is what the target environment already holds: normalised name -> version.
    """

    read: Callable[[str], StageText | None]
    children: Callable[[str], tuple[str, ...]]
    markers: Mapping[str, str] = {}
    python: str = ""
    catalogue: Catalogue = Catalogue()
    present: Mapping[str, str] = {}


class PipRequest(msgspec.Struct, frozen=True):
    """``pip install``, ``uv pip install`` and ``uv pip sync`` (``exact``), ``pip-sync``.

    ``words`` are requirements on the command line; ``files`` and ``constraints`` tree paths of requirements
    files; ``projects`` directories with the extras that are asked for; ``groups`` (pyproject path, group).
    ``cwd`` is the tree path that paths in requirements files are relative to.
    """

    location: Location
    words: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    constraints: tuple[str, ...] = ()
    projects: tuple[tuple[str, tuple[str, ...]], ...] = ()
    groups: tuple[tuple[str, str], ...] = ()
    options: tuple[str, ...] = ()
    cwd: str = ""
    no_deps: bool = False
    exact: bool = False


class ProjectRequest(msgspec.Struct, frozen=True):
    """``uv sync``, ``poetry install``, ``pdm install|sync``, ``pipenv install|sync``: a project and its lock.

    ``directory`` is the project's tree path. ``groups`` are added (``--group``, ``--with``, ``-G``), ``only``
    are the only ones (``--only``, ``--only-group``; then without the project's own dependencies, unless
    ``main`` or ``default`` is among them), ``without`` left out (``--no-group``, ``--without``, ``--no-dev``
    as ``dev``). ``package`` is a workspace member, ``frozen``: the lock is not checked against the project.
    ``no_project``: the project itself is not installed (its dependencies are). ``exact``: what is not
    selected is removed (``uv sync`` without ``--inexact``, ``poetry sync``). ``skip`` are distributions left
    out, ``no_workspace`` all members of the workspace. ``no_defaults`` leaves the default groups out
    (``--no-default-groups`` of uv, ``--prod`` of pdm).
    """

    location: Location
    directory: str
    extras: tuple[str, ...] = ()
    all_extras: bool = False
    no_extras: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    all_groups: bool = False
    only: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    no_defaults: bool = False
    package: tuple[str, ...] = ()
    all_packages: bool = False
    frozen: bool = False
    no_project: bool = False
    no_workspace: bool = False
    exact: bool = False
    skip: tuple[str, ...] = ()
    deploy: bool = False
