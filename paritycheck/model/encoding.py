"""JSON of values that may hold lone surrogates, which Python's strings can spell and JSON cannot."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


def encode_json(value: Any, *, order: Literal["deterministic"] | None = None) -> bytes:
    """Return ``value`` as JSON in UTF-8; a lone surrogate is written as six characters, ``\\udc80``."""
    try:
        return msgspec.json.encode(value, order=order)
    except UnicodeEncodeError:
        return msgspec.json.encode(_spelled(msgspec.to_builtins(value)), order=order)


def _spelled(value: Any) -> Any:
    match value:
        case str():
            return value.encode("utf-8", "backslashreplace").decode()
        case dict():
            return {_spelled(key): _spelled(item) for key, item in value.items()}
        case list() | tuple():
            return [_spelled(item) for item in value]
        case _:
            return value
