"""What one Python source file says: its imports and the names it binds."""

from typing import Literal

import msgspec

ImportContext = Literal["module", "function", "guarded", "type-checking"]
PackagePath = Literal["own", "extended", "altered"]


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
    (``sys.version_info >= (3, 11)``); empty: always.
    """

    line: int
    module: str
    level: int = 0
    names: tuple[str, ...] = ()
    context: ImportContext = "module"
    dynamic: bool = False
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
    """

    imports: tuple[Import, ...] = ()
    defines: tuple[str, ...] = ()
    open_ended: bool = False
    package_path: PackagePath = "own"
    problem: Problem | None = None
