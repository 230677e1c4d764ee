"""The audit for a terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from paritycheck.model.audit import Audit
from paritycheck.output.audit.sections import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Quote,
    Table,
    Tone,
    header_rows,
    lay_out,
    status_line,
)
from paritycheck.output.style import Paint, harmless, plain
from paritycheck.output.style import Tone as PaintTone

WIDTH = 110
_PAINTS: dict[Tone, PaintTone] = {
    "good": "good",
    "bad": "bad",
    "doubt": "doubt",
    "quiet": "quiet",
    "plain": "strong",
}


def render_audit_text(audit: Audit, paint: Paint = plain) -> str:
    """Return the whole report; ``paint`` colours it (see ``output.style``)."""
    status, tone = status_line(audit)
    lines = [f"{paint(status, _PAINTS[tone])}  {paint(harmless(audit.headline), 'strong')}", ""]
    lines += [f"  {name:10} {harmless(value)}" for name, value in header_rows(audit)]
    for section in lay_out(audit):
        lines += ["", paint(section.title.upper(), "strong")]
        for block in section.blocks:
            lines += _block(block, paint)
    return "\n".join(lines) + "\n"


def _fold(text: str, first: str, later: str) -> Iterator[str]:
    yield from textwrap.wrap(
        harmless(text),
        WIDTH,
        initial_indent=first,
        subsequent_indent=later,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [first.rstrip()]


def _block(block: Block, paint: Paint) -> Iterator[str]:
    match block:
        case Heading(text=text):
            yield ""
            yield f"  {paint(harmless(text), 'strong')}"
        case Paragraph(text=text, strong=strong, tone=tone):
            if strong:
                yield f"  {paint(harmless(strong), _PAINTS[tone])}"
            if text:
                yield from _fold(text, "    " if strong else "  ", "    " if strong else "  ")
        case Bullets(items=items):
            for item in items:
                yield from _fold(item, "      - ", "        ")
        case Quote(text=text, caption=caption):
            if caption:
                yield from _fold(caption, "    ", "    ")
            yield from (f"      | {harmless(line)}" for line in text.split("\n"))
        case Table():
            yield from _table(block, paint)


def _table(table: Table, paint: Paint) -> Iterator[str]:
    quiet: Tone = "plain"
    tones = table.tones or (quiet,) * len(table.rows)
    for row, tone in zip(table.rows, tones, strict=True):
        mark, name, *rest = row
        yield f"  {paint(harmless(mark), _PAINTS[tone])} {paint(harmless(name), 'strong')}"
        for cell in rest:
            if cell:
                yield from _fold(cell, "      ", "      ")
