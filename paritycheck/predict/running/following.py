"""How a script runs: which of its commands are reached, and what is known when nobody knows which.

Source: POSIX.1-2024, Shell Command Language 2.8 (exit status), 2.9 (commands), 2.12 (environments),
``set -e`` in 2.15. Of two ways that it may go, both are followed, and what they do not share is
unknown afterwards. The build goes on only if the step succeeds: what is joined by ``&&`` is done.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from paritycheck.parse.command import shellscript as sh
from paritycheck.predict.running.commandshape import (
    UNTOLD,
    asks,
    expand_here,
    is_plain,
    list_arms,
    reads_script,
    show_words,
    unchain,
)
from paritycheck.predict.running.redirections import read_input, redirect, tell_output
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field, Unsure, expand_text

_DECLARING = frozenset({"export", "local", "declare", "readonly", "typeset"})
# Installers that bring a tool or another programming language, and nothing to the system's Python.
_OF_TOOLS = re.compile(
    r"//(?:astral\.sh/uv|(?:raw\.githubusercontent\.com/|github\.com/)?astral-sh/uv|install\.python-poetry\.org"
    r"|pdm-project\.org|deb\.nodesource\.com|rpm\.nodesource\.com|sh\.rustup\.rs|get\.docker\.com"
    r"|raw\.githubusercontent\.com/nvm-sh|aka\.ms/InstallAzureCLIDeb|deno\.land|bun\.sh|just\.systems"
    r"|taskfile\.dev|get\.pnpm\.io|get\.helm\.sh|packages\.microsoft\.com|bootstrap\.pypa\.io)"
)
_ROUNDS = 200  # of one loop that are followed
_DEPTH = 8  # of functions and scripts that call each other


def follow(command: sh.Command, shell: Shell) -> Status:
    """Run one command; return whether it succeeds, ``None``: nobody knows."""
    if shell.is_over:
        return shell.ended
    for kind, run in _PROCEDURES:
        if isinstance(command, kind):
            return run(command, shell)
    shell.touch(shell.cwd, "anything")
    return None


def _sequence(sequence: sh.Sequence, shell: Shell) -> Status:
    status: Status = True
    commands = sequence.commands
    for index, command in enumerate(commands):
        harmless = index + 1 < len(commands) and not shell.errexit
        shell.guarded += harmless
        status = follow(command, shell)
        shell.guarded -= harmless
        if shell.is_over:
            return shell.ended
        if status is False and shell.errexit and not shell.guarded:
            shell.is_over, shell.ended = True, False
            return False
    return status


def _chain(chain: sh.Chain, shell: Shell) -> Status:
    """``a && b || c``, from the left: what stands before an ``||`` may fail without harm."""
    first, rights = unchain(chain)
    last_or = max((index for index, (operator, _) in enumerate(rights) if operator == "||"), default=-1)
    lefts = [first, *(command for _, command in rights[: max(last_or, 0)])]
    before = shell.fork() if last_or >= 0 and any(asks(command) for command in lefts) else None
    status = _guarded(first, shell, last_or >= 0)
    for index, (operator, command) in enumerate(rights):
        if shell.is_over:
            return shell.ended
        guarded = index < last_or
        if operator == "&&":
            if status is not False:
                after = _guarded(command, shell, guarded)
                status = after if status or after is False else None
        elif status is False:
            status = _guarded(command, shell, guarded)
        elif status is None:
            status = _otherwise(command, shell, before if index or not is_plain(first) else None, guarded)
    return status


def _guarded(command: sh.Command, shell: Shell, guarded: bool) -> Status:
    shell.guarded += guarded
    status = follow(command, shell)
    shell.guarded -= guarded
    return status


def _otherwise(command: sh.Command, shell: Shell, before: Shell | None, guarded: bool) -> Status:
    """Follow what ``||`` may lead to; ``before``: the state if the left side is not done."""
    failed = shell.fork()
    if before is not None:
        failed.join(before)
    failed.doubted += 1
    after = _guarded(command, failed, guarded)
    failed.doubted -= 1
    if after is not False:
        shell.join(failed)
    return True if after else None


def _negated(command: sh.Not, shell: Shell) -> Status:
    shell.guarded += 1
    status = follow(command.body, shell)
    shell.guarded -= 1
    return None if status is None else not status


def _inside(body: sh.Command, shell: Shell) -> Status:
    """Run in a subshell: what it does to files stays, what it does to itself does not."""
    before = Shell(shell.scene, shell.tree, shell.cwd, {}, shell.notes)
    before.adopt_variables(shell)
    status = follow(body, shell)
    if shell.is_over:
        status = shell.ended
    shell.adopt_variables(before)
    return status


def _pipeline(pipeline: sh.Pipeline, shell: Shell) -> Status:
    status: Status = True
    commands = pipeline.commands
    for index, command in enumerate(commands):
        last = index + 1 == len(commands)
        if index and isinstance(command, sh.Simple) and reads_script(command):
            # An installer from the network: third-party, wherever it puts things.
            plain = _OF_TOOLS.search(" ".join(show_words(commands[0])))
            shell.touch("", "system" if plain else "distributions")
            status = None
            continue
        shell.guarded += not last
        shell.printed = None
        status = _inside(command, shell)
        shell.guarded -= not last
        shell.piped = shell.printed if not last else None
    return status


def _branch(
    arms: list[tuple[sh.Sequence, sh.Sequence]],
    otherwise: sh.Sequence | None,
    shell: Shell,
    once: bool = True,
) -> Status:
    if not arms:
        return follow(otherwise, shell) if otherwise is not None else True
    condition, body = arms[0]
    shell.guarded += 1
    status = follow(condition, shell)
    shell.guarded -= 1
    if shell.is_over:
        return shell.ended
    if status is True and once:
        return follow(body, shell)
    if status is False:
        return _branch(arms[1:], otherwise, shell)
    other = shell.fork()
    first = _perhaps(body, shell)
    other.guarded += 1
    other.doubted += 1
    second = _branch(arms[1:], otherwise, other)
    other.guarded -= 1
    other.doubted -= 1
    shell.join(other)
    return first if first is second else None


def _perhaps(command: sh.Command, shell: Shell) -> Status:
    """Follow what nobody knows to be reached."""
    shell.guarded += 1
    shell.doubted += 1
    status = follow(command, shell)
    shell.guarded -= 1
    shell.doubted -= 1
    return status


def _case(command: sh.Case, shell: Shell) -> Status:
    return _branch(list_arms(command, shell), None, shell)


def _for(command: sh.For, shell: Shell) -> Status:
    variable, body = command.variable, command.body
    values = expand_here(command.values, shell)
    if len(values) > _ROUNDS or any(isinstance(value, Unsure) for value in values):
        other = shell.fork()
        other.env[variable] = None
        other.doubted += 1
        follow(body, other)
        other.doubted -= 1
        shell.join(other)
        return None
    status: Status = True
    for value in values:
        shell.env[variable] = str(value)
        status = follow(body, shell)
        if shell.is_over:
            return shell.ended
    return status


def _group(group: sh.Group, shell: Shell) -> Status:
    return _inside(group.body, shell) if group.subshell else follow(group.body, shell)


def _redirected(command: sh.Redirected, shell: Shell) -> Status:
    if isinstance(command.body, sh.Simple):
        return _simple(command.body, shell, command.redirects)
    status = follow(command.body, shell)
    redirect(command.redirects, None, shell)
    return status


def _define(function: sh.Function, shell: Shell) -> Status:
    shell.functions[function.name] = function.body
    return True


def _if(command: sh.If, shell: Shell) -> Status:
    return _branch(list(command.arms), command.otherwise, shell)


def _while(command: sh.While, shell: Shell) -> Status:
    return _branch([(command.condition, command.body)], None, shell, once=False)


def _simple(command: sh.Simple, shell: Shell, redirects: tuple[sh.Redirect, ...] = ()) -> Status:
    if command is UNTOLD:
        return None
    assigned: dict[str, str | None] = {}
    for name, word in command.assignments:
        value = expand_text(word, shell.lookup)
        assigned[name] = value if isinstance(value, str) else None
    fields = expand_here(command.words, shell)
    if not fields or fields[0] in _DECLARING:
        shell.env.update(assigned)
        if not fields and not redirects:
            return True
    text = read_input(redirects, shell)
    output = tell_output(fields, text)
    before = dict(shell.env)
    shell.env.update(assigned)
    shell.printed = None
    status = _call(fields, shell, text) if fields else True
    output = output if shell.printed is None else shell.printed
    if fields and fields[0] not in _DECLARING:
        for name in assigned:
            if name in before:
                shell.env[name] = before[name]
            else:
                shell.env.pop(name, None)
    redirect(redirects, output, shell)
    return status


def _call(fields: list[Field], shell: Shell, text: bytes | None) -> Status:
    body = shell.functions.get(fields[0]) if isinstance(fields[0], str) else None
    if body is None:
        return shell.scene.perform(shell, fields, text)
    if shell.depth >= _DEPTH:
        shell.touch(shell.cwd, "anything")
        return None
    parameters, shell.parameters = shell.parameters, tuple(fields[1:])
    shell.depth += 1
    status = follow(body, shell)
    shell.depth -= 1
    shell.parameters = parameters
    return status


_PROCEDURES: tuple[tuple[type[sh.Command], Callable[[Any, Shell], Status]], ...] = (
    (sh.Sequence, _sequence),
    (sh.Chain, _chain),
    (sh.Simple, _simple),
    (sh.Redirected, _redirected),
    (sh.Group, _group),
    (sh.Pipeline, _pipeline),
    (sh.Not, _negated),
    (sh.If, _if),
    (sh.Case, _case),
    (sh.For, _for),
    (sh.While, _while),
    (sh.Function, _define),
)
