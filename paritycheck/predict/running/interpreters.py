"""Which Python interpreters a stage has, and of which version they are.

Source: the names under which CPython installs itself (``bin/pythonX.Y``, ``lib/pythonX.Y/os.py``) and
the links that Debian, the official images and ``venv`` put beside them; where the interpreter is not
at hand, its version is what the name of the base image says.
"""

from __future__ import annotations

import posixpath
import re

from paritycheck.predict.running.shellstate import Shell

_SEARCHED = ("usr/local/bin", "usr/bin", "opt/conda/bin")
_NAMES = ("python3", "python")
_PROGRAM = re.compile(r"(?:.*/)?python(3\.\d+)t?")
_LIBRARY = re.compile(r"python(3\.\d+)")


def system_python(shell: Shell, name: str = "python3") -> tuple[str, str]:
    """Return the path of the system's interpreter and its version (``3.12``, empty: unknown)."""
    named = _PROGRAM.fullmatch(name)
    for folder in _SEARCHED:
        path = f"{folder}/{name if named else 'python3'}"
        if shell.tree.locate(path).entry is not None:
            return f"/{path}", version_at(shell, path) or shell.scene.python
    return f"/usr/local/bin/{name if named else 'python3'}", named[1] if named else shell.scene.python


def version_at(shell: Shell, path: str) -> str:
    """Return the version of the interpreter that a tree path leads to, empty if it is not there or untold."""
    place = shell.tree.locate(path)
    named = _PROGRAM.fullmatch(place.path)
    if named is not None:
        return named[1]  # also of one that is in another stage only: an environment may have been copied
    if place.entry is None:
        return ""
    libraries = _libraries(shell, posixpath.dirname(posixpath.dirname(place.path)))
    return libraries[0] if len(libraries) == 1 else ""


def version_below(shell: Shell, prefix: str) -> str:
    """Return the version that packages below a tree path are for, empty if nothing there tells it.

    The interpreter there counts before the packages that are there already.
    """
    own = next(filter(None, (version_at(shell, f"{prefix}/bin/{name}".lstrip("/")) for name in _NAMES)), "")
    if own:
        return own
    libraries = _libraries(shell, prefix)
    return libraries[0] if len(libraries) == 1 else ""


def _libraries(shell: Shell, prefix: str) -> list[str]:
    """Return the versions whose library is below a prefix, if there is one; else those with any packages."""
    lib = f"{prefix}/lib".lstrip("/")
    found = [match[1] for name in shell.tree.children(lib) if (match := _LIBRARY.fullmatch(name))]
    whole = [minor for minor in found if shell.tree.locate(f"{lib}/python{minor}/os.py").entry is not None]
    return whole or found
