"""Colour and harmless text for a terminal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from typing import Literal

from paritycheck.model.report import Severity

Tone = Literal["bad", "doubt", "good", "quiet", "strong"]
Paint = Callable[[str, Tone], str]

# Blue for good and orange-yellow for doubt stay apart for readers who confuse red and green.
_CODES: dict[Tone, str] = {"bad": "1;31", "doubt": "33", "good": "34", "quiet": "2", "strong": "1"}

TONES: dict[Severity, Tone] = {"error": "bad", "warning": "doubt", "note": "quiet"}

# Controls, formatting characters, lone surrogates, private use, unassigned; separators of lines.
_STEERING = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
# Where a log is read by the machine that runs a job, ``::error::`` at the begin of a line is a command of
# GitHub, and ``##[...]``, ``##vso[...]``, ``##teamcity[...]`` are commands wherever they stand.
_COMMAND = re.compile(r"(^\s*):(?=:)|(#)#(?=\w*\[)")


def plain(text: str, _tone: Tone) -> str:
    """Return the text as it is: no terminal, or NO_COLOR."""
    return text


def coloured(text: str, tone: Tone) -> str:
    """Return the text in the ANSI colour of its tone."""
    return f"\x1b[{_CODES[tone]}m{text}\x1b[0m" if text else text


def harmless(text: str) -> str:
    """Return the text with every control or formatting character written as an escape.

    File names and messages come from images: they must not steer the reader's terminal, nor the
    service that runs the job.
    """
    if "::" in text or "##" in text:
        text = _COMMAND.sub(lambda found: f"{found[1] or ''}{found[2] or ''}\\x{ord(found[0][-1]):02x}", text)
    if text.isprintable():  # nearly always, and much faster
        return text
    return "".join(
        char if unicodedata.category(char) not in _STEERING else char.encode("unicode_escape").decode()
        for char in text
    )
