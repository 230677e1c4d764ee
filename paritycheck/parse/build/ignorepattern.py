"""One pattern of an ignore file as a test on paths, with the faults of each engine's translation.

Sources: moby/patternmatcher patternmatcher.go ``(*Pattern).compile`` and ``match`` (BuildKit and
the classic builder); containers/storage pkg/fileutils ``compile`` (Buildah); moby pkg/fileutils
``compile`` (docker commands and daemons before 23). All turn the pattern into a Go regular
expression and forget to escape part of what that gives a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from paritycheck.model.engine import Engine
from paritycheck.parse.build.gopattern import BadPattern
from paritycheck.parse.build.goregexp import BadRegexp, translate

PathTest = Callable[[str], bool]
Dialect = Literal["moby", "buildah", "early"]
_FIRST_MOBY = (23, 0)
# moby keeps the characters to escape in a bitmap of eight bytes, which has no room for those above 63.
_MOBY_ESCAPED = frozenset(".+()$")
_EARLY_ESCAPED = frozenset(".$")
_GLOB = frozenset("*?[]\\")


def dialect_of(engine: Engine) -> Dialect:
    """Return whose translation ``engine`` uses."""
    if engine.name == "podman":
        return "buildah"
    return "early" if engine.client < _FIRST_MOBY else "moby"


def compile_pattern(pattern: str, dialect: Dialect) -> PathTest:
    """Return the test of a cleaned pattern on a path; raises :class:`BadPattern` as its first use would.

    Buildah's test also holds for everything below a match, those of the others do not.
    """
    if dialect == "buildah":
        if len(characters(pattern)) - len(characters(pattern).rstrip("\\")) & 1:
            raise BadPattern
        return _search(_go_expression(pattern, _EARLY_ESCAPED), "(/.*)?$")
    if dialect == "early":
        return _search(_go_expression(pattern, _EARLY_ESCAPED), "$")
    kind = shortcut(pattern)
    if kind == "exact":
        return pattern.__eq__
    if kind == "prefix":
        start = pattern[:-2]
        return lambda path: path.startswith(start)
    if kind == "suffix":
        end = pattern[2:]
        return lambda path: path.endswith(end) or path == end.removeprefix("/")
    return _search(_go_expression(pattern, _MOBY_ESCAPED), "$")


def shortcut(pattern: str) -> Literal["exact", "prefix", "suffix", "expression"]:
    """Tell how moby tests a pattern: without a regular expression where it looks simple enough."""
    chars = characters(pattern)
    if not _GLOB.intersection(chars):
        return "exact"
    if chars.startswith("**"):
        return "expression" if _GLOB.intersection(chars[2:]) else "suffix"
    return "prefix" if chars.endswith("**") and not _GLOB.intersection(chars[:-2]) else "expression"


def characters(pattern: str) -> str:
    """Return the pattern as Go's ``text/scanner`` reads it: no leading BOM, bad bytes as U+FFFD."""
    return re.sub("[\ud800-\udfff]", "\ufffd", pattern.removeprefix("\ufeff"))


def _go_expression(pattern: str, escaped: frozenset[str]) -> str:
    """Translate a pattern to the Go expression that engines build from it, without its end."""
    chars = characters(pattern)
    out = ["^"]
    at = 0
    while at < len(chars):
        char = chars[at]
        at += 1
        if char == "*" and chars.startswith("*", at):
            at += 1
            at += chars.startswith("/", at)
            out.append("(.*/)?" if at < len(chars) else ".*")
        elif char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "\\":
            out.append(char + chars[at : at + 1])
            at += 1
        else:
            out.append(f"\\{char}" if char in escaped else char)
    return "".join(out)


def _search(expression: str, end: str) -> PathTest:
    try:
        return translate(expression + end)
    except BadRegexp:
        raise BadPattern from None
