"""What a command's words and parts are before it runs: its fields, its chain, the arms of a case.

Source: POSIX.1-2024, Shell Command Language 2.5.2 (special parameters), 2.9.3 (lists), 2.9.4.3 (case).
"""

from __future__ import annotations

import fnmatch

from paritycheck.parse.command import shellscript as sh
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.running.shellwords import Field, expand_fields, expand_text

# They tell by their status what is the case.
_ASKING = frozenset(
    {"[", "[[", "cmp", "command", "diff", "egrep", "false", "getent", "grep", "hash", "id", "ls", "pgrep",
     "test", "type", "which"}
)  # fmt: skip
UNTOLD = sh.Simple((), (), "")  # a condition of which nobody knows the outcome


def expand_here(words: tuple[sh.Word, ...], shell: Shell) -> list[Field]:
    """Return the fields of words in this shell; ``"$@"`` is every parameter."""
    fields: list[Field] = []
    for word in words:
        only = word.parts[0] if len(word.parts) == 1 else None
        if isinstance(only, sh.Variable) and only.name in ("@", "*"):
            fields.extend(shell.parameters)
        else:
            fields.extend(expand_fields((word,), shell.lookup, shell.tree, shell.cwd, shell.scene.bash))
    return fields


def unchain(chain: sh.Chain) -> tuple[sh.Command, list[tuple[str, sh.Command]]]:
    """Return the first command of a chain, and the others with the operator before each."""
    rights: list[tuple[str, sh.Command]] = []
    command: sh.Command = chain
    while isinstance(command, sh.Chain):
        rights.append((command.operator, command.right))
        command = command.left
    return command, rights[::-1]


def is_plain(command: sh.Command) -> bool:
    """Tell whether this is one program with its words."""
    return isinstance(command.body if isinstance(command, sh.Redirected) else command, sh.Simple)


def asks(command: sh.Command) -> bool:
    """Tell whether a command is one whose failure is an answer; of any other it is presumed to succeed."""
    words = show_words(command)
    return not is_plain(command) or not words or words[0].rpartition("/")[2] in _ASKING


def show_words(command: sh.Command) -> list[str]:
    """Return the words of a command as far as they are written out."""
    while isinstance(command, sh.Redirected):
        command = command.body
    if not isinstance(command, sh.Simple):
        return []
    words = (expand_text(word, lambda _: None) for word in command.words)
    return [word for word in words if isinstance(word, str)]


def reads_script(command: sh.Simple) -> bool:
    """Tell whether a command runs what it reads: ``| sh``, ``| sudo python3``."""
    words = [expand_text(word, lambda _: None) for word in command.words]
    names = [word.rpartition("/")[2] for word in words if isinstance(word, str)]
    while names and (names[0] in ("sudo", "env") or "=" in names[0]):
        names.pop(0)
    return bool(names) and names[0] in ("sh", "bash", "ash", "dash", "zsh", "python", "python3")


def list_arms(command: sh.Case, shell: Shell) -> list[tuple[sh.Sequence, sh.Sequence]]:
    """Return conditions and bodies of the arms that may be taken; an empty condition holds."""
    subject = expand_text(command.subject, shell.lookup)
    empty = sh.Sequence(())
    arms: list[tuple[sh.Sequence, sh.Sequence]] = []
    for patterns, body in command.items:
        texts = [expand_text(pattern, shell.lookup) for pattern in patterns]
        known = isinstance(subject, str) and all(isinstance(text, str) for text in texts)
        if known and any(fnmatch.fnmatchcase(str(subject), str(text)) for text in texts):
            arms.append((empty, body))
            break
        if not known:
            arms.append((sh.Sequence((UNTOLD,)), body))
    return arms
