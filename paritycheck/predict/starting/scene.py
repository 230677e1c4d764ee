"""What is known while a command is followed: where it runs, what it has, and what it has become.

A command is followed step by step: each step turns one :class:`Command` into others, or into the
:class:`Process` that stays.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

import msgspec

from paritycheck.model.environment import PathEntry
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Snapshot
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.environment.interpreting import DEFAULT_PATH
from paritycheck.predict.importing.closure import LEVELS, Root

# Stands in a word for a value that is not known: no image holds a NUL in an argument.
UNKNOWN = "\0"
STEERING = frozenset({"PATH", "HOME", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE"})
MAX_SCRIPT = 1 << 20  # bytes; what is larger is no script that anybody wrote


class Scene(msgspec.Struct, frozen=True):
    """Where a command is run: the container, the working directory (absolute, links followed), variables.

    ``env`` maps a variable to ``None`` where only its name is known; ``changes`` are those made on
    the way; ``location`` is the line of the script that the command stands in; ``scripts`` are console
    scripts (name -> ``module:attribute``); ``depth`` counts the scripts and wrappers around it.
    """

    container: Snapshot
    files: ImageFiles
    cwd: str
    env: Mapping[str, str | None]
    changes: Mapping[str, str] = {}
    location: Location | None = None
    scripts: Mapping[str, str] = {}
    depth: int = 0

    def absolute(self, path: str) -> str:
        """Return ``path`` as seen from the working directory, cleaned, links not followed."""
        return posixpath.normpath(posixpath.join(self.cwd, path))

    def entered(self, path: str) -> Scene:
        """Return the scene after ``cd path``."""
        return msgspec.structs.replace(self, cwd=self.files.real(self.absolute(path)))

    def given(self, variables: Mapping[str, str]) -> Scene:
        """Return the scene with these variables set."""
        if not variables:
            return self
        return msgspec.structs.replace(
            self, env={**self.env, **variables}, changes={**self.changes, **variables}
        )

    def deeper(self) -> Scene:
        """Return the scene one script or wrapper further in."""
        return msgspec.structs.replace(self, depth=self.depth + 1)

    @property
    def steering(self) -> dict[str, str]:
        """The changes of variables that steer Python, the search for programs, or Django."""
        return {
            name: value
            for name, value in self.changes.items()
            if name.startswith("PYTHON") or name in STEERING
        }

    def text(self, path: str) -> str | None:
        """Return the text of the file at an absolute path, ``None`` if it is not to be had."""
        entry = self.files.entry(path)
        if entry is None or entry.kind != "file" or entry.size > MAX_SCRIPT:
            return None
        return self.container.texts.get(entry.path)

    def program(self, word: str) -> str | None:
        """Return the absolute path of the file that the command word runs, if it is in the container."""
        if "/" in word:
            path = self.absolute(word)
            return path if self.files.is_file(path) else None
        for directory in (self.env.get("PATH") or DEFAULT_PATH).split(":"):
            path = posixpath.join(self.absolute(directory), word)
            if self.files.is_file(path):
                return path
        return None


class Command(msgspec.Struct, frozen=True):
    """A command still to be followed; ``given`` is what it reads from a here-document."""

    words: tuple[str, ...]
    scene: Scene
    given: str | None = None


class Process(msgspec.Struct, frozen=True):
    """What one command is in the end: fields as those of :class:`~paritycheck.predict.starting.start.Start`.

    ``problem`` says why it is not understood; ``idle`` that it starts nothing of Python's and is over
    before the next begins, as far as anybody knows. ``settings`` is Django's settings module.
    """

    command: tuple[str, ...]
    cwd: str
    reason: str = ""
    problem: str = ""
    idle: bool = False
    location: Location | None = None
    interpreter: str = ""
    executable: str = ""
    path_entries: tuple[PathEntry, ...] = ()
    last_entries: tuple[PathEntry, ...] = ()
    env: dict[str, str] = {}
    roots: tuple[Root, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    data: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
    settings: str = ""


class Call(msgspec.Struct, frozen=True):
    """A Python program that is called: its arguments, and the process as far as it is known."""

    arguments: tuple[str, ...]
    scene: Scene
    process: Process

    def becomes(
        self,
        reason: str,
        *,
        first: tuple[str, ...] = (),
        last: tuple[str, ...] = (),
        modules: tuple[str, ...] = (),
        roots: tuple[Root, ...] = (),
        attributes: tuple[tuple[str, str], ...] = (),
        data: tuple[str, ...] = (),
        programs: tuple[str, ...] = (),
        settings: str = "",
        problem: str = "",
    ) -> Process:
        """Return the process; directories go ``first`` on sys.path, or ``last``, in that order."""
        entries = [start_entry(self.scene, path) for path in first]
        known = {entry.path for entry in entries}
        kept = [entry for entry in self.process.path_entries if entry.path not in known]
        return msgspec.structs.replace(
            self.process,
            reason=reason,
            problem=problem,
            cwd=self.scene.cwd,
            env=self.scene.steering,
            path_entries=unique_entries([*entries, *kept]),
            last_entries=unique_entries([start_entry(self.scene, path) for path in last]),
            roots=unique_roots([*(Root(name) for name in modules if name), *roots]),
            attributes=tuple(dict.fromkeys(pair for pair in attributes if all(pair))),
            data=tuple(dict.fromkeys(data)),
            programs=tuple(dict.fromkeys((*self.process.programs, *programs))),
            settings=settings,
        )

    def fails(self, problem: str) -> Process:
        """Return the process that is not understood."""
        return msgspec.structs.replace(
            self.process, cwd=self.scene.cwd, env=self.scene.steering, problem=problem
        )

    def moved(self, directory: str) -> Call:
        """Return the call after the program changed its working directory (``""``: it did not)."""
        if not directory:
            return self
        return msgspec.structs.replace(self, scene=self.scene.entered(directory))

    @property
    def search(self) -> tuple[str, ...]:
        """The directories in which its modules are looked for, as absolute paths."""
        return search_directories(self.scene, self.process.path_entries)


class Named(msgspec.Struct, frozen=True):
    """A Python program called by name: ``celery``, as a module, or as a script in ``bin``.

    ``otherwise`` is what it is if nothing is known under this name.
    """

    name: str
    call: Call
    otherwise: Process


Outcome = Command | Process | Named


def start_entry(scene: Scene, path: str) -> PathEntry:
    """Return the ``sys.path`` entry for a directory, seen from the working directory, links followed."""
    real = scene.files.real(scene.absolute(path))
    return PathEntry(real, "start", scene.location, scene.files.exists(real))


def unique_entries(entries: list[PathEntry]) -> tuple[PathEntry, ...]:
    """Keep the first entry of each path."""
    found: dict[str, PathEntry] = {}
    for entry in entries:
        found.setdefault(entry.path, entry)
    return tuple(found.values())


def unique_roots(roots: list[Root]) -> tuple[Root, ...]:
    """Keep each root once, as surely as any asks for it; every script but the first has a name of its own."""
    found: dict[str, Root] = {}
    for root in dict.fromkeys(roots):
        if root.name in found and root.path:
            root = msgspec.structs.replace(root, name=f"{root.name} ({root.path})")
        known = found.setdefault(root.name, root)
        context = min(known.context, root.context, key=LEVELS.index)
        found[root.name] = msgspec.structs.replace(known, context=context)
    return tuple(found.values())


def script_root(scene: Scene, path: str, name: str = "__main__", *, main: bool = True) -> Root:
    """Return the root of a script, by its path in the tree; one that is not there keeps its path."""
    return Root(name, scene.files.real(scene.absolute(path)).lstrip("/"), main)


def search_directories(scene: Scene, entries: tuple[PathEntry, ...]) -> tuple[str, ...]:
    """Return start entries, PYTHONPATH and the rest of sys.path, those that are there."""
    python_path = (scene.env.get("PYTHONPATH") or "").split(":")
    paths = [
        *(entry.path for entry in entries),
        *(scene.absolute(path) for path in python_path if path),
        *(entry.path for entry in scene.container.environment.sys_path if entry.reason != "stdlib"),
    ]
    return tuple(path for path in dict.fromkeys(paths) if scene.files.is_dir(path))


def module_file(scene: Scene, directories: tuple[str, ...], name: str) -> str:
    """Return the absolute path of a module's source file, of a package's directory, else ``""``.

    A directory is returned for a package of any kind: with ``__init__.py``, or a namespace.
    """
    relative = name.replace(".", "/")
    namespace = ""
    for directory in directories:
        base = posixpath.join(directory, relative)
        if scene.files.is_dir(base):
            if scene.files.is_file(base + "/__init__.py"):
                return base
            namespace = namespace or base
        if scene.files.is_file(base + ".py"):
            return base + ".py"
    return namespace


def module_text(scene: Scene, directories: tuple[str, ...], name: str) -> str:
    """Return the source of a module or of a package's ``__init__``, ``""`` if it is not to be had."""
    path = module_file(scene, directories, name)
    if path and not path.endswith(".py"):
        path += "/__init__.py"
    return (scene.text(path) or "") if path else ""


_REFERENCE = re.compile(r"([^\W\d]\w*(?:\.[^\W\d]\w*)*)(?::(.+))?")


def read_reference(word: str) -> tuple[str, str] | None:
    """Divide ``a.b:app`` into module and attribute (its first name, calls dropped); ``None``: it is none."""
    match = _REFERENCE.fullmatch(word)
    if match is None:
        return None
    attribute = re.match(r"[^\W\d]\w*", match[2] or "")
    return match[1], attribute[0] if attribute else ""
