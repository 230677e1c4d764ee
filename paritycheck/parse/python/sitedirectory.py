"""What the ``.pth`` files of one site directory do to ``sys.path`` and to imports.

Source: CPython, Lib/site.py, ``addsitedir`` and ``addpackage``: the files in sorted order, each
line in order, a path joined to the directory and made absolute. Lines that run code are recognised,
never run.
"""

import posixpath
import re
import sys
from collections.abc import Callable, Iterable

import msgspec

from paritycheck.model.environment import EditableModule, PathEntry
from paritycheck.model.location import Location
from paritycheck.parse.python.editable import parse_finder
from paritycheck.parse.python.pthfile import PthLine, imported_modules, parse_pth

Read = Callable[[str], bytes | None]

# Packages known to ship a .pth file whose code leaves sys.path as it is: they patch distutils,
# start coverage, or hook the import of one other module.
HARMLESS = frozenset({"_distutils_hack", "_virtualenv", "coverage", "pytest_cov.embed", "setuptools"})
_STDLIB = frozenset(sys.stdlib_module_names) | {"importlib.util", "importlib.machinery", "os.path"}
_CHANGES_PATH = re.compile(r"sys\.path\b(?!_)|addsitedir|\bexec\(|\beval\(|runpy|execfile")


class SiteDirectory(msgspec.Struct, frozen=True):
    """The effects in order: ``additions`` to the path (if they exist) and hooked modules.

    What was not understood: ``problems`` are lines that may hook imports, ``doubts`` lines that may
    change ``sys.path``, which matter only to somebody who infers it.
    """

    additions: tuple[PathEntry, ...] = ()
    editables: tuple[EditableModule, ...] = ()
    problems: tuple[str, ...] = ()
    doubts: tuple[str, ...] = ()


def read_site_directory(
    directory: str, names: Iterable[str], read: Read, *, skip_hidden: bool = True
) -> SiteDirectory:
    """Return what the ``.pth`` files among ``names`` do; ``directory`` is absolute.

    Additions are candidates: whether a path exists, and whether it is on ``sys.path`` already, is
    for the caller to see. ``skip_hidden``: names that begin with a dot are ignored.
    """
    additions: list[PathEntry] = []
    editables: list[EditableModule] = []
    problems: list[str] = []
    doubts: list[str] = []
    for name in sorted(name for name in names if name.endswith(".pth")):
        if skip_hidden and name.startswith("."):
            continue
        path = posixpath.join(directory, name)
        for line in parse_pth(read(path) or b""):
            where = Location(path, line.number, line.text[:200])
            if not line.runs:
                target = posixpath.normpath(posixpath.join(directory, line.text))
                additions.append(PathEntry(target, "pth", where))
                continue
            placeholder, modules, unknown = _read_code(directory, line, read)
            editables += modules
            if placeholder:
                additions.append(PathEntry(placeholder, "editable-finder", where, exists=False))
            if unknown:
                problems.append(f"{where}: imports {', '.join(unknown)} at start, which may hook imports")
            elif not modules and _CHANGES_PATH.search(line.text):
                doubts.append(f"{where}: runs code at start that may change sys.path: {line.text[:80]}")
    return SiteDirectory(tuple(additions), tuple(editables), tuple(problems), tuple(doubts))


def _read_code(directory: str, line: PthLine, read: Read) -> tuple[str, list[EditableModule], list[str]]:
    """Return the placeholder, the mapped modules, and the imports that are no finder we know."""
    imported = [module for module in imported_modules(line.text) if module not in _STDLIB | HARMLESS]
    for module in imported:
        source = posixpath.join(directory, *module.split(".")) + ".py"
        content = read(source)
        finder = parse_finder(content) if content else None
        if finder is not None:
            modules = [
                EditableModule(name, target, Location(source, number))
                for name, target, number in finder.mapping
            ]
            return finder.placeholder, modules, []
    return "", [], imported
