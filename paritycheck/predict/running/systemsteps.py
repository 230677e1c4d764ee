"""The package managers of operating systems: which packages come and go, and what Python gets of them.

Source: the reference pages of apt-get, apk (``--virtual``) and dnf; Debian's Python policy on names
(``python3-foo`` holds the module ``foo``), Alpine's (``py3-foo``).
"""

from __future__ import annotations

import posixpath
import re
from typing import Literal

from paritycheck.predict.building.notes import SystemPackage
from paritycheck.predict.building.standins import packaged_python
from paritycheck.predict.importing.knownnames import KNOWN
from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.installsites import Target
from paritycheck.predict.running.managerwords import normal_name
from paritycheck.predict.running.piprequest import command_text
from paritycheck.predict.running.recording import present_in, record, remove_distribution, write_text
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.virtualenvs import put_interpreter
from paritycheck.predict.selecting.selection import Selected, Selection

_APT = ("apt", "apt-get", "aptitude")
_INSTALLING = frozenset({"install", "add", "localinstall", "groupinstall", "in"})
_REMOVING = frozenset({"remove", "purge", "del", "erase", "rm", "autoremove", "autopurge"})
_REMOVING_ALL = frozenset({"autoremove", "autopurge"})  # packages that are named, and all that nobody needs
_PACKAGE = re.compile(r"(?:python3|py3?)-(?P<name>[a-z0-9][a-z0-9.+-]*)")
_INTERPRETER = re.compile(r"python(?P<minor>3(?:\.\d+)?)(?:-minimal|-full)?")
# Parts of the interpreter that have packages of their own, and what only builds against it.
_OF_PYTHON = frozenset(
    {"all", "all-dev", "dbg", "debug", "dev", "devel", "distutils", "doc", "examples", "full", "gdbm",
     "lib2to3", "libs", "minimal", "pyc", "tests", "tk", "tkinter", "venv", "virtualenv-clone"}
)  # fmt: skip
_MODULES = {"opencv": "cv2", "pil": "PIL", "mysqldb": "MySQLdb", "pyqt5": "PyQt5", "pillow": "PIL"}
_BESIDE_PIP = ("pip", "setuptools", "wheel")


def manage_packages(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``apt-get``, ``apk``, ``dnf`` and their likes."""
    program = posixpath.basename(str(fields[0]))
    manager = "apt" if program in _APT else "apk" if program == "apk" else "dnf"
    options = Options(
        fields[1:],
        "otc" if manager == "apt" else "tpX" if manager == "apk" else "c",
        ("--target-release", "--virtual", "--option", "--repository", "--root", "--setopt", "--enablerepo"),
    )
    action, *words = options.operands or [""]
    names = [_bare(word) for word in words if isinstance(word, str)]
    unsure = len(names) != len(words)
    if action in _INSTALLING:
        shell.touch("", "system")
        group = options.values.get("t", options.values.get("--virtual", "")) if manager == "apk" else ""
        kept = [name for name in names if not name.endswith("-")]
        _note(shell, manager, kept, "install", group if isinstance(group, str) else "")
        _install(shell, manager, kept, unsure, command_text(fields))
        names, action = [name.rstrip("-") for name in names if name.endswith("-")], "remove" if names else ""
    if action in _REMOVING:
        world = {p.name for p in shell.notes.packages if p.action == "install" and not p.group}
        grouped = (p for p in shell.notes.packages if p.group and p.group in names)
        members = [p.name for p in grouped if p.name not in world]
        _note(shell, manager, [*names, *members], "remove")
        _remove(shell, manager, [*names, *members])
    if action in _REMOVING_ALL or (action in _REMOVING and options.has("--auto-remove", "--autoremove")):
        _note(shell, manager, [""], "autoremove")
    return None


def _bare(word: str) -> str:
    """Return a package's name without version, release, architecture and repository."""
    return re.split(r"[=<>~@/]|:(?:amd64|arm64|i386|any|all)$", word, maxsplit=1)[0]


def _note(
    shell: Shell,
    manager: str,
    names: list[str],
    action: Literal["install", "remove", "autoremove"],
    group: str = "",
) -> None:
    for name in names:
        shell.notes.packages.append(SystemPackage(manager, name, shell.scene.location, action, group))


def _install(shell: Shell, manager: str, names: list[str], unsure: bool, command: str) -> None:
    """Put the distributions that the packages hold where the system's Python has them."""
    pythonic = [name for name in names if _INTERPRETER.fullmatch(name) or _PACKAGE.fullmatch(name)]
    target = _target(shell, manager)
    if not pythonic:
        if unsure and shell.tree.is_dir(target.site):
            shell.touch(target.site, "distributions")
        return
    minors = [found["minor"] for name in names if (found := _INTERPRETER.fullmatch(name))]
    minor = next((m for m in minors if "." in m), packaged_python(shell.scene.base))
    if minor:
        target = _target(shell, manager, minor)
        put_interpreter(shell, "usr", minor, target.site)
    brought = dict.fromkeys(name for package in pythonic for name in _distributions(package))
    here = shell.scene.location
    selected = tuple(Selected(normal_name(name), location=here, direct=True) for name in brought)
    why = f"what the packages of {manager} depend on comes with them"
    if not selected:
        shell.make_directory(target.site)
        shell.touch(target.site, "distributions", why)
        return
    record(shell, target, command, Selection(selected, open=why))
    for name, each in present_in(shell, target.site).items():
        if name in {one.name for one in selected}:
            named = {name.replace("-", "_"), name.replace("-", ".")}
            named |= {module for module, brought_by in KNOWN.items() if name in brought_by}
            modules = _MODULES.get(name) or "\n".join(sorted(named))
            path = f"{target.site}/{each.folder}/top_level.txt"
            if shell.tree.get(path) is None:
                write_text(shell, path, f"{modules}\n")


def _distributions(package: str) -> tuple[str, ...]:
    """Return the distributions that a package holds, by the rule for its name."""
    found = _PACKAGE.fullmatch(package)
    if found is None or found["name"] in _OF_PYTHON:
        return ()
    return _BESIDE_PIP if found["name"] == "pip" else (found["name"],)


def _target(shell: Shell, manager: str, minor: str = "") -> Target:
    if manager == "apt":
        return Target("usr/lib/python3/dist-packages", "usr")
    versions = [n for n in shell.tree.children("usr/lib") if re.fullmatch(r"python3\.\d+", n)]
    folder = f"python{minor}" if minor else versions[-1] if versions else "python3"
    return Target(f"usr/lib/{folder}/site-packages", "usr")


def _remove(shell: Shell, manager: str, names: list[str]) -> None:
    if shell.doubted:
        return
    target = _target(shell, manager)
    for package in names:
        for name in _distributions(package):
            old = present_in(shell, target.site).get(normal_name(name))
            if old is not None:
                remove_distribution(shell, target.site, old)
