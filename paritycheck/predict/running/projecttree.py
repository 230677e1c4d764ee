"""A project's directory in a stage, and what installing it puts where: the values, no backend's rules."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any

import msgspec

from paritycheck.model.location import Location
from paritycheck.model.tree import join
from paritycheck.predict.running.shellstate import Shell


class Need(msgspec.Struct, frozen=True):
    """A path below the project (one of ``a|b``) without which its build fails, and who asks for it.

    ``silent``: the build passes it over, and installs the rest.
    """

    path: str
    file: str = ""
    line: int = 0
    silent: bool = False


class Payload(msgspec.Struct, frozen=True):
    """What an install brings.

    ``files`` maps a path below site-packages to a tree path (a file, or a directory with all
    below). For an editable install ``roots`` are tree paths that go onto ``sys.path``, ``redirects``
    import names that are mapped to tree paths. ``problem``: why it is not known; then ``names`` are the
    top-level names that there can be (none: any). ``developed``: the tree path that an editable install of
    the old kind, ``setup.py develop``, puts onto ``sys.path`` whatever it holds; ``None`` if there is none.
    """

    name: str
    files: Mapping[str, str] = {}
    roots: tuple[str, ...] = ()
    redirects: Mapping[str, str] = {}
    needs: tuple[Need, ...] = ()
    problem: str = ""
    names: tuple[str, ...] = ()
    developed: str | None = None


class Project:
    """The directory at a tree path."""

    def __init__(self, shell: Shell, path: str) -> None:
        self.shell = shell
        self.path = path

    def at(self, below: str) -> str:
        """Return the tree path of a path below the project."""
        return join(self.path, below)

    def is_dir(self, below: str) -> bool:
        """Tell whether a directory is there."""
        place = self.shell.tree.locate(self.at(below))
        return place.certainty == "present" and self.shell.tree.is_dir(place.path)

    def is_file(self, below: str) -> bool:
        """Tell whether a file is there."""
        entry = self.shell.tree.locate(self.at(below)).entry
        return entry is not None and entry.kind == "file"

    def children(self, below: str) -> tuple[str, ...]:
        """Return the names in a directory."""
        return self.shell.tree.children(self.shell.tree.locate(self.at(below)).path)

    def files_below(self, below: str) -> Iterator[str]:
        """Yield every file below a directory, as paths below the project."""
        real = self.shell.tree.locate(self.at(below)).path
        prefix = f"{below}/" if below not in ("", ".") else ""
        for entry in self.shell.tree.below(real):
            if entry.kind == "file" and "__pycache__" not in entry.path:
                yield prefix + entry.path[len(real) :].lstrip("/")

    def read(self, below: str) -> bytes | None:
        """Return a file's content, if it is to be had."""
        return self.shell.read("/" + self.at(below))

    @cached_property
    def pyproject(self) -> dict[str, Any] | None:
        """The table of pyproject.toml; ``None`` if there is none that can be read."""
        data = self.read("pyproject.toml")
        if data is None:
            return None
        try:
            return tomllib.loads(data.decode("utf-8", "replace"))
        except (tomllib.TOMLDecodeError, RecursionError):
            return None

    def table(self, *names: str) -> dict[str, Any]:
        """Return a table of pyproject.toml, empty if it is not there."""
        found: Any = self.pyproject or {}
        for name in names:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, dict) else {}

    @property
    def backend(self) -> str:
        """The build backend; setuptools is the default."""
        return str(self.table("build-system").get("build-backend", "setuptools.build_meta"))

    @property
    def name(self) -> str:
        """The name of the distribution, as it is written; empty if it is not said."""
        name = self.table("project").get("name") or self.table("tool", "poetry").get("name") or ""
        return str(name)

    @property
    def module_name(self) -> str:
        """The name of the distribution as an identifier."""
        return re.sub(r"[-_.]+", "_", self.name)

    def needs_of(self, keys: tuple[str, ...]) -> Iterator[Need]:
        """Yield the files that ``readme`` and its kind name in [project]."""
        for key in keys:
            value = self.table("project").get(key)
            path = value.get("file") if isinstance(value, dict) else value if key == "readme" else None
            if isinstance(path, str) and path:
                yield Need(path, "pyproject.toml", self.line_of(key))

    def line_of(self, key: str, table: str = "") -> int:
        """Return the first line of pyproject.toml that sets ``key``, 0 if none does.

        What stands before the header of ``table`` is passed over, if it has one.
        """
        text = (self.read("pyproject.toml") or b"").decode("utf-8", "replace")
        lines = text.splitlines()
        first = next((number for number, line in enumerate(lines) if line.strip() == f"[{table}]"), 0)
        for number, line in enumerate(lines[first:], start=first + 1):
            if re.match(rf"\s*[\"']?{re.escape(key)}[\"']?\s*=", line):
                return number
        return 0

    def location(self, file: str, line: int) -> Location | None:
        """Return a line of a file of the project: in the context where it comes from there."""
        if not file:
            return None
        entry = self.shell.tree.locate(self.at(file)).entry
        text = (self.read(file) or b"").decode("utf-8", "replace").splitlines()
        shown = text[line - 1].strip() if 0 < line <= len(text) else ""
        return Location(
            entry.source if entry is not None and entry.source else "/" + self.at(file), line, shown
        )


def whole(project: Project, directory: str, target: str) -> dict[str, str]:
    """Return every file of a directory, each with its place below ``target``."""
    start = len(directory) + 1 if directory not in ("", ".") else 0
    prefix = f"{target}/" if target else ""
    return {prefix + path[start:]: project.at(path) for path in project.files_below(directory)}
