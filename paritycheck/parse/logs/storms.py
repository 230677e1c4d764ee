"""The same traceback again and again: known as a whole, by its bytes but for the times, and read at once.

A restart storm writes little else. Reading each of its lines anew would tell nothing that the first did not.
"""

from __future__ import annotations

import copy
import re

from paritycheck.parse.logs.events import read_event
from paritycheck.parse.logs.exceptions import read_sentence
from paritycheck.parse.logs.times import TIME
from paritycheck.parse.logs.tracebacks import HEADER, Told, prefix_key
from paritycheck.parse.logs.wrapping import clean

MOST_KNOWN = 8
MOST_LEARNT = 64  # in one log; where every traceback is another, learning them costs more than it saves
LONGEST = 16 << 10  # bytes
_TIME = re.compile(TIME.encode())
_HEADER = HEADER.encode()


class Storms:
    """The tracebacks of a log that were read line by line, the latest first."""

    def __init__(self) -> None:
        self._known: list[tuple[re.Pattern[bytes], Told, int]] = []
        self._learnt = 0

    def learn(self, raw: bytes, told: Told) -> None:
        """Remember a traceback that has just ended; ``raw`` are its lines, whole, the last line end too."""
        if (
            self._learnt >= MOST_LEARNT
            or len(raw) > LONGEST
            or told.group
            or told.cut
            or len(told.raised) != 1
        ):
            return
        lines = [clean(line) for line in raw.splitlines()]
        if b"{" in raw or b"\\n" in raw or any(read_sentence(line) or read_event(line) for line in lines):
            return  # something is wrapped in it, or told by one of its lines
        self._learnt += 1
        pattern = re.compile(_TIME.pattern.join(re.escape(part) for part in _TIME.split(raw)))
        self._known = [(pattern, _again(told), len(lines)), *self._known[: MOST_KNOWN - 1]]

    def find(self, block: bytes, start: int, stop: int, reading: list[Told]) -> tuple[Told, int, int] | None:
        """Return the traceback that begins with the line from ``start`` to ``stop``, if it is known.

        ``reading`` are those that are open. Its end and the number of its lines come with it.
        """
        if not self._known or _HEADER not in block[start:stop]:
            return None
        for pattern, template, lines in self._known:
            found = pattern.match(block, start)
            if found and (not reading or _gives_way(reading, template)):
                told = _again(template)
                text = clean(block[start:stop])
                told.base = text[: text.find(HEADER)]
                told.key = prefix_key(told.base)
                return told, found.end(), lines
        return None


def _gives_way(reading: list[Told], template: Told) -> bool:
    """Tell whether the one traceback that is open ends where the next of its source begins."""
    last = reading[0]
    return len(reading) == 1 and last.state == "ended" and not last.group and last.key == template.key


def _again(told: Told) -> Told:
    fresh = copy.copy(told)
    fresh.head, fresh.rest = list(told.head), list(told.rest)
    fresh.raised, fresh.frames = list(told.raised), []
    return fresh
