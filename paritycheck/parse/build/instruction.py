"""The values that a Containerfile is made of."""

from __future__ import annotations

from typing import Literal

import msgspec

from paritycheck.model.location import Location


class Flag(msgspec.Struct, frozen=True):
    """``--name=value`` after an instruction; ``value`` is ``None`` for a bare ``--name``."""

    name: str
    value: str | None


class Heredoc(msgspec.Struct, frozen=True):
    """``<<NAME`` and its body; ``expand`` is false when the name was quoted."""

    name: str
    body: str
    expand: bool


class Instruction(msgspec.Struct, frozen=True):
    """One instruction, not yet expanded.

    ``keyword`` in capitals. ``words`` are its arguments in the instruction's own form: the
    elements of a JSON array (``form == "exec"``), blank-separated words (``"words"``), or one
    whole string (``"shell"``: RUN, CMD, ENTRYPOINT, HEALTHCHECK; and single-string instructions).
    HEALTHCHECK's first word is its type (``CMD``, ``NONE``), the others as for CMD.
    For ENV, ARG and LABEL ``pairs`` holds name and value (``None``: ARG without default).
    ``trigger`` is the inner instruction of ONBUILD. ``location`` is the first line (its text the
    whole instruction with continuation lines joined), ``end_line`` the last (heredoc bodies
    included).
    """

    keyword: str
    words: tuple[str, ...]
    form: Literal["exec", "shell", "words"]
    flags: tuple[Flag, ...]
    pairs: tuple[tuple[str, str | None], ...]
    heredocs: tuple[Heredoc, ...]
    location: Location
    end_line: int
    trigger: Instruction | None = None


class Containerfile(msgspec.Struct, frozen=True):
    """All instructions in order.

    ``escape`` is the character of the escape directive, ``syntax`` the frontend image that the
    syntax directive asks BuildKit for (empty: its own).
    """

    path: str
    escape: str
    instructions: tuple[Instruction, ...]
    syntax: str = ""
