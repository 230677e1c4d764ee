"""The report as one HTML file that needs no other: the journey of every item, to be filtered and unfolded.

The page's own script draws what it shows from the report, which the file carries as JSON; the policy of
the page lets it run nothing else and ask nothing of anybody.
"""

from __future__ import annotations

import base64
import hashlib
import html
import json
import re
from functools import cache
from importlib import resources

from paritycheck.model.report import Report
from paritycheck.output.html.contents import contents
from paritycheck.output.looked import looked_at, verdict
from paritycheck.output.style import harmless

_SLOT = re.compile(r"\{\{(\w+)\}\}")
# As JSON may write any character. What could end the element or begin a comment in it must not be there.
_ESCAPES = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"}


def render_html(report: Report) -> str:
    """Return the whole page."""
    style = _part("report.css")
    script = (
        f'"use strict";\n{_part("elements.js")}{_part("picture.js")}{_part("findings.js")}{_part("page.js")}'
    )
    data = json.dumps(contents(report), ensure_ascii=False, separators=(",", ":"))
    slots = {
        "policy": (
            f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}; img-src data:; "
            "base-uri 'none'; form-action 'none'"
        ),
        "style": style,
        "script": script,
        "data": re.sub("[<>&]", lambda found: _ESCAPES[found[0]], data),
        "title": html.escape(harmless(f"paritycheck: {report.container.kind} {report.container.reference}")),
        "local": html.escape(harmless(f"{report.local.kind} {report.local.reference}")),
        "container": html.escape(harmless(f"{report.container.kind} {report.container.reference}")),
        "verdict": html.escape(verdict(report)),
        "looked": html.escape(looked_at(report)),
        "version": html.escape(harmless(f"{report.tool.name} {report.tool.version}")),
    }
    return _SLOT.sub(lambda found: slots[found[1]], _part("report.html"))


@cache
def _part(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _source(text: str) -> str:
    """Return how a content security policy names exactly this text."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
