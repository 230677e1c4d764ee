"""However images are spread, the report is the same, and nothing is lost or counted twice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paritycheck.composite import combine, fails
from paritycheck.config.baseline import mark, remember
from paritycheck.model.location import Location
from paritycheck.model.report import SEVERITIES, Finding, Report, Severity, Threshold
from paritycheck.output.json import render_json
from paritycheck.rules import make_finding
from tests.config.findings import finding, named

NAMES = [f"image-{number}" for number in range(6)]
LINES = st.integers(1, 4)
GRAVE: st.SearchStrategy[Severity] = st.sampled_from(SEVERITIES)


def idle(line: int) -> Finding:
    return make_finding("PC902", f"line {line} hides nothing", locations=[Location("paritycheck.toml", line)])


@st.composite
def images(draw: st.DrawFn) -> list[Report]:
    """The reports of some images, which use and miss some ignores."""
    found = []
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, unique=True)):
        used = draw(st.sets(LINES))
        subjects = draw(st.sets(st.sampled_from("abc")))
        severity: Severity = draw(GRAVE)
        threshold: Threshold = draw(st.sampled_from(["error", "warning", "never"]))
        found.append(
            named(
                name,
                *(finding("PC103", subject, severity=severity) for subject in sorted(subjects)),
                used=tuple(f"paritycheck.toml:{line}" for line in sorted(used)),
                idle=tuple(idle(line) for line in range(1, 5) if line not in used),
                fail_on=threshold,
                remarks=tuple(draw(st.sets(st.sampled_from(["no base", "no environment"])))),
            )
        )
    return found


@st.composite
def spread(draw: st.DrawFn, whole: list[Report]) -> list[list[Report]]:
    """The same reports in another order, cut into parts that are not empty."""
    order = draw(st.permutations(whole))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)))) | {len(order)})
    return [order[start:end] for start, end in zip([0, *cuts], cuts, strict=False) if start < end]


@given(images(), st.data())
def test_parts_make_the_whole(reports: list[Report], data: st.DataObject) -> None:
    configured = [report.images[0].name for report in reports]
    whole = combine(reports, configured=configured)
    parts = [combine(part, configured=configured) for part in data.draw(spread(reports))]
    assert render_json(combine(parts)) == render_json(whole)
    assert fails(combine(parts)) == fails(whole)
    # What one part fails of, the whole fails of: nobody repairs it by adding images.
    assert fails(whole) or not any(fails(part) for part in parts)


@given(images(), st.data())
def test_parts_with_a_baseline_make_the_whole(reports: list[Report], data: st.DataObject) -> None:
    configured = [report.images[0].name for report in reports]
    known = remember(combine(data.draw(st.permutations(reports))[: data.draw(st.integers(1, 6))]))
    whole = mark(combine(reports, configured=configured), known)
    parts = [mark(combine(part, configured=configured), known) for part in data.draw(spread(reports))]
    assert render_json(combine(parts)) == render_json(whole)


@given(images())
def test_nothing_is_lost_or_counted_twice(reports: list[Report]) -> None:
    whole = combine(reports)
    summary = whole.summary
    assert len(whole.findings) == summary.errors + summary.warnings + summary.notes
    named_ones = [each for each in whole.findings if each.image]
    assert len(named_ones) == sum(len(report.findings) for report in reports)
    assert len({each.fingerprint for each in named_ones}) == len(named_ones)
    used = {place for report in reports for place in report.images[0].used}
    told = {str(each.locations[0]) for each in whole.findings if not each.image}
    assert told == {f"paritycheck.toml:{line}" for line in range(1, 5)} - used
