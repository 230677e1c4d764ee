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
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be read: {error.strerror}",
            "write one with `paritycheck check --format json -o FILE`",
        ) from error
    return decode_report(data, str(path))


def read_baseline(path: Path) -> Baseline:
    """Return the baseline in a file. Raises SourceError if it cannot be read, DocumentError if it is none."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(
            f"{path}: cannot be read: {error.strerror}",
            "write one with `paritycheck check --write-baseline FILE`",
        ) from error
    return decode_baseline(data, str(path))
