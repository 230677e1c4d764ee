"""Under which import names the application's files would be imported, and from which directories.

Python names a module by the ``sys.path`` entry it is found in. Where that entry is not known
(no start command, no interpreter), the directory above the outermost package is assumed.
"""

from __future__ import annotations

from collections.abc import Iterable

from paritycheck.model.environment import Environment
from paritycheck.model.tree import FileTree
from paritycheck.predict.importing.places import Places

_TEST_DIRECTORIES = frozenset({"test", "tests"})
MODULE_SUFFIXES = (".py", ".pyc", ".so", ".pyd")


def search_directories(tree: FileTree, environment: Environment) -> tuple[str, ...]:
    """Return the directories on ``sys.path`` as tree paths, in order, links followed, without repeats.

    For images only: a checkout's environment lies elsewhere on its machine.
    """
    found: dict[str, None] = {}
    for entry in environment.sys_path:
        real = tree.resolve(entry.path) or _in_archive(tree, entry.path)
        if real is not None and entry.reason != "editable-finder":
            found[real] = None
    return tuple(found)


def _in_archive(tree: FileTree, path: str) -> str | None:
    """Return a path that goes on inside a zip file."""
    inside = path.lstrip("/")
    return inside if Places(tree).archive(inside) else None


def is_test(path: str) -> bool:
    """Tell whether a file belongs to the tests: a test runner starts it, with a path of its own.

    By pytest's conventions ("Conventions for Python test discovery") and unittest's.
    """
    *directories, name = path.split("/")
    stem = name.removesuffix(".py")
    named = stem == "conftest" or stem.startswith("test_") or stem.endswith("_test")
    return named or not _TEST_DIRECTORIES.isdisjoint(directories)


def package_root(tree: FileTree, path: str) -> str:
    """Return the first directory above ``path`` that is no package: where its import name begins."""
    directory = path.rpartition("/")[0]
    while f"{directory}/__init__.py" in tree:
        above, _, name = directory.rpartition("/")
        if not name.isidentifier():  # Server-UI/__init__.py makes no package that anybody could import
            break
        directory = above
    return directory


def package_roots(tree: FileTree, paths: Iterable[str]) -> tuple[str, ...]:
    """Return the roots of all these files, shallow ones first."""
    roots = {package_root(tree, path) for path in paths}
    return tuple(sorted(roots, key=lambda root: (root.count("/") + bool(root), root)))


def name_below(directory: str, path: str) -> str:
    """Return the import name of the file ``path`` as seen from ``directory``; ``""`` if it has none there."""
    start = f"{directory}/" if directory else ""
    if not path.startswith(start) or not path.endswith(MODULE_SUFFIXES):
        return ""
    *packages, file = path[len(start) :].split("/")
    # An extension module's suffix has dots of its own: _fast.cpython-312-x86_64-linux-gnu.so
    stem = file.partition(".")[0]
    parts = packages if stem == "__init__" else [*packages, stem]
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""
