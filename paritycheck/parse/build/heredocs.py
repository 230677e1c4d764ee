"""Which heredocs begin on a line, and what their bodies are.

Source: ``heredocsFromLine`` and ``ParseHeredoc`` in BuildKit's ``parser/parser.go``, used by
openshift/imagebuilder, too.
"""

from __future__ import annotations

import re

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT
from paritycheck.parse.build.dialect import Dialect, dialect_of
from paritycheck.parse.build.words import Style, read_raw_words

_MARK = re.compile(r"([0-9]*)<<(-?)([^<]*)")
_LEADING_TABS = re.compile(r"^\t+", re.MULTILINE)


class HeredocMark(msgspec.Struct, frozen=True):
    """``<<NAME`` on a line; ``expand`` is false if the name was quoted, ``chomp`` true for ``<<-``."""

    name: str
    expand: bool
    chomp: bool


def heredocs_on_line(line: str, dialect: Dialect) -> tuple[HeredocMark, ...]:
    """Return the marks among the words of a line, in order."""
    if "<<" not in line:
        return ()
    lexer = _lexer(dialect)
    try:
        words = read_raw_words(line, lexer, Style(raw_quotes=True, raw_escapes=True, keep_unset=True))
    except BuildRefused:
        return ()
    marks = (parse_mark(word, dialect) for word in words)
    return tuple(mark for mark in marks if mark is not None)


def parse_mark(word: str, dialect: Dialect) -> HeredocMark | None:
    """Return the mark that this word is, if it is one."""
    found = _MARK.fullmatch(word) if dialect.heredocs else None
    if found is None:
        return None
    rest = found[3].lstrip("\t\n\f\r ") if dialect.heredoc_blank else found[3]
    lexer = _lexer(dialect)
    names = read_raw_words(rest, lexer, Style(keep_unset=True))
    if len(names) != 1:
        return None
    raw = read_raw_words(rest, lexer, Style(keep_unset=True, raw_quotes=True))
    return HeredocMark(names[0], _quotes(names[0]) == _quotes(raw[0]), bool(found[2]))


def strip_tabs(body: str) -> str:
    """Return the body of a ``<<-`` heredoc without the tabs that begin its lines."""
    return _LEADING_TABS.sub("", body)


def ends_heredoc(line: str, mark: HeredocMark) -> bool:
    """Tell whether this line is the terminator."""
    line = line.rstrip("\r\n")
    return (line.lstrip("\t") if mark.chomp else line) == mark.name


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


def _lexer(dialect: Dialect) -> Dialect:
    # imagebuilder finds heredocs with BuildKit's lexer, whatever it expands words with.
    if dialect.family != "imagebuilder":
        return dialect
    return msgspec.structs.replace(dialect_of(BUILDKIT), heredoc_blank=dialect.heredoc_blank)
