"""Lines -> tracebacks, several at a time, each below the prefix that its own lines have.

Whatever a logger, a supervisor or an engine writes before the lines of a traceback, it writes the same before
each of them, but for the time. So nobody needs to know the formats: the prefix is learned from the header and
from the first frame, times in it may change, and lines with another prefix belong to another process.
Source: CPython ``Lib/traceback.py`` (``TracebackException.format``, ``_ExceptionPrintContext``).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from paritycheck.model.smoke import Frame, Raised
from paritycheck.parse.logs.exceptions import EXCEPTION, is_exception_name, raised_by
from paritycheck.parse.logs.times import ANY_TIME, TIME

HEADER = "Traceback (most recent call last):"
CHAINS = (
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
)
FRAME = re.compile(r"  File \"([^\"\n]{1,2000})\", line (\d{1,9})(?:, in (.{1,400}))?\Z")
ANYWHERE = re.compile(r"(.{0,240}?)  File \"([^\"\n]{1,2000})\", line (\d{1,9})(?:, in (.{1,400}))?\Z")
_GROUP = re.compile(r"\+ Exception Group \Z")
_RULE = re.compile(r" *\+[-+]")
KEPT_FRAMES = 40  # the last ones; a recursion has a thousand
KEPT_LINES = 12  # of the excerpt, from the beginning, and as many from the end
OPEN = 24  # tracebacks that are read at the same time: more processes do not crash between two lines
PATIENCE = 60  # foreign lines after which the rest is not expected any more
LONGEST_PREFIX = 240


class Told:
    """A traceback with what it chains to, as far as it was read. ``raised``: the last one first."""

    def __init__(self, prefix: str, line: int, opening: str, group: bool = False) -> None:
        self.base = prefix
        self.group = group
        self.key = prefix_key(prefix)
        self.pattern = prefix_pattern(prefix, group)
        self.line = line
        self.opening = opening
        self.before = ""
        self.raised: list[Raised] = []
        self.frames: list[Frame] = []
        self.depth = 0
        self.text_due = False
        self.state = "frames"
        self.cut = False
        self.last_line = line
        self.head: list[str] = [opening]
        self.rest: list[str] = []
        self.last = opening

    def keep(self, text: str) -> None:
        """Remember a line for the excerpt."""
        if len(self.head) < KEPT_LINES:
            self.head.append(text)
        else:
            self.rest.append(text)
            if len(self.rest) > 2 * KEPT_LINES:
                del self.rest[:-KEPT_LINES]
        self.last = text

    @property
    def excerpt(self) -> tuple[str, ...]:
        """The first lines and the last; a line of dots where some were left out."""
        rest = self.rest[-KEPT_LINES:]
        gap = ["..."] if len(rest) < len(self.rest) or (rest and self.depth > KEPT_FRAMES) else []
        return (*self.head, *gap, *rest)

    def take(self, body: str) -> bool:
        """Take a line that has this traceback's prefix; tell whether it belongs to it."""
        if self.group and _RULE.match(body):
            self.keep(body)
            return True
        if self.state == "frames":
            return self._take_within(body)
        if not body or body.isspace():
            return True
        if body.strip() in CHAINS:
            self.state = "chained"
            self.keep(body)
            return True
        # The message of an exception may have several lines.
        if self.state == "ended" and body.startswith(" ") and len(self.head) < KEPT_LINES:
            self.keep(body)
        return False

    def _take_within(self, body: str) -> bool:
        if body.startswith("  "):
            frame = FRAME.match(body)
            if frame:
                self.depth += 1
                self.frames.append(Frame(frame[1], int(frame[2]), frame[3] or ""))
                if len(self.frames) > 2 * KEPT_FRAMES:
                    del self.frames[:-KEPT_FRAMES]
                self.text_due = True
                self.keep(body)
                return True
            if not self.frames:
                return False
            if self.text_due and body.startswith("    ") and body.strip(" ^~"):
                last = self.frames[-1]
                self.frames[-1] = Frame(last.file, last.line, last.function, body.strip()[:400])
                self.text_due = False
            self.keep(body)
            return True
        found = EXCEPTION.match(body)
        if found and is_exception_name(found[1]) and (self.frames or self.last == self.opening):
            self._end(found[1], found[2] or "")
            self.keep(body)
            return True
        return not body.strip()

    def _end(self, name: str, message: str) -> None:
        raised = raised_by(name, message)
        raised = Raised(
            raised.type,
            raised.message,
            raised.imports,
            raised.name,
            raised.wanted,
            raised.file,
            tuple(self.frames[-KEPT_FRAMES:]),
        )
        # What is chained comes after its cause and is the one that counts; what a group holds comes after it.
        if self.state == "frames" and self.group:
            self.raised.append(raised)
        else:
            self.raised.insert(0, raised)
        self.frames = []
        self.state = "ended"

    def unfinished(self) -> tuple[Raised, ...]:
        """Return what is known of an exception whose name is not in the log: its frames."""
        return (Raised("", "", frames=tuple(self.frames[-KEPT_FRAMES:])),)

    def resume(self, text: str) -> None:
        """Begin the next exception of the chain or the group."""
        self.state, self.frames, self.text_due = "frames", [], False
        self.keep(text)


