"""The documents of the repository: every link inside leads somewhere, the site builds without a warning."""

from __future__ import annotations

import posixpath
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from paritycheck.config.document import read_settings
from paritycheck.output.formats import FORMATS
from paritycheck.rules import RULES, rule_page

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
MARKDOWN = MarkdownIt("commonmark").enable("table")


def tokens(document: Path) -> Iterator[Token]:
    for token in MARKDOWN.parse(document.read_text(encoding="utf-8")):
        yield token
        yield from token.children or ()


def anchors(document: Path) -> set[str]:
    """The names that hosts give to headings: in small letters, blanks as hyphens, most signs left out."""
    headings = re.findall(r"^#{1,4} (.+)$", document.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_inside_leads_somewhere(document: Path) -> None:
    for token in tokens(document):
        target = token.attrGet("href") or token.attrGet("src")
        if target is None or urlsplit(str(target)).scheme:
            continue
        path, _, anchor = unquote(str(target)).partition("#")
        found = document.parent / path if path else document
        assert found.exists(), f"{target} leads nowhere"
        assert found.resolve().is_relative_to(ROOT), f"{target} leads out of the repository"
        if anchor:
            assert anchor in anchors(found), f"{target}: no such heading"


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    directory = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "dirhtml"]
    done = subprocess.run(
        [*command, "-d", str(directory / "trees"), str(ROOT / "docs"), str(directory / "html")],
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return directory / "html"


def test_the_site_has_a_page_at_the_url_of_every_rule(site: Path) -> None:
    for code in RULES:
        assert rule_page(code).endswith(f"/rules/{code}/")
        assert f"{code} " in (site / "rules" / code / "index.html").read_text(encoding="utf-8")


def test_every_page_is_reached_and_every_file_it_asks_for_is_there(site: Path) -> None:
    reached, waiting = set(), ["index.html"]
    while waiting:
        page = waiting.pop()
        if page in reached:
            continue
        reached.add(page)
        text = (site / page).read_text(encoding="utf-8")
        for target in re.findall(r'(?:href|src)="([^"]+)"', text):
            parts = urlsplit(target)
            if parts.scheme or parts.netloc or not parts.path:
                assert parts.scheme in ("", "https", "http", "mailto", "data"), target
                continue
            path = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(parts.path)))
            found = site / path
            if found.is_dir():
                path, found = posixpath.join(path, "index.html"), found / "index.html"
            assert found.is_file(), f"{page} asks for {target}"
            if path.endswith(".html"):
                waiting.append(posixpath.normpath(path))
    built = {path.relative_to(site).as_posix() for path in site.rglob("index.html")}
    assert built - reached == set()


def test_nothing_of_the_site_is_loaded_from_elsewhere(site: Path) -> None:
    loaded = re.compile(r'<(?:script|img|iframe)[^>]+src="(?:https?:)?//|<link[^>]+href="(?:https?:)?//')
    for page in site.rglob("*.html"):
        assert not loaded.search(page.read_text(encoding="utf-8")), page


def test_the_configuration_that_is_shown_is_one_that_is_read() -> None:
    page = (ROOT / "docs/configuration.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"^```toml\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    settings = read_settings("pyproject.toml", shown, FORMATS)
    assert settings is not None
    assert [image.name for image in settings.images] == ["api", "worker"]
    assert [ignore.rule for ignore in settings.ignores] == ["PC104"]
