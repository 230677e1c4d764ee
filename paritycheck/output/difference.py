"""The difference of two snapshots for a person."""

from __future__ import annotations

from collections.abc import Iterator

from paritycheck.model.difference import Difference, Section
from paritycheck.output.style import harmless

MAX_LINES = 40  # of one section; --format json has them all


def render_difference(difference: Difference) -> str:
    """Return the difference as text: ``-`` only left, ``+`` only right, ``~`` in both, differently."""
    left, right = difference.left, difference.right
    lines = [f"- {left.kind} {harmless(left.reference)}", f"+ {right.kind} {harmless(right.reference)}", ""]
    for name, section in difference.sections.items():
        title = name.replace("_", ".") if name == "sys_path" else name
        lines.append(f"{title}: {_counts(section)}")
        lines += _shortened(list(_lines(section)))
    return "\n".join(lines) + "\n"


def _counts(section: Section) -> str:
    if not section.compared:
        return "nothing known on either side"
    if not section.differs:
        return f"{section.same} the same"
    return (
        f"{len(section.only_left)} only left, {len(section.only_right)} only right, "
        f"{len(section.changed)} differ, {section.same} the same"
    )


def _lines(section: Section) -> Iterator[str]:
    yield from (f"  - {harmless(name)}" for name in section.only_left)
    yield from (f"  + {harmless(name)}" for name in section.only_right)
    for change in section.changed:
        yield f"  ~ {harmless(change.name)}: {_short(change.left)} -> {_short(change.right)}"


def _short(value: str) -> str:
    """Shorten a digest: whoever needs all of it reads the JSON."""
    is_digest = len(value) == 64 and all(char in "0123456789abcdef" for char in value)
    return value[:12] if is_digest else harmless(value)


def _shortened(lines: list[str]) -> list[str]:
    if len(lines) <= MAX_LINES:
        return lines
    return [*lines[:MAX_LINES], f"  and {len(lines) - MAX_LINES} more (all of them in --format json)"]
