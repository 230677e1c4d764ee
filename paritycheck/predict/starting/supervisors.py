"""Programs that start several others: supervisord, circus, honcho and its kind, s6, runit.

Sources: supervisor ``options.py`` (default places, ``%(ENV_x)s``), honcho ``command.py``, circus
``config.py``, s6-overlay's
README (``/etc/services.d``, ``/etc/s6-overlay/s6-rc.d``), runit's ``runsvdir``.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
import shlex
from collections.abc import Callable, Iterator

import msgspec

from paritycheck.model.location import Location
from paritycheck.parse.command.optionwords import flag_names, read_options
from paritycheck.parse.command.processfiles import (
    Listed,
    included_files,
    read_circus,
    read_procfile,
    read_supervisor,
)
from paritycheck.predict.starting.scene import UNKNOWN, Command, Outcome, Process, Scene

_PLACES = (
    "supervisord.conf",
    "etc/supervisord.conf",
    "/etc/supervisord.conf",
    "/etc/supervisor/supervisord.conf",
)
_SERVICES = ("/etc/services.d", "/etc/s6-overlay/s6-rc.d", "/etc/s6/services", "/etc/service", "/etc/sv")


def supervisord(words: tuple[str, ...], scene: Scene) -> tuple[Outcome, ...]:
    """``supervisord [-c FILE]`` and the files it includes."""
    options = read_options(
        words[1:],
        flag_names("-n --nodaemon -s --silent -v --version -t --strip_ansi -k --nocleanup"),
    )
    given = options.last("-c", "--configuration")
    places = [given] if given else [name for name in _PLACES if scene.files.is_file(scene.absolute(name))]
    path = scene.absolute(places[0]) if places else ""
    text = scene.text(path) if path else None
    if text is None:
        return (_problem(words, scene, f"supervisord: its configuration {path} cannot be read"),)
    found = [_listed(item, path, scene) for item in read_supervisor(text)]
    for pattern in included_files(text):
        for other in _matching(scene, posixpath.join(posixpath.dirname(path), pattern)):
            found += [_listed(item, other, scene) for item in read_supervisor(scene.text(other) or "")]
    return tuple(found) or (_problem(words, scene, f"supervisord: {path} names no program"),)


def honcho(words: tuple[str, ...], scene: Scene) -> tuple[Outcome, ...]:
    """``honcho start [NAME …]``, ``foreman start`` and ``honcho run COMMAND``."""
    options = read_options(words[1:], frozenset({"--no-prefix", "--no-colour"}), stop=True)
    if options.rest[:1] == ("run",):
        return (Command(options.rest[1:], scene),)
    after = read_options(options.rest[1:], frozenset({"--no-prefix", "--no-colour"}))
    path = scene.absolute(options.last("-f", "--procfile") or after.last("-f", "--procfile") or "Procfile")
    text = scene.text(path)
    if text is None:
        return (_problem(words, scene, f"{words[0]}: {path} cannot be read"),)
    asked = after.rest
    found = [_listed(item, path, scene) for item in read_procfile(text) if not asked or item.name in asked]
    return tuple(found) or (_problem(words, scene, f"{words[0]}: {path} names no process"),)


def circusd(words: tuple[str, ...], scene: Scene) -> tuple[Outcome, ...]:
    """``circusd FILE``: every ``[watcher:NAME]``."""
    options = read_options(words[1:], flag_names("--daemon --version"))
    path = scene.absolute(options.rest[0]) if options.rest else ""
    text = scene.text(path) if path else None
    if text is None:
        return (_problem(words, scene, f"circusd: its configuration {path} cannot be read"),)
    found = [_listed(item, path, scene) for item in read_circus(text)]
    return tuple(found) or (_problem(words, scene, f"circusd: {path} names no watcher"),)


def services(words: tuple[str, ...], scene: Scene) -> tuple[Outcome, ...]:
    """``/init`` of s6-overlay, ``s6-svscan DIR`` and ``runsvdir DIR``: every ``run`` file below."""
    given = [word for word in words[1:] if word.startswith("/") and scene.files.is_dir(word)]
    runs = []
    for directory in given or [place for place in _SERVICES if scene.files.is_dir(place)]:
        for name in scene.files.names(directory):
            runs += [
                path for file in ("run", "up") if scene.files.is_file(path := f"{directory}/{name}/{file}")
            ]
    found: list[Outcome] = [Command((path,), scene) for path in runs]
    # s6-overlay runs the image's CMD beside its services.
    if words[0] == "/init" and len(words) > 1:
        found.append(Command(words[1:], scene))
    return tuple(found) or (_problem(words, scene, f"{words[0]}: there are no services"),)


def has_services(scene: Scene) -> bool:
    """Tell whether there are services that an ``/init`` would start: else it is a script like any other."""
    return any(scene.files.is_dir(place) for place in _SERVICES[:2])


def _listed(item: Listed, path: str, scene: Scene) -> Outcome:
    location = Location(path, item.line, item.command)
    variables = {name: _with_environment(value, scene) for name, value in item.environment.items()}
    inner = msgspec.structs.replace(scene.given(variables), location=location)
    if item.directory:
        inner = inner.entered(_with_environment(item.directory, scene))
    if item.by_shell:
        return Command(("sh", "-c", item.command), inner)
    try:
        words = shlex.split(_with_environment(item.command, scene), comments=False)
    except ValueError as error:
        return _problem((item.command,), inner, f"{item.name}: {error}")
    return Command(tuple(words), inner)


def _with_environment(text: str, scene: Scene) -> str:
    """Return the text with ``%(ENV_X)s`` replaced, ``%(here)s`` and others unknown."""
    return re.sub(
        r"%\((\w+)\)[sd]",
        lambda match: scene.env.get(match[1].removeprefix("ENV_")) or UNKNOWN,
        text,
    )


def _matching(scene: Scene, pattern: str) -> Iterator[str]:
    directory, name = posixpath.split(scene.absolute(pattern))
    for each in scene.files.names(directory):
        if fnmatch.fnmatchcase(each, name):
            yield f"{directory}/{each}"


def _problem(words: tuple[str, ...], scene: Scene, problem: str) -> Process:
    return Process(words, scene.cwd, problem=problem, location=scene.location)


SUPERVISORS: dict[str, Callable[[tuple[str, ...], Scene], tuple[Outcome, ...]]] = {
    "supervisord": supervisord,
    "circusd": circusd,
    "honcho": honcho,
    "foreman": honcho,
    "forego": honcho,
    "hivemind": honcho,
    "overmind": honcho,
    "s6-svscan": services,
    "runsvdir": services,
    "runsvdir-start": services,
    "my_init": services,
}
