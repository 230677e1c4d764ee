"""What the services document: caps, sizes, and what they show of what they get."""

from __future__ import annotations

import msgspec
import pytest

from paritycheck.model.location import Location
from paritycheck.model.report import (
    CheckedImage,
    Finding,
    Looked,
    Report,
    ReportItem,
    Severity,
    UncheckedImage,
)
from paritycheck.output.formats import FORMATS
from paritycheck.output.html.contents import contents
from paritycheck.output.style import plain
from tests.output import reading
from tests.output.values import LOSS, SHARED, report, verdicts


def many(number: int, severity: Severity = "error", line: int | None = None) -> Report:
    """A report of so many findings, each at a line of its own unless one is given."""
    return report(
        *(
            msgspec.structs.replace(
                LOSS,
                severity=severity,
                message=f"app.m{each} is missing",
                locations=(Location(".dockerignore", line or each + 1, "x" * 200),),
                fingerprint=f"{each:032x}",
            )
            for each in range(number)
        )
    )


@pytest.mark.parametrize(
    ("number", "line", "annotations", "hidden"),
    [(0, None, 0, 0), (10, None, 10, 0), (11, None, 10, 2), (60, None, 10, 51), (60, 4, 1, 0)],
)
@pytest.mark.parametrize("severity", ["error", "warning", "note"])
def test_annotations_stay_within_the_caps(
    number: int, line: int | None, annotations: int, hidden: int, severity: Severity
) -> None:
    found = reading.read_github(FORMATS["github"](many(number, severity, line), plain))
    assert len(found) == annotations
    assert (f"and {hidden} more findings" in found[-1][2] if found else False) is bool(hidden)


def test_all_levels_together_and_images_that_could_not_be_checked() -> None:
    findings = [
        finding for severity in ("error", "warning", "note") for finding in many(40, severity).findings
    ]
    missed = tuple(UncheckedImage(f"image{number}", "no such image") for number in range(9))
    found = reading.read_github(
        FORMATS["github"](msgspec.structs.replace(report(*findings), unchecked=missed), plain)
    )
    assert len(found) == 30
    assert found[0][2] == "image0 could not be checked: no such image"
    assert "5 more images" in found[4][2]


@pytest.mark.parametrize("number", [0, 1, 200, 5000])
def test_a_comment_fits(number: int) -> None:
    text = FORMATS["markdown"](many(number), plain)
    assert len(text) <= 65_536
    assert ("more finding" in text) is (number > 150)
    assert text.rstrip().endswith("1 unknown.")
    assert len(FORMATS["github-summary"](many(number), plain).encode()) <= 1 << 20


def test_the_first_thing_too_long_for_a_comment_is_not_cut_in_two() -> None:
    long = msgspec.structs.replace(LOSS, message="x" * 70_000)
    text = FORMATS["markdown"](report(long), plain)
    assert "And 1 more finding" in text
    assert "xxx" not in text


def test_code_scanning_gets_a_place_for_everything_and_not_too_much() -> None:
    items = tuple(ReportItem("module", f"m{each}", f"m{each}.py", verdicts()) for each in range(3000))
    run = reading.read_sarif(FORMATS["sarif"](report(msgspec.structs.replace(LOSS, items=items)), plain))
    (result,) = run["results"]
    assert len(result["relatedLocations"]) <= 100
    assert len(result["locations"][0]["logicalLocations"]) <= 100


PLACES = {
    "the cause": (LOSS, ".dockerignore"),
    "who needs it": (msgspec.structs.replace(LOSS, locations=(Location("/usr/lib/x.py", 1),)), "app/main.py"),
    "the item": (msgspec.structs.replace(LOSS, locations=(), imported_by=()), "app/monitoring/__init__.py"),
    "the build": (
        msgspec.structs.replace(LOSS, locations=(), imported_by=(), items=()),
        "deploy/Containerfile",
    ),
}


@pytest.mark.parametrize("case", PLACES)
def test_where_a_finding_is_shown(case: str) -> None:
    finding, path = PLACES[case]
    shown = report(finding)
    (result,) = reading.read_sarif(FORMATS["sarif"](shown, plain))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == path
    ((_, properties, _),) = reading.read_github(FORMATS["github"](shown, plain))
    assert properties["file"] == path
    (entry,) = reading.read_gitlab(FORMATS["gitlab"](shown, plain))
    assert entry["location"]["path"] == path
    assert FORMATS["concise"](shown, plain).startswith(path)


def test_fingerprints_are_those_of_the_findings() -> None:
    run = reading.read_sarif(FORMATS["sarif"](SHARED, plain))
    told = [result["partialFingerprints"]["paritycheckFinding/v1"] for result in run["results"]]
    assert told == [f"{finding.fingerprint}:1" for finding in SHARED.findings]
    twice = reading.read_gitlab(FORMATS["gitlab"](report(LOSS, LOSS), plain))
    assert twice[0]["fingerprint"] == LOSS.fingerprint != twice[1]["fingerprint"]


def test_what_does_not_count_fails_nothing_and_is_shown_all_the_same() -> None:
    known = msgspec.structs.replace(LOSS, baseline_state="unchanged")
    new = msgspec.structs.replace(LOSS, baseline_state="new", fingerprint="5" * 32)
    gone = msgspec.structs.replace(LOSS, baseline_state="gone", fingerprint="6" * 32)
    shown = msgspec.structs.replace(report(known, new), gone=(gone,))
    results = reading.read_sarif(FORMATS["sarif"](shown, plain))["results"]
    assert [result["baselineState"] for result in results] == ["unchanged", "new", "absent"]
    (suite,) = reading.read_junit(FORMATS["junit"](shown, plain))
    assert (suite.get("failures"), suite.get("skipped")) == ("1", "1")
    assert len(reading.read_github(FORMATS["github"](shown, plain))) == 1
    assert len(reading.read_gitlab(FORMATS["gitlab"](shown, plain))) == 1
    text = FORMATS["text"](shown, plain)
    assert "left out of the context (known before)" in text
    assert "gone PC103 ignored" in text
    assert "1 finding gone" in text.splitlines()[-1]


def test_several_images() -> None:
    def of(name: str) -> Finding:
        return msgspec.structs.replace(LOSS, image=name, locations=(), imported_by=(), items=())

    web, worker = (
        CheckedImage(name, SHARED.container, SHARED.summary, Looked(f"{name}/Containerfile"))
        for name in ("web", "worker")
    )
    shown = msgspec.structs.replace(
        report(of("worker"), of("")),
        images=(web, worker),
        unchecked=(UncheckedImage("cron", "no such image", "build it"),),
    )
    suites = reading.read_junit(FORMATS["junit"](shown, plain))
    assert [suite.get("name") for suite in suites] == ["image web", "web", "worker", "cron"]
    assert [suite.get("errors") for suite in suites] == ["0", "0", "0", "1"]
    assert [len(suite) for suite in suites] == [2, 1, 2, 1]
    run = reading.read_sarif(FORMATS["sarif"](shown, plain))
    assert run["invocations"][0]["executionSuccessful"] is False
    uri = run["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert uri == "worker/Containerfile"
    for name in ("text", "concise"):
        lines = reading.read_plain(FORMATS[name](shown, plain))
        assert any(
            line.startswith("web: 2 errors, 2 warnings, 1 note; looked at 12 modules") for line in lines
        )
        assert "cron: not checked: no such image (build it)" in lines
        assert "1 image not checked" in lines[-1]
        assert "looked at 2 images, 12 modules" in lines[-1]
    assert len(contents(shown)["images"]) == 3
