"""``$VARIABLE`` in compose files, and the ``.env`` files that give the values.

Sources: Compose specification, "Interpolation" (forms, nesting, ``$$``; a variable that is not set is
empty, with a warning; other dollars stay); compose-go ``template.go`` and ``dotenv/parser.go``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_OPERATOR = re.compile(r":?[-?+]")
_ASSIGNMENT = re.compile(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.]*)\s*(?:([=:])\s*(.*))?$", re.DOTALL)
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\", "$": "$$"}
MAX_DEPTH = 40

# Told about a variable without a value: its name, and what the file says about that ("" : nothing).
Told = Callable[[str, str], None]


def interpolate(text: str, variables: Mapping[str, str], tell: Told, depth: int = 0) -> str:
    """Return ``text`` with every variable replaced.

    ``tell`` hears of each that is not set where the text has no default for it; its second argument is
    the message of ``${NAME:?message}``, at which compose itself would stop. What is no variable stays.
    """
    if "$" not in text or depth > MAX_DEPTH:
        return text
    found: list[str] = []
    at = 0
    while (dollar := text.find("$", at)) >= 0:
        found.append(text[at:dollar])
        piece, at = _expand(text, dollar + 1, variables, tell, depth)
        found.append(piece)
    return "".join(found) + text[at:]


def _expand(text: str, at: int, variables: Mapping[str, str], tell: Told, depth: int) -> tuple[str, int]:
    """Return what the dollar before ``at`` stands for, and where the text goes on."""
    if text[at : at + 1] == "$":
        return "$", at + 1
    name = _NAME.match(text, at)
    if name is not None:
        return _value(name[0], variables, tell), name.end()
    end = _closing(text, at) if text[at : at + 1] == "{" else -1
    inside = text[at + 1 : end] if end > 0 else ""
    name = _NAME.match(inside)
    if name is None:
        return "$", at
    rest = inside[name.end() :]
    operator = _OPERATOR.match(rest)
    if not rest:
        return _value(name[0], variables, tell), end + 1
    if operator is None:
        return "$" + text[at : end + 1], end + 1
    value = variables.get(name[0])
    given = bool(value) if operator[0][0] == ":" else value is not None
    word = rest[operator.end() :]
    if operator[0][-1] == "+":
        return (interpolate(word, variables, tell, depth + 1) if given else ""), end + 1
    if given:
        return value or "", end + 1
    if operator[0][-1] == "?":
        tell(name[0], word or "it is required")
        return "", end + 1
    return interpolate(word, variables, tell, depth + 1), end + 1


def _value(name: str, variables: Mapping[str, str], tell: Told) -> str:
    if name not in variables:
        tell(name, "")
    return variables.get(name, "")


def _closing(text: str, opening: int) -> int:
    """Return where the brace at ``opening`` is closed, nested ``${...}`` counted; -1: nowhere."""
    depth = 0
    at = opening
    while at < len(text):
        if text[at] == "{" and (at == opening or text[at - 1] == "$"):
            depth += 1
        elif text[at] == "}":
            depth -= 1
            if depth == 0:
                return at
        at += 1
    return -1


def read_env_file(text: str, variables: Mapping[str, str]) -> dict[str, str | None]:
    """Return the variables of an environment file; a name without ``=`` has ``None``.

    Single quotes keep what they hold, elsewhere ``variables`` and earlier lines are interpolated.
    Quoted values may span lines; ``#`` after a blank ends an unquoted one.
    """
    found: dict[str, str | None] = {}
    lines = text.lstrip("\ufeff").splitlines()
    while lines:
        line = lines.pop(0)
        match = _ASSIGNMENT.match(line)
        if match is None or line.lstrip().startswith("#"):
            continue
        if match[2] is None:
            found[match[1]] = variables.get(match[1])
            continue
        value = match[3]
        quote = value[:1]
        while quote in ("'", '"') and quote and _end_of(value, quote) < 0 and lines:
            value += "\n" + lines.pop(0)
        known = {**{name: each for name, each in found.items() if each is not None}, **variables}
        found[match[1]] = _unquoted(value, known)
    return found


def _end_of(value: str, quote: str) -> int:
    at = 1
    while at < len(value):
        if value[at] == quote:
            return at
        at += 2 if value[at] == "\\" and quote == '"' else 1
    return -1


def _unquoted(value: str, known: Mapping[str, str]) -> str:
    quote = value[:1]
    end = _end_of(value, quote) if quote in ("'", '"') and quote else -1
    if end > 0 and quote == "'":
        return value[1:end]
    if end > 0:
        escaped = re.sub(r"\\(.)", lambda each: _ESCAPES.get(each[1], each[0]), value[1:end])
        return interpolate(escaped, known, lambda _name, _message: None)
    return interpolate(re.sub(r"(?:^|\s+)#.*", "", value).strip(), known, lambda _name, _message: None)
