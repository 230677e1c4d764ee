"""What a container runs: from ENTRYPOINT and CMD to the modules that the interpreter imports first.

Sources: OCI image specification, "Conversion to OCI Runtime" (ENTRYPOINT and CMD are one command);
execve(2) (``#!``). The programs themselves are known by ``startservers``, ``startworkers``,
``startframeworks``, ``startwrappers`` and ``startsupervisors``.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Callable, Mapping

import msgspec

from paritycheck.model.environment import PathEntry
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Snapshot
from paritycheck.parse.optionwords import flag_names
from paritycheck.predict.closure import Root
from paritycheck.predict.djangoroots import with_django
from paritycheck.predict.imagefiles import ImageFiles
from paritycheck.predict.projectscripts import project_scripts
from paritycheck.predict.startframeworks import FRAMEWORKS
from paritycheck.predict.startpython import (
    IS_PYTHON,
    console_target,
    put_first,
    run_python,
    run_script,
    shown,
)
from paritycheck.predict.startscene import (
    UNKNOWN,
    Call,
    Command,
    Named,
    Outcome,
    Process,
    Scene,
    search_directories,
    unique_roots,
)
from paritycheck.predict.startservers import SERVERS
from paritycheck.predict.startshell import run_shell
from paritycheck.predict.startsupervisors import SUPERVISORS
from paritycheck.predict.startworkers import WORKERS
from paritycheck.predict.startwrappers import WRAPPERS

PROGRAMS: dict[str, Callable[[Call], Process]] = {**SERVERS, **WORKERS, **FRAMEWORKS}
SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"})
# Programs that are no Python, however they are called.
FOREIGN = flag_names(
    "nginx apache2 httpd apachectl apache2-foreground caddy traefik haproxy envoy node npm npx yarn pnpm bun "
    "deno java php php-fpm ruby rails bundle go postgres mysqld redis-server mongod rabbitmq-server "
    "memcached crond cron sshd rsyslogd tail sleep cat true false nc top ollama"
)
_MOST_STEPS = 500
_DEEPEST = 30  # scripts and wrappers around each other


class Start(msgspec.Struct, frozen=True):
    """What the container runs; paths absolute in it, links followed.

    ``resolved``: the command is understood; ``reason`` says what it is, or what was not understood.
    Several processes may start: ``processes`` has each, ``roots``, ``attributes``, ``data`` and
    ``programs`` those of all, the other fields those of the main one (the last).
    ``executable`` is what ``infer_environment`` takes, ``""`` for the image's ``python``;
    ``interpreter`` the word as written. ``path_entries`` stand before ``sys.path``; ``env`` are
    changes of PYTHON… and PATH made on the way (``""``: taken away). ``programs`` are modules that the
    command itself is (``uvicorn``), ``unread`` the reasons why other commands were not understood.
    """

    resolved: bool
    reason: str
    command: tuple[str, ...] = ()
    location: Location | None = None
    cwd: str = "/"
    interpreter: str = ""
    executable: str = ""
    path_entries: tuple[PathEntry, ...] = ()
    env: dict[str, str] = {}
    roots: tuple[Root, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    data: tuple[str, ...] = ()
    programs: tuple[str, ...] = ()
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
    return _conclude(_follow(Command(words, scene)), words, scene)


def _readable(process: Process) -> Process:
    words = tuple(word.replace(UNKNOWN, "…") for word in process.command)
    return msgspec.structs.replace(process, command=words)


def _read(container: Snapshot, path: str) -> bytes | None:
    text = container.texts.get(path)
    return None if text is None else text.encode("utf-8", "replace")


def _follow(first: Command) -> list[Process]:
    """Follow commands until only processes are left, in their order."""
    waiting: list[Outcome] = [first]
    found: list[Process] = []
    for _ in range(_MOST_STEPS):
        if not waiting:
            return found
        outcome = waiting.pop()
        match outcome:
            case Process():
                found.append(outcome)
            case Named(name=name, call=call):
                found.append(_run_named(name, call))
            case Command():
                waiting.extend(reversed(_step(outcome)))
    return [
        *found,
        Process(first.words, first.scene.cwd, problem="it starts more commands than can be followed"),
    ]


def _step(command: Command) -> tuple[Outcome, ...]:
    words, scene = command.words, command.scene
    if not words:
        return (_problem(command, "no command is left to run"),)
    if scene.depth > _DEEPEST:
        return (_problem(command, f"{shown(words[0])} runs itself, or too many others in each other"),)
    if UNKNOWN in words[0]:
        return (_problem(command, f"which command is run is not known: {shown(words[0])}"),)
    name = posixpath.basename(words[0])
    inner = scene.deeper()
    if IS_PYTHON.fullmatch(name):
        return (run_python(words, scene),)
    if name in SHELLS:
        return _shell(command)
    path = scene.program(words[0])
    if path is not None and _is_own_script(path) and not (name in WRAPPERS and "--" in words):
        return _script(command, path)
    if name in WRAPPERS:
        return (WRAPPERS[name](words[1:], inner),)
    if name in SUPERVISORS and (name != "init" or words[0] == "/init"):
        return SUPERVISORS[name](words, inner)
    return _program(command, name, path)


def _is_own_script(path: str) -> bool:
    """Tell a project's script from a program: programs lie in ``bin`` and have no suffix."""
    directory = posixpath.basename(posixpath.dirname(path))
    return directory not in ("bin", "sbin", "Scripts") or path.endswith((".py", ".sh"))


