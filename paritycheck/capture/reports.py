"""Stored reports and baselines, read from files or from stdin."""

from __future__ import annotations

import sys
from pathlib import Path

from paritycheck.errors import SourceError
from paritycheck.model.baseline import Baseline, decode_baseline
from paritycheck.model.report import Report, decode_report


def read_report(path: Path) -> Report:
    """Return the report in a file (``-``: stdin).

    Raises SourceError if it cannot be read, DocumentError if it is no report.
    """
    if str(path) == "-":
        return decode_report(sys.stdin.buffer.read(), "stdin")
    return decode_report(_read(path, "--format json -o FILE"), str(path))


def read_baseline(path: Path) -> Baseline:
    """Return the baseline in a file. Raises SourceError if it cannot be read, DocumentError if it is none."""
    return decode_baseline(_read(path, "--write-baseline FILE"), str(path))


def _read(path: Path, flags: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be read: {error.strerror}", f"write one with `paritycheck check {flags}`"
        ) from error
