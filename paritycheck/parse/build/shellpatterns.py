"""Removing and replacing by shell pattern inside ``${…}``, as either lexer does it.

Source: ``convertShellPatternToRegex``, ``trimPrefix`` and ``trimSuffix`` in BuildKit's
``shell/lex.go`` (only ``*`` and ``?`` are special); the loops over ``path.Match`` in
openshift/imagebuilder's ``shell_parser.go``, off by one in places.
"""

from __future__ import annotations

import re

from paritycheck.errors import BuildRefused
from paritycheck.parse.build.gopattern import BadPattern, filepath_match


def trim_by_regex(value: str, pattern: str, greedy: bool, suffix: bool) -> str:
    """Return ``value`` without the shortest (longest if ``greedy``) prefix or suffix like ``pattern``."""
    if suffix:
        return trim_by_regex(value[::-1], _reversed(pattern), greedy, suffix=False)[::-1]
    found = re.match(_regex(pattern, greedy), value)
    return value[found.end() :] if found else value


def replace_by_regex(value: str, pattern: str, replacement: str, everywhere: bool) -> str:
    """Return ``value`` with the first match of ``pattern``, or each, replaced."""
    regex = re.compile(_regex(pattern, greedy=True))
    if not everywhere:
        found = regex.search(value)
        return value[: found.start()] + replacement + value[found.end() :] if found else value
    result, end = [], -1
    for match in regex.finditer(value):
        # Go skips an empty match that touches the one before it, Python does not.
        if match.start() == match.end() == end:
            continue
        result.append(value[max(end, 0) : match.start()])
        result.append(_REFERENCE.sub(lambda ref, whole=match[0]: _refer(ref, whole), replacement))  # type: ignore[misc]
        end = match.end()
    return "".join(result) + value[max(end, 0) :]


# In "replace all" Go takes $name in the replacement for a group of the expression; there are none.
_REFERENCE = re.compile(r"\$(?:\$|(\w+)|\{(\w+)\})")


def _refer(reference: re.Match[str], whole: str) -> str:
    if reference[0] == "$$":
        return "$"
    return whole if (reference[1] or reference[2]) == "0" else ""


def _regex(pattern: str, greedy: bool) -> str:
    out = []
    chars = iter(pattern)
    for char in chars:
        if char == "*":
            out.append(".*" if greedy else ".*?")
        elif char == "?":
            out.append(".")
        elif char == "\\":
            following = next(chars, "")
            # `}` and `/` must be escaped inside ${}, the escape is not part of the pattern.
            if following not in ("}", "/", "*", "?", "\\"):
                raise BuildRefused(
                    f"invalid pattern ({pattern}) in substitution: invalid escape '\\{following}'"
                )
            out.append(re.escape(following))
        else:
            out.append(re.escape(char))
    return "".join(out)


def _reversed(pattern: str) -> str:
    return "".join(reversed(re.findall(r"\\.|.", pattern, re.DOTALL)))


def trim_by_path_match(value: str, pattern: str, greedy: bool, suffix: bool) -> str:
    """Like :func:`trim_by_regex` by ``path.Match``; never tries the whole value, nor its last character."""
    near, far = range(len(value) - 1), range(len(value) - 1, -1, -1)
    for split in (near if greedy else far) if suffix else (far if greedy else near):
        part = value[split:] if suffix else value[:split]
        if _matches(pattern, part):
            return value[:split] if suffix else value[split:]
    return value


def replace_by_path_match(value: str, pattern: str, replacement: str, where: str) -> str:
    """Replace the first match of ``pattern``; all of them, only a prefix or only a suffix by ``where``."""
    start = 0
    while start < len(value):
        end = _longest(value, start, pattern, where)
        if end is not None:
            value = value[:start] + replacement + value[end:]
            if where != "/":
                return value
            start += len(replacement) - 1
        start += 1
    return value


def _longest(value: str, start: int, pattern: str, where: str) -> int | None:
    if where == "#" and start:
        return None
    ends = [len(value)] if where == "%" else range(len(value), start, -1)
    return next((end for end in ends if _matches(pattern, value[start:end])), None)


def _matches(pattern: str, text: str) -> bool:
    try:
        return filepath_match(pattern, text)
    except BadPattern:
        return False
