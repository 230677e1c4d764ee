"""Words as Markdown (GitHub's, GitLab's) in which nothing that was quoted means anything."""

from __future__ import annotations

import re

from paritycheck.output.style import harmless

_ACTIVE = re.compile(r"([\\`*_\[\]<>|#~&!$])")
# After the page is made these services look in its words for people, issues and addresses.
_REFERENCE = re.compile(r"(@|\\#|:(?=//)|www(?=\.))(?=\S)")
_RUN = re.compile(r"`+")
_NOTHING = "&#8203;"  # a space of no width


def inline(text: str) -> str:
    """Return text as one line that shows as it is, notifies nobody and links nothing.

    It is to stand behind other words: at the begin of a line ``1.`` would be a list.
    """
    return _REFERENCE.sub(rf"\1{_NOTHING}", _ACTIVE.sub(r"\\\1", harmless(text)))


def prose(text: str) -> str:
    """Return a sentence of ours, in which backticks set off what is quoted."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return inline(text)
    return "".join(code(piece) if number % 2 else inline(piece) for number, piece in enumerate(pieces))


def code(text: str) -> str:
    """Return text as a code span, not for tables."""
    shown = harmless(text)
    if not shown.strip():
        return ""
    fence = "`" * (max((len(run) for run in _RUN.findall(shown)), default=0) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
