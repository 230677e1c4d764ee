"""What stands around the text of a log line: terminal escapes, JSON, escaped line ends.

Facts: ECMA-48 (control sequences), Docker's json-file format (``log``, ``stream``, ``time``), the field
names of python-json-logger, structlog, loguru, the Elastic Common Schema and the clouds' collectors.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

MAX_DEPTH = 4
MAX_TEXTS = 40
_ESCAPES = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]{0,400}(?:\x07|\x1b\\)|[@-Z\\-_]|[ -/]+[0-~])"
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x80-\x9f\ufeff]")
_TIMES = ("time", "timestamp", "@timestamp", "ts", "asctime", "datetime", "date")
# The text of a line first, then what tells of an exception.
_TEXTS = ("log", "message", "msg", "event", "text", "textPayload", "@message")
_HEADER = "Traceback (most recent call last):"


def clean(data: bytes) -> str:
    """Return a line as text without terminal escapes and control characters; never raises."""
    text = data.decode("utf-8", "replace")
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    if not text.isprintable():
        text = _CONTROLS.sub("", text.replace("\r", ""))
    return text


def unwrap(line: str) -> Iterator[str]:
    """Yield the lines that ``line`` stands for: itself, or what is wrapped in its JSON or its quotes.

    A time that the JSON names stands before the first of them.
    """
    brace = line.find("{")
    if brace >= 0 and '"' in line and line.rstrip().endswith("}"):
        try:
            found = json.loads(line[brace:])
        except (ValueError, RecursionError):
            found = None
        if isinstance(found, dict):
            yield from _from_mapping(line[:brace], found)
            return
    if _HEADER + "\\n" in line:
        yield from line.replace("\\r", "").replace("\\n", "\n").replace('\\"', '"').split("\n")
        return
    yield line


def _from_mapping(before: str, found: dict[str, Any]) -> Iterator[str]:
    time = next((str(found[key]) for key in _TIMES if isinstance(found.get(key), str | int | float)), "")
    shown = next((value for key in _TEXTS if isinstance(value := found.get(key), str)), None)
    told = [text for text in _strings(found, MAX_DEPTH) if _HEADER in text and text != shown]
    head = f"{before}{time} " if time else before
    if shown is not None:
        inner = shown.rstrip("\n")
        # A line of JSON in the json-file format of an engine.
        lines = list(unwrap(inner)) if "{" in inner or "\\n" in inner else [inner]
        yield from (head + line for each in lines for line in each.split("\n"))
    elif not told:
        yield before + json.dumps(found, ensure_ascii=False)
    for text in told[:MAX_TEXTS]:
        yield from (head + line for line in text.split("\n"))


def _strings(value: Any, depth: int) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif depth and isinstance(value, dict):
        for each in value.values():
            yield from _strings(each, depth - 1)
    elif depth and isinstance(value, list):
        if value and all(isinstance(each, str) for each in value):
            yield "\n".join(each.rstrip("\n") for each in value)
            return
        for each in value[:MAX_TEXTS]:
            yield from _strings(each, depth - 1)
