"""A log of any size and make -> what it tells: one pass, linear time, memory that does not grow.

Most of a log tells nothing. A block in which none of a few words stands is passed over as a whole; the lines
around such a word are read one by one for as long as a traceback is open.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from paritycheck.model.incident import Incident, LogEvent, LogReading
from paritycheck.parse.logs.events import EVENTS, name_process, read_event
from paritycheck.parse.logs.exceptions import SENTENCES, read_sentence
from paritycheck.parse.logs.gathering import Gathering
from paritycheck.parse.logs.redaction import redact
from paritycheck.parse.logs.storms import Storms
from paritycheck.parse.logs.times import find_time
from paritycheck.parse.logs.tracebacks import Collector, Told
from paritycheck.parse.logs.wrapping import clean, unwrap

BLOCK = 256 << 10  # bytes that are looked at together
LONGEST_LINE = 1 << 20  # bytes; what is longer is read in pieces
LONGEST_TEXT = 8 << 10  # characters of a line that wraps nothing
TAIL = 40
# What a line must hold for anything to be told by it.
WORDS = (
    "Traceback (most recent",
    'File "',
    'File \\"',
    *(each[0] for each in SENTENCES),
    *(each[0] for each in EVENTS),
)
ANCHORS = tuple(dict.fromkeys(word.encode() for word in WORDS))


def read_log(chunks: Iterable[bytes], asked: str = "") -> LogReading:
    """Return what the log tells whose bytes come in ``chunks``, cut anywhere. Never raises for its content.

    ``asked`` is passed on: which part of the log was asked for.
    """
    reader = _Reader()
    for block in _blocks(chunks):
        reader.read(block)
    return reader.result(asked)


def _blocks(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield whole lines, many at a time; a line that never ends is cut."""
    waiting: list[bytes] = []
    size = 0
    for chunk in chunks:
        waiting.append(chunk)
        size += len(chunk)
        if size < BLOCK:
            continue
        data = b"".join(waiting)
        end = data.rfind(b"\n") + 1
        if not end and size < LONGEST_LINE:
            waiting = [data]
            continue
        for start in range(0, end or size, LONGEST_LINE) if not end else (0,):
            yield data[start : end or start + LONGEST_LINE]
        waiting = [data[end:]] if end and end < size else []
        size = len(waiting[0]) if waiting else 0
    if size:
        yield b"".join(waiting)


class _Reader:
    """Where one pass over a log stands."""

    def __init__(self) -> None:
        self.collector = Collector()
        self.gathering = Gathering()
        self.storms = Storms()
        self.began = -1
        self.lines = 0
        self.size = 0
        self.first = ""
        self.before = ""
        self.times: dict[int, str] = {}
        self.ends: list[bytes] = []

    def read(self, block: bytes) -> None:
        """Read a block of whole lines."""
        if not self.size:
            self.first = find_time(clean(block[:400]))
        self.size += len(block)
        self.ends = [*self.ends[-1:], block[-BLOCK:]]
        position, end = 0, len(block)
        self.began = -1
        upcoming = dict.fromkeys(ANCHORS, -1)
        while position < end:
            if not self.collector.open:
                start = self._next(block, position, upcoming)
                self.lines += block.count(b"\n", position, start)
                if start >= end:
                    break
                if start > position:
                    self.before = clean(_line_before(block, start))
                position = start
            stop = block.find(b"\n", position)
            stop = end if stop < 0 else stop
            known = self.storms.find(block, position, stop, self.collector.open)
            if known is not None:
                told, after, lines = known
                self._repeat(told, block[position:after], lines)
                position = after
                continue
            start = position
            self._take(block[position:stop])
            position = stop + 1
            self._learn(block, start, position)
        if block and not block.endswith(b"\n"):
            # The last line, or one that was cut for its length.
            self.lines += 1 if not self.collector.open and position < end else 0

    def _repeat(self, told: Told, raw: bytes, lines: int) -> None:
        """Take a traceback that is known: what was open has ended by it."""
        for ended in self.collector.replace(told):
            self._note(ended)
        told.line, told.before = self.lines + 1, self.before
        self.lines += lines
        told.last_line = self.lines
        self.before = clean(raw[raw.rfind(b"\n", 0, -1) + 1 : -1])

    def _learn(self, block: bytes, start: int, after: int) -> None:
        """Remember a traceback whose last line has just been taken, if all of it is in this block."""
        reading = self.collector.open
        if len(reading) != 1:
            self.began = -1
        elif reading[0].line == self.lines:
            self.began = start
        elif self.began >= 0 and reading[0].state == "ended":
            if block[after - 1 : after] == b"\n":
                self.storms.learn(block[self.began : after], reading[0])
            self.began = -1

    def _next(self, block: bytes, position: int, upcoming: dict[bytes, int]) -> int:
        """Return where the next line begins that may tell something; the block's end if none does."""
        nearest = len(block)
        for word, place in upcoming.items():
            if place < position:
                place = block.find(word, position)
                upcoming[word] = place = len(block) if place < 0 else place
            nearest = min(nearest, place)
        if nearest == len(block):
            return nearest
        return max(position, block.rfind(b"\n", position, nearest) + 1)

    def _take(self, data: bytes) -> None:
        self.lines += 1
        text = clean(data)
        if "{" in text or "\\n" in text:
            for line in unwrap(text):
                self._take_text(line)
        else:
            self._take_text(text)

    def _take_text(self, text: str) -> None:
        text = text[:LONGEST_TEXT]
        told = False
        for ended in self.collector.feed(self.lines, text, self.before):
            told = True
            self._note(ended)
        if not told and not text.startswith("  "):
            self._take_single(text)
        self.before = text

    def _take_single(self, text: str) -> None:
        raised = read_sentence(text)
        if raised is not None:
            line, seen = self.lines, (raised,)
            self.gathering.add_incident(
                seen,
                lambda: Incident(seen, line=line, excerpt=(text,), origin="sentence"),
                find_time(text),
                name_process(text),
            )
        event = read_event(text)
        if event is not None:
            kind, process = event
            self.gathering.add_event(LogEvent(kind, text, line=self.lines), find_time(text), process)

    def _note(self, told: Told) -> None:
        cut = told.cut or not told.raised
        raised = tuple(told.raised) or told.unfinished()
        time = find_time(told.base) or find_time(told.before)
        process = name_process(told.base) or name_process(told.before)
        self.gathering.add_incident(
            raised, lambda: Incident(raised, line=told.line, cut=cut, excerpt=told.excerpt), time, process
        )

    def result(self, asked: str) -> LogReading:
        """Close what is open and return all of it."""
        for told in self.collector.finish():
            self._note(told)
        tail = b"".join(self.ends).split(b"\n")[-TAIL - 1 :]
        shown = [clean(line[:LONGEST_TEXT]) for line in tail if line.strip()][-TAIL:]
        last = next(filter(None, (find_time(line) for line in reversed(shown))), "")
        remarks = []
        if self.gathering.dropped:
            remarks.append(f"{self.gathering.dropped} more incidents of other kinds are not shown")
        return LogReading(
            lines=self.lines,
            size=self.size,
            first=self.first,
            last=last,
            incidents=self.gathering.incidents(),
            events=self.gathering.events(),
            tail=tuple(redact(line)[:400] for line in shown),
            asked=asked,
            remarks=tuple(remarks),
        )


def _line_before(block: bytes, start: int) -> bytes:
    return block[max(block.rfind(b"\n", 0, max(start - 1, 0)) + 1, start - 400) : max(start - 1, 0)]
