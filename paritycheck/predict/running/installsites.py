"""Where an install puts modules, and which directories of an image with an unknown interpreter are searched.

Source: CPython ``sysconfig`` schemes and Debian's ``posix_local``; pip's ``--target``, ``--prefix`` and
``--user``; where the interpreter is not at hand, its version is what the image's name says.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

import msgspec

from paritycheck.model.environment import EditableModule, Environment, PathEntry
from paritycheck.model.snapshot import ImageConfig
from paritycheck.model.tree import FileTree
from paritycheck.parse.python.installed import find_distributions
from paritycheck.parse.python.sitedirectory import read_site_directory
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.environment.inferring import infer_environment
from paritycheck.predict.environment.interpreting import DEFAULT_PATH
from paritycheck.predict.running.interpreters import system_python, version_below
from paritycheck.predict.running.shellstate import Shell

_SITE = re.compile(r"(?:^|.*/)lib/(?:python|pypy)[\d.]*/(?:site|dist)-packages")
_SYSTEM = frozenset({"bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin"})


class Target(msgspec.Struct, frozen=True):
    """Where an install goes: the site directory, and the prefix that else gets something from it."""

    site: str
    prefix: str


def enter(shell: Shell, prefix: str) -> None:
    """Let programs run in an environment, as its activation does; the tree path ``""``: nothing changes."""
    if prefix:
        shell.env["VIRTUAL_ENV"] = f"/{prefix}"
        shell.env["PATH"] = f"/{prefix}/bin:{shell.variable('PATH') or DEFAULT_PATH}"


def active_venv(shell: Shell, program: str = "") -> str | None:
    """Return the tree path of the virtual environment that a program acts on; ``None``: the system's Python.

    ``program`` is the program as it is called: ``/opt/venv/bin/pip`` acts on its own environment.
    """
    if "/" in program:
        folder = posixpath.dirname(shell.path(program))
        if folder not in _SYSTEM and posixpath.basename(folder) == "bin":
            return posixpath.dirname(folder)
    given = shell.variable("VIRTUAL_ENV")
    if given:
        return shell.path(given)
    for directory in shell.variable("PATH").split(":"):
        path = directory.strip("/")
        if directory.startswith("/") and path not in _SYSTEM and path.endswith("/bin"):
            prefix = posixpath.dirname(path)
            if shell.tree.is_dir(path) and _is_environment(shell, prefix):
                return prefix
    return None


def _is_environment(shell: Shell, prefix: str) -> bool:
    """Tell whether programs below a prefix act on it: it has an interpreter, or looks as if it had one."""
    if any(shell.tree.locate(f"{prefix}/{name}").entry for name in ("pyvenv.cfg", "bin/python3")):
        return True
    # The home of programs that a user installs: their modules lie there, but no interpreter does.
    return shell.tree.is_dir(f"{prefix}/lib") and posixpath.basename(prefix) != ".local"


def site_of(shell: Shell, prefix: str | None) -> str:
    """Return the tree path of site-packages below ``prefix``; ``None``: where the system's pip installs."""
    tree = shell.tree
    if prefix is not None:
        return f"{prefix}/{_folder(shell, prefix)}/site-packages".lstrip("/")
    if tree.is_dir("usr/local/bin") and any(n.startswith("python3") for n in tree.children("usr/local/bin")):
        return f"usr/local/{_folder(shell, 'usr/local')}/site-packages"
    if tree.is_dir("usr/lib/python3/dist-packages"):
        return f"usr/local/{_folder(shell, 'usr')}/dist-packages"
    if tree.is_dir("etc/apk") or any(n.startswith("ld-musl") for n in tree.children("lib")):
        return f"usr/{_folder(shell, 'usr')}/site-packages"
    return f"usr/local/{_folder(shell, 'usr/local')}/site-packages"


def target_below(shell: Shell, prefix: str | None) -> Target:
    """Return the target for a virtual environment or prefix; ``None``: the system's Python."""
    site = site_of(shell, prefix)
    return Target(site, prefix if prefix is not None else posixpath.dirname(site).rpartition("/lib/")[0])


def current_target(shell: Shell, program: str = "") -> Target:
    """Return where a plain ``pip install`` goes."""
    return target_below(shell, active_venv(shell, program))


def _folder(shell: Shell, prefix: str) -> str:
    """Return the library of the interpreter below a prefix; of the one that installs, if there is none."""
    return f"lib/python{version_below(shell, prefix) or system_python(shell)[1] or '3'}"


def predicted_environment(
    tree: FileTree, read: Callable[[str], bytes | None], config: ImageConfig
) -> Environment:
    """Return the environment of a predicted image; without an interpreter, what its own files tell of it."""
    found = infer_environment(tree, read, config)
    if found.interpreter is not None:
        return found
    entries, editables = guess_search_path(tree, read, config)
    files = ImageFiles(tree, read)
    directories = [entry.path for entry in entries if entry.exists]
    distributions, _ = find_distributions(directories, files.names, files.read, editables)
    return msgspec.structs.replace(found, sys_path=entries, editables=editables, distributions=distributions)


def guess_search_path(
    tree: FileTree, read: Callable[[str], bytes | None], config: ImageConfig
) -> tuple[tuple[PathEntry, ...], tuple[EditableModule, ...]]:
    """Return the ``sys.path`` entries and redirected modules that an image's own files tell.

    For images whose interpreter is not at hand: PYTHONPATH, every site directory that the build
    wrote, and what their .pth files add. ``read`` gives a file's content by its tree path.
    """
    entries: dict[str, PathEntry] = {}
    editables: list[EditableModule] = []
    for part in filter(None, (config.env.get("PYTHONPATH") or "").split(":")):
        path = posixpath.normpath(posixpath.join("/", config.workdir, part))
        entries[path] = PathEntry(path, "pythonpath", None, tree.resolve(path) is not None)
    sites = dict.fromkeys(
        found[0] for entry in tree if entry.kind != "dir" and (found := _SITE.match(entry.path))
    )
    for site in sites:
        directory = f"/{site}"
        entries.setdefault(directory, PathEntry(directory, "site"))
        effects = read_site_directory(directory, tree.children(site), lambda path: read(path.lstrip("/")))
        for addition in effects.additions:
            if addition.reason == "editable-finder" or tree.resolve(addition.path) is not None:
                entries.setdefault(addition.path, addition)
        editables += effects.editables
    return tuple(entries.values()), tuple(editables)
