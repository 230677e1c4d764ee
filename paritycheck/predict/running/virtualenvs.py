"""Virtual environments as ``venv``, ``virtualenv`` and uv lay them out, and the interpreters behind them.

Source: CPython's ``Lib/venv``, virtualenv, ``uv venv``; uv on which Python it takes (``--python``, UV_PYTHON,
``.python-version``, ``requires-python``) and where it keeps those that it downloads.
"""

from __future__ import annotations

import posixpath
import re

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from paritycheck.model.tree import join
from paritycheck.predict.building.standins import NEWEST, interpreter_entries
from paritycheck.predict.running.installsites import Target, target_below
from paritycheck.predict.running.interpreters import system_python, version_at
from paritycheck.predict.running.managerwords import Values, is_on
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.recording import present_in, write_distribution, write_text
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.selecting.selection import Selected

_MINOR = re.compile(r"(?:c?python|cpython-|python-)?@?(3\.\d+)(?:\.\d+)?(?:[-+].*)?")
_BARE_FROM = (3, 12)  # since this Python venv installs no setuptools
_NEWEST = int(NEWEST.partition(".")[2])


def make_venv(
    shell: Shell,
    prefix: str,
    python: tuple[str, str],
    system_site: bool = False,
    seeds: tuple[str, ...] = (),
    copies: bool = False,
) -> Target:
    """Lay out an environment at the tree path ``prefix`` of the interpreter ``python`` (path and version).

    One that is there already stays. ``seeds`` are the distributions that it begins with; ``copies``: it has
    the interpreter itself instead of a link to it.
    """
    if shell.tree.locate(f"{prefix}/pyvenv.cfg").entry is not None:
        return target_below(shell, prefix)
    executable, minor = python
    shell.make_directory(f"{prefix}/bin")
    links = {"python": executable, "python3": "python"}
    if minor:
        links[f"python{minor}"] = "python"
    for name, target in links.items():
        shell.tree.put(shell.entry(f"{prefix}/bin/{name}", "link", target=target))
    if copies:
        itself = shell.tree.locate(executable).entry or shell.entry(executable, "file", mode=0o755)
        path = f"{prefix}/bin/python"
        shell.tree.put(msgspec.structs.replace(itself, path=path, layer=shell.scene.layer))
    shell.tree.put(shell.entry(f"{prefix}/bin/activate", "file"))
    full = shell.variable("PYTHON_VERSION")
    version = full if minor and full.startswith(minor + ".") else minor
    home = posixpath.dirname(executable)
    lines = [f"home = {home}", f"include-system-site-packages = {str(system_site).lower()}"]
    lines += [f"version = {version}"] if version else []
    write_text(shell, f"{prefix}/pyvenv.cfg", "\n".join(lines) + "\n")
    site = f"{prefix}/lib/python{minor or '3'}/site-packages"
    shell.make_directory(site)
    made = Target(site, prefix)
    for name in seeds:
        if name not in present_in(shell, site):
            write_distribution(shell, made, Selected(name))
        if name == "pip":
            shell.tree.put(shell.entry(f"{prefix}/bin/pip", "file", mode=0o755))
            shell.tree.put(shell.entry(f"{prefix}/bin/pip3", "file", mode=0o755))
    return made


def seeds_of(minor: str) -> tuple[str, ...]:
    """Return what ``python -m venv`` installs into a new environment."""
    number = tuple(int(part) for part in minor.split(".")) if minor else _BARE_FROM
    return ("pip",) if number >= _BARE_FROM else ("pip", "setuptools")


def uv_python(shell: Shell, values: Values, directory: str) -> tuple[str, str]:
    """Return the interpreter that uv takes for a project: the system's if it will do, else one of its own."""
    given = [value for name in ("--python", "-p") for value in values.get(name, ()) if isinstance(value, str)]
    wanted = given[-1] if given else shell.variable("UV_PYTHON") or _pinned(shell, directory)
    if "/" in wanted:
        executable = shell.path(wanted)
        named = system_python(shell, posixpath.basename(executable))[1]
        return f"/{executable}", version_at(shell, executable) or named
    executable, minor = system_python(shell)
    there = shell.tree.locate(executable).entry is not None
    asked = _MINOR.fullmatch(wanted)
    own = is_on(shell, "UV_MANAGED_PYTHON") or shell.variable("UV_PYTHON_PREFERENCE") == "only-managed"
    own = own or "--managed-python" in values
    if asked is not None:
        at_hand = system_python(shell, f"python{asked[1]}")
        if shell.tree.locate(at_hand[0]).entry is not None and not own:
            return at_hand
        return (executable, minor) if minor == asked[1] and not own else managed_python(shell, asked[1])
    requires = str(Project(shell, directory).table("project").get("requires-python") or "")
    if minor and _fits(requires, minor) and (there or not own) and not own:
        return executable, minor
    if not there and not minor and not own:
        return executable, minor  # nobody knows what the image has
    if minor and not _may_fetch(shell, values):
        return executable, minor  # uv refuses the project
    return managed_python(shell, _newest(requires))


def _may_fetch(shell: Shell, values: Values) -> bool:
    """Tell whether uv gets a Python by itself where none that is there will do."""
    forbidden = shell.variable("UV_PYTHON_DOWNLOADS") in ("never", "manual", "false", "0")
    return not forbidden and "--no-python-downloads" not in values


def _pinned(shell: Shell, directory: str) -> str:
    """Return what the nearest ``.python-version`` asks for."""
    while True:
        text = shell.read("/" + join(directory, ".python-version"))
        if text is not None:
            lines = [line.strip() for line in text.decode("utf-8", "replace").splitlines()]
            return next((line for line in lines if line and not line.startswith("#")), "")
        if not directory:
            return ""
        directory = posixpath.dirname(directory)


def _fits(requires: str, minor: str) -> bool:
    """Tell whether some release of a Python fits; what cannot be read fits."""
    try:
        allowed = SpecifierSet(requires)
    except InvalidSpecifier:
        return True
    return any(allowed.contains(f"{minor}.{micro}") for micro in (0, 1, 2, 3, 5, 10, 25))


def _newest(requires: str) -> str:
    versions = [f"3.{number}" for number in range(_NEWEST, 6, -1)]
    return next((version for version in versions if _fits(requires, version)), versions[0])


def managed_python(shell: Shell, minor: str) -> tuple[str, str]:
    """Return uv's own interpreter of a version; it is put where uv keeps them."""
    home = shell.lookup("HOME")
    data = shell.variable("XDG_DATA_HOME") or f"{home if isinstance(home, str) else '/root'}/.local/share"
    folder = shell.path(shell.variable("UV_PYTHON_INSTALL_DIR") or f"{data}/uv/python")
    prefix = f"{folder}/cpython-{minor}-linux-x86_64-gnu"
    put_interpreter(shell, prefix, minor, f"{prefix}/lib/python{minor}/site-packages")
    return f"/{prefix}/bin/python{minor}", minor


def put_interpreter(shell: Shell, prefix: str, minor: str, site: str) -> None:
    """Put an interpreter below the tree path ``prefix`` so that it is recognised; one that is there stays."""
    if shell.tree.locate(f"{prefix}/lib/python{minor}/os.py").entry is not None:
        return
    for entry in interpreter_entries(prefix, minor, site):
        if entry.kind == "dir":
            shell.make_directory(entry.path)
        elif shell.tree.get(entry.path) is None:
            shell.tree.make_parents(entry.path, shell.entry(entry.path, "dir"))
            made = shell.entry(entry.path, "file", mode=entry.mode)
            shell.tree.put(msgspec.structs.replace(made, kind=entry.kind, target=entry.target))
