"""How one word is unquoted and its variables substituted, engine by engine.

Source: BuildKit ``frontend/dockerfile/shell/lex.go`` and openshift/imagebuilder
``shell_parser.go``. Both read a word character by character; they differ in the escape character,
in what a ``$`` may begin (:mod:`paritycheck.parse.build.substitution`) and in a fault of
word splitting that only BuildKit has.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, Engine
from paritycheck.parse.build.dialect import Dialect, dialect_of
from paritycheck.parse.build.gotext import SPACE
from paritycheck.parse.build.substitution import Reading, substitute


class Style(msgspec.Struct, frozen=True):
    """What a reading keeps: quotes, escape characters, references to unset variables."""

    escape: str = "\\"
    raw_quotes: bool = False
    raw_escapes: bool = False
    skip_quotes: bool = False
    keep_unset: bool = False


def expand(word: str, env: Mapping[str, str], engine: Engine, escape: str = "\\") -> str:
    """Return ``word`` unquoted and substituted.

    Raises :class:`BuildRefused` without a location where the engine refuses the word.
    """
    return _read(word, env, dialect_of(engine), _style(engine, escape))[0]


def expand_to_words(word: str, env: Mapping[str, str], engine: Engine, escape: str = "\\") -> tuple[str, ...]:
    """Like :func:`expand`, split at the blanks outside of quotes, substituted ones included."""
    return _read(word, env, dialect_of(engine), _style(engine, escape))[1]


def expand_heredoc(body: str, env: Mapping[str, str], engine: Engine) -> str:
    """Return the body of an unquoted heredoc of COPY or ADD with its variables substituted.

    BuildKit leaves quotes alone and consumes backslashes, whatever the escape directive says;
    Buildah keeps both, yet fails on an unmatched quote.
    """
    if engine.name == "podman":
        style = Style(raw_quotes=True, raw_escapes=True)
        return _read(body, env, dialect_of(_BUILDKIT_LEX), style)[0]
    return _read(body, env, dialect_of(engine), Style(skip_quotes=True))[0]


def read_raw_words(text: str, dialect: Dialect, style: Style) -> tuple[str, ...]:
    """Split ``text`` with no variable set; used to find heredocs on a line."""
    return _read(text, {}, dialect, style)[1]


# Buildah expands heredocs with a copy of BuildKit's lexer, not with its own.
_BUILDKIT_LEX = BUILDKIT


def _style(engine: Engine, escape: str) -> Style:
    return Style(escape="\\" if engine.name == "podman" else escape)


def _read(text: str, env: Mapping[str, str], dialect: Dialect, style: Style) -> tuple[str, tuple[str, ...]]:
    reader = WordReader(text, env, dialect, style)
    try:
        result, words, _ = reader.read_until("")
    except BuildRefused as error:
        raise BuildRefused(f'failed to process "{text}": {error.reason}', hint=error.hint) from None
    except RecursionError:
        raise BuildRefused("substitutions are nested too deeply") from None
    return result, tuple(words)


class _Words:
    """Collects words while a text is read. ``buffer`` holds the characters of the current one."""

    def __init__(self, buffer: list[str]) -> None:
        self.buffer = buffer
        self.found: list[str] = []
        self.in_word = False

    def add(self, text: str) -> None:
        """Add characters that separate words where they are blank."""
        for char in text:
            if char not in SPACE:
                self.add_raw(char)
            elif self.in_word and self.buffer:
                self.found.append("".join(self.buffer))
                self.buffer.clear()
                self.in_word = False

    def add_raw(self, text: str) -> None:
        """Add characters that were quoted or escaped."""
        if text:
            self.buffer.append(text)
        self.in_word = True

    def finish(self) -> list[str]:
        """End the last word and return all."""
        if self.buffer:
            self.found.append("".join(self.buffer))
            self.buffer.clear()
            self.in_word = False
        return self.found


class WordReader(Reading):
    """One pass over one text; see :class:`~paritycheck.parse.build.substitution.Reading`."""

    def __init__(self, text: str, env: Mapping[str, str], dialect: Dialect, style: Style) -> None:
        super().__init__(text, env, dialect, style.keep_unset)
        self.style = style
        self.raw_escapes = style.raw_escapes
        self._shared: list[str] = []

    def read_until(self, stops: str, raw_escapes: bool | None = None) -> tuple[str, list[str], str]:
        """Read up to one of ``stops`` (consumed) or, if there are none, to the end.

        Returns the text, its words, and the character that stopped.
        """
        outer, self.raw_escapes = self.raw_escapes, self.raw_escapes if raw_escapes is None else raw_escapes
        result: list[str] = []
        words = _Words(self._buffer())
        try:
            while (char := self.peek()) != "":
                if char in stops:
                    self.next()
                    return "".join(result), words.finish(), char
                self._read_one(char, result, words)
        finally:
            self.raw_escapes = outer
        if stops:
            raise BuildRefused(f"unexpected end of statement while looking for matching {stops}")
        return "".join(result), words.finish(), ""

    def _buffer(self) -> list[str]:
        # BuildKit's lexer shares one buffer between a word and the words inside ${...}: splitting
        # forgets what stood before the braces.
        if self.dialect.forgets:
            self._shared.clear()
            return self._shared
        return []

    def _read_one(self, char: str, result: list[str], words: _Words) -> None:
        if char == "$":
            value = substitute(self)
            result.append(value)
            words.add(value)
        elif char in "'\"" and not self.style.skip_quotes:
            value = self._single() if char == "'" else self._double()
            result.append(value)
            words.add_raw(value)
        elif char == "<" and self.dialect.heredoc_blank and self.dialect.family == "buildkit":
            value = self._heredoc_mark()
            result.append(value)
            words.add_raw(value)
        else:
            self._read_plain(result, words)

    def _read_plain(self, result: list[str], words: _Words) -> None:
        char = self.next()
        if char != self.style.escape:
            words.add(char)
            result.append(char)
            return
        if self.raw_escapes:
            words.add_raw(char)
            result.append(char)
        char = self.next()
        if char:
            words.add_raw(char)
            result.append(char)

    def _single(self) -> str:
        end = self.text.find("'", self.position + 1)
        if end < 0:
            raise BuildRefused("unexpected end of statement while looking for matching single-quote")
        inner = self.text[self.position + 1 : end]
        self.position = end + 1
        return f"'{inner}'" if self.style.raw_quotes else inner

    def _double(self) -> str:
        self.next()
        result: list[str] = []
        while (char := self.peek()) != '"':
            if char == "":
                raise BuildRefused("unexpected end of statement while looking for matching double-quote")
            if char == "$":
                result.append(substitute(self))
                continue
            self.next()
            if char == self.style.escape:
                if self.raw_escapes:
                    result.append(char)
                if self.peek() == "":
                    continue
                if self.peek() in ('"', "$", self.style.escape):
                    char = self.next()
            result.append(char)
        self.next()
        return f'"{"".join(result)}"' if self.style.raw_quotes else "".join(result)

    def _heredoc_mark(self) -> str:
        self.next()
        if self.peek() != "<":
            return "<"
        self.next()
        start = self.position
        while self.peek() in ("\t", "\r", " "):
            self.next()
        return "<<" + self.text[start : self.position]