def _problem(command: Command, problem: str) -> Process:
    return Process(command.words, command.scene.cwd, problem=problem, location=command.scene.location)


def _shell(command: Command) -> tuple[Outcome, ...]:
    """Follow ``sh -c TEXT [NAME ARGUMENT …]`` and ``sh FILE [ARGUMENT …]``."""
    words, scene = command.words, command.scene.deeper()
    position = 2 if posixpath.basename(words[0]) == "busybox" else 1
    code = False
    while position < len(words) and words[position].startswith(("-", "+")) and words[position] != "-":
        word = words[position]
        position += 1
        if word == "--":
            break
        code = code or (not word.startswith("--") and "c" in word)
        position += word in ("-o", "+o", "-O", "+O", "--rcfile", "--init-file")
    rest = words[position:]
    if not rest:
        return (_problem(command, f"{shown(words[0])} without a script: it waits for input"),)
    if UNKNOWN in rest[0] and not code:
        return (_problem(command, f"which script is run is not known: {shown(rest[0])}"),)
    if code:
        return run_shell(rest[0], scene, rest[1:] or (words[0],)) or (_idle(command),)
    path = scene.absolute(rest[0])
    text = scene.text(path)
    if text is None:
        return (_missing_script(command, path),)
    return run_shell(text, scene, rest, path) or (_idle(command),)


def _idle(command: Command) -> Process:
    return Process(
        command.words, command.scene.cwd, idle=True, reason="starts nothing", location=command.scene.location
    )


def _missing_script(command: Command, path: str) -> Process:
    there = command.scene.files.exists(path)
    problem = f"{path} cannot be read" if there else f"{path} is not in the container"
    return msgspec.structs.replace(_problem(command, problem), data=(path,))


def _script(command: Command, path: str) -> tuple[Outcome, ...]:
    """Follow a file that is run by itself: by its ``#!`` line, else as a shell's."""
    words, scene = command.words, command.scene
    text = scene.text(path)
    if text is None or text.startswith("\x7fELF") or "\0" in text[:1024]:
        return (_problem(command, f"{path} is no script that can be read"),)
    first, _, _ = text.partition("\n")
    if not first.startswith("#!"):
        return run_shell(text, scene.deeper(), (path, *words[1:]), path) or (_idle(command),)
    interpreter = first[2:].split()
    program = posixpath.basename(interpreter[0]) if interpreter else ""
    if program == "env":
        interpreter = [word for word in interpreter[1:] if not word.startswith("-") and "=" not in word]
        program = posixpath.basename(interpreter[0]) if interpreter else ""
    if IS_PYTHON.fullmatch(program):
        return (run_python((*interpreter, path, *words[1:]), scene.deeper()),)
    if program in SHELLS or program == "with-contenv" or program == "execlineb":
        return run_shell(text, scene.deeper(), (path, *words[1:]), path) or (_idle(command),)
    return (_problem(command, f"{path} is a script of {program or 'nothing'}"),)


