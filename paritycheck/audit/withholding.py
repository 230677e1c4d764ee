"""Secrets in the lines of files that the audit quotes: ENV lines, CI steps, sources."""

from __future__ import annotations

from typing import Any

import msgspec

from paritycheck.model.audit import Audit
from paritycheck.parse.logs.redaction import redact


def without_secrets(audit: Audit) -> Audit:
    """Return the audit with every quoted line redacted; the log's own lines have been already."""
    return msgspec.convert(_walk(msgspec.to_builtins(audit)), Audit)


def _walk(value: Any) -> Any:
    if isinstance(value, dict):
        found = {key: _walk(each) for key, each in value.items()}
        # Only a location has both: a line of a file.
        if "path" in found and isinstance(found.get("text"), str):
            found["text"] = redact(found["text"])
        return found
    return [_walk(each) for each in value] if isinstance(value, list | tuple) else value
