"""What is written: reports on stdout or into a file, everything else on stderr."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

from paritycheck.errors import UsageError
from paritycheck.output.style import Paint, coloured, harmless, plain

PARITY, FINDINGS, COULD_NOT_CHECK = 0, 1, 2
SLOW = 1.0  # seconds after which a step says what it is doing


def choose_paint(output: Path | None, color: Literal["auto", "always", "never"] = "auto") -> Paint:
    """Return how to colour: as asked; else not in files, not for NO_COLOR, for FORCE_COLOR, on a terminal."""
    if color != "auto":
        return coloured if color == "always" else plain
    if output is not None or os.environ.get("NO_COLOR"):
        return plain
    return coloured if os.environ.get("FORCE_COLOR") or sys.stdout.isatty() else plain


def write(text: str, output: Path | None, *, append: bool = False) -> None:
    """Write the report to stdout, whatever it can encode, or to a file (``append``: behind what it holds)."""
    if output is None:
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
        return
    try:
        with output.open("a" if append else "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"{output}: cannot be written: {error.strerror}", "name another --output") from error


@contextlib.contextmanager
def announced(step: str) -> Iterator[None]:
    """Say on stderr what is being done, if it takes longer than a second and somebody is watching."""
    timer = threading.Timer(SLOW, lambda: print(f"{harmless(step)} ...", file=sys.stderr, flush=True))
    timer.daemon = True
    if sys.stderr.isatty():
        timer.start()
    try:
        yield
    finally:
        timer.cancel()


def complain(message: str, hint: str) -> int:
    """Tell an error and its hint on stderr; returns the exit code for it."""
    print(f"paritycheck: {harmless(message)}", file=sys.stderr)
    if hint:
        print(f"  {harmless(hint)}", file=sys.stderr)
    return COULD_NOT_CHECK
