"""What a selection is told about where it installs: the stage's texts, the markers, what is there.

Source: PEP 508 for the markers, ``uname`` for the names of machines; the version of the interpreter is that
of the directory that is installed to, its patch release what official images set as PYTHON_VERSION.
"""

from __future__ import annotations

import re

from paritycheck.predict.environment.inferring import MACHINES
from paritycheck.predict.running.installsites import Target
from paritycheck.predict.running.interpreters import system_python
from paritycheck.predict.running.recording import present_in
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.selecting.request import StageText, Surroundings

_FOLDER = re.compile(r"/(python|pypy)(3\.\d+)t?(?=/|$)")


class Reading:
    """Reads the stage's texts for a selection, and remembers which files of the context these were."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.files: dict[str, None] = {}

    def read(self, path: str) -> StageText | None:
        """Return the text at a tree path, ``None`` if it is not to be had."""
        place = self.shell.tree.locate(path.lstrip("/"))
        entry = place.entry
        if entry is None or entry.kind != "file":
            return None
        data = self.shell.scene.read(self.shell.tree, entry)
        if data is None:
            return None
        if entry.source:
            self.files[entry.source] = None
        return StageText(data.decode("utf-8", "replace"), entry.source or f"/{place.path}")

    def children(self, path: str) -> tuple[str, ...]:
        """Return the names in the directory at a tree path."""
        return self.shell.tree.children(self.shell.tree.locate(path.lstrip("/")).path)


def surroundings(shell: Shell, target: Target, reading: Reading) -> Surroundings:
    """Return what a command that installs into ``target`` finds."""
    python, markers = interpreter_markers(shell, target)
    return Surroundings(
        read=reading.read,
        children=reading.children,
        markers=markers,
        python=python,
        catalogue=shell.scene.catalogue,
        present={name: each.version for name, each in present_in(shell, target.site).items()},
    )


def interpreter_markers(shell: Shell, target: Target) -> tuple[str, dict[str, str]]:
    """Return the version of the interpreter that is installed for, ``""`` if unknown, and its markers."""
    found = _FOLDER.search("/" + target.site)
    python = found[2] if found else system_python(shell)[1]
    pypy = found is not None and found[1] == "pypy"
    system, _, architecture = shell.scene.platform.partition("/")
    architecture = architecture.partition("/")[0]
    markers = {
        "implementation_name": "pypy" if pypy else "cpython",
        "os_name": "posix",
        "platform_machine": MACHINES.get(architecture, architecture),
        "platform_python_implementation": "PyPy" if pypy else "CPython",
        "platform_system": system.capitalize(),
        "sys_platform": system,
    }
    if python:
        markers["python_version"] = python
        full = shell.variable("PYTHON_VERSION")
        if re.fullmatch(re.escape(python) + r"\.\d+", full):
            markers["python_full_version"] = full
            if not pypy:
                markers["implementation_version"] = full
    return python, {name: value for name, value in markers.items() if value}