def prefix_key(prefix: str) -> str:
    """Return what tells one source of lines from another: its prefix without the times."""
    return ANY_TIME.sub("\0", prefix)


@lru_cache(256)
def _compiled(key: str, group: bool) -> re.Pattern[str]:
    pattern = TIME.join(re.escape(part) for part in key.split("\0"))
    return re.compile(pattern + (r" *(?:\| ?)?" if group else ""))


def prefix_pattern(prefix: str, group: bool = False) -> re.Pattern[str]:
    """Return what matches the same prefix at other times; in a group with its margin."""
    return _compiled(prefix_key(prefix), group)


class Collector:
    """Reads lines that may belong to tracebacks and yields each traceback when it has ended."""

    def __init__(self) -> None:
        self.open: list[Told] = []

    def feed(self, number: int, text: str, before: str) -> Iterator[Told]:
        """Take line ``number``; ``before`` is the line before it. Yields what has ended by it."""
        at = text.find(HEADER)
        if 0 <= at <= LONGEST_PREFIX and text.endswith(HEADER):
            yield from self._begin(number, text, at, before)
            return
        for told in self.open:
            match = told.pattern.match(text)
            if match and told.take(text[match.end() :]):
                told.last_line = number
                return
        orphan = ANYWHERE.match(text) if '  File "' in text else None
        if orphan:
            yield from self._adopt(number, text, orphan)
        elif self.open and number - min(told.last_line for told in self.open) > PATIENCE:
            yield from self._close(lambda told: number - told.last_line > PATIENCE)

    def replace(self, told: Told) -> Iterator[Told]:
        """Open ``told``, which has been read to its end, in place of what is open."""
        yield from self._close(lambda _told: True)
        self.open = [told]

    def finish(self) -> Iterator[Told]:
        """Yield what is open at the end of the log."""
        yield from self._close(lambda _told: True)

    def _begin(self, number: int, text: str, at: int, before: str) -> Iterator[Told]:
        prefix = text[:at]
        group = _GROUP.search(prefix)
        base = prefix[: group.start()].rstrip(" ") if group else prefix
        key = prefix_key(base)
        for told in self.open:
            inside = (
                told.group
                and told.state == "ended"
                and told.pattern.fullmatch(prefix.removesuffix("+ Exception Group "))
            )
            if inside or (told.state == "chained" and told.key == key):
                told.resume(text[at:])
                told.last_line = number
                return
            if told.state == "chained" and group and told.pattern.match(base + " "):
                told.resume(text[at:])
                told.last_line = number
                return
        yield from self._close(lambda told: told.key == key)
        if len(self.open) >= OPEN:
            oldest = min(self.open, key=lambda told: told.last_line)
            yield from self._close(lambda told: told is oldest)
        told = Told(base, number, text[at:], bool(group))
        told.before = before
        self._insert(told)

    def _insert(self, told: Told) -> None:
        """The longest prefix is asked first: an empty one fits every line."""
        self.open.append(told)
        self.open.sort(key=lambda each: -len(each.key))

    def _adopt(self, number: int, text: str, frame: re.Match[str]) -> Iterator[Told]:
        """Begin with a frame whose header is missing, or stands below another prefix than its frames."""
        prefix = frame[1]
        for told in self.open:
            if told.state == "frames" and not told.frames and number - told.last_line <= 3:
                told.base, told.key, told.pattern = (
                    prefix,
                    prefix_key(prefix),
                    prefix_pattern(prefix, told.group),
                )
                told.take(text[len(prefix) :])
                told.last_line = number
                self.open.sort(key=lambda each: -len(each.key))
                return
        key = prefix_key(prefix)
        yield from self._close(lambda told: told.key == key)
        told = Told(prefix, number, text[len(prefix) :])
        told.head = []
        # A file that cannot be parsed is shown without a header where it is the program itself.
        told.cut = frame[4] is not None
        told.take(text[len(prefix) :])
        self._insert(told)

    def _close(self, ends: Callable[[Told], bool]) -> Iterator[Told]:
        closing = [told for told in self.open if ends(told)]
        self.open = [told for told in self.open if told not in closing]
        for told in closing:
            if told.state != "ended" or told.frames:
                told.cut = True
            if told.raised or told.frames:
                yield told
