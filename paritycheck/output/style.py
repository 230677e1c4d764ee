"""Colour and harmless text for a terminal."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Literal

Tone = Literal["bad", "doubt", "good", "quiet", "strong"]
Paint = Callable[[str, Tone], str]

# Blue for good and orange-yellow for doubt stay apart for readers who confuse red and green.
_CODES: dict[Tone, str] = {"bad": "1;31", "doubt": "33", "good": "34", "quiet": "2", "strong": "1"}


# Controls, formatting characters, lone surrogates, private use, unassigned; separators of lines.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str, _tone: Tone) -> str:
    """Return the text as it is: no terminal, or NO_COLOR."""
    return text


def coloured(text: str, tone: Tone) -> str:
    """Return the text in the ANSI colour of its tone."""
    return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if text else text


def harmless(text: str) -> str:
    """Return the text with every control or formatting character written as an escape.

    File names and messages come from images: they must not steer the reader's terminal.
    """
    return "".join(
        char if unicodedata.category(char) not in _STEERING else char.encode("unicode_escape").decode()
        for char in text
    )
