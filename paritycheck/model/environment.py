"""A Python environment: the interpreter, its search path, its distributions."""

from typing import Literal

import msgspec

from paritycheck.model.location import Location

PathReason = Literal[
    "start",  # put first by the way the program is started
    "pythonpath",
    "stdlib",
    "site",  # site-packages or dist-packages of the interpreter or its virtual environment
    "user-site",
    "pth",  # a line of a .pth file; its location is given
    "editable-finder",  # not a directory: an import hook maps names to directories
    "other",
]


class PathEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """One ``sys.path`` entry, absolute, and why it is there. ``exists`` as seen at capture."""

    path: str
    reason: PathReason
    location: Location | None = None
    exists: bool = True


class Distribution(msgspec.Struct, frozen=True, omit_defaults=True):
    """An installed distribution.

    ``name`` as its metadata writes it, ``location`` the directory that holds the metadata,
    ``modules`` the dotted import names it provides (top level, or deeper inside namespace
    packages), ``requires`` the Requires-Dist lines, ``editable`` the project directory of an
    editable install, ``direct_url`` the URL it came from (credentials stripped),
    ``scripts`` console scripts as ``name=module:attribute``.
    """

    name: str
    version: str
    location: str
    modules: tuple[str, ...] = ()
    requires: tuple[str, ...] = ()
    editable: str = ""
    direct_url: str = ""
    scripts: tuple[str, ...] = ()


class EditableModule(msgspec.Struct, frozen=True, omit_defaults=True):
    """An import name that an editable finder maps to a path, and the file that says so."""

    name: str
    path: str
    location: Location


class Interpreter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A Python interpreter; paths absolute in its own file system.

    ``version`` as ``3.12.4`` (as much as is known: inference may only know ``3.12``),
    ``markers`` the PEP 508 environment, ``suffixes`` the extension-module suffixes in order.
    """

    executable: str
    version: str
    implementation: str = "cpython"
    prefix: str = ""
    base_prefix: str = ""
    platform: str = ""
    markers: dict[str, str] = {}
    suffixes: tuple[str, ...] = ()


class Environment(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one interpreter would see. ``inferred``: read from files, no interpreter was run.

    ``strays`` are the top-level modules of directories on its path that are none of its own: those of
    PYTHONPATH and of ``.pth`` files. ``path`` is such a directory, ``location`` the line that names it.
    """

    interpreter: Interpreter | None = None
    sys_path: tuple[PathEntry, ...] = ()
    distributions: tuple[Distribution, ...] = ()
    editables: tuple[EditableModule, ...] = ()
    strays: tuple[EditableModule, ...] = ()
    inferred: bool = False
    problems: tuple[str, ...] = ()
