"""No name and no message breaks a format: drawn reports are read again as their readers would read them."""

from __future__ import annotations

import json
from collections.abc import Callable

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paritycheck.model.journey import GATE_ORDER, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import (
    REPORT_VERSION,
    SEVERITIES,
    CheckedImage,
    Finding,
    Importer,
    Looked,
    Report,
    ReportItem,
    Summary,
    Tool,
    UncheckedImage,
    decode_report,
)
from paritycheck.model.snapshot import Origin
from paritycheck.output.formats import EXPLAINED, FORMATS
from paritycheck.output.html.contents import contents
from paritycheck.output.places import checkout_places
from paritycheck.output.standing import told
from paritycheck.output.style import harmless, plain
from paritycheck.rules import RULES
from tests.output import reading
from tests.output.values import LOSS, report

PIECES = (
    *("\x1b[2J", "\x1b]0;t\x07", "\r", "\n", "\t", "\x00", "\x85", "\u2028", "\u202e", "\u200b", "\ufeff"),
    *("\ud800", "\udcff", "\ufffe", "\U0010ffff", "]]>", "<!--", "-->", "</script>", "<script>", "<b>"),
    *("&lt;", "&#0;", "::error::x", "::set-output name=a::b", "##[error]x", "##vso[task]", "%0A", "%", ","),
    *("`", "``", "|", "\\", "[a](http://b)", "![a](b)", "@someone", "#12", "https://evil", "www.evil", "*"),
    *("~~", "$x$", "{{data}}", "${x}", "../", "/", "\u00a0", " ", "é", "日本", "a.py", "1. a", "- a", "# a"),
    *("> a", "    a", "\n\n", "'", '"', "==", "--", ":", "GH-1", "\U0001f600", "e\u0301", "<img src=x>"),
)
words = st.lists(st.sampled_from(PIECES) | st.text(st.characters(), max_size=6), max_size=4).map("".join)
locations = st.builds(Location, words, st.integers(-1, 9), words)
verdicts = st.lists(st.sampled_from(GATE_ORDER), unique=True).flatmap(
    lambda gates: st.tuples(
        *(
            st.builds(
                Verdict,
                st.just(gate),
                st.sampled_from(["passed", "lost", "unknown", "skipped"]),
                words,
                st.lists(locations, max_size=1).map(tuple),
            )
            for gate in gates
        )
    )
)
items = st.builds(ReportItem, st.sampled_from(["module", "data", "distribution"]), words, words, verdicts)
importers = st.builds(
    Importer,
    words,
    st.integers(0, 9),
    st.sampled_from(["module", "function"]),
    st.lists(words, max_size=2).map(tuple),
)
findings = st.builds(
    Finding,
    code=st.sampled_from(sorted(RULES)) | words,
    slug=words,
    severity=st.sampled_from(SEVERITIES),
    gate=st.none(),
    message=words,
    hint=words,
    items=st.lists(items, max_size=2).map(tuple),
    locations=st.lists(locations, max_size=2).map(tuple),
    imported_by=st.lists(importers, max_size=2).map(tuple),
    fingerprint=st.sampled_from(["0" * 32, "1" * 32]) | words,
    suppressed_by=st.none() | words,
    image=st.sampled_from(["", "web"]) | words,
    baseline_state=st.sampled_from([None, "new", "unchanged"]),
)
gone = findings.map(lambda finding: msgspec.structs.replace(finding, baseline_state="gone"))
summaries = st.just(Summary(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)) | st.just(Summary(1, 2, 3, 4, 5, 6, 0, 0, 0))
checked = st.builds(
    CheckedImage,
    st.just("web") | words,
    st.builds(Origin, st.just("image"), words, words),
    summaries,
    st.builds(Looked, words, words, words),
    st.lists(words, max_size=1).map(tuple),
)
reports = st.builds(
    Report,
    st.just(REPORT_VERSION),
    st.builds(Tool, words, words),
    st.builds(Origin, st.just("checkout"), words, words),
    st.builds(Origin, st.just("image"), words, words),
    summaries,
    st.lists(findings, max_size=4).map(tuple),
    st.lists(words, max_size=2).map(tuple),
    st.builds(Looked, words, words, words),
    st.lists(checked, max_size=2, unique_by=lambda image: image.name).map(tuple),
    st.lists(st.builds(UncheckedImage, words, words, words), max_size=6).map(tuple),
    st.lists(words, max_size=1).map(tuple),
    st.lists(findings.map(lambda each: msgspec.structs.replace(each, baseline_state="gone")), max_size=1).map(
        tuple
    ),
)


