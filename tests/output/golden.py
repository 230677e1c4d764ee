"""The golden files: what each format makes of one shared report.

``python -m tests.output.golden`` writes them anew.
"""

from __future__ import annotations

import re
from pathlib import Path

from paritycheck.output.formats import EXPLAINED, FORMATS
from paritycheck.output.style import plain
from tests.output.values import SHARED

FOLDER = Path(__file__).parent / "goldens"
NAMES = {
    "text": "report.txt",
    "concise": "concise.txt",
    "json": "report.json",
    "sarif": "report.sarif",
    "junit": "junit.xml",
    "github": "github.txt",
    "github-summary": "github-summary.md",
    "gitlab": "gitlab.json",
    "markdown": "comment.md",
    "html": "report.html",
    "explained": "explained.txt",
}


def render(name: str) -> str:
    """What a format makes of the report; the page without its style and script, which change often."""
    if name == "explained":
        return EXPLAINED["text"](SHARED, plain)
    rendered = FORMATS[name](SHARED, plain)
    if name == "html":
        rendered = re.sub(r"(<(style|script)>).*?(</\2>)", r"\1\3", rendered, flags=re.DOTALL)
        rendered = re.sub(r"'sha256-[^']+'", "'sha256-...'", rendered)
    return rendered


if __name__ == "__main__":
    for name, file in NAMES.items():
        (FOLDER / file).write_text(render(name), encoding="utf-8")