def _program(command: Command, name: str, path: str | None) -> tuple[Outcome, ...]:
    """Follow a program by its name: a console script, or one of those that are known."""
    words, scene = command.words, command.scene
    text = (scene.text(path) if path is not None else None) or ""
    interpreter = _interpreter_of(text)
    process = Process(
        words, scene.cwd, location=scene.location, executable=interpreter, interpreter=interpreter
    )
    call = Call(words[1:], scene, process)
    if path is not None and text.startswith("#!"):
        call = put_first(call, posixpath.dirname(scene.files.real(path)))
    targets = scene.scripts
    if name in PROGRAMS:
        return (Named(name, call),)
    if name in targets:
        module, _, attribute = targets[name].partition(":")
        return (
            call.becomes(
                f"runs the console script {name}", modules=(module,), attributes=((module, attribute),)
            ),
        )
    if interpreter and path is not None:
        target = console_target(text)
        if target is not None:
            return (
                call.becomes(f"runs the console script {name}", modules=target[:1], attributes=(target,)),
            )
        return (run_script(Call(words[1:], scene, process), path),)
    if path is not None and text.startswith("#!"):
        return _script(command, path)
    if "/" in words[0] and path is None and not _is_program_place(words[0]):
        return (_missing_script(command, scene.absolute(words[0])),)
    after = words.index("--") + 1 if "--" in words else len(words)
    if words[after:]:
        return (Command(words[after:], scene.deeper()),)  # an unknown wrapper, by the usual convention
    if name in FOREIGN:
        return (msgspec.structs.replace(_problem(command, f"{words[0]} is no Python program"), idle=True),)
    return (_problem(command, f"{words[0]} is not known here"),)


def _is_program_place(word: str) -> bool:
    return posixpath.basename(posixpath.dirname(word)) in ("bin", "sbin", "Scripts")


def _interpreter_of(text: str) -> str:
    """Return the interpreter that a script's first line names, if it is Python."""
    first = text.partition("\n")[0]
    parts = first[2:].split() if first.startswith("#!") else []
    if parts[:1] == ["/bin/sh"]:  # pip's way around long paths: the second line is the interpreter's
        second = text.split("\n", 2)[1:2]
        match = shlex.split(second[0], posix=True) if second and second[0].startswith("'''exec'") else []
        parts = match[1:2]
    if parts and posixpath.basename(parts[0]) == "env":
        parts = [word for word in parts[1:] if not word.startswith("-")]
    return parts[0] if parts and IS_PYTHON.fullmatch(posixpath.basename(parts[0])) else ""


def _console_scripts(container: Snapshot, scripts: Mapping[str, str]) -> dict[str, str]:
    """Return the console scripts: what is installed counts before what a project declares."""
    found = {**scripts, **(project_scripts(container) if container.origin.kind == "predicted" else {})}
    for distribution in container.environment.distributions:
        for script in distribution.scripts:
            name, _, target = script.partition("=")
            found[name.strip()] = target.strip()
    return found


def _run_named(name: str, call: Call) -> Process:
    """Return what a Python program is that is called by the name of its script or module."""
    handler = PROGRAMS.get(name)
    if handler is not None:
        return handler(call)
    targets = call.scene.scripts
    if name in targets:
        module, _, attribute = targets[name].partition(":")
        return call.becomes(f"runs {name}", modules=(module,), attributes=((module, attribute),))
    return call.becomes(f"runs the module {name}", roots=(Root(name, main=True),))


def _with_strings(process: Process, scene: Scene) -> Process:
    """Add what Django imports by strings, where a root names its settings module."""
    if "django" in process.programs or not process.roots:
        return process
    inner = msgspec.structs.replace(scene.given(process.env), cwd=process.cwd)
    return with_django(process, inner, search_directories(inner, process.path_entries))


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
        env=main.env,
        roots=unique_roots([root for process in (main, *busy[:-1]) for root in process.roots]),
        attributes=tuple(dict.fromkeys(pair for process in busy for pair in process.attributes)),
        data=tuple(dict.fromkeys(path for process in busy for path in process.data)),
        programs=tuple(dict.fromkeys(name for process in busy for name in process.programs)),
        processes=tuple(finished),
        unread=tuple(process.problem for process in finished if process.problem and process is not main),
    )
