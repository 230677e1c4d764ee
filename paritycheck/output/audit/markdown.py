"""The audit as Markdown (GitHub's): nothing that a log or an image says can end a fence, a cell or a line."""

from __future__ import annotations

import re
from collections.abc import Iterator

from paritycheck.model.audit import Audit
from paritycheck.output.audit.sections import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Quote,
    Table,
    header_rows,
    lay_out,
    status_line,
)
from paritycheck.output.style import harmless

_ACTIVE = re.compile(r"([\\`*\[\]<>|#~&!]|(?<![0-9A-Za-z])_|_(?![0-9A-Za-z]))")
# Nothing in it could end the code, a cell of a table, or begin a tag where code is not known.
_CODE = re.compile(r"`([^`\\|<>\[\]\n]+)`")
_FENCE = re.compile(r"`{3,}")


def render_audit_markdown(audit: Audit) -> str:
    """Return the whole report."""
    status, _ = status_line(audit)
    lines = [f"# Audit of {_inline(audit.subject)}", "", f"**{status}** — {_inline(audit.headline)}", ""]
    lines += ["| | |", "| --- | --- |"]
    lines += [f"| {name} | {_inline(value)} |" for name, value in header_rows(audit)]
    for section in lay_out(audit):
        lines += ["", f"## {section.title}"]
        for block in section.blocks:
            lines += ["", *_block(block)]
    return "\n".join(lines) + "\n"


def _inline(text: str) -> str:
    """Return text as one line in which no character means anything to Markdown, but for plain code."""
    parts = _CODE.split(harmless(text.replace("\n", " ")))
    return "".join(
        f"`{part}`" if number % 2 else _ACTIVE.sub(r"\\\1", part) for number, part in enumerate(parts)
    )


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text):
            yield f"### {_inline(text)}"
        case Paragraph(text=text, strong=strong):
            mark = "." if text and strong and strong[-1] not in ".:!?" else ""
            yield f"**{_inline(strong)}{mark}** {_inline(text)}".rstrip() if strong else _inline(text)
        case Bullets(items=items):
            yield from (f"- {_inline(item)}" for item in items)
        case Quote(text=text, caption=caption):
            longest = max((len(run) for run in _FENCE.findall(text)), default=2)
            fence = "`" * (longest + 1)
            if caption:
                yield from (f"{_inline(caption)}{'' if caption.endswith('?') else ':'}", "")
            yield fence
            yield from (harmless(line) for line in text.split("\n"))
            yield fence
        case Table(heads=heads, rows=rows):
            yield f"| {' | '.join(heads)} |"
            yield f"|{' --- |' * len(heads)}"
            yield from (f"| {' | '.join(_inline(cell) for cell in row)} |" for row in rows)
