"""Which release of Python the syntax of a source asks for: an older one raises SyntaxError.

After "What's New in Python" 3.10 to 3.12 and PEP 634, 654, 695 and 701. Older syntax is taken for
granted. A word that tells of each is looked for first: most sources have none, and are not parsed for this.
"""

from __future__ import annotations

import ast
import io
import re
import sys
import token
import tokenize
from collections.abc import Iterable, Iterator

from paritycheck.model.source import Problem, Raise
from paritycheck.parse.python.sourcetext import parse_module

_Release = tuple[int, int]
# Each begins with a literal, which is searched for ten times faster than anything else.
_STATEMENTS = (
    re.compile(rb"case[ \t(\[{'\"-]"),
    re.compile(rb"type[ \t]+\w{1,99}[ \t]?[=\[]"),
)
_HINTS = (
    re.compile(rb"except ?\*"),
    re.compile(rb"def \w{1,99}\["),
    re.compile(rb"class \w{1,99}\["),
)
# A replacement field that the quote of its own f-string stands in.
_NESTED = tuple(
    re.compile(
        rb"f%s[^%s\n{]{0,300}(?:\{[^%s{}\n]{0,300}\}[^%s\n{]{0,300}){0,20}\{[^%s{}\n]{0,300}%s"
        % ((quote,) * 6)
    )
    for quote in (b'"', b"'")
)
_OPENS = getattr(token, "FSTRING_START", None)
_CLOSES = getattr(token, "FSTRING_END", None)


def newer_syntax(data: bytes) -> tuple[Raise, ...]:
    """Return what an older Python raises for each release that the source needs, the first line of each."""
    found: dict[_Release, int] = {}
    if any(hint.search(data) for hint in _HINTS) or _begins_line(data, _STATEMENTS):
        module = parse_module(data)
        if isinstance(module, Problem):
            return refused_syntax(module)
        for release, line in _constructs(module):
            found[release] = min(line, found.get(release, line))
    if _OPENS is not None and any(nested.search(data) for nested in _NESTED):
        for line in _nested_quotes(data):
            found[3, 12] = min(line, found.get((3, 12), line))
    return tuple(
        Raise(line, "SyntaxError", f"sys.version_info < {release}") for release, line in sorted(found.items())
    )


def _begins_line(data: bytes, words: Iterable[re.Pattern[bytes]]) -> bool:
    """Tell whether a line begins with one of the words; they are faster found anywhere."""
    places = (found.start() for word in words for found in word.finditer(data))
    return any(not data[data.rfind(b"\n", 0, at) + 1 : at].strip() for at in places)


def refused_syntax(problem: Problem) -> tuple[Raise, ...]:
    """Return what is certain of a source that our own Python refuses: no older one takes it, either."""
    newest = (sys.version_info.major, sys.version_info.minor + 1)
    return (
        (Raise(problem.line, "SyntaxError", f"(3, 7) <= sys.version_info < {newest}"),)
        if problem.line
        else ()
    )


def _constructs(module: ast.Module) -> Iterator[tuple[_Release, int]]:
    for node in ast.walk(module):
        match node:
            case ast.Match():
                yield (3, 10), node.lineno
            case ast.TryStar():
                yield (3, 11), node.lineno
            case _ if type(node).__name__ == "TypeAlias" or getattr(node, "type_params", None):
                yield (3, 12), getattr(node, "lineno", 0)


def _nested_quotes(data: bytes) -> Iterator[int]:
    """Yield the lines on which a string in a replacement field has the quotes of the f-string around it."""
    around: list[str] = []
    try:
        for each in tokenize.tokenize(io.BytesIO(data).readline):
            if each.type == _CLOSES:
                around.pop()
                continue
            if each.type not in (_OPENS, token.STRING):
                continue
            quotes = _quotes(each.string)
            if quotes in around:
                yield each.start[0]
            if each.type == _OPENS:
                around.append(quotes)
    except (tokenize.TokenError, SyntaxError, ValueError, IndexError):
        return


def _quotes(text: str) -> str:
    bare = text.lstrip("rRbBfFuUtT")
    return bare[:3] if bare[:3] in ('"""', "'''") else bare[:1]
