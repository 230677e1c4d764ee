"""What ``$name`` and ``${name…}`` become, engine by engine.

Source: ``processDollar`` in BuildKit's ``shell/lex.go`` (today's and the one in dockerd 20.10) and
in openshift/imagebuilder's ``shell_parser.go``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from paritycheck.errors import BuildRefused
from paritycheck.parse.build.dialect import Dialect, Family
from paritycheck.parse.build.shellpatterns import (
    replace_by_path_match,
    replace_by_regex,
    trim_by_path_match,
    trim_by_regex,
)

_SPECIAL = frozenset("@*#?-$!0")


class Reading:
    """A position in a text that is being expanded, and what the expansion may look up."""

    def __init__(self, text: str, env: Mapping[str, str], dialect: Dialect, keep_unset: bool) -> None:
        self.text = text
        self.env = env
        self.dialect = dialect
        self.keep_unset = keep_unset
        self.position = 0

    def peek(self) -> str:
        """Return the next character without taking it; empty at the end."""
        return self.text[self.position : self.position + 1]

    def next(self) -> str:
        """Take and return the next character; empty at the end."""
        char = self.peek()
        self.position += len(char)
        return char

    def read_until(self, stops: str, raw_escapes: bool | None = None) -> tuple[str, list[str], str]:
        """Expand up to one of ``stops``; provided by the reader of words."""
        raise NotImplementedError


def substitute(reading: Reading) -> str:
    """Take a ``$`` and what belongs to it; return its value."""
    return _SUBSTITUTE[reading.dialect.family](reading)


def _buildkit(reading: Reading) -> str:
    reading.next()
    if reading.peek() != "{":
        return _plain(reading, _buildkit_name(reading))
    reading.next()
    if reading.peek() == "":
        raise BuildRefused("syntax error: missing '}'")
    if reading.peek() in "{}:":
        raise BuildRefused("syntax error: bad substitution")
    name = _buildkit_name(reading)
    modifier = reading.next()
    if modifier == "}":
        return reading.env.get(name, f"${{{name}}}" if reading.keep_unset else "")
    if "-" not in reading.dialect.modifiers:
        return _old_modifier(reading, name, modifier)
    if modifier == "/" and "/" in reading.dialect.modifiers:
        return _replacement(reading, name)
    return _modifier(reading, name, modifier)


def _modifier(reading: Reading, name: str, modifier: str) -> str:
    written = modifier
    if null_is_unset := modifier == ":":
        modifier = reading.next()
        written += modifier
    trims = modifier in ("#", "%")
    known = modifier != "" and modifier != "/" and modifier in reading.dialect.modifiers
    if (trims and null_is_unset) or not (null_is_unset or known):
        raise BuildRefused(f"unsupported modifier ({written}) in substitution")
    word = _operand(reading, "}", raw=trims)
    value = reading.env.get(name)
    if value is None and reading.keep_unset:
        return f"${{{name}{written}{word}}}"
    if trims:
        greedy = word.startswith(modifier)
        return trim_by_regex(value or "", word[1:] if greedy else word, greedy, suffix=modifier == "%")
    return _choose(name, modifier, written, value, word, null_is_unset)


def _choose(name: str, modifier: str, written: str, value: str | None, word: str, null_is_unset: bool) -> str:
    missing = value is None or (null_is_unset and value == "")
    if modifier == "-":
        return word if missing else value or ""
    if modifier == "+":
        return "" if missing else word
    if modifier == "?":
        if missing:
            usual = "is not allowed to be unset" if value is None else "is not allowed to be empty"
            raise BuildRefused(f"{name}: {word or usual}")
        return value or ""
    raise BuildRefused(f"unsupported modifier ({written}) in substitution")


def _replacement(reading: Reading, name: str) -> str:
    everywhere = reading.peek() == "/"
    if everywhere:
        reading.next()
    pattern = _operand(reading, "/", raw=True)
    replacement = _operand(reading, "}", raw=True)
    value = reading.env.get(name)
    if value is None and reading.keep_unset:
        return f"${{{name}/{pattern}/{replacement}}}"
    return replace_by_regex(value or "", pattern, replacement, everywhere)


def _operand(reading: Reading, stop: str, raw: bool) -> str:
    try:
        return reading.read_until(stop, raw)[0]
    except BuildRefused:
        if reading.peek() != "":
            raise
    raise BuildRefused("syntax error: missing '}'" if stop == "}" else "syntax error: missing '/' in ${}")


def _old_modifier(reading: Reading, name: str, modifier: str) -> str:
    """Until BuildKit 0.12, as in dockerd 20.10: ``?``, ``:-``, ``:+``, ``:?`` and nothing else."""
    if modifier == "?":
        word = _operand(reading, "}", raw=False)
        return _choose(name, "?", "?", reading.env.get(name), word, null_is_unset=False)
    if modifier != ":":
        raise BuildRefused("missing ':' in substitution")
    modifier = reading.next()
    word = _operand(reading, "}", raw=False)
    return _choose(name, modifier, modifier, reading.env.get(name), word, null_is_unset=True)


def _buildkit_name(reading: Reading) -> str:
    start = reading.position
    if reading.peek().isdecimal():
        while reading.peek().isdecimal():
            reading.next()
    elif reading.peek() in _SPECIAL:
        reading.next()
    else:
        _take_name(reading)
    return reading.text[start : reading.position]


def _take_name(reading: Reading) -> None:
    while (char := reading.peek()) and (char.isalpha() or char.isdecimal() or char == "_"):
        reading.next()


def _plain(reading: Reading, name: str) -> str:
    if not name:
        return "$"
    return reading.env.get(name, f"${name}" if reading.keep_unset else "")


def _imagebuilder(reading: Reading) -> str:
    reading.next()
    if reading.peek() != "{":
        return _plain(reading, _imagebuilder_name(reading))
    reading.next()
    name = _imagebuilder_name(reading)
    modifier = reading.peek()
    if modifier == "}":
        reading.next()
        return reading.env.get(name, "")
    operation = _IMAGEBUILDER.get(modifier)
    if operation is None or modifier not in f":{reading.dialect.modifiers}":
        raise BuildRefused("Missing ':' or '#' or '%' or '/' in substitution")
    reading.next()
    return operation(reading, name, modifier)


def _imagebuilder_colon(reading: Reading, name: str, _: str) -> str:
    modifier = reading.next()
    word = reading.read_until("}")[0]
    value = reading.env.get(name, "")
    if modifier == "+":
        return word if value else value
    if modifier == "-":
        return value or word
    if modifier == "?" and reading.dialect.required:
        # The message is taken for a default.
        if not (value or word):
            raise BuildRefused(f"{name} is not allowed to be unset")
        return value or word
    raise BuildRefused(f"Unsupported modifier ({modifier}) in substitution")


def _imagebuilder_trim(reading: Reading, name: str, modifier: str) -> str:
    greedy = reading.peek() == modifier
    if greedy:
        reading.next()
    pattern = reading.read_until("}")[0]
    if not pattern:
        raise BuildRefused(f"{name}{modifier}: no {'prefix' if modifier == '#' else 'suffix'} to remove")
    return trim_by_path_match(reading.env.get(name, ""), pattern, greedy, suffix=modifier == "%")


def _imagebuilder_replace(reading: Reading, name: str, _: str) -> str:
    where = reading.next() if reading.peek() in ("/", "#", "%") else ""
    pattern, _words, stop = reading.read_until("/}")
    if not pattern:
        raise BuildRefused(f"{name}/: no pattern to replace")
    replacement = reading.read_until("}")[0] if stop == "/" else ""
    return replace_by_path_match(reading.env.get(name, ""), pattern, replacement, where)


def _imagebuilder_name(reading: Reading) -> str:
    if reading.peek().isdecimal():
        return reading.next()
    start = reading.position
    _take_name(reading)
    return reading.text[start : reading.position]


_IMAGEBUILDER: dict[str, Callable[[Reading, str, str], str]] = {
    ":": _imagebuilder_colon,
    "#": _imagebuilder_trim,
    "%": _imagebuilder_trim,
    "/": _imagebuilder_replace,
}
_SUBSTITUTE: dict[Family, Callable[[Reading], str]] = {
    "buildkit": _buildkit,
    "classic": _buildkit,
    "imagebuilder": _imagebuilder,
}
