"""Go's regular expressions as Python's, refusing what Go refuses.

Source: the Go standard library, regexp/syntax/parse.go with the flags of ``regexp.Compile`` (Perl
syntax, ``$`` only at the very end). Patterns of ignore files come here with every fault that
their translation left in. Python backtracks where Go does not: an expression that repeats a
repetition can be slow, and only Buildah lets ``( )`` and ``+`` of an ignore file through.
Not known here: scripts in ``\\p{...}``; they are refused as unknown names are.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable
from functools import cache, lru_cache
from operator import itemgetter

_MOST_REPEATS = 1000
_SAFE_NESTING = 50  # Python compiles deeper groups, too, but not without end
_LAST = 0x10FFFF
Ranges = list[tuple[int, int]]

_PERL: dict[str, Ranges] = {
    "d": [(48, 57)],
    "s": [(9, 10), (12, 13), (32, 32)],
    "w": [(48, 57), (65, 90), (95, 95), (97, 122)],
}
_POSIX: dict[str, Ranges] = {
    "alnum": [(48, 57), (65, 90), (97, 122)],
    "alpha": [(65, 90), (97, 122)],
    "ascii": [(0, 127)],
    "blank": [(9, 9), (32, 32)],
    "cntrl": [(0, 31), (127, 127)],
    "digit": [(48, 57)],
    "graph": [(33, 126)],
    "lower": [(97, 122)],
    "print": [(32, 126)],
    "punct": [(33, 47), (58, 64), (91, 96), (123, 126)],
    "space": [(9, 13), (32, 32)],
    "upper": [(65, 90)],
    "word": _PERL["w"],
    "xdigit": [(48, 57), (65, 70), (97, 102)],
}
_CONTROL = {"a": 7, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11}
_ASSERTIONS = {"A": r"\A", "b": r"\b", "B": r"\B", "z": r"\Z"}
_REPEAT = re.compile(r"\{(0|[1-9][0-9]*)(,(0|[1-9][0-9]*)?)?\}")


class BadRegexp(ValueError):
    """Go's parser would refuse the expression."""


def translate(expression: str) -> Callable[[str], bool]:
    """Return a test whether a text holds a match of a Go expression; raises :class:`BadRegexp`.

    The test compiles when first used: reading is cheap, and most are never asked.
    """
    try:
        source = _Reader(expression).alternatives(depth=0)
        if expression.count("(") > _SAFE_NESTING:
            _compile(source)
    except RecursionError:
        raise BadRegexp("expression nests too deeply") from None
    return lambda text: _compile(source).search(text) is not None


@lru_cache(maxsize=10_000)
def _compile(source: str) -> re.Pattern[str]:
    return re.compile(source, re.ASCII)


def class_ranges(expression: str, at: int) -> tuple[Ranges, int]:
    """Read the bracket expression at ``expression[at]``; return what it takes, and where it ends."""
    reader = _Reader(expression, at)
    ranges = reader.bracket()
    return ranges, reader.at


