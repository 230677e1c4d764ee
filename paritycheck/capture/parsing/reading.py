"""Many Python sources read at once, on all cores that this process may use.

A forked child has the sources already and sends back only what they say; starting another interpreter
would cost more than it brings. Where that is not to be had, everything is done here.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Generic, Protocol, TypeVar

import msgspec

from paritycheck.model.snapshot import OnDemand
from paritycheck.model.source import SourceData, SourceFile
from paritycheck.parse.python.datafiles import read_data
from paritycheck.parse.python.imports import parse_source

T = TypeVar("T")

HELD = 64 << 20  # bytes of source that are held at once
WORTH = 1 << 20  # bytes of source that are worth a child: it takes some milliseconds to make one
ENCODER = msgspec.msgpack.Encoder()


class Reading(msgspec.Struct, Generic[T], frozen=True):
    """One way to read a Python source: its name, what reads, and the type of what that says."""

    name: str
    read: Callable[[bytes], T]
    says: type[T]


SOURCES = Reading("sources", parse_source, SourceFile)
DATA = Reading("data", read_data, SourceData)


class Parser(Protocol):
    """Reads each of many sources, and says in order what there is to say of it."""

    def __call__(self, sources: Sequence[bytes], reading: Reading[T]) -> list[T]:
        """Return what ``reading`` says of each source."""
        ...


class Sources(msgspec.Struct, frozen=True):
    """What a side's Python sources say, read on demand: what they import and bind, and what they open."""

    modules: OnDemand[SourceFile]
    data: OnDemand[SourceData]


def lazy_sources(
    source: Callable[[str], bytes | SourceFile | None], parse: Parser, carried: Callable[[], Iterable[str]]
) -> Sources:
    """Return the mappings that ``parse`` reads from what ``source`` says is at a path.

    That is the content, or what there is to say of the module instead.
    """

    def content(path: str) -> bytes | None:
        data = source(path)
        return data if isinstance(data, bytes) else None

    return Sources(_lazy(SOURCES, source, parse, carried), _lazy(DATA, content, parse, carried))


def _lazy(
    reading: Reading[T],
    source: Callable[[str], bytes | T | None],
    parse: Parser,
    carried: Callable[[], Iterable[str]],
) -> OnDemand[T]:
    def load(path: str) -> T | None:
        data = source(path)
        return parse((data,), reading)[0] if isinstance(data, bytes) else data

    def load_many(paths: Sequence[str]) -> Iterator[tuple[str, T | None]]:
        held: dict[str, bytes] = {}
        size = 0
        for path in paths:
            data = source(path)
            if not isinstance(data, bytes):
                yield path, data
                continue
            held[path] = data
            size += len(data)
            if size > HELD:
                yield from zip(held, parse(tuple(held.values()), reading), strict=True)
                held.clear()
                size = 0
        yield from zip(held, parse(tuple(held.values()), reading), strict=True)

    return OnDemand(load, carried, load_many)


def parse_all(sources: Sequence[bytes], reading: Reading[T]) -> list[T]:
    """Return what is read from each source, in order."""
    workers = min(_cores(), sum(map(len, sources)) // WORTH, len(sources))
    if workers < 2:
        return [reading.read(data) for data in sources]
    answers: dict[int, T] = {}
    with contextlib.ExitStack() as children:
        shares = [(first, _Child(sources[first::workers], reading)) for first in range(1, workers)]
        for _, child in shares:
            children.callback(child.end)
        own = range(0, len(sources), workers)
        answers.update(zip(own, (reading.read(sources[at]) for at in own), strict=True))
        for first, child in shares:
            answers.update(zip(range(first, len(sources), workers), child.answers(), strict=True))
    return [answers[at] for at in range(len(sources))]


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


class _Child(Generic[T]):
    """A forked process that reads its share."""

    def __init__(self, share: Sequence[bytes], reading: Reading[T]) -> None:
        self._share = share
        self._reading = reading
        self._pipe, writing = os.pipe()
        with warnings.catch_warnings():
            # Since 3.12 for programs with threads, as the one that announces what takes long: what another
            # thread holds locked stays locked in the child. Ours asks for no lock: it parses and sends.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = os.fork()
        if not self._process:
            try:
                with open(writing, "wb") as sending:  # noqa: PTH123 (a descriptor has no path)
                    sending.write(ENCODER.encode([ENCODER.encode(reading.read(data)) for data in share]))
            finally:
                os._exit(0)  # nothing of the parent's is to be finished here
        os.close(writing)

    def answers(self) -> list[T]:
        """Return what the child found; if it was killed on the way, find it here."""
        with open(os.dup(self._pipe), "rb") as receiving:  # noqa: PTH123
            sent = receiving.read()
        with contextlib.suppress(msgspec.MsgspecError):
            found = msgspec.msgpack.decode(sent, type=list[bytes])
            if len(found) == len(self._share):
                return [msgspec.msgpack.decode(each, type=self._reading.says) for each in found]
        return [self._reading.read(data) for data in self._share]

    def end(self) -> None:
        """Leave nothing behind, whether or not the child is done."""
        os.close(self._pipe)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
