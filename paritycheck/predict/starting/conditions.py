"""``test`` and ``[`` in a start script: what holds in the image as it is started by itself.

Source: POSIX.1-2024, ``test``; ``[[`` of Bash as far as it is the same.
"""

from __future__ import annotations

import fnmatch
from collections.abc import Callable

from paritycheck.predict.starting.scene import UNKNOWN, Scene

_LONGEST = 64  # words of a condition that anybody wrote
_COMPARE: dict[str, Callable[[str, str], bool]] = {
    "=": lambda left, right: left == right,
    "==": lambda left, right: fnmatch.fnmatchcase(left, right),
    "!=": lambda left, right: not fnmatch.fnmatchcase(left, right),
    "-eq": lambda left, right: int(left) == int(right),
    "-ne": lambda left, right: int(left) != int(right),
    "-gt": lambda left, right: int(left) > int(right),
    "-ge": lambda left, right: int(left) >= int(right),
    "-lt": lambda left, right: int(left) < int(right),
    "-le": lambda left, right: int(left) <= int(right),
}


def test(words: tuple[str, ...], scene: Scene) -> bool | None:
    """Return what the condition says, ``None`` if only a run would tell."""
    inside = [word for word in words[1:] if word not in ("]", "]]")]
    if len(inside) > _LONGEST:
        return None
    for operator, decide in (("||", _either), ("-o", _either), ("&&", _both), ("-a", _both)):
        if operator in inside:
            at = inside.index(operator)
            return decide(test(("[", *inside[:at]), scene), test(("[", *inside[at + 1 :]), scene))
    if inside[:1] == ["!"]:
        result = test(("[", *inside[1:]), scene)
        return None if result is None else not result
    if any(UNKNOWN in word for word in inside):
        return None
    if len(inside) == 3 and inside[1] in _COMPARE:
        try:
            return _COMPARE[inside[1]](inside[0], inside[2])
        except ValueError:
            return None
    if len(inside) == 2:
        return _about(inside[0], inside[1], scene)
    return bool(inside[0]) if len(inside) == 1 else False if not inside else None


def _either(left: bool | None, right: bool | None) -> bool | None:
    return True if left or right else None if left is None or right is None else False


def _both(left: bool | None, right: bool | None) -> bool | None:
    return False if left is False or right is False else None if left is None or right is None else True


def _about(operator: str, operand: str, scene: Scene) -> bool | None:
    if operator == "-z":
        return not operand
    if operator == "-n":
        return bool(operand)
    path = scene.absolute(operand)
    there = {"-f": scene.files.is_file, "-d": scene.files.is_dir, "-e": scene.files.exists}
    # What the image lacks may be mounted, or made before: only presence is certain.
    return True if operator in there and there[operator](path) else None
