"""One pattern of an ignore file as a test on paths, with the faults of each engine's translation.

Sources: moby/patternmatcher patternmatcher.go ``(*Pattern).compile`` and ``match`` (BuildKit and
the classic builder); containers/storage pkg/fileutils ``compile`` (Buildah). Both turn the
pattern into a Go regular expression and forget to escape part of what that gives a meaning.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from paritycheck.model.engine import Engine
from paritycheck.parse.gopattern import BadPattern
from paritycheck.parse.goregexp import BadRegexp, translate

PathTest = Callable[[str], bool]
# moby keeps the characters to escape in a bitmap of eight bytes, which has no room for those above 63.
_DOCKER_ESCAPED = frozenset(".+()$")
_BUILDAH_ESCAPED = frozenset(".$")
_GLOB = frozenset("*?[]\\")


def compile_pattern(pattern: str, engine: Engine) -> PathTest:
    """Return the test of a cleaned pattern on a path; raises :class:`BadPattern` as its first use would.

    Buildah's test also holds for everything below a match, those of the others do not.
    """
    if engine.name == "podman":
        return _search(_go_expression(pattern, _BUILDAH_ESCAPED), "(/.*)?$")
    kind = shortcut(pattern)
    if kind == "exact":
        return pattern.__eq__
    if kind == "prefix":
        start = pattern[:-2]
        return lambda path: path.startswith(start)
    if kind == "suffix":
        end = pattern[2:]
        return lambda path: path.endswith(end) or path == end.removeprefix("/")
    return _search(_go_expression(pattern, _DOCKER_ESCAPED), "$")


def compile_daemon_pattern(pattern: str) -> PathTest:
    """Return the test that dockerd made before version 23; raises :class:`BadPattern`."""
    return _search(_go_expression(pattern, _BUILDAH_ESCAPED), "$")


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
            if at == len(chars) and escaped is _BUILDAH_ESCAPED:
                raise BadPattern
            out.append(char + chars[at : at + 1])
            at += 1
        else:
            out.append(f"\\{char}" if char in escaped else char)
    return "".join(out)


def _search(expression: str, end: str) -> PathTest:
    try:
        compiled = translate(expression + end)
    except BadRegexp:
        raise BadPattern from None
    return lambda path: compiled.search(path) is not None
