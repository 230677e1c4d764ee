"""Which rule follows a command: by its name, else by the file that it is.

Source: execve(2) and POSIX.1-2024, Shell Command Language 2.9.1.4 (search on PATH, ``#!``, a script
without it is the shell's); pip's ``distlib`` for what console scripts look like.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

import msgspec

from paritycheck.parse.command.optionwords import flag_names
from paritycheck.predict.starting.applications import APPLICATIONS
from paritycheck.predict.starting.frameworks import FRAMEWORKS
from paritycheck.predict.starting.python import (
    IS_PYTHON,
    put_first,
    run_python,
    run_script,
    shown,
)
from paritycheck.predict.starting.scene import (
    MAX_SCRIPT,
    UNKNOWN,
    Call,
    Command,
    Named,
    Outcome,
    Process,
    Scene,
)
from paritycheck.predict.starting.servers import SERVERS
from paritycheck.predict.starting.shell import run_shell
from paritycheck.predict.starting.supervisors import SUPERVISORS, has_services, services
from paritycheck.predict.starting.workers import WORKERS
from paritycheck.predict.starting.wrappers import WRAPPERS

PROGRAMS: dict[str, Callable[[Call], Process]] = {
    **SERVERS,
    **WORKERS,
    **FRAMEWORKS,
    **APPLICATIONS,
}
SHELLS = frozenset({"sh", "bash", "dash", "ash", "ksh", "zsh", "busybox"})
# Programs that are no Python, however they are called.
FOREIGN = flag_names(
    "nginx apache2 httpd apachectl apache2-foreground caddy traefik haproxy envoy node npm npx yarn pnpm bun "
    "deno java php php-fpm ruby rails bundle go postgres mysqld redis-server mongod rabbitmq-server "
    "memcached crond cron sshd rsyslogd tail sleep cat true false nc top ollama"
)
_LONG_PATH = re.compile(r"#!/bin/sh\n'''exec'\s+\"?([^\"\s]+)")
_MOST_STEPS = 500
_DEEPEST = 30  # scripts and wrappers around each other


def follow(first: Command) -> list[Process]:
    """Follow a command until only processes are left, in the order in which they start."""
    waiting: list[Outcome] = [first]
    found: list[Process] = []
    for _ in range(_MOST_STEPS):
        if not waiting:
            return found
        outcome = waiting.pop()
        match outcome:
            case Process():
                found.append(outcome)
            case Named():
                found.append(_run_named(outcome))
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
        first = next((n for n, word in enumerate(words) if UNKNOWN not in word), len(words))
        if words[first:] and _is_known(words[first]):  # $RUN_AS gunicorn: a wrapper, or nothing at all
            return (Command(words[first:], scene.deeper(), command.given),)
        return (_problem(command, f"which command is run is not known: {shown(words[0])}"),)
    name = posixpath.basename(words[0])
    inner = scene.deeper()
    if IS_PYTHON.fullmatch(name):
        return (run_python(words, scene, command.given),)
    if name in SHELLS:
        return _shell(command)
    if words[0] == "/init" and has_services(scene):
        return services(words, inner)
    path = scene.program(words[0])
    if path is not None and _is_own_script(path) and not (name in WRAPPERS and "--" in words):
        return _script(command, path)
    if name in WRAPPERS:
        return (WRAPPERS[name](words[1:], inner),)
    if name in SUPERVISORS:
        return SUPERVISORS[name](words, inner)
    return _program(command, name, path)


def _is_known(word: str) -> bool:
    name = posixpath.basename(word)
    return bool(IS_PYTHON.fullmatch(name)) or name in PROGRAMS


def _is_own_script(path: str) -> bool:
    """Tell a project's script from a program: programs lie in ``bin`` and have no suffix."""
    directory = posixpath.basename(posixpath.dirname(path))
    return directory not in ("bin", "sbin", "Scripts") or path.endswith((".py", ".sh"))


def _problem(command: Command, problem: str) -> Process:
    return Process(command.words, command.scene.cwd, problem=problem, location=command.scene.location)


def _foreign(command: Command, problem: str) -> Process:
    return msgspec.structs.replace(_problem(command, problem), idle=True)


def _is_binary(scene: Scene, path: str, text: str | None) -> bool:
    entry = scene.files.entry(path)
    too_large = entry is not None and entry.size > MAX_SCRIPT
    return too_large or (text is not None and (text.startswith("\x7fELF") or "\0" in text[:1024]))


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
    if _is_binary(scene, path, text):
        return (_foreign(command, f"{path} is a program of its own"),)
    if text is None:
        return (_problem(command, f"{path} cannot be read"),)
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
    # A predicted script is known by its name at best.
    interpreter = _interpreter_of(text) if text else _interpreter_beside(words[0], path, scene)
    process = Process(
        words, scene.cwd, location=scene.location, executable=interpreter, interpreter=interpreter
    )
    call = Call(words[1:], scene, process)
    if path is not None and text.startswith("#!"):
        call = put_first(call, posixpath.dirname(scene.files.real(path)))
    named = Named(name, call, _problem(command, f"{words[0]} is not known here"))
    if name in PROGRAMS or name in scene.scripts:
        return (named,)
    if interpreter and path is not None:
        return (run_script(Call(words[1:], scene, process), path),)
    if path is not None and text.startswith("#!"):
        return _script(command, path)
    if "/" in words[0] and path is None and not _is_program_place(words[0]):
        return (_missing_script(command, scene.absolute(words[0])),)
    after = words.index("--") + 1 if "--" in words else len(words)
    if words[after:]:
        return (Command(words[after:], scene.deeper()),)  # an unknown wrapper, by the usual convention
    if name in FOREIGN:
        return (_foreign(command, f"{words[0]} is no Python program"),)
    if path is not None and _is_binary(scene, path, text):
        return (_foreign(command, f"{path} is a program of its own"),)
    return (named.otherwise,)


def _is_program_place(word: str) -> bool:
    return posixpath.basename(posixpath.dirname(word)) in ("bin", "sbin", "Scripts")


def _interpreter_of(text: str) -> str:
    """Return the interpreter that a script's first line names, if it is Python."""
    first = text.partition("\n")[0]
    parts = first[2:].split() if first.startswith("#!") else []
    if parts[:1] == ["/bin/sh"]:  # pip's way around long paths: the second line is the interpreter's
        match = _LONG_PATH.match(text)
        parts = [match[1]] if match else []
    if parts and posixpath.basename(parts[0]) == "env":
        parts = [word for word in parts[1:] if not word.startswith("-")]
    return parts[0] if parts and IS_PYTHON.fullmatch(posixpath.basename(parts[0])) else ""


def _interpreter_beside(word: str, path: str | None, scene: Scene) -> str:
    """Return the interpreter in a program's directory: the one that an installer writes scripts for."""
    if path is None and "/" not in word:
        return ""
    directory = posixpath.dirname(scene.files.follow(path or scene.absolute(word)))
    names = (posixpath.join(directory, name) for name in ("python3", "python"))
    return next((each for each in names if scene.files.is_file(each)), "")


def _run_named(named: Named) -> Process:
    """Return what a Python program is that is called by the name of its script or module."""
    name, call = named.name, named.call
    handler = PROGRAMS.get(name)
    if handler is not None:
        return handler(call)
    target = call.scene.scripts.get(name)
    if target is None or named.otherwise.roots:
        return named.otherwise
    module, _, attribute = target.partition(":")
    attribute = attribute.partition(".")[0].partition("[")[0].strip()
    return call.becomes(f"runs {name}", modules=(module,), attributes=((module, attribute),))
