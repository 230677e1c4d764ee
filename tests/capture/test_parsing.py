"""Sources parsed by several processes: the same answers, and no process left."""

import os
import signal
from collections.abc import Sequence
from typing import TypeVar

import pytest

from paritycheck.capture.parsing.reading import SOURCES, Reading, lazy_sources, parse_all
from paritycheck.model.source import Problem, SourceFile
from paritycheck.parse.python.imports import parse_source

T = TypeVar("T")

TEXTS = [f"import m{number}\n".encode() + b"#" * 9000 for number in range(400)]


def no_children() -> bool:
    try:
        os.waitpid(-1, os.WNOHANG)
    except ChildProcessError:
        return True
    return False


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core: nothing is shared out")
def test_shares_out_and_keeps_the_order() -> None:
    assert [says.imports[0].module for says in parse_all(TEXTS, SOURCES)] == [
        f"m{number}" for number in range(400)
    ]
    assert no_children()


def test_does_what_a_killed_child_left() -> None:
    here = os.getpid()

    def deadly(data: bytes) -> SourceFile:
        if os.getpid() != here:
            os.kill(os.getpid(), signal.SIGKILL)
        return parse_source(data)

    reading = Reading("deadly", deadly, SourceFile)
    assert [says.imports[0].line for says in parse_all(TEXTS, reading)] == [1] * 400
    assert no_children()


def test_leaves_no_child_after_an_interruption() -> None:
    here = os.getpid()

    def interrupted(data: bytes) -> SourceFile:
        if os.getpid() == here:
            raise KeyboardInterrupt
        return parse_source(data)

    with pytest.raises(KeyboardInterrupt):
        parse_all(TEXTS, Reading("interrupted", interrupted, SourceFile))
    assert no_children()


def test_reads_ahead_what_there_is() -> None:
    problem = SourceFile(problem=Problem("cannot be read"))
    files: dict[str, bytes | SourceFile | None] = {"a.py": b"import x", "b.py": None, "c.py": problem}
    asked: list[int] = []

    def parse(sources: Sequence[bytes], reading: Reading[T]) -> list[T]:
        asked.append(len(sources))
        return parse_all(sources, reading)

    modules = lazy_sources(files.get, parse, lambda: files).modules
    modules.read_ahead(["a.py", "b.py", "c.py", "d.py"])
    assert [module.problem is None for module in modules.values()] == [True, False]
    assert modules.get("d.py") is None
    assert asked == [1]
