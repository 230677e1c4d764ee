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

import msgspec

from paritycheck.model.snapshot import OnDemand
from paritycheck.model.source import SourceFile
from paritycheck.parse.python.imports import parse_source

Parser = Callable[[Sequence[bytes]], list[SourceFile]]
"""Says of each source what it imports and binds."""

HELD = 64 << 20  # bytes of source that are held at once
WORTH = 1 << 20  # bytes of source that are worth a child: it takes some milliseconds to make one
ENCODER = msgspec.msgpack.Encoder()
DECODER = msgspec.msgpack.Decoder(list[SourceFile])


def lazy_modules(
    source: Callable[[str], bytes | SourceFile | None], parse: Parser, carried: Callable[[], Iterable[str]]
) -> OnDemand[SourceFile]:
    """Return the mapping of modules that ``parse`` reads from what ``source`` says is at a path.

    That is the content, or what there is to say instead.
    """

    def load(path: str) -> SourceFile | None:
        data = source(path)
        return parse((data,))[0] if isinstance(data, bytes) else data

    def load_many(paths: Sequence[str]) -> Iterator[tuple[str, SourceFile | None]]:
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
                yield from zip(held, parse(tuple(held.values())), strict=True)
                held.clear()
                size = 0
        yield from zip(held, parse(tuple(held.values())), strict=True)

    return OnDemand(load, carried, load_many)


def parse_all(sources: Sequence[bytes]) -> list[SourceFile]:
    """Return what ``parse_source`` says of each source, in order."""
    workers = min(_cores(), sum(map(len, sources)) // WORTH, len(sources))
    if workers < 2:
        return [parse_source(data) for data in sources]
    answers: list[SourceFile] = [SourceFile()] * len(sources)
    with contextlib.ExitStack() as children:
        shares = [(first, _Child(sources[first::workers])) for first in range(1, workers)]
        for _, child in shares:
            children.callback(child.end)
        answers[::workers] = [parse_source(data) for data in sources[::workers]]
        for first, child in shares:
            answers[first::workers] = child.answers()
    return answers


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else 1


class _Child:
    """A forked process that parses its share."""

    def __init__(self, share: Sequence[bytes]) -> None:
        self._share = share
        self._pipe, writing = os.pipe()
        with warnings.catch_warnings():
            # Since 3.12 for programs with threads, as the one that announces what takes long: what another
            # thread holds locked stays locked in the child. Ours asks for no lock: it parses and sends.
            warnings.simplefilter("ignore", DeprecationWarning)
            self._process = os.fork()
        if not self._process:
            try:
                with open(writing, "wb") as sending:  # noqa: PTH123 (a descriptor has no path)
                    sending.write(ENCODER.encode([parse_source(data) for data in share]))
            finally:
                os._exit(0)  # nothing of the parent's is to be finished here
        os.close(writing)

    def answers(self) -> list[SourceFile]:
        """Return what the child found; if it was killed on the way, find it here."""
        with open(os.dup(self._pipe), "rb") as receiving:  # noqa: PTH123
            sent = receiving.read()
        with contextlib.suppress(msgspec.MsgspecError):
            found = DECODER.decode(sent)
            if len(found) == len(self._share):
                return found
        return [parse_source(data) for data in self._share]

    def end(self) -> None:
        """Leave nothing behind, whether or not the child is done."""
        os.close(self._pipe)
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._process, signal.SIGKILL)
        os.waitpid(self._process, 0)
