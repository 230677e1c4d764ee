"""Every way to write a report: the name that --format takes, and the function."""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.model.report import Report
from paritycheck.output.json import render_json
from paritycheck.output.style import Paint
from paritycheck.output.text import render_text

FORMATS: dict[str, Callable[[Report, Paint], str]] = {
    "text": render_text,
    "json": lambda report, _paint: render_json(report),
}
