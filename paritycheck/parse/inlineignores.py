"""Comments that let a finding pass: ``# paritycheck: ignore[PC201] reason``, in Python and in other texts."""

from __future__ import annotations

import io
import re
import tokenize
from collections.abc import Iterable

from paritycheck.model.ignore import InlineIgnore

MARK = b"paritycheck:"
_COMMENT = re.compile(
    r"#\s{0,9}paritycheck:\s{0,9}ignore\b(?:\s{0,9}\[(?P<codes>[^\]]{0,500})\])?(?P<reason>.*)"
)
_BEFORE_REASON = " \t:-—–"


def python_ignores(data: bytes) -> tuple[InlineIgnore, ...]:
    """Return the ignores among the comments of a Python source; of one that cannot be read, none."""
    if MARK not in data:
        return ()
    text = data.decode("utf-8-sig", "replace")
    comments: dict[int, str] = {}
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            if token.type == tokenize.COMMENT:
                comments[token.start[0]] = token.string
    except (tokenize.TokenError, SyntaxError, ValueError, RecursionError):
        return ()
    return _read(text.splitlines(), comments)


def text_ignores(text: str, *, trailing: bool = True) -> tuple[InlineIgnore, ...]:
    """Return the ignores of a text whose comments begin with ``#``.

    Without ``trailing`` a comment fills its line, as in Containerfiles and ignore files.
    """
    if MARK.decode() not in text:
        return ()
    lines = text.splitlines()
    comments: dict[int, str] = {}
    for number, line in enumerate(lines, 1):
        before, sign, comment = line.partition("#")
        while sign and before and not before[-1].isspace():  # a#b is no comment
            more, sign, comment = comment.partition("#")
            before += "#" + more
        if sign and (trailing or not before.strip()):
            comments[number] = "#" + comment
    return _read(lines, comments)


def _read(lines: list[str], comments: dict[int, str]) -> tuple[InlineIgnore, ...]:
    found = []
    for number, comment in comments.items():
        said = _COMMENT.search(comment)
        if said is None:
            continue
        codes = tuple(word.strip() for word in (said["codes"] or "").split(",") if word.strip())
        reason = said["reason"].strip(_BEFORE_REASON + "\r")
        found.append(InlineIgnore(number, codes, reason, _covered(number, lines, comments)))
    return tuple(found)


def _covered(number: int, lines: list[str], comments: Iterable[int]) -> tuple[int, ...]:
    if not lines[number - 1].lstrip().startswith("#"):
        return (number,)
    known = set(comments)
    below = number + 1
    while below <= len(lines) and below in known and lines[below - 1].lstrip().startswith("#"):
        below += 1
    return (number, below)