class _Reader:
    """A recursive descent over one expression."""

    def __init__(self, text: str, at: int = 0) -> None:
        self.text = text
        self.at = at

    def alternatives(self, depth: int) -> str:
        """Read up to the ``)`` that belongs to ``depth``, or to the end."""
        branches = [""]
        repeatable = repeated = ""  # the last item, if it can be repeated; its repetition operator
        while self.at < len(self.text):
            char = self.text[self.at]
            operator = self._repetition()
            if operator:
                if not repeatable or repeated:
                    raise BadRegexp(f"nothing to repeat: {operator}")
                branches[-1] += operator
                repeated = operator
                continue
            if char == ")" and depth:
                break
            self.at += 1
            if char == "|":
                branches.append("")
                repeatable = repeated = ""
                continue
            repeatable, repeated = self._item(char, depth), ""
            branches[-1] += repeatable
        return "|".join(branches)

    def bracket(self) -> Ranges:
        """Read ``[...]``; :class:`BadRegexp` where it is malformed."""
        self.at += 1
        negated = self.text.startswith("^", self.at)
        self.at += negated
        ranges: Ranges = []
        first = True
        while first or not self.text.startswith("]", self.at):
            first = False
            found = self._named_class()
            if found is None:
                found = self._escaped_class()
            ranges += self._range() if found is None else found
        self.at += 1
        return _complement(ranges) if negated else ranges

    def _item(self, char: str, depth: int) -> str:
        if char == "(":
            inner = self.alternatives(depth + 1)
            if not self.text.startswith(")", self.at):
                raise BadRegexp("missing closing )")
            self.at += 1
            return f"(?:{inner})"
        if char == ")":
            raise BadRegexp("unexpected )")
        if char == "[":
            self.at -= 1
            return class_expression(self.bracket())
        if char == "\\":
            self.at -= 1
            return self._escape()
        # Python repeats no bare assertion, Go does.
        return {".": ".", "^": r"(?:\A)", "$": r"(?:\Z)"}.get(char) or f"(?:{re.escape(char)})"

    def _repetition(self) -> str:
        """Read a repetition operator; ``{`` that begins none is an ordinary character."""
        char = self.text[self.at]
        if char in "*+?":
            self.at += 1
            operator = char
        else:
            found = _REPEAT.match(self.text, self.at) if char == "{" else None
            if found is None:
                return ""
            self.at = found.end()
            operator = found[0]
            low = int(found[1])
            high = int(found[3]) if found[3] else low
            if max(low, high) > _MOST_REPEATS or high < low:
                raise BadRegexp(f"invalid repeat count: {operator}")
        # What would be a lazy operator takes the same texts.
        self.at += self.text.startswith("?", self.at)
        return operator

    def _escape(self) -> str:
        """Read from a backslash outside of brackets."""
        char = self.text[self.at + 1 : self.at + 2]
        if char in _ASSERTIONS:
            self.at += 2
            return f"(?:{_ASSERTIONS[char]})"
        if char == "Q":
            quoted, end, _ = self.text[self.at + 2 :].partition(r"\E")
            self.at += 2 + len(quoted) + len(end)
            # A repetition after it would take the last character only.
            return "".join(f"(?:{re.escape(one)})" for one in quoted)
        ranges = self._escaped_class()
        return class_expression([(self._char(),) * 2] if ranges is None else ranges)

    def _escaped_class(self) -> Ranges | None:
        r"""Read ``\d`` and its kin, or ``\pN``; ``None`` if there is none here."""
        name = self.text[self.at + 1 : self.at + 2]
        if not self.text.startswith("\\", self.at) or not name:
            return None
        if name.lower() in _PERL:
            self.at += 2
            ranges = _PERL[name.lower()]
            return _complement(ranges) if name.isupper() else ranges
        if name not in "pP":
            return None
        self.at += 2
        return self._category(negated=name == "P")

    def _category(self, *, negated: bool) -> Ranges:
        if self.text.startswith("{", self.at):
            name, closed, _ = self.text[self.at + 1 :].partition("}")
            self.at += len(name) + 2
            if not closed:
                raise BadRegexp("invalid character class range")
        else:
            name = self.text[self.at : self.at + 1]
            self.at += 1
        if name.startswith("^"):
            name, negated = name[1:], not negated
        ranges = _category_ranges(name)
        return _complement(ranges) if negated else ranges

    def _named_class(self) -> Ranges | None:
        """Read ``[:name:]``; ``None`` if there is none here."""
        if not self.text.startswith("[:", self.at):
            return None
        end = self.text.find(":]", self.at + 2)
        if end < 0:
            return None
        name = self.text[self.at + 2 : end]
        ranges = _POSIX.get(name.removeprefix("^"))
        if ranges is None:
            raise BadRegexp("invalid character class range")
        self.at = end + 2
        return _complement(ranges) if name.startswith("^") else ranges

    def _range(self) -> Ranges:
        low = high = self._char()
        rest = self.text[self.at : self.at + 2]
        if len(rest) > 1 and rest[0] == "-" and rest[1] != "]":
            self.at += 1
            high = self._char()
            if high < low:
                raise BadRegexp("invalid character class range")
        return [(low, high)]

    def _char(self) -> int:
        """Read one character of a class, or one escaped outside of it."""
        if self.at >= len(self.text):
            raise BadRegexp("missing closing ]")
        char = self.text[self.at]
        self.at += 1
        if char != "\\":
            return ord(char)
        char = self.text[self.at : self.at + 1]
        self.at += 1
        if char and char.isascii() and not char.isalnum():
            return ord(char)
        if char in _CONTROL and char:
            return _CONTROL[char]
        if char == "x":
            return self._hexadecimal()
        octal = re.compile(r"0[0-7]{0,2}|[1-7][0-7]{1,2}").match(self.text, self.at - 1)
        if octal is None:
            raise BadRegexp("invalid escape sequence")
        self.at = octal.end()
        return int(octal[0], 8)

    def _hexadecimal(self) -> int:
        found = re.compile(r"\{([0-9A-Fa-f]+)\}|([0-9A-Fa-f]{2})").match(self.text, self.at)
        if found is None or int(found[1] or found[2], 16) > _LAST:
            raise BadRegexp("invalid escape sequence")
        self.at = found.end()
        return int(found[1] or found[2], 16)


def class_expression(ranges: Ranges) -> str:
    """Return a Python expression for one character within ``ranges``."""
    if not ranges:
        return r"(?!)"
    # Python compiles a class that takes nearly all characters fast only if it is negated.
    excluded = _complement(ranges) if max(ranges, key=itemgetter(1))[1] == _LAST else []
    listed = "".join(f"{_quote(low)}-{_quote(high)}" for low, high in excluded or ranges)
    return f"[^{listed}]" if excluded else f"[{listed}]"


def _quote(code: int) -> str:
    return f"\\U{code:08x}"


def _complement(ranges: Ranges) -> Ranges:
    gaps: Ranges = []
    following = 0
    for low, high in sorted(ranges):
        if low > following:
            gaps.append((following, low - 1))
        following = max(following, high + 1)
    if following <= _LAST:
        gaps.append((following, _LAST))
    return gaps


@cache
def _category_ranges(name: str) -> Ranges:
    """Return the characters of a Unicode general category (``L``, ``Lu``, ... or ``Any``)."""
    if name == "Any":
        return [(0, _LAST)]
    ranges: Ranges = []
    for code in range(sys.maxunicode + 1) if name and name != "Cn" else ():
        category = unicodedata.category(chr(code))
        if category.startswith(name) and category != "Cn":
            if ranges and ranges[-1][1] == code - 1:
                ranges[-1] = (ranges[-1][0], code)
            else:
                ranges.append((code, code))
    if not ranges:
        raise BadRegexp("invalid character class range")
    return ranges
