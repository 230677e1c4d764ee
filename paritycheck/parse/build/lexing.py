"""How a Containerfile's text falls into instructions: directives, continuations, comments, bodies.

Source: ``Parse`` and its directives in BuildKit's ``parser/parser.go`` and ``directives.go``, and
the same in openshift/imagebuilder and dockerd 20.10.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.parse.build.dialect import Dialect
from paritycheck.parse.build.gotext import SPACE
from paritycheck.parse.build.heredocs import HeredocMark, ends_heredoc, heredocs_on_line, strip_tabs
from paritycheck.parse.build.instruction import Heredoc

_DIRECTIVE = re.compile(rf"#[{SPACE}]*([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=[\t\n\f\r ]*(.+?)[\t\n\f\r ]*")
_IMAGEBUILDER_DIRECTIVE = re.compile(r"#[ \t]*(escape)[ \t]*=[ \t]*(.).*")


class LogicalLine(msgspec.Struct, frozen=True):
    """One instruction's text, continuation lines joined; ``start`` and ``end`` are lines, from 1."""

    text: str
    start: int
    end: int
    escape: str
    heredocs: tuple[Heredoc, ...] = ()


class Lines:
    """Reads a text instruction by instruction. ``takes_heredocs`` tells which may have bodies.

    ``escape`` and ``syntax`` are the values of the directives, once the first instruction was read.
    """

    def __init__(self, text: str, path: str, dialect: Dialect, takes_heredocs: Callable[[str], bool]) -> None:
        self.escape = "\\"
        self.syntax = ""
        self._path = path
        self._dialect = dialect
        self._takes_heredocs = takes_heredocs
        self._rows = text.removeprefix("\ufeff").split("\n")
        if self._rows and not self._rows[-1]:
            self._rows.pop()
        self._next = 0
        self._seen: set[str] = set()
        self._directives_over = False
        self._continued = _continuation(self.escape, dialect)

    def read(self) -> Iterator[LogicalLine]:
        """Yield all instructions in order; :class:`BuildRefused` where the text cannot be read."""
        while (row := self._row()) is not None:
            start = self._next
            text, goes_on = self._part(row.lstrip(SPACE))
            if not text and not goes_on:
                continue
            parts = [text]
            while goes_on and (row := self._row()) is not None:
                if row.lstrip(SPACE).startswith("#") or not row.strip(SPACE):
                    self._read_directive(row)
                    continue
                text, goes_on = self._part(row)
                parts.append(text)
            yield self._logical("".join(parts), start)

    def refuse(self, message: str, line: int) -> BuildRefused:
        """Return the engine's refusal of a line of this file."""
        return BuildRefused(message, self._path, line)

    def _logical(self, text: str, start: int) -> LogicalLine:
        heredocs: tuple[Heredoc, ...] = ()
        if self._dialect.heredocs and "<<" in text:
            try:
                marks = heredocs_on_line(text, self._dialect) if self._takes_heredocs(text) else ()
            except BuildRefused as error:
                raise self.refuse(error.reason, start) from None
            heredocs = tuple(self._body(mark, start) for mark in marks)
        return LogicalLine(text, start, self._next, self.escape, heredocs)

    def _row(self) -> str | None:
        """Take the next line without its line end; a comment is still in it."""
        if self._next >= len(self._rows):
            return None
        row = self._rows[self._next]
        self._next += 1
        if (
            len(row) > self._dialect.line_limit // 4
            and len(row.encode("utf-8", "replace")) >= self._dialect.line_limit
        ):
            raise self.refuse(
                f"dockerfile line greater than max allowed size of {self._dialect.line_limit - 1}", self._next
            )
        return row.rstrip("\r") if self._dialect.family == "buildkit" else row.removesuffix("\r")

    def _part(self, row: str) -> tuple[str, bool]:
        """Return a line without comment and continuation character, and whether it is continued."""
        self._read_directive(row)
        if row.startswith("#"):
            return "", False
        found = self._continued.search(row)
        if found is None:
            return row, False
        return row[: found.start()], True

    def _read_directive(self, row: str) -> None:
        if self._directives_over:
            return
        if self._dialect.family == "imagebuilder":
            found = _IMAGEBUILDER_DIRECTIVE.fullmatch(row.lower())
        else:
            found = _DIRECTIVE.fullmatch(row)
        name = found[1].lower() if found else ""
        if found is None or name not in self._dialect.directives:
            self._directives_over = True
            return
        if name in self._seen:
            raise self.refuse(f"only one {name} parser directive can be used", self._next)
        self._seen.add(name)
        if name == "syntax":
            self.syntax = found[2].split(" ")[0]
        elif name == "escape":
            self._set_escape(found[2])

    def _set_escape(self, value: str) -> None:
        if value not in ("`", "\\"):
            if self._dialect.family == "imagebuilder":
                raise self.refuse(f"invalid ESCAPE '{value}'. Must be ` or \\", self._next)
            raise self.refuse(f"invalid escape token '{value}' does not match ` or \\", self._next)
        self.escape = value
        self._continued = _continuation(value, self._dialect)

    def _body(self, mark: HeredocMark, start: int) -> Heredoc:
        rows = []
        while self._next < len(self._rows):
            row = self._rows[self._next]
            self._next += 1
            if ends_heredoc(row, mark):
                break
            rows.append(row)
        else:
            named = f"{mark.name}: " if self._dialect.family == "imagebuilder" else ""
            raise self.refuse(f"{named}unterminated heredoc", start)
        if self._dialect.family == "imagebuilder":
            # Buildah reads lines without their ends and puts one behind the last even if there is none.
            body = "\n".join(row.removesuffix("\r") for row in rows) + "\n"
        else:
            body = "".join(f"{row}\n" for row in rows)
        return Heredoc(mark.name, strip_tabs(body) if mark.chomp else body, mark.expand)


def _continuation(escape: str, dialect: Dialect) -> re.Pattern[str]:
    """Return what ends a line that goes on; for imagebuilder a doubled escape does so, too."""
    mark = re.escape(escape)
    before = "" if dialect.family == "imagebuilder" else f"(?<!{mark})"
    return re.compile(rf"{before}{mark}[ \t]*\Z")
