"""The audit as one HTML file that needs no other: no script, no network, everything quoted is escaped."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from paritycheck.model.audit import Audit
from paritycheck.output.audit.sections import (
    Block,
    Bullets,
    Heading,
    Paragraph,
    Quote,
    Section,
    Table,
    header_rows,
    lay_out,
    status_line,
)
from paritycheck.output.style import harmless

_STYLE = """
body{font:16px/1.5 system-ui,sans-serif;max-width:64rem;margin:2rem auto;padding:0 1rem;
color:#1b1f24;background:#fff}
h1{font-size:1.6rem;margin-bottom:.4rem;overflow-wrap:anywhere}
h2{border-bottom:1px solid #d0d7de;margin-top:2.4rem;padding-bottom:.2rem}
h3{margin:1.4rem 0 .3rem;overflow-wrap:anywhere}p{margin:.5rem 0;overflow-wrap:anywhere}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:.6rem 0}
th,td{text-align:left;vertical-align:top;border-bottom:1px solid #d8dee4;padding:.3rem .6rem}
td{overflow-wrap:anywhere;min-width:8.5rem}td.key{min-width:6.5rem}
td.mark{white-space:nowrap;min-width:0}.head th{width:6rem;color:#57606a;font-weight:400}
pre{background:#f6f8fa;padding:.7rem;overflow-x:auto;border-radius:4px;font-size:.85rem;margin:.4rem 0}
code{background:#eff1f3;padding:.1rem .3rem;border-radius:3px;font-size:.9em}
ul{margin:.2rem 0 .9rem;padding-left:1.4rem}li{overflow-wrap:anywhere;color:#57606a;font-size:.9rem}
.caption{font-size:.85rem;color:#57606a;margin:.6rem 0 0}.lead{font-size:1.1rem}
.label{font-weight:600}.bad{color:#a40e26;font-weight:600}.doubt{color:#8a5a00;font-weight:600}
.good{color:#0550ae;font-weight:600}.quiet{color:#57606a}
.status{display:inline-block;padding:0 .6rem;border-radius:1rem;border:2px solid;font-size:.9rem;
white-space:nowrap}
@media print{pre{white-space:pre-wrap}h2,h3{break-after:avoid}pre,tr{break-inside:avoid}}
@media (prefers-color-scheme:dark){body{background:#0d1117;color:#e6edf3}pre{background:#161b22}
code{background:#21262d}li,.caption,.quiet,.head th{color:#9aa4af}.bad{color:#ff7b72}
.doubt{color:#e3b341}.good{color:#79c0ff}th,td,h2{border-color:#30363d}}
"""
_CODE = re.compile(r"`([^`\n]+)`")
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def render_audit_html(audit: Audit) -> str:
    """Return the whole report."""
    status, tone = status_line(audit)
    head = "".join(
        f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in header_rows(audit)
    )
    body = "".join("".join(_section(section)) for section in lay_out(audit))
    title = _text(f"Audit of {audit.subject}")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width"><title>{title}</title>\n'
        f"<style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        f'<p class="lead"><span class="status {tone}">{status}</span> {_text(audit.headline)}</p>\n'
        f'<table class="head">{head}</table>\n{body}</body></html>\n'
    )


def _text(text: str) -> str:
    return html.escape(harmless(text))


def _prose(text: str) -> str:
    """Return words in which what stands in backticks is code."""
    return _CODE.sub(r"<code>\1</code>", _text(text))


def _section(section: Section) -> Iterator[str]:
    yield f"<h2>{_text(section.title)}</h2>\n"
    for block in section.blocks:
        yield from _block(block)


def _block(block: Block) -> Iterator[str]:
    match block:
        case Heading(text=text):
            yield f"<h3>{_text(text)}</h3>\n"
        case Paragraph(text=text, strong=strong, tone=tone):
            if not strong:
                yield (
                    f'<p class="{tone}">{_prose(text)}</p>\n'
                    if tone == "quiet"
                    else f"<p>{_prose(text)}</p>\n"
                )
                return
            mark = "." if text and strong[-1] not in ".:!?" else ""
            yield f'<p><span class="label {tone}">{_prose(strong)}{mark}</span> {_prose(text)}</p>\n'
        case Bullets(items=items):
            yield "<ul>" + "".join(f"<li>{_prose(item)}</li>" for item in items) + "</ul>\n"
        case Quote(text=text, caption=caption):
            if caption:
                yield f'<p class="caption">{_text(caption)}</p>\n'
            yield "<pre>" + "\n".join(_text(line) for line in text.split("\n")) + "</pre>\n"
        case Table():
            yield from _table(block)


def _table(table: Table) -> Iterator[str]:
    heads = "".join(f"<th>{_text(head)}</th>" for head in table.heads)
    yield f'<div class="scroll"><table><tr>{heads}</tr>\n'
    tones = table.tones or ("plain",) * len(table.rows)
    for row, tone in zip(table.rows, tones, strict=True):
        yield f'<tr><td class="mark {tone}">{_text(row[0])}</td><td class="key">{_prose(row[1])}</td>'
        yield "".join(f"<td>{_prose(cell)}</td>" for cell in row[2:]) + "</tr>\n"
    yield "</table></div>\n"
