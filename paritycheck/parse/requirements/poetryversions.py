"""Poetry's version constraints (``^1.2``, ``~1.2``, ``1.2.*``, ``1.2 || 2``) as specifiers of PEP 440.

Source: Poetry's documentation ("Dependency specification").
"""

from __future__ import annotations

import re

from packaging.specifiers import SpecifierSet

_PART = re.compile(r"(\^|~=|~|===|==|!=|<=|>=|<|>|=)?\s*v?([^\s,^~=!<>]+)")
_RELEASE = re.compile(r"v?(\d+(?:\.\d+)*)")


def to_specifier(constraint: str) -> str:
    """Return a constraint as a specifier.

    A choice (``||``) becomes what spans it, from its lowest start to its highest end, as PEP 440 has no
    choice; what is not understood becomes ``""``, any version.
    """
    choices = [_conjunction(each) for each in re.split(r"\s*\|\|?\s*", constraint.strip()[:500])]
    if len(choices) == 1:
        return choices[0]
    return _span([SpecifierSet(each) for each in choices])


def _conjunction(text: str) -> str:
    parts = [part for operator, version in _PART.findall(text) for part in _part(operator, version)]
    try:
        return str(SpecifierSet(",".join(parts)))
    except ValueError:
        return ""


def _part(operator: str, version: str) -> list[str]:
    if version == "*":
        return []
    release = _RELEASE.match(version)
    numbers = [int(each) for each in release[1].split(".")[:6]] if release else []
    if operator == "^" and numbers:
        significant = next((i for i, number in enumerate(numbers) if number), len(numbers) - 1)
        return [f">={version}", f"<{_next(numbers, significant)}"]
    if operator == "~" and numbers:
        return [f">={version}", f"<{_next(numbers, min(1, len(numbers) - 1))}"]
    if operator in ("", "="):
        operator = "=="
    if version.endswith(".*") and operator not in ("==", "!="):
        version = version[:-2]
    return [f"{operator}{version}"]


def _next(numbers: list[int], position: int) -> str:
    raised = [*numbers[:position], numbers[position] + 1]
    return ".".join(map(str, raised + [0] * (min(len(numbers), 3) - len(raised))))


def _span(choices: list[SpecifierSet]) -> str:
    """Return the bounds that all choices lie in, as far as each of them has one."""
    lowest, highest = [], []
    for choice in choices:
        low = [each for each in choice if each.operator in (">=", ">", "==", "~=")]
        high = [each for each in choice if each.operator in ("<", "<=")]
        lowest += low[:1]
        highest += high[:1]
    parts = []
    if len(lowest) == len(choices):
        least = min(lowest, key=lambda each: _numbers(each.version))
        parts.append(f">={least.version.removesuffix('.*')}")
    if len(highest) == len(choices):
        most = max(highest, key=lambda each: (_numbers(each.version), each.operator == "<="))
        parts.append(f"{most.operator}{most.version}")
    return str(SpecifierSet(",".join(parts)))


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(each) for each in re.findall(r"\d{1,9}", version))
