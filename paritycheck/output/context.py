"""The effective build context for a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tabulate import tabulate

from paritycheck.model.contextreport import ContextReport
from paritycheck.output.style import harmless

MAX_ROWS = 20  # of one list; --format json has them all


def render_context(report: ContextReport) -> str:
    """Return what goes along, what stays behind and by which line, and what looks like a mistake."""
    ignorefile = report.ignorefile or "no ignore file"
    size = f"{_count(report.total.files)}, {human(report.total.bytes)}"
    lines = [f"context {harmless(report.context)} for {report.engine}, {harmless(ignorefile)}: {size}"]
    rows = [(human(one.bytes), _count(one.files), harmless(one.path)) for one in report.included]
    lines += _section("in the context", rows)
    out = [
        (
            human(one.bytes),
            _count(one.files),
            harmless(one.path),
            harmless(f"{one.location}  {one.location.text}"),
        )
        for one in report.excluded
    ]
    lines += _section("left out, by the line that decides", out)
    alarms = [(human(one.bytes), harmless(one.path), harmless(one.reason)) for one in report.alarming]
    lines += _section("look at these: they go along", alarms)
    dead = [
        (harmless(f"{one.location}  {one.location.text}"), harmless(one.reason)) for one in report.dead_lines
    ]
    lines += _section("lines of the ignore file without effect", dead)
    return "\n".join(lines) + "\n"


def _section(title: str, rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    if not rows:
        return
    yield ""
    yield f"{title}:"
    table = tabulate(rows[:MAX_ROWS], tablefmt="plain", disable_numparse=True)
    yield from ("  " + line for line in table.splitlines())
    if len(rows) > MAX_ROWS:
        yield f"  and {len(rows) - MAX_ROWS} more (all of them in --format json)"


def _count(files: int) -> str:
    return f"{files} file{'' if files == 1 else 's'}"


def human(size: int) -> str:
    """Return a number of bytes as people read it: ``1.5 MiB``."""
    value = float(size)
    for unit in ("B", "KiB", "MiB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} GiB"
