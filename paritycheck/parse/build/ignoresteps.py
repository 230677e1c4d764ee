"""One pattern of an ignore file as tests on the components of a path, where it can be split into them.

The same answer as :func:`~paritycheck.parse.build.ignorepattern.compile_pattern`, in a form that a walk
over many paths can share between patterns and between the files of a directory.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from paritycheck.parse.build.goregexp import BadRegexp, class_expression, class_ranges
from paritycheck.parse.build.ignorepattern import Dialect, characters, shortcut


class Glob(NamedTuple):
    """A test on one name: a Python expression, and its fixed end if it is only a star and that end."""

    expression: str
    suffix: str = ""


ANY_NAME = Glob(".*")
Step = str | Glob | None
"""A literal name, a test on a name, or ``None``: any number of names."""


def split_steps(pattern: str, dialect: Dialect) -> tuple[tuple[Step, ...], ...] | None:
    """Return the sequences of steps, one a path component, that a pattern takes; ``None``: not to be split.

    A path without a newline matches a pattern that compiles exactly if its components take one
    of the sequences from end to end. Here Buildah's patterns do not reach below a match.
    """
    kind = shortcut(pattern) if dialect == "moby" else "expression"
    if kind == "exact":
        return (tuple(pattern.split("/")),)
    # What stays unescaped in an expression has a meaning there that is not about components.
    special = "+(){|}^" if dialect != "moby" else "{|}^" if kind == "expression" else ""
    return _Splitter(characters(pattern), special, whole_suffix=kind == "suffix").sequences()


class _Splitter:
    """Reads one pattern from left to right."""

    def __init__(self, chars: str, special: str, *, whole_suffix: bool) -> None:
        self._chars = chars
        self._special = special
        self._whole_suffix = whole_suffix
        self._at = 0
        self._steps: list[Step] = []
        self._parts: list[str] = []  # of the current component: "*", or an expression for one character
        self._literal = ""

    def sequences(self) -> tuple[tuple[Step, ...], ...] | None:
        while self._at < len(self._chars):
            if self._take("**"):
                slash = self._take("/")
                if not self._parts:
                    self._steps.append(None)
                    if self._whole_suffix and not slash and self._at < len(self._chars):
                        self._parts.append("*")
                elif self._at < len(self._chars):
                    return None
                else:
                    self._parts.append("*")
                    self._end_component()
                    return (tuple(self._steps), (*self._steps, None, ANY_NAME))
            elif self._take("/"):
                self._end_component()
            elif not self._read_character():
                return None
        if self._steps[-1:] == [None] and not self._parts:
            return ((*self._steps, ANY_NAME),)
        self._end_component()
        return (tuple(self._steps),)

    def _read_character(self) -> bool:
        """Read one item of a component; ``False`` if it may reach into the next component."""
        char = self._chars[self._at]
        self._at += 1
        if char in "*?":
            self._parts.append("*" if char == "*" else ".")
            return True
        if char == "[":
            return self._read_class()
        if char in self._special:
            return False
        if char == "\\":
            char = self._chars[self._at : self._at + 1]
            self._at += 1
            if not char or char == "/" or char.isalnum() or not char.isascii():
                return False
        self._parts.append(re.escape(char))
        self._literal += char
        return True

    def _read_class(self) -> bool:
        start = self._at - 1
        try:
            ranges, self._at = class_ranges(self._chars, start)
        except BadRegexp:  # what the engine makes of a later star closes it
            return False
        # A star or question mark in brackets becomes an expression of its own: see `[*]`.
        if {"*", "?"} & set(self._chars[start : self._at]):
            return False
        self._parts.append(class_expression(ranges))
        return not any(low <= ord("/") <= high for low, high in ranges)

    def _take(self, wanted: str) -> bool:
        found = self._chars.startswith(wanted, self._at)
        self._at += len(wanted) if found else 0
        return found

    def _end_component(self) -> None:
        self._steps.append(_step(self._parts, self._literal))
        self._parts, self._literal = [], ""


def _step(parts: list[str], literal: str) -> Step:
    """Join the parts of a component; each star but the last takes as little as it can, for good.

    That is enough because only the last one has to reach a fixed end, and it keeps hostile
    patterns from taking exponential time.
    """
    if len(parts) == len(literal):
        return literal
    chunks = [""]
    for part in parts:
        if part == "*":
            chunks.append("")
        else:
            chunks[-1] += part
    if len(chunks) == 1:
        return Glob(chunks[0])
    middle = "".join(f"(?>.*?{chunk})" for chunk in chunks[1:-1] if chunk)
    only_suffix = len(parts) == len(literal) + 1 and parts[0] == "*"
    return Glob(f"{chunks[0]}{middle}.*{chunks[-1]}", literal if only_suffix else "")
