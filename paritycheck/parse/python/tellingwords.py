"""Words that tell of calls which import: most sources have none, and are read with less care."""

from __future__ import annotations

from typing import NamedTuple

from paritycheck.parse.python import entrygroups, namedmodules, startedprograms


class Telling(NamedTuple):
    """Which words a source has that tell of calls which import: looked for once, in all of it.

    ``dynamic``: by a string, ``named``: a framework does, ``loads``: entry points are loaded,
    ``starts``: by a program of its own.
    """

    dynamic: bool
    named: bool
    loads: bool
    starts: bool


def telling_words(data: bytes) -> Telling:
    """Look for the words; without any of them no call of a source imports."""
    return Telling(
        b"import_module" in data or b"__import__" in data,
        any(word in data for word in namedmodules.WORDS),
        any(word in data for word in entrygroups.WORDS),
        startedprograms.may_start_programs(data),
    )
