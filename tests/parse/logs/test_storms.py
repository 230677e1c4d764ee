"""A storm of tracebacks is read as a whole: what is told of it is what reading every line tells."""

from __future__ import annotations

import random

import pytest

from paritycheck.model.incident import LogReading
from paritycheck.parse.logs import reading, storms
from paritycheck.parse.logs.reading import read_log

HEADER = "Traceback (most recent call last):"
MISSING = (
    HEADER,
    '  File "/app/main.py", line 5, in <module>',
    "    app = create()",
    "          ^^^^^^^^",
    "ModuleNotFoundError: No module named 'a'",
)
LONG = (
    HEADER,
    '  File "/app/b.py", line 5, in <module>',
    "ValueError: was it at 12:30:11",
    "  or later",
)
CHAINED = (
    *MISSING,
    "",
    "During handling of the above exception, another exception occurred:",
    "",
    *LONG,
)
UNPARSED = (HEADER, '  File "/app/s.py", line 1', "    x = (", "SyntaxError: bad")
SINGLE = (
    ("INFO calm",),
    ("",),
    ("ERROR Child process [12] died",),
    ("python3: No module named zzz",),
    (HEADER,),
    ('{"message": "calm"}',),
)


def draw(seed: int) -> tuple[bytes, int]:
    """A log of tracebacks that repeat, are chained, cut, and stand between other lines; a size of pieces."""
    drawn = random.Random(seed)
    lines: list[str] = []
    second = 0
    stamped = drawn.random() < 0.7
    usual = drawn.choice(["", "web | ", "[7] "])
    for _ in range(drawn.randint(1, 60)):
        block = drawn.choice([MISSING, MISSING, MISSING, LONG, CHAINED, UNPARSED, *SINGLE])
        second += drawn.randint(0, 3)
        time = f"2026-11-22T20:{second // 60 % 60:02d}:{second % 60:02d}.123Z " if stamped else ""
        prefix = drawn.choice([usual, usual, usual, "other "])
        kept = drawn.randint(1, len(block)) if drawn.random() < 0.05 else len(block)
        lines += [time + prefix + line for line in block[:kept]]
    end = drawn.choice(["", "\n"])
    return ("\n".join(lines) + end).encode(), drawn.choice([50, 333, 5000, 1 << 20])


def pieces(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@pytest.mark.parametrize("block", [200, 1000, 256 << 10])
def test_it_tells_what_every_line_tells(block: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "BLOCK", block)
    for seed in range(100):
        data, size = draw(seed)

        def read(learnt: int, data: bytes = data, size: int = size) -> LogReading:
            monkeypatch.setattr(storms, "MOST_LEARNT", learnt)
            return read_log(pieces(data, size))

        assert read(64) == read(0), seed


def test_a_storm_is_counted_with_its_times() -> None:
    stamp = "2026-11-22T20:{:02d}:{:02d}Z {}"
    lines = [stamp.format(each // 60, each % 60, line) for each in range(3000) for line in MISSING]
    told = read_log(["\n".join(lines).encode()])
    (incident,) = told.incidents
    assert (incident.count, incident.line, incident.period) == (3000, 1, 1.0)
    assert (incident.first, incident.last) == ("2026-11-22T20:00:00Z", "2026-11-22T20:49:59Z")
    assert told.lines == 3000 * len(MISSING)
