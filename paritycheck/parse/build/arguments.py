"""How the text after a keyword becomes flags, words, pairs or a JSON array.

Source: ``parser/split_command.go`` and ``parser/line_parsers.go`` in BuildKit, and their older
copies in openshift/imagebuilder and dockerd 20.10.
"""

from __future__ import annotations

import json
import re
from typing import NoReturn

from paritycheck.errors import BuildRefused
from paritycheck.parse.build.dialect import Dialect
from paritycheck.parse.build.gotext import SPACE, WORD_BLANKS, is_space, replace_halves
from paritycheck.parse.build.instruction import Flag

Pairs = tuple[tuple[str, str | None], ...]


def split_keyword(line: str) -> tuple[str, str]:
    """Return the first word of an instruction and the rest as written."""
    keyword, *rest = re.split(WORD_BLANKS, line.strip(SPACE), maxsplit=1)
    return keyword, rest[0] if rest else ""


def split_flags(text: str, escape: str) -> tuple[tuple[Flag, ...], str]:
    """Take the ``--words`` that begin ``text``; return them unquoted, and the rest without outer blanks."""
    # The engines read bytes here and write each back as a character of its own.
    raw = text.encode("utf-8", "surrogateescape").decode("latin-1")
    flags: list[str] = []
    position = 0
    while True:
        while position < len(raw) and is_space(raw[position]):
            position += 1
        if not raw.startswith("--", position):
            break
        word, quoted, position = _read_flag(raw, position, escape)
        if word == "--":
            break
        if word or quoted:
            flags.append(word)
    rest = raw[position:].encode("latin-1").decode("utf-8", "surrogateescape")
    return tuple(_flag(word) for word in flags), rest.strip(SPACE)


def _read_flag(raw: str, position: int, escape: str) -> tuple[str, bool, int]:
    word: list[str] = []
    quote, quoted = "", False
    while position < len(raw):
        char = raw[position]
        if not quote and is_space(char):
            break
        position += 1
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, quoted = char, True
        elif char == escape:
            word.append(raw[position : position + 1])
            position += 1
        else:
            word.append(char)
    return "".join(word), quoted, position


def _flag(word: str) -> Flag:
    name, equals, value = word[2:].partition("=")
    return Flag(name, value if equals else None)


def split_blanks(text: str) -> tuple[str, ...]:
    """Split at blanks, blind to quotes: the words of COPY, ADD, FROM, EXPOSE and VOLUME."""
    return tuple(re.split(WORD_BLANKS, text)) if text else ()


def parse_json(text: str, dialect: Dialect) -> tuple[str, ...] | None:
    """Return the elements of a JSON array, or ``None`` if this is none and to be read otherwise."""
    text = text.lstrip(SPACE)
    if not text.startswith("["):
        return None
    try:
        decoder = json.JSONDecoder(parse_constant=_no_constant)
        elements, end = decoder.raw_decode(text)
    except (ValueError, RecursionError):
        return None
    if text[end:].strip(" \t\r\n") and not dialect.json_rest:
        return None
    if not all(isinstance(element, str) for element in elements):
        raise BuildRefused("when using JSON array syntax, arrays must be comprised of strings only")
    return tuple(replace_halves(element) for element in elements)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def parse_pairs(text: str, keyword: str, escape: str) -> Pairs:
    """Read ENV and LABEL: ``name=value`` words, or one name and the rest of the line."""
    words = split_quoted(text, escape)
    if not words:
        return ()
    if "=" not in words[0]:
        parts = re.split(WORD_BLANKS, text, maxsplit=1)
        if len(parts) < 2:
            raise BuildRefused(f"{keyword} must have two arguments")
        return ((parts[0], parts[1]),)
    for word in words:
        if "=" not in word:
            raise BuildRefused(f'Syntax error - can\'t find = in "{word}". Must be of the form: name=value')
    return tuple(_pair(word) for word in words)


def parse_declarations(text: str, escape: str) -> Pairs:
    """Read ARG: names, with or without a default."""
    return tuple(_pair(word) for word in split_quoted(text, escape))


def _pair(word: str) -> tuple[str, str | None]:
    name, equals, value = word.partition("=")
    return name, value if equals else None


def split_quoted(text: str, escape: str) -> list[str]:
    """Split at blanks outside of quotes; quotes and escapes stay in the words."""
    words: list[str] = []
    word: list[str] = []
    quote, quoted = "", False
    position = 0
    while position < len(text):
        char = text[position]
        position += 1
        if not quote and is_space(char):
            if word or quoted:
                words.append("".join(word))
            word, quoted = [], False
            continue
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, quoted = char, True
        elif char == escape and quote != "'":
            if position == len(text):
                break
            word.append(char)
            char = text[position]
            position += 1
        word.append(char)
    if word or quoted:
        words.append("".join(word))
    return words


def split_first(text: str) -> tuple[str, str]:
    """Return HEALTHCHECK's type and the rest."""
    found = re.match(rf"([^{SPACE}]*)[{SPACE}]*", text)
    return (found[1], text[found.end() :]) if found else (text, "")
