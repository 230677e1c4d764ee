"""Every way to write a report: the name that --format takes, and the function."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from paritycheck.model.report import Report
from paritycheck.output.concise import render_concise
from paritycheck.output.github import render_github
from paritycheck.output.gitlab import render_gitlab
from paritycheck.output.html import render_html
from paritycheck.output.json import render_json
from paritycheck.output.junit import render_junit
from paritycheck.output.markdown import render_github_summary, render_markdown
from paritycheck.output.sarif import render_sarif
from paritycheck.output.style import Paint
from paritycheck.output.text import render_text

FORMATS: dict[str, Callable[[Report, Paint], str]] = {
    "text": render_text,
    "concise": render_concise,
    "json": lambda report, _paint: render_json(report),
    "sarif": lambda report, _paint: render_sarif(report),
    "junit": lambda report, _paint: render_junit(report),
    "github": lambda report, _paint: render_github(report),
    "github-summary": lambda report, _paint: render_github_summary(report),
    "gitlab": lambda report, _paint: render_gitlab(report),
    "markdown": lambda report, _paint: render_markdown(report),
    "html": lambda report, _paint: render_html(report),
}

# The same with the help of each rule beside its findings, where people read them.
EXPLAINED: dict[str, Callable[[Report, Paint], str]] = {**FORMATS, "text": partial(render_text, explain=True)}
