"""A finding is known again by its rule and its items: not by lines, order, importers or words."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paritycheck.config.baseline import mark, remember
from paritycheck.model.location import Location
from paritycheck.model.report import SEVERITIES, Finding, Importer, ReportItem
from paritycheck.rules import RULES, make_finding
from tests.config.findings import named, report

CODES = st.sampled_from([code for code in RULES if code != "PC902"])
NAMES = st.from_regex(r"[a-z]{1,4}(\.[a-z]{1,3}){0,2}", fullmatch=True)
ITEMS = st.builds(ReportItem, st.sampled_from(["module", "data", "distribution"]), NAMES, NAMES)
PLACES = st.builds(Location, NAMES, st.integers(0, 99), NAMES)
IMPORTERS = st.builds(Importer, NAMES, st.integers(0, 99), st.just("module"))
SOME = st.lists(ITEMS, min_size=1, max_size=5, unique_by=lambda item: (item.kind, item.name, item.path))


@st.composite
def told(draw: st.DrawFn, code: str, items: list[ReportItem]) -> Finding:
    """A finding about these items, in any words, order and places."""
    return make_finding(
        code,
        draw(NAMES),
        items=draw(st.permutations(items)),
        locations=draw(st.lists(PLACES, max_size=3)),
        imported_by=draw(st.lists(IMPORTERS, max_size=3)),
        severity="warning",
        hint=draw(NAMES),
    )


@given(CODES, SOME, st.data())
def test_what_is_told_otherwise_is_known_again(
    code: str, items: list[ReportItem], data: st.DataObject
) -> None:
    one, other = data.draw(told(code, items)), data.draw(told(code, items))
    assert one.fingerprint == other.fingerprint
    assert mark(report(other), remember(report(one))).findings[0].baseline_state == "unchanged"


@given(CODES, CODES, SOME, SOME, st.data())
def test_another_subject_is_another_finding(
    code: str, rule: str, items: list[ReportItem], others: list[ReportItem], data: st.DataObject
) -> None:
    one, other = data.draw(told(code, items)), data.draw(told(rule, others))
    same = code == rule and set(items) == set(others)
    assert (one.fingerprint == other.fingerprint) == same
    known = code == rule and set(others) <= set(items)
    state = mark(report(other), remember(report(one))).findings[0].baseline_state
    assert state == ("unchanged" if known else "new")


@given(CODES, SOME, st.sampled_from(SEVERITIES), st.sampled_from(SEVERITIES))
def test_what_gets_graver_is_new(code: str, items: list[ReportItem], before: str, now: str) -> None:
    one, other = (
        make_finding(
            code, "told", items=items, severity=next(each for each in SEVERITIES if each == severity)
        )
        for severity in (before, now)
    )
    graver = SEVERITIES.index(other.severity) < SEVERITIES.index(one.severity)
    assert mark(report(other), remember(report(one))).findings[0].counts == graver


@given(CODES, SOME, st.data())
def test_the_same_in_another_image_is_another_finding(
    code: str, items: list[ReportItem], data: st.DataObject
) -> None:
    found = data.draw(told(code, items))
    web, api = named("web", found), named("api", found)
    assert web.findings[0].fingerprint != api.findings[0].fingerprint
    assert mark(api, remember(web)).findings[0].baseline_state == "new"
    assert mark(web, remember(web)).findings[0].baseline_state == "unchanged"


@given(st.lists(st.builds(lambda code, items: (code, items), CODES, SOME), max_size=6), st.data())
def test_a_baseline_of_now_knows_everything_of_now(
    drawn: list[tuple[str, list[ReportItem]]], data: st.DataObject
) -> None:
    found = report(*(data.draw(told(code, items)) for code, items in drawn))
    marked = mark(found, remember(found))
    assert not any(each.counts for each in marked.findings)
    assert marked.gone == ()
    empty = mark(report(), remember(found))
    assert {each.fingerprint for each in empty.gone} == {each.fingerprint for each in found.findings}
