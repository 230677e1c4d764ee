"""The lines of the keys in a JSON document (RFC 8259), found in one pass."""

from __future__ import annotations

import json
import re

_TOKEN = re.compile(r'\n|(?P<string>"(?:[^"\\]+|\\.)*+")\s*(?P<key>:)?|(?P<mark>[\[\]{}])', re.DOTALL)


def find_keys(text: str, depth: int) -> dict[tuple[str, ...], int]:
    """Return the line, from 1, of each key of a valid document down to ``depth`` objects, by its path.

    What is inside of an array has no path and is left out.
    """
    found: dict[tuple[str, ...], int] = {}
    line = 1
    path: list[str | None] = []  # one item for each open bracket: the key it is in, None in an array
    for match in _TOKEN.finditer(text):
        word = match[0]
        if match["mark"]:
            if word in "[{":
                path.append(None)
            elif path:
                path.pop()
        elif match["key"] and path and len(path) <= depth:
            path[-1] = json.loads(match["string"])
            if None not in path:
                found[tuple(key for key in path if key is not None)] = line
        line += word.count("\n")
    return found
