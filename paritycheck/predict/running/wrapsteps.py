"""Programs that run another one: ``sudo``, ``env``, ``timeout``, ``xargs`` and others.

Source: the reference pages of GNU coreutils (env, nice, nohup, stdbuf, timeout), util-linux
(runuser, setpriv), sudo, gosu, tini and GNU findutils (xargs).
"""

from __future__ import annotations

import posixpath

from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field, Unsure

# What runs another program: how many words of its own it has, and its options that take a value.
WRAPPERS: dict[str, tuple[int, str]] = {
    "builtin": (0, ""), "chpst": (0, "u"), "chronic": (0, ""), "command": (0, ""), "dumb-init": (0, ""),
    "env": (0, "uC"), "eatmydata": (0, ""),
    "exec": (0, ""), "gosu": (1, ""), "nice": (0, "n"),
    "nohup": (0, ""), "retry": (0, ""), "runuser": (0, "ug"), "setpriv": (0, ""), "stdbuf": (0, "ioe"),
    "su-exec": (1, ""),
    "sudo": (0, "ugHC"), "time": (0, ""), "timeout": (1, "ks"), "tini": (0, ""), "xvfb-run": (0, "ns"),
}  # fmt: skip


def wrap(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """Run the program that stands after the wrapper's own words, with the variables that these set."""
    own, valued = WRAPPERS[posixpath.basename(str(fields[0]))]
    rest = list(fields[1:])
    before = dict(shell.env)
    while rest and isinstance(rest[0], str) and (rest[0].startswith("-") or "=" in rest[0].split("/")[0]):
        word = rest.pop(0)
        if not isinstance(word, str) or word == "--":
            break
        if word.startswith("-"):
            if len(word) == 2 and word[1] in valued and rest:
                rest.pop(0)
        else:
            name, _, value = word.partition("=")
            shell.env[name] = value
    rest = rest[own:]
    status = shell.scene.perform(shell, rest, text) if rest else True
    shell.env = before
    return status


def run_xargs(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``xargs``: the program runs with words that nobody knows."""
    options = Options(fields[1:], "nLPIdas")
    rest = options.operands
    # What it reads is not known: removals are uncertain, all else is as the program says.
    if rest and posixpath.basename(str(rest[0])) not in ("rm", "mv", "cp", "rmdir"):
        shell.scene.perform(shell, [*rest, Unsure("")], text)
    elif rest and rest[0] in ("mv", "cp"):
        shell.touch(shell.cwd, "anything")
    return None
