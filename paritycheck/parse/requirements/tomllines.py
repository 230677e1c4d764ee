"""TOML documents whose keys, tables and array items know the line that they stand in.

Source: TOML 1.0.0. The standard library's reader decides what a document means; the scan here only
finds lines, in one pass, and trusts that the reader accepted the text.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from paritycheck.model.location import Location
from paritycheck.parse.requirements.sourcelines import SourceLines

TomlPath = tuple[str | int, ...]
MAX_TEXT = 32 << 20  # characters; the longest real lock files have some 5 MiB
_TOKEN = re.compile(
    r"""
      (?P<skip>[ \t\r]+|\#[^\n]*)
    | (?P<newline>\n)
    | (?P<string>\"{3}(?:[^"\\]+|\\.|"{1,2}(?!"))*+"{3,5} | '{3}(?:[^']+|'{1,2}(?!'))*+'{3,5}
        | "(?:[^"\\\n]+|\\.)*+" | '[^'\n]*')
    | (?P<mark>[\[\]{}=,.])
    | (?P<bare>[^\s\[\]{}=,."'\#]+)
    """,
    re.VERBOSE | re.DOTALL,
)
_AT_LINE = re.compile(r"at line (\d+)")


class TomlDocument(msgspec.Struct, frozen=True):
    """A document: its ``values``, and the line of every path into them that the text spells out."""

    values: Mapping[str, Any]
    lines: Mapping[TomlPath, int]
    source: SourceLines
    problems: tuple[tuple[str, Location], ...] = ()

    def at(self, *path: str | int) -> Location:
        """Return where ``path`` stands, or the nearest thing around it that stands anywhere."""
        for length in range(len(path), 0, -1):
            if path[:length] in self.lines:
                return self.source.at(self.lines[path[:length]])
        return self.source.at(0)

    def table(self, *path: str) -> Mapping[str, Any]:
        """Return the table at ``path``, an empty one if something else or nothing is there."""
        value: Any = self.values
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value if isinstance(value, dict) else {}


def read_toml(path: str, text: str) -> TomlDocument:
    """Read a document; a broken one is empty, and says its problem."""
    source = SourceLines(path, text)
    if len(text) > MAX_TEXT:
        return TomlDocument({}, {}, source, ((f"larger than {MAX_TEXT >> 20} MiB", source.at(0)),))
    try:
        values = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # ValueError also for numbers of thousands of digits
        line = _AT_LINE.search(str(error))
        last = text.count("\n") + 1 if "end of document" in str(error) else 0
        where = source.at(int(line[1]) if line else last)
        return TomlDocument({}, {}, source, ((f"not TOML: {error}", where),))
    return TomlDocument(values, find_lines(text), source)


def find_lines(text: str) -> dict[TomlPath, int]:
    """Return the line, from 1, of each key, table header and array item of a valid document."""
    scan = _Scan()
    for kind, word, line in _tokens(text):
        scan.take(kind, word, line)
    return scan.lines


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup or ""
        if kind == "skip":
            continue
        word = match[0]
        yield kind, word, line
        if kind == "newline":
            line += 1
        elif kind == "string" and word[:3] in ('"""', "'''"):
            line += word.count("\n")


class _Scan:
    """Where the scan stands: what it expects next, and the containers that are open around it."""

    def __init__(self) -> None:
        self.lines: dict[TomlPath, int] = {}
        self.expects = "key"
        self.table: TomlPath = ()
        self.header = 0  # opening brackets of the header being read
        self.parts: list[str] = []
        self.value: TomlPath = ()
        self.open: list[tuple[str, TomlPath, int]] = []  # bracket, path, index of the item
        self.repeated: dict[TomlPath, int] = {}

    def take(self, kind: str, word: str, line: int) -> None:
        """Go on by one word."""
        if kind == "newline":
            if not self.open:
                self.expects, self.parts, self.header = "key", [], 0
        elif self.expects == "key":
            self._take_key(kind, word, line)
        elif self.expects == "header":
            self._take_header(kind, word, line)
        elif kind == "mark":
            self._take_mark(word, line)
        elif self.expects == "value":
            self._begin_value(line)
            self.expects = "end"

    def _take_key(self, kind: str, word: str, line: int) -> None:
        if kind != "mark":
            self.parts.append(_key(word))
        elif word == "=":
            inside = self.open[-1][1] if self.open else self.table
            self.value = (*inside, *self.parts)
            for length in range(len(inside) + 1, len(self.value)):
                self.lines.setdefault(self.value[:length], line)
            self.lines[self.value] = line
            self.parts, self.expects = [], "value"
        elif word == "[":
            self.expects, self.header = "header", 1
        elif word == "}":
            self._close()

    def _take_header(self, kind: str, word: str, line: int) -> None:
        if kind != "mark":
            self.parts.append(_key(word))
        elif word == "[":
            self.header = 2
        elif word == "]" and self.parts:
            path: TomlPath = ()
            for part in self.parts[:-1]:
                path = self._last((*path, part))
                self.lines.setdefault(path, line)
            path = (*path, self.parts[-1])
            if self.header == 2:
                self.repeated[path] = self.repeated.get(path, -1) + 1
                self.lines.setdefault(path, line)
                path = self._last(path)
            self.lines[path] = line
            self.table, self.parts = path, []

    def _take_mark(self, word: str, line: int) -> None:
        if word == "[" or word == "{":
            self._begin_value(line)
            self.open.append((word, self.value, 0))
            self.expects = "value" if word == "[" else "key"
        elif word == "]" or word == "}":
            self._close()
        elif word == "," and self.open:
            bracket, path, index = self.open[-1]
            self.open[-1] = (bracket, path, index + 1)
            self.expects = "value" if bracket == "[" else "key"

    def _begin_value(self, line: int) -> None:
        if self.open and self.open[-1][0] == "[":
            _, path, index = self.open[-1]
            self.value = (*path, index)
            self.lines[self.value] = line

    def _close(self) -> None:
        if self.open:
            self.open.pop()
        self.expects = "end"

    def _last(self, path: TomlPath) -> TomlPath:
        return (*path, self.repeated[path]) if path in self.repeated else path


def _key(word: str) -> str:
    if word.startswith('"') and "\\" in word:
        return str(tomllib.loads(f"key = {word}")["key"])
    return word[1:-1] if word[0] in "\"'" else word
