"""Which part of a log is asked for, and how engines send it.

Facts: Docker Engine API, "ContainerAttach", stream format: unless there is a terminal, each piece follows
eight bytes: the stream, three zeros, the length.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from paritycheck.errors import SourceError, UsageError

PIECE = 64 << 10
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_AGO = re.compile(r"(?:\d+(?:\.\d+)?[smhd])+\Z")


class LogWindow(msgspec.Struct, frozen=True):
    """``tail``: the last lines only (``None``: all); ``since``: seconds since 1970 (``None``: all)."""

    tail: int | None = None
    since: int | None = None

    def __str__(self) -> str:
        lines = f"the last {self.tail} lines" if self.tail is not None else "all lines"
        if self.since is None:
            return lines
        moment = datetime.fromtimestamp(self.since, UTC).isoformat().replace("+00:00", "Z")
        return f"{lines} since {moment}"


def parse_tail(text: str) -> int | None:
    """Return how many lines are asked for; ``all`` asks for all. Raises UsageError."""
    if text == "all":
        return None
    if not text.isdecimal() or not text.isascii() or len(text) > 12:
        raise UsageError(f"--tail {text}: no number of lines", "write --tail 1000 or --tail all")
    return int(text)


def parse_since(text: str, now: float) -> int | None:
    """Return the moment that ``text`` means: a span back from ``now`` (``10m``, ``1h30m``), or a date."""
    if not text:
        return None
    if _AGO.match(text):
        parts = re.findall(r"(\d+(?:\.\d+)?)([smhd])", text)
        return round(now - sum(float(number) * _UNITS[unit] for number, unit in parts))
    try:
        moment = datetime.fromisoformat(text)
        return round((moment if moment.tzinfo else moment.astimezone()).timestamp())
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            f"--since {text}: no time", "write --since 10m, 2h, or a date: 2026-01-31T12:00:00Z"
        ) from None


def split_frames(read: Callable[[int], bytes], *, terminal: bool) -> Iterator[bytes]:
    """Yield the pieces of a log that ``read`` gives; what ends in the middle of a piece is the end."""
    while True:
        if terminal:
            piece = read(PIECE)
            if not piece:
                return
            yield piece
            continue
        header = read(8)
        while 0 < len(header) < 8 and (more := read(8 - len(header))):
            header += more
        if len(header) < 8:
            return
        (left,) = struct.unpack(">L", header[4:])
        while left:
            piece = read(min(left, PIECE))
            if not piece:
                return
            left -= len(piece)
            yield piece


def read_log_file(path: Path) -> Iterator[bytes]:
    """Yield a log file piece by piece. Raises SourceError if it cannot be read, or there is nothing in it."""
    empty = True
    try:
        with path.open("rb") as file:
            while piece := file.read(1 << 20):
                empty = False
                yield piece
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}", "name a file with --logs") from error
    if empty:
        # Engines write what a program says on stderr, its tracebacks, to stderr.
        raise SourceError(f"{path} is empty", f"save both streams: podman logs NAME > {path.name} 2>&1")
