"""What is new, unchanged and gone since a baseline or an earlier report."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from paritycheck.composite import combine, fails
from paritycheck.config.baseline import changes, mark, remember
from paritycheck.errors import DocumentError
from paritycheck.model.baseline import baseline_schema, decode_baseline, encode_baseline
from paritycheck.model.report import Report
from paritycheck.model.schema import schema_text
from tests.config.findings import finding, named, report

SCHEMA = Path(__file__).parents[2] / "schemas" / "baseline-1.json"
OLD = finding("PC103", "app.a", "app.b")
OTHER = finding("PC201", "requests")


def states(found: Report) -> list[tuple[str, str | None]]:
    return [(each.message, each.baseline_state) for each in found.findings]


def test_the_stored_schema_is_that_of_the_types() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(baseline_schema()), (
        "write it anew: python -c 'from paritycheck.model import baseline, schema;"
        ' print(schema.schema_text(baseline.baseline_schema()), end="")\' > schemas/baseline-1.json'
    )


def test_the_document_is_what_the_schema_says_and_comes_back() -> None:
    baseline = remember(report(OTHER, OLD))
    text = encode_baseline(baseline)
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(json.loads(text))
    assert decode_baseline(text.encode(), "baseline.json") == baseline
    assert encode_baseline(remember(report(OLD, OTHER))) == text, "the order of findings does not matter"
    assert '"line"' not in text


@pytest.mark.parametrize(
    ("data", "words"),
    [(b"[]", "not a baseline"), (b"", "not a baseline"), (b'{"schema_version": "9.0"}', "of schema '9.0'")],
)
def test_what_is_no_baseline_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(DocumentError, match=words):
        decode_baseline(data, "b.json")


@pytest.mark.parametrize(
    ("now", "state"),
    [
        (OLD, "unchanged"),
        (finding("PC103", "app.a", "app.b", line=90), "unchanged"),  # the line moved
        (finding("PC103", "app.a", "app.b", text="**/mon*"), "unchanged"),  # another line is to blame
        (finding("PC103", "app.a"), "unchanged"),  # a part was repaired
        (finding("PC103", "app.a", severity="warning"), "unchanged"),
        (finding("PC103", "app.a", "app.b", "app.c"), "new"),
        (finding("PC103", "app.c"), "new"),
        (finding("PC104", "app.a"), "new"),
    ],
)
def test_new_and_unchanged(now: object, state: str) -> None:
    marked = mark(report(now), remember(report(OLD)))  # type: ignore[arg-type]
    assert marked.findings[0].baseline_state == state
    assert fails(marked) == (state == "new")
    assert (marked.summary.errors, marked.summary.known) == ((1, 0) if state == "new" else (0, 1))


def test_a_known_warning_that_becomes_an_error_is_new() -> None:
    before = remember(report(finding("PC103", "app.a", severity="warning")))
    assert mark(report(finding("PC103", "app.a")), before).findings[0].baseline_state == "new"


def test_what_is_gone_is_told_and_does_not_count() -> None:
    marked = mark(report(OTHER), remember(report(OLD, OTHER)))
    assert states(marked) == [(OTHER.message, "unchanged")]
    assert [(each.code, each.message, each.baseline_state) for each in marked.gone] == [
        ("PC103", OLD.message, "gone")
    ]
    assert not fails(marked)
    assert mark(report(finding("PC103", "app.a"), OTHER), remember(report(OLD, OTHER))).gone == ()


def test_an_image_that_is_not_checked_keeps_what_is_known_of_it() -> None:
    before = remember(combine([named("web", OLD), named("worker", OLD, OTHER)]))
    assert {known.image for known in before.findings} == {"web", "worker"}
    web = combine([named("web", OTHER)], configured=["web", "worker"])
    assert [each.image for each in mark(web, before).gone] == ["web"]
    after = remember(web, before)
    assert [(known.image, known.code) for known in after.findings] == [
        ("web", "PC201"),
        ("worker", "PC103"),
        ("worker", "PC201"),
    ]
    assert mark(combine([named("web", OLD)]), after).findings[0].baseline_state == "new"


def test_ignores_that_hide_nothing_are_never_known() -> None:
    unused = finding("PC902", "PC1 x", severity="warning")
    assert remember(report(unused)).findings == ()
    assert mark(report(unused), remember(report(unused))).findings[0].counts


def test_only_what_changed_since_a_report() -> None:
    left = changes(report(OTHER, finding("PC103", "app.z")), report(OLD, OTHER))
    assert states(left) == [("app.z missing", "new")]
    assert [each.message for each in left.gone] == [OLD.message]
    assert (left.summary.errors, left.summary.known) == (1, 0)
    assert changes(report(OLD), report(OLD)).findings == ()
