"""``test`` and ``[``: what a condition says, as far as the tree and the variables tell it.

Source: POSIX.1-2024 test; ``[[`` of Bash as far as it is the same.
"""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field, Unsure

_BINARY: dict[str, Callable[[str, str], bool]] = {
    "=": lambda a, b: a == b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "-eq": lambda a, b: int(a) == int(b),
    "-ne": lambda a, b: int(a) != int(b),
    "-gt": lambda a, b: int(a) > int(b),
    "-ge": lambda a, b: int(a) >= int(b),
    "-lt": lambda a, b: int(a) < int(b),
    "-le": lambda a, b: int(a) <= int(b),
}


def test(shell: Shell, fields: list[Field]) -> Status:
    """Return what the condition in ``fields`` (with its own name in front) says."""
    words = [field for field in fields[1:] if field not in ("]", "]]")]
    negated = False
    while len(words) > 1 and words[0] == "!":
        negated = not negated
        words = words[1:]
    status = _judge(shell, words)
    return status if status is None or not negated else not status


def _judge(shell: Shell, words: list[Field]) -> Status:
    if len(words) == 1:
        return None if isinstance(words[0], Unsure) else words[0] != ""
    if len(words) == 2 and isinstance(words[0], str) and isinstance(words[1], str):
        return _unary(shell, words[0], words[1])
    if len(words) == 3 and all(isinstance(word, str) for word in words):
        left, operator, right = (str(word) for word in words)
        compare = _BINARY.get(operator)
        if compare is None or (operator in ("==", "=", "!=") and any(c in right for c in "*?[")):
            return None
        try:
            return compare(left, right)
        except ValueError:
            return None
    return None


def _unary(shell: Shell, operator: str, operand: str) -> Status:
    if operator == "-z":
        return operand == ""
    if operator == "-n":
        return operand != ""
    if operator not in ("-e", "-f", "-d", "-h", "-L", "-s", "-r"):
        return None
    place = shell.place(operand, follow_last=operator not in ("-h", "-L"))
    if place.certainty != "present":
        return False if place.certainty == "absent" else None
    kind = place.entry.kind if place.entry is not None else "dir"
    return {"-f": kind == "file", "-d": kind == "dir", "-h": kind == "link", "-L": kind == "link"}.get(
        operator, True
    )
