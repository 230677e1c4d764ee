"""``make`` in a RUN step: what the recipes of its goals install, as far as they say it literally.

Source: GNU make ("Running", "Recipe Execution"). Whether a goal is up to date already, and what its rules
make, is not followed: everything in a recipe may be done, and more.
"""

from __future__ import annotations

import re

from paritycheck.parse.command.taskfiles import MARK, read_make, read_makefile
from paritycheck.predict.running.scriptsteps import run_text
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.running.shellwords import Field

_LEVEL = "MAKELEVEL"
_NOT_LITERAL = re.compile(rf"\( [^\n]*{MARK}[^\n]*\n\)\n?")


def follow_recipes(shell: Shell, fields: list[Field]) -> None:
    """Do what the recipes behind a ``make`` do, none of which is certain to run or to succeed.

    A ``make`` in a recipe is not followed: recipes that start each other twice would never end.
    """
    words = tuple(field for field in fields[1:] if isinstance(field, str))
    if len(words) < len(fields) - 1 or shell.env.get(_LEVEL):
        return
    call = read_make(words)
    cwd = shell.cwd
    shell.cwd = shell.path(call.directory or ".")
    data = next(filter(None, map(shell.read, call.files)), b"")
    known = {name: value for name, value in shell.env.items() if value is not None}
    shell.env[_LEVEL] = "1"
    shell.guarded += 1
    shell.doubted += 1
    for goal in call.goals:
        script = read_makefile(data.decode("utf-8", "replace"), goal, known, call.given)
        run_text(shell, _NOT_LITERAL.sub("", script or ""), ())
    shell.guarded -= 1
    shell.doubted -= 1
    del shell.env[_LEVEL]
    shell.cwd = cwd
