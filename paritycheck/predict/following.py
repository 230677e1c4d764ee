"""How a script runs: which of its commands are reached, and what is known when nobody knows which.

Source: POSIX.1-2024, Shell Command Language 2.8 (exit status), 2.9 (commands), 2.12 (environments),
``set -e`` in 2.15. Of two ways that it may go, both are followed, and what they do not share is
unknown afterwards. The build goes on only if the step succeeds: what is joined by ``&&`` is done.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from typing import Any

from paritycheck.parse.shellscript import (
    Case,
    Chain,
    Command,
    For,
    Function,
    Group,
    If,
    Not,
    Pipeline,
    Redirect,
    Redirected,
    Sequence,
    Simple,
    Variable,
    While,
    Word,
)
from paritycheck.predict.shellstate import Shell, Status
from paritycheck.predict.shellwords import Field, Unsure, expand_fields, expand_text

_ROUNDS = 200  # of one loop that are followed
_DEPTH = 8  # of functions and scripts that call each other


def follow(command: Command, shell: Shell) -> Status:
    """Run one command; return whether it succeeds, ``None``: nobody knows."""
    if shell.is_over:
        return shell.ended
    for kind, run in _PROCEDURES:
        if isinstance(command, kind):
            return run(command, shell)
    shell.touch(shell.cwd, "anything")
    return None


def expand_here(words: tuple[Word, ...], shell: Shell) -> list[Field]:
    """Return the fields of words in this shell; ``"$@"`` is every parameter."""
    fields: list[Field] = []
    for word in words:
        if len(word.parts) == 1 and isinstance(word.parts[0], Variable) and word.parts[0].name in ("@", "*"):
            fields.extend(shell.parameters)
        else:
            fields.extend(expand_fields((word,), shell.lookup, shell.tree, shell.cwd, shell.scene.bash))
    return fields


def _sequence(sequence: Sequence, shell: Shell) -> Status:
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


def _chain(chain: Chain, shell: Shell) -> Status:
    """``a && b || c``, from the left: what stands before an ``||`` may fail without harm."""
    first, rights = _spine(chain)
    last_or = max((index for index, (operator, _) in enumerate(rights) if operator == "||"), default=-1)
    long = any(operator == "||" for operator, _ in rights[1:]) or not isinstance(first, Simple)
    before = shell.fork() if last_or >= 0 and long else None
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
            status = _otherwise(
                command, shell, before if index or not isinstance(first, Simple) else None, guarded
            )
    return status


def _spine(chain: Chain) -> tuple[Command, list[tuple[str, Command]]]:
    rights: list[tuple[str, Command]] = []
    command: Command = chain
    while isinstance(command, Chain):
        rights.append((command.operator, command.right))
        command = command.left
    return command, rights[::-1]


def _guarded(command: Command, shell: Shell, guarded: bool) -> Status:
    shell.guarded += guarded
    status = follow(command, shell)
    shell.guarded -= guarded
    return status


def _otherwise(command: Command, shell: Shell, before: Shell | None, guarded: bool) -> Status:
    """Follow what ``||`` may lead to; ``before``: the state if the left side is not done."""
    failed = shell.fork()
    if before is not None:
        failed.join(before)
    after = _guarded(command, failed, guarded)
    if after is not False:
        shell.join(failed)
    return True if after else None


def _negated(command: Not, shell: Shell) -> Status:
    shell.guarded += 1
    status = follow(command.body, shell)
    shell.guarded -= 1
    return None if status is None else not status


def _inside(body: Command, shell: Shell) -> Status:
    """Run in a subshell: what it does to files stays, what it does to itself does not."""
    before = Shell(shell.scene, shell.tree, shell.cwd, {}, shell.notes)
    before.adopt_variables(shell)
    status = follow(body, shell)
    if shell.is_over:
        status = shell.ended
    shell.adopt_variables(before)
    return status


def _pipeline(pipeline: Pipeline, shell: Shell) -> Status:
    status: Status = True
    commands = pipeline.commands
    for index, command in enumerate(commands):
        last = index + 1 == len(commands)
        if index and isinstance(command, Simple) and _reads_script(command):
            # An installer from the network: third-party, wherever it puts things.
            shell.touch("", "distributions")
            status = None
            continue
        shell.guarded += not last
        status = _inside(command, shell)
        shell.guarded -= not last
    return status


def _reads_script(command: Simple) -> bool:
    words = [expand_text(word, lambda _: None) for word in command.words]
    names = [word.rpartition("/")[2] for word in words if isinstance(word, str)]
    while names and (names[0] in ("sudo", "env") or "=" in names[0]):
        names.pop(0)
    return bool(names) and names[0] in ("sh", "bash", "ash", "dash", "zsh", "python", "python3")


def _branch(
    arms: list[tuple[Sequence, Sequence]],
    otherwise: Sequence | None,
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
    shell.guarded += 1
    first = follow(body, shell)
    shell.guarded -= 1
    other.guarded += 1
    second = _branch(arms[1:], otherwise, other)
    other.guarded -= 1
    shell.join(other)
    return first if first is second else None


def _case(command: Case, shell: Shell) -> Status:
    subject = expand_text(command.subject, shell.lookup)
    empty = Sequence(())
    arms: list[tuple[Sequence, Sequence]] = []
    for patterns, body in command.items:
        texts = [expand_text(pattern, shell.lookup) for pattern in patterns]
        known = isinstance(subject, str) and all(isinstance(text, str) for text in texts)
        if known and any(fnmatch.fnmatchcase(str(subject), str(text)) for text in texts):
            arms.append((empty, body))
            break
        if not known:
            arms.append((Sequence((_UNTOLD,)), body))
    return _branch(arms, None, shell)


_UNTOLD = Simple((), (), "")  # a condition of which nobody knows the outcome


def _for(command: For, shell: Shell) -> Status:
    variable, body = command.variable, command.body
    values = expand_here(command.values, shell)
    if len(values) > _ROUNDS or any(isinstance(value, Unsure) for value in values):
        other = shell.fork()
        other.env[variable] = None
        follow(body, other)
        shell.join(other)
        return None
    status: Status = True
    for value in values:
        shell.env[variable] = str(value)
        status = follow(body, shell)
        if shell.is_over:
            return shell.ended
    return status


def _group(group: Group, shell: Shell) -> Status:
    return _inside(group.body, shell) if group.subshell else follow(group.body, shell)


def _redirected(command: Redirected, shell: Shell) -> Status:
    if isinstance(command.body, Simple):
        return _simple(command.body, shell, command.redirects)
    status = follow(command.body, shell)
    _redirect(command.redirects, None, shell)
    return status


def _define(function: Function, shell: Shell) -> Status:
    shell.functions[function.name] = function.body
    return True


def _if(command: If, shell: Shell) -> Status:
    return _branch(list(command.arms), command.otherwise, shell)


def _while(command: While, shell: Shell) -> Status:
    return _branch([(command.condition, command.body)], None, shell, once=False)


def _simple(command: Simple, shell: Shell, redirects: tuple[Redirect, ...] = ()) -> Status:
    if command is _UNTOLD:
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
    text = _input(redirects, shell)
    output = _output(fields, text)
    before = dict(shell.env)
    shell.env.update(assigned)
    status = _call(fields, shell, text) if fields else True
    if fields and fields[0] not in _DECLARING:
        for name in assigned:
            if name in before:
                shell.env[name] = before[name]
            else:
                shell.env.pop(name, None)
    _redirect(redirects, output, shell)
    return status


_DECLARING = frozenset({"export", "local", "declare", "readonly", "typeset"})


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


def _input(redirects: tuple[Redirect, ...], shell: Shell) -> bytes | None:
    for redirect in reversed(redirects):
        if redirect.operator in ("<<", "<<<"):
            body = expand_text(redirect.target, shell.lookup)
            return body.encode("utf-8", "surrogateescape") if isinstance(body, str) else None
    return None


def _redirect(redirects: tuple[Redirect, ...], output: bytes | None, shell: Shell) -> None:
    for redirect in redirects:
        if redirect.operator not in (">", ">>", ">|", "&>", "&>>"):
            continue
        own = redirect.descriptor in ("", "1") and not redirect.operator.startswith("&")
        target = expand_text(redirect.target, shell.lookup)
        shell.write(target, output if own else None, append=redirect.operator.endswith(">>"))


def _output(fields: list[Field], text: bytes | None) -> bytes | None:
    """Return what a command prints, where that is plain."""
    if not fields or any(isinstance(field, Unsure) for field in fields):
        return b"" if not fields else None
    name, *words = (str(field) for field in fields)
    if name == "cat" and not words:
        return text
    if name in (":", "true"):
        return b""
    if name == "echo":
        return _echo(words)
    if name == "printf" and words:
        plain = _unescape(words[0])
        if plain == "%s\n" and len(words) > 1:
            return "".join(f"{word}\n" for word in words[1:]).encode()
        return plain.encode() if "%" not in plain and len(words) == 1 else None
    return None


def _echo(words: list[str]) -> bytes:
    end = "\n"
    while words and words[0] in ("-n", "-e", "-E", "-ne", "-en"):
        end = "" if "n" in words[0] else end
        words = words[1:]
    # Whether \n is a line end depends on the shell; whoever writes it means one.
    return (_unescape(" ".join(words)) + end).encode("utf-8", "surrogateescape")


def _unescape(text: str) -> str:
    if "\\" not in text:
        return text
    ends = {"n": "\n", "t": "\t", "\\": "\\", "r": "\r"}
    result, rest = "", text
    while rest:
        head, backslash, rest = rest.partition("\\")
        result += head
        if backslash:
            result += ends.get(rest[:1], "\\" + rest[:1])
            rest = rest[1:]
    return result


_PROCEDURES: tuple[tuple[type[Command], Callable[[Any, Shell], Status]], ...] = (
    (Sequence, _sequence),
    (Chain, _chain),
    (Simple, _simple),
    (Redirected, _redirected),
    (Group, _group),
    (Pipeline, _pipeline),
    (Not, _negated),
    (If, _if),
    (Case, _case),
    (For, _for),
    (While, _while),
    (Function, _define),
)
