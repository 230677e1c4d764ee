"""Built-in commands that change the shell itself: ``exit``, ``set``, ``unset``, ``export``.

Source: POSIX.1-2024, Shell Command Language 2.15 (special built-in utilities); bash's ``declare``.
"""

from __future__ import annotations

import re

from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field


def leave(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``exit``: without a number, nobody knows how it ends."""
    shell.is_over = True
    shell.ended = fields[1] == "0" if len(fields) > 1 and isinstance(fields[1], str) else None
    return shell.ended


def set_options(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``set``: ``-e`` and the positional parameters."""
    words = [field for field in fields[1:] if isinstance(field, str)]
    for word in words:
        if re.fullmatch(r"-[a-z]*e[a-z]*", word) or word == "errexit":
            shell.errexit = True
        elif re.fullmatch(r"\+[a-z]*e[a-z]*", word):
            shell.errexit = False
    if "--" in fields:
        shell.parameters = tuple(fields[fields.index("--") + 1 :])
    return True


def unset(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``unset``."""
    for field in fields[1:]:
        shell.env.pop(str(field), None)
    return True


def export(shell: Shell, fields: list[Field], __: bytes | None) -> Status:
    """``export``, ``declare`` and others: variables with values."""
    for field in fields[1:]:
        if isinstance(field, str) and "=" in field:
            name, _, value = field.partition("=")
            shell.env[name] = value
    return True
