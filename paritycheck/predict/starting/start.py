"""What a container runs: from ENTRYPOINT and CMD to the modules that the interpreter imports first.

Sources: OCI image specification, "Conversion to OCI Runtime" (ENTRYPOINT and CMD are one command);
a command that ends in a shell is followed through its script. What is known of single programs
stands in ``startpython``, ``startservers``, ``startworkers``, ``startframeworks``, ``startwrappers``
and ``startsupervisors``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

import msgspec

from paritycheck.model.environment import PathEntry
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Snapshot
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.commands import follow
from paritycheck.predict.starting.djangoroots import with_django
from paritycheck.predict.starting.projectscripts import project_scripts
from paritycheck.predict.starting.scene import (
    UNKNOWN,
    Command,
    Process,
    Scene,
    search_directories,
    unique_roots,
)


class Start(msgspec.Struct, frozen=True):
    """What the container runs; paths absolute in it, links followed.

    ``resolved``: the command is understood; ``reason`` says what it is, or what was not understood.
    Several processes may start: ``processes`` has each, ``roots``, ``attributes``, ``data`` and
    ``programs`` those of all, the other fields those of the main one (the last).
    ``executable`` is what ``infer_environment`` takes, ``""`` for the image's ``python``;
    ``interpreter`` the word as written. ``path_entries`` stand before ``sys.path``,
    ``last_entries`` after it; ``env`` are changes of PYTHON… and PATH made on the way (``""``: taken
    away). ``programs`` are modules that the command itself is (``uvicorn``), ``unread`` the reasons
    why other commands were not understood. ``settings`` is Django's settings module.
    """

    resolved: bool
    reason: str
    command: tuple[str, ...] = ()
    location: Location | None = None
    cwd: str = "/"
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
    processes: tuple[Process, ...] = ()
    unread: tuple[str, ...] = ()


def resolve_start(container: Snapshot, override: str = "", scripts: Mapping[str, str] | None = None) -> Start:
    """Return what ``container`` runs.

    ``override`` is a command line that replaces ENTRYPOINT and CMD; ``scripts`` are console scripts
    (name -> ``module:attribute``) that are installed as far as anybody knows, though no
    distribution in the container says so: those of the checkout's own project.
    """
    config = container.config
    files = ImageFiles(container.tree, lambda path: _read(container, path))
    workdir = posixpath.join("/", config.workdir if config else "")
    env = dict(config.env) if config else {}
    known = _console_scripts(container, scripts or {})
    scene = Scene(container, files, files.real(posixpath.normpath(workdir)), env, scripts=known)
    words = (*config.entrypoint, *config.cmd) if config else ()
    if override:
        words = ("sh", "-c", override)
    if not words:
        reason = "the image names no command (ENTRYPOINT, CMD)" if config else "there is no image config"
        return Start(False, reason, cwd=scene.cwd)
    return _conclude(follow(Command(words, scene)), words, scene)


def _readable(process: Process) -> Process:
    words = tuple(word.replace(UNKNOWN, "…") for word in process.command)
    return msgspec.structs.replace(process, command=words)


def _read(container: Snapshot, path: str) -> bytes | None:
    text = container.texts.get(path)
    return None if text is None else text.encode("utf-8", "replace")


def _console_scripts(container: Snapshot, scripts: Mapping[str, str]) -> dict[str, str]:
    """Return the console scripts: what is installed counts before what a project declares."""
    found = {**scripts, **(project_scripts(container) if container.origin.kind == "predicted" else {})}
    for distribution in container.environment.distributions:
        for script in distribution.scripts:
            name, _, target = script.partition("=")
            found[name.strip()] = target.strip()
    return found


def _with_strings(process: Process, scene: Scene) -> Process:
    """Add what Django imports by strings, where a root names its settings module."""
    if "django" in process.programs or not process.roots:
        return process
    inner = msgspec.structs.replace(scene.given(process.env), cwd=process.cwd)
    entries = (*process.path_entries, *process.last_entries)
    return with_django(process, inner, search_directories(inner, entries))


def _conclude(processes: list[Process], words: tuple[str, ...], scene: Scene) -> Start:
    finished = [_with_strings(_readable(process), scene) for process in processes]
    busy = [process for process in finished if not process.idle]
    if not busy:
        reason = next((process.problem for process in finished if process.problem), "it starts nothing")
        return Start(False, reason, words, cwd=scene.cwd, processes=tuple(finished))
    main = busy[-1]
    return Start(
        resolved=not main.problem,
        reason=main.problem or main.reason,
        command=main.command,
        location=main.location,
        cwd=main.cwd,
        interpreter=main.interpreter,
        executable=main.executable,
        path_entries=main.path_entries,
        last_entries=main.last_entries,
        env=main.env,
        roots=unique_roots([root for process in (main, *busy[:-1]) for root in process.roots]),
        attributes=tuple(dict.fromkeys(pair for process in busy for pair in process.attributes)),
        data=tuple(dict.fromkeys(path for process in busy for path in process.data)),
        programs=tuple(dict.fromkeys(name for process in busy for name in process.programs)),
        settings=next((each.settings for each in reversed(busy) if each.settings), ""),
        processes=tuple(finished),
        unread=tuple(process.problem for process in finished if process.problem and process is not main),
    )
