"""Environment markers, decided for an environment that may be known in part only.

Source: PyPA "Dependency specifiers" (PEP 508) and "pylock.toml" (PEP 751); single comparisons are
``packaging``'s. Here a marker is true, false or undecided (``None``), and ``extra`` is a set of names, as
uv and Poetry have it: several extras are asked for at once.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from functools import lru_cache
from typing import Any

from packaging.markers import InvalidMarker, Marker, UndefinedComparison, UndefinedEnvironmentName
from packaging.utils import canonicalize_name

Truth = bool | None

_TOKEN = re.compile(
    r"""\s*(?:(?P<text>'[^']*'|"[^"]*")|(?P<paren>[()])|(?P<joint>(?:and|or)\b)
        |(?P<op>===|[<>=!~]=|[<>]|not\s+in\b|in\b)|(?P<name>[A-Za-z][\w.]*))""",
    re.VERBOSE,
)
_OLD_NAMES = {
    "os.name": "os_name",
    "sys.platform": "sys_platform",
    "platform.version": "platform_version",
    "platform.machine": "platform_machine",
    "platform.python_implementation": "platform_python_implementation",
    "python_implementation": "platform_python_implementation",
}
_SETS = ("extra", "extras", "dependency_groups")
_TURNED = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}
# What a full version may be when only its first two numbers are known; no Python had this many patches.
_PATCHES = ("0", "99")

Tree = tuple[str, Any, Any]


def decide(
    marker: str, environment: Mapping[str, str], extras: Collection[str] = (), groups: Collection[str] = ()
) -> Truth:
    """Tell whether a marker holds; ``None`` where the environment does not say enough, or nobody can read it.

    ``extras`` and ``groups`` are those asked for, normalised.
    """
    if not marker.strip():
        return True
    try:
        tree = _parse(marker)
        return None if tree is None else _value(tree, environment, extras, groups)
    except RecursionError:
        return None


def _value(
    tree: Tree, environment: Mapping[str, str], extras: Collection[str], groups: Collection[str]
) -> Truth:
    kind, left, right = tree
    if kind == "and" or kind == "or":
        decisive = kind == "or"
        first = _value(left, environment, extras, groups)
        if first is decisive:
            return decisive
        second = _value(right, environment, extras, groups)
        return second if second is decisive or first is not None else None
    (name, operator), text = left, right
    if name in _SETS:
        among = groups if name == "dependency_groups" else extras
        return (canonicalize_name(text) in among) is (operator in ("==", "===", "in"))
    values = _possible(name, environment)
    answers = {_compare(name, operator, text, value) for value in values}
    return answers.pop() if len(answers) == 1 else None


def _possible(name: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The values that a variable may have; none if nothing is known of it."""
    known = environment.get(name, "")
    if name != "python_full_version":
        return (known,) if name in environment else ()
    short = known or environment.get("python_version", "")
    if short.count(".") == 1:
        return tuple(f"{short}.{patch}" for patch in _PATCHES)
    return (short,) if short.count(".") > 1 else ()


@lru_cache(maxsize=16384)
def _compare(name: str, operator: str, text: str, value: str) -> Truth:
    quote = '"' if "'" in text else "'"
    side = f"{quote}{text}{quote}"
    written = (
        f"{name} {operator.removeprefix('^')} {side}"
        if operator[0] != "^"
        else f"{side} {operator[1:]} {name}"
    )
    try:
        return bool(Marker(written).evaluate({name: value}))
    except (InvalidMarker, UndefinedComparison, UndefinedEnvironmentName, ValueError):
        return None


@lru_cache(maxsize=16384)
def _parse(marker: str) -> Tree | None:
    tokens: list[tuple[str, str]] = []
    position = 0
    text = marker.rstrip()
    while position < len(text):
        match = _TOKEN.match(text, position)
        if match is None:
            return None
        tokens.append((match.lastgroup or "", match[match.lastgroup or 0]))
        position = match.end()
    reader = _Reader(tokens)
    tree = reader.read_any()
    return tree if not reader.tokens else None


class _Reader:
    """Reads tokens from the end of a reversed list; ``None`` once something is not a marker."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens[::-1]

    def _take(self, kind: str, text: str = "") -> str | None:
        if self.tokens and self.tokens[-1][0] == kind and text in ("", self.tokens[-1][1]):
            return self.tokens.pop()[1]
        return None

    def read_any(self) -> Tree | None:
        tree = self._read_all()
        while tree is not None and self._take("joint", "or"):
            other = self._read_all()
            tree = None if other is None else ("or", tree, other)
        return tree

    def _read_all(self) -> Tree | None:
        tree = self._read_one()
        while tree is not None and self._take("joint", "and"):
            other = self._read_one()
            tree = None if other is None else ("and", tree, other)
        return tree

    def _read_one(self) -> Tree | None:
        if self._take("paren", "("):
            tree = self.read_any()
            return tree if self._take("paren", ")") else None
        first = self._take("text")
        left = first if first is not None else self._take("name")
        operator = " ".join((self._take("op") or "").split())
        right = self._take("name") if first is not None else self._take("text")
        if left is None or right is None or not operator:
            return None
        if first is None:
            return ("is", (_OLD_NAMES.get(left, left), operator), right[1:-1])
        name = _OLD_NAMES.get(right, right)
        if name in _SETS or operator not in ("in", "not in"):
            return ("is", (name, _TURNED.get(operator, operator)), left[1:-1])
        return ("is", (name, f"^{operator}"), left[1:-1])
