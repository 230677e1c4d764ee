"""What the RUN steps of a build need in order to succeed: programs they start, files they read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

import msgspec

from paritycheck.model.location import Location
from paritycheck.predict.copying.stagetree import StageTree


class RunStart(msgspec.Struct, frozen=True):
    """A program of the project that a RUN starts.

    ``command`` are its words as far as they are known (``""`` for one that is not), ``cwd`` the tree
    path it starts in, ``env`` the variables that steer Python, ``tree`` what the stage holds at that
    moment. ``certain`` is false if it may not be started at all, or if its failure does no harm.
    """

    location: Location
    command: tuple[str, ...]
    cwd: str
    env: Mapping[str, str]
    tree: StageTree
    certain: bool = True


class MissingFile(msgspec.Struct, frozen=True):
    """A file without which a RUN fails.

    ``path`` in the stage, ``sources`` the paths in the context that may be it, likeliest first, whether or
    not something is there, ``location`` the RUN, ``needed_by`` the line that asks for it. ``silent``: the
    RUN does not fail, but what it installs lacks the file.
    """

    path: str
    sources: tuple[str, ...]
    location: Location
    needed_by: Location
    silent: bool = False


class SystemPackage(msgspec.Struct, frozen=True):
    """A package of the operating system that a RUN installs or removes; ``manager`` as ``apt`` or ``apk``.

    ``group`` is the virtual package of apk that it is part of. ``autoremove`` (without a name): what nothing
    needs any more goes.
    """

    manager: str
    name: str
    location: Location
    action: Literal["install", "remove", "autoremove"] = "install"
    group: str = ""