def made(name: str, drawn: Report) -> str:
    return FORMATS[name](drawn, plain)


def shown(drawn: Report) -> list[Finding]:
    return [finding for finding in drawn.findings if finding.counts]


def check_text(drawn: Report) -> None:
    lines = reading.read_plain(EXPLAINED["text"](drawn, plain))
    assert reading.read_plain(made("text", drawn))[-1] == lines[-1]
    assert sum(line.startswith(SEVERITIES) for line in lines) >= len(drawn.findings)


def check_concise(drawn: Report) -> None:
    lines = reading.read_plain(made("concise", drawn))
    assert len(lines) == len(drawn.findings) + len(drawn.images) + len(drawn.unchecked) + 1


def check_json(drawn: Report) -> None:
    text = made("json", drawn)
    again = decode_report(text.encode("utf-8"), "report.json")
    assert made("json", again) == text
    assert again == drawn or any("\ud800" <= char <= "\udfff" for char in _characters(drawn))


def _characters(drawn: Report) -> str:
    """Every character of the report, as it is: ``repr`` would escape them."""
    return json.dumps(msgspec.to_builtins(drawn), ensure_ascii=False)


def check_sarif(drawn: Report) -> None:
    results = reading.read_sarif(made("sarif", drawn))["results"]
    for result, finding in zip(results, (*drawn.findings, *drawn.gone), strict=True):
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        expected = next((place.path for place in checkout_places(finding)), None)
        if expected:
            assert reading.read_uri(uri) == expected.encode("utf-8", "backslashreplace").decode()
        assert ("suppressions" in result) is bool(finding.suppressed_by)


def check_junit(drawn: Report) -> None:
    suites = reading.read_junit(made("junit", drawn))
    named = [case.get("name") for suite in suites for case in suite if case.get("name") != "compared"]
    expected = [harmless(finding.message) for finding in drawn.findings]
    assert sorted(named, key=str) == sorted(each for each in expected if each != "compared")


def check_github(drawn: Report) -> None:
    found = reading.read_github(made("github", drawn))
    data = "\n".join(data for _, _, data in found)
    assert all(harmless(told(finding)) in data for finding in shown(drawn))


def check_gitlab(drawn: Report) -> None:
    assert len(reading.read_gitlab(made("gitlab", drawn))) == len(shown(drawn))


def check_markdown(drawn: Report) -> None:
    for name in ("markdown", "github-summary"):
        text = made(name, drawn)
        assert len(text) <= 65_536
        assert text.startswith("<!-- paritycheck -->\n### paritycheck: ")
        reading.read_markdown(text)


def check_html(drawn: Report) -> None:
    tags, data = reading.read_html(made("html", drawn))
    expected, _ = reading.read_html(made("html", report(LOSS)))
    assert tags == expected
    assert data == contents(drawn)


CHECKS: dict[str, Callable[[Report], None]] = {
    "text": check_text,
    "concise": check_concise,
    "json": check_json,
    "sarif": check_sarif,
    "junit": check_junit,
    "github": check_github,
    "gitlab": check_gitlab,
    "markdown": check_markdown,
    "html": check_html,
}


@pytest.mark.parametrize("name", CHECKS)
@given(drawn=reports)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_nothing_breaks_a_format(name: str, drawn: Report) -> None:
    CHECKS[name](drawn)


def test_every_format_is_held_to_it() -> None:
    assert set(FORMATS) == {*CHECKS, "github-summary"}


def test_what_json_cannot_spell_is_spelled_out() -> None:
    text = made("json", report(LOSS, reference="a\udcffb"))
    assert json.loads(text)["container"]["reference"] == "a\\udcffb"
