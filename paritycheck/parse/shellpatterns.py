"""Removing and replacing by shell pattern inside ``${…}``, as either lexer does it.

Source: ``convertShellPatternToRegex``, ``trimPrefix`` and ``trimSuffix`` in BuildKit's
``shell/lex.go`` (only ``*`` and ``?`` are special); the loops over ``path.Match`` in
openshift/imagebuilder's ``shell_parser.go``, off by one in places.
"""

from __future__ import annotations

import re

from paritycheck.errors import BuildRefused


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
    whole = path_regex(pattern)
    if whole is None:
        return value
    near, far = range(len(value) - 1), range(len(value) - 1, -1, -1)
    for split in (near if greedy else far) if suffix else (far if greedy else near):
        part = value[split:] if suffix else value[:split]
        if whole.fullmatch(part):
            return value[:split] if suffix else value[split:]
    return value


def replace_by_path_match(value: str, pattern: str, replacement: str, where: str) -> str:
    """Replace the first match of ``pattern``; all of them, only a prefix or only a suffix by ``where``."""
    whole = path_regex(pattern)
    start = 0
    while whole is not None and start < len(value):
        end = _longest(value, start, whole, where)
        if end is not None:
            value = value[:start] + replacement + value[end:]
            if where != "/":
                return value
            start += len(replacement) - 1
        start += 1
    return value


def _longest(value: str, start: int, whole: re.Pattern[str], where: str) -> int | None:
    if where == "#" and start:
        return None
    ends = [len(value)] if where == "%" else range(len(value), start, -1)
    return next((end for end in ends if whole.fullmatch(value[start:end])), None)


def path_regex(pattern: str) -> re.Pattern[str] | None:
    """Return an expression that matches what Go's ``path.Match`` does, ``None`` for a malformed pattern."""
    out, rest = [], pattern
    while rest:
        char, rest = rest[0], rest[1:]
        if char == "*":
            out.append("[^/]*")
        elif char == "?":
            out.append("[^/]")
        elif char == "[":
            found = _CLASS.match(rest)
            if found is None:
                return None
            out.append(_character_class(bool(found[1]), _RANGE.findall(found[2])))
            rest = rest[found.end() :]
        elif char == "\\":
            if not rest:
                return None
            out.append(re.escape(rest[0]))
            rest = rest[1:]
        else:
            out.append(re.escape(char))
    return re.compile("".join(out), re.DOTALL)


_ITEM = r"(?:\\.|[^\\\]-])"
_CLASS = re.compile(rf"(\^?)((?:{_ITEM}(?:-{_ITEM})?)+)\]", re.DOTALL)
_RANGE = re.compile(rf"({_ITEM})(?:-({_ITEM}))?", re.DOTALL)


def _character_class(negated: bool, ranges: list[tuple[str, str]]) -> str:
    parts = []
    for low, high in ranges:
        first, last = low[-1], (high or low)[-1]
        if first <= last:
            parts.append(f"{re.escape(first)}-{re.escape(last)}")
    if not parts:
        return "[^/]" if negated else "(?!)"
    # A class matches any character but the separator.
    return f"(?!/)[{'^' if negated else ''}{''.join(parts)}]"
