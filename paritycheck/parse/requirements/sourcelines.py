"""The lines of one file as evidence: path, number and text, without the passwords that URLs may hold."""

from __future__ import annotations

import re

from paritycheck.model.location import Location

_PASSWORD = re.compile(r"://[^/@\s]{1,500}@")
_SHOWN = 200  # characters of a line


class SourceLines:
    """Makes locations in the file ``path``."""

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self._lines = text.split("\n")

    def at(self, line: int) -> Location:
        """Return the location of a line, from 1; 0 is the file as a whole."""
        if not 1 <= line <= len(self._lines):
            return Location(self.path)
        shown = _PASSWORD.sub("://***@", self._lines[line - 1].strip()[: 2 * _SHOWN])
        return Location(self.path, line, shown[:_SHOWN])
