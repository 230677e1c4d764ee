"""What one Python source file says: its imports and the names it binds, and the files it opens."""

from typing import Literal

import msgspec

from paritycheck.model.ignore import InlineIgnore

ImportContext = Literal["module", "function", "guarded", "type-checking"]
PackagePath = Literal["own", "extended", "altered"]
DataBase = Literal["file", "cwd", "package", "absolute", "constant"]
DataKind = Literal["file", "directory", "either"]
DataUse = Literal["opened", "searched", "named", "tested", "written", "inserted", "appended"]


ANY_SUBMODULE = "?"  # import_module(f"app.commands.{name}")


class Import(msgspec.Struct, frozen=True, omit_defaults=True):
    """One import statement (``import a, b`` is two).

    ``module`` without leading dots, ``level`` their number, ``names`` what ``from`` takes (``*``
    as it stands, ``?`` for a submodule whose name is only known at run time; empty for a plain
    import). ``context``: ``type-checking`` when it never runs, else ``guarded`` when a failing
    import is caught around it or a function only comes to it under some settings, else
    ``function`` when it only runs on a call, else ``module``.
    ``dynamic`` for ``importlib.import_module("x")`` and ``__import__("x")``. ``condition`` is the
    test of the interpreter or platform under which it runs, as a Python expression
    (``sys.version_info >= (3, 11)``), ``...`` where it is one that nobody can answer; empty: always.
    ``caught`` are the exceptions that a guard catches which catches no others than kinds of ImportError;
    empty: no guard, or one that may catch more.
    """

    line: int
    module: str
    level: int = 0
    names: tuple[str, ...] = ()
    context: ImportContext = "module"
    dynamic: bool = False
    condition: str = ""
    caught: tuple[str, ...] = ()


class DataReference(msgspec.Struct, frozen=True, omit_defaults=True):
    """One place in the file system that the code names.

    A path: from ``base``, ``up`` levels towards the root, then down ``path`` (``""``: the place itself).
    ``file`` is the module's own file (one level up is its directory), ``cwd`` the working directory,
    ``package`` the directory of the package so named, ``constant`` a constant of another module:
    ``package`` is then ``.paths:DATA``, the module as an import names it and the name in it.
    ``deepest`` is the number of levels that have to exist above the file, or the expression raises
    IndexError (``parents[n]``).

    ``use``: ``opened`` raises if it is missing, ``searched`` looks for something in it whose name is not
    known, ``named`` is a module's constant of which no more is known, ``written`` is made by the code,
    ``inserted`` is put first on ``sys.path`` and ``appended`` last. ``guarded``: the code deals with its
    absence. ``condition`` as in :class:`Import`.
    """

    line: int
    context: ImportContext
    base: DataBase
    path: str
    up: int = 0
    deepest: int = 0
    package: str = ""
    kind: DataKind = "either"
    use: DataUse = "opened"
    guarded: bool = False
    condition: str = ""


class Constant(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place that a module binds a name to, once and literally; fields as those of :class:`DataReference`.

    A string that is no path, the name of a package for one, is a ``path`` from ``cwd`` all the same.
    """

    base: DataBase
    path: str
    up: int = 0
    deepest: int = 0
    package: str = ""


class SourceData(msgspec.Struct, frozen=True, omit_defaults=True):
    """The places that a Python source file names, in order of line, as far as they are literal.

    ``constants`` are those that other modules may take from it, those of an object by their full names
    (``settings.template_dir``).
    """

    references: tuple[DataReference, ...] = ()
    constants: dict[str, Constant] = {}


class EntryGroup(msgspec.Struct, frozen=True, omit_defaults=True):
    """A group of entry points whose modules the code imports; ``context`` and ``condition`` as in Import."""

    line: int
    name: str
    context: ImportContext = "module"
    condition: str = ""


class Raise(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement that ends the import of its module for certain, by raising ``exception``.

    The exception is the last word of its class's name, empty if it is no plain name. ``condition`` as in
    :class:`Import`.
    """

    line: int
    exception: str = ""
    condition: str = ""


class Deferred(msgspec.Struct, frozen=True, omit_defaults=True):
    """An import by a name that begins with a constant of another module: ``import_module(f"{PKG}.x")``.

    ``constant`` is ``.names:PKG``, the module as an import names it and the name in it; ``rest`` follows it.
    """

    line: int
    constant: str
    rest: str = ""
    context: ImportContext = "module"
    condition: str = ""


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a file could not be analysed; ``line`` 0 when no line is to blame."""

    message: str
    line: int = 0


class SourceFile(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parsed source file: imports in order of line, and the names bound at module level.

    ``defines`` are the names that ``from this import name`` finds without a submodule, only
    where they are certain; ``open_ended`` is true when there may be others (``import *``, a
    module-level ``__getattr__``, ``globals()[...]``). ``package_path`` says where a package's
    submodules are looked for: in its ``own`` directory, ``extended`` by the directories of the same
    name on sys.path (pkgutil and pkg_resources namespaces), or ``altered`` in some other way.
    ``groups`` are the groups of entry points that it loads, ``deferred`` imports that need another module
    to be understood, ``ignores`` the comments that let findings pass, ``raises`` what importing it raises for
    certain. ``changes_path``: it may change ``sys.path``; how is for :class:`SourceData` to say.
    """

    imports: tuple[Import, ...] = ()
    defines: tuple[str, ...] = ()
    open_ended: bool = False
    package_path: PackagePath = "own"
    problem: Problem | None = None
    changes_path: bool = False
    groups: tuple[EntryGroup, ...] = ()
    deferred: tuple[Deferred, ...] = ()
    ignores: tuple[InlineIgnore, ...] = ()
    raises: tuple[Raise, ...] = ()
