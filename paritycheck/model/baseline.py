"""The document of what was known before (``schemas/baseline-1.json``): findings by content, not by line."""

from __future__ import annotations

from typing import Any

import msgspec

from paritycheck import __version__
from paritycheck.errors import DocumentError
from paritycheck.model.encoding import encode_json
from paritycheck.model.journey import Item
from paritycheck.model.report import Severity
from paritycheck.model.schema import document_schema

BASELINE_VERSION = "1.0"
_ANEW = "write it anew with `paritycheck check --write-baseline FILE`"


class Known(msgspec.Struct, frozen=True, omit_defaults=True):
    """A finding as it is known again: rule, image, cause (``path`` and ``text`` of the line) and items."""

    fingerprint: str
    code: str
    slug: str
    severity: Severity
    message: str
    image: str = ""
    path: str = ""
    text: str = ""
    items: tuple[Item, ...] = ()


class Baseline(msgspec.Struct, frozen=True):
    """The findings that were there when it was written, in order of image, rule and fingerprint."""

    schema_version: str
    findings: tuple[Known, ...] = ()


def decode_baseline(data: bytes, name: str) -> Baseline:
    """Return the baseline in the document ``data``; ``name`` is its file, for messages.

    Raises DocumentError if it is none, or of another version.
    """
    try:
        baseline = msgspec.json.decode(data, type=Baseline)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"{name}: not a baseline: {error}", _ANEW) from error
    if baseline.schema_version != BASELINE_VERSION:
        raise DocumentError(
            f"{name}: the baseline is of schema {baseline.schema_version!r}, "
            f"and paritycheck {__version__} reads {BASELINE_VERSION!r}",
            _ANEW,
        )
    return baseline


def encode_baseline(baseline: Baseline) -> str:
    """Return the document, a line for each value, so that a review shows what changed."""
    return msgspec.json.format(encode_json(baseline), indent=1).decode() + "\n"


def baseline_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document, as ``schemas/baseline-1.json`` stores it."""
    return document_schema(
        Baseline, BASELINE_VERSION, "baseline-1", "Findings that were known at some time, to tell new ones."
    )
