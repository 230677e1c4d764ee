"""What somebody decided to let pass, and why: in the configuration, or beside the line itself."""

from __future__ import annotations

import datetime

import msgspec

from paritycheck.model.location import Location


class InlineIgnore(msgspec.Struct, frozen=True, omit_defaults=True):
    """A comment ``# paritycheck: ignore[PC201] reason``: ``line`` is its own.

    ``codes`` as written. ``covers`` are the lines that it speaks of: its own, or, if nothing else stands
    there, the next one that is no comment.
    """

    line: int
    codes: tuple[str, ...]
    reason: str
    covers: tuple[int, ...]


class Ignore(msgspec.Struct, frozen=True):
    """An ``[[ignore]]`` of the configuration: findings of ``rule`` (a prefix of codes) on what matches.

    ``match`` and ``image`` are glob patterns in which ``*`` stands for anything, ``/`` and ``.`` included:
    of items' names or paths, and of the image's name (empty: every image). It holds until the end of the
    day ``expires``.
    """

    rule: str
    match: str
    reason: str
    location: Location
    expires: datetime.date | None = None
    image: str = ""
