"""``check``: where it may be run from, what its report promises, and what stays the same."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from paritycheck.cli import run
from paritycheck.model.report import report_schema
from paritycheck.model.schema import schema_text
from tests.cli.commandline import FILES, Place, write_image
from tests.scenario import Scenario, commit, git, lay_out_checkout, scenarios, write_archive

SCHEMA = Path(__file__).parents[2] / "schemas" / "report-1.json"
JSON = ("--format", "json")


def codes(report: Any) -> list[str]:
    return [finding["code"] for finding in report["findings"]]


def drop_views(place: Place) -> None:
    """Make ``app.views`` a module that only this disk has, and the image one from a clean clone."""
    git(place.checkout, "rm", "-q", "--cached", "app/views.py")
    git(place.checkout, "commit", "-qm", "without views")
    built = {f"srv/{name}": FILES[name].encode() for name in ("app/__init__.py", "app/main.py")}
    write_image(place.root / "image.tar", built)


# ---- the report document ---------------------------------------------------------------------------


def test_the_stored_schema_is_that_of_the_types() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(report_schema()), (
        "write it anew: python -c 'from paritycheck.model import report, schema;"
        ' print(schema.schema_text(report.report_schema()), end="")\' > schemas/report-1.json'
    )


@pytest.mark.parametrize("predicted", [False, True], ids=["image", "predicted"])
@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_every_report_is_what_the_schema_says_and_stays_the_same(
    scenario: Scenario, predicted: bool, tmp_path: Path
) -> None:
    checkout = lay_out_checkout(scenario, tmp_path / "checkout")
    image: list[str] = []
    if scenario.has_image and not predicted:
        image = ["-i", f"docker-archive:{write_archive(scenario, checkout, tmp_path / 'image.tar')}"]
    documents = [tmp_path / "one.json", tmp_path / "two.json"]
    found = [run(["check", str(checkout), *JSON, *image, "-o", str(path)]) for path in documents]
    assert found[0] == found[1]
    assert documents[0].exists() == (found[0] != 2)
    if found[0] == 2:
        return
    assert documents[0].read_bytes() == documents[1].read_bytes()
    report = json.loads(documents[0].read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(report)
    for side in ("local", "container"):
        report[side].pop("reference")
    assert str(tmp_path) not in json.dumps(report), "an absolute path of this machine"
    summary = report["summary"]
    assert sum(summary[word] for word in ("errors", "warnings", "notes")) == len(report["findings"])


def test_fingerprints_outlive_unrelated_lines(place: Place) -> None:
    drop_views(place)
    before = place.run("check", *JSON, "-i", place.image)
    place.write({"app/main.py": "# a comment\n\n\nimport os\n" + FILES["app/main.py"], "README": "more\n"})
    after = place.run("check", *JSON, "-i", place.image, "--ignore", "PC401")
    assert (before.code, after.code) == (1, 1)
    (lost,) = [each for each in before.document["findings"] if each["code"] == "PC102"]
    (again,) = [each for each in after.document["findings"] if each["code"] == "PC102"]
    assert lost["fingerprint"] == again["fingerprint"]
    assert re.fullmatch("[0-9a-f]{16,}", lost["fingerprint"])


# ---- where it is run from --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("directory", "words"),
    [
        (".", ("check",)),
        (".", ("check", ".")),
        ("app", ("check", "..")),
        ("app", ("check", "../app/..")),
        ("..", ("check", "checkout")),
        ("..", ("check", "checkout", "-f", "checkout/Containerfile")),
        ("app", ("check", "..", "-f", "../Containerfile")),
    ],
)
def test_the_report_is_the_same_from_anywhere(
    directory: str, words: tuple[str, ...], place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop_views(place)
    expected = place.run("check", *JSON, "-i", place.image)
    monkeypatch.chdir(place.checkout / directory)
    ran = place.run(*words, *JSON, "-i", place.image)
    assert (ran.code, ran.err) == (expected.code, "")
    assert ran.document["findings"] == expected.document["findings"]
    assert ran.document["summary"] == expected.document["summary"]


def test_a_context_below_the_repository(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    """Paths are relative to the repository root, whatever the context is."""
    inner = place.root / "repository" / "services" / "web"
    inner.parent.mkdir(parents=True)
    place.checkout.rename(inner)
    for path in sorted((inner / ".git").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (inner / ".git").rmdir()
    commit(place.root / "repository", ["services/web/app/views.py"])
    drop = {f"srv/{name}": FILES[name].encode() for name in ("app/__init__.py", "app/main.py")}
    write_image(place.root / "image.tar", drop)
    for cwd, context in ((inner, "."), (place.root / "repository", "services/web"), (inner / "app", "..")):
        monkeypatch.chdir(cwd)
        for image in (("-i", place.image), ()):
            ran = place.run("check", context, *JSON, *image)
            assert (ran.code, ran.err) == (1, "")
            finding = ran.document["findings"][0]
            assert finding["code"] == "PC102"
            assert [item["path"] for item in finding["items"]] == ["services/web/app/views.py"]
            assert [item["name"] for item in finding["items"]] == ["app.views"]
            assert finding["imported_by"][0]["path"] == "services/web/app/main.py"


def test_only_what_is_committed(place: Place) -> None:
    drop_views(place)
    ran = place.run("check", "--committed", *JSON, "-i", place.image)
    assert ran.code == 0
    assert "PC102" not in codes(ran.document)
    place.write({"app/views.py": "import gone\n", "app/other.py": "x = 1\n"})
    again = place.run("check", "--committed", *JSON, "-i", place.image)
    assert again.document == ran.document


# ---- thresholds, rules, files ----------------------------------------------------------------------


def test_thresholds_and_rules(place: Place) -> None:
    drop_views(place)
    image = ("-i", place.image)
    assert place.run("check", *image).code == 1
    assert place.run("check", *image, "--fail-on", "never").code == 0
    assert place.run("check", *image, "--ignore", "untracked").code == 0
    assert place.run("check", *image, "--select", "PC2,PC3").code == 0
    only = place.run("check", *image, *JSON, "--select", "PC102")
    assert (only.code, codes(only.document)) == (1, ["PC102"])


def test_a_report_goes_into_a_file_or_to_stdout(place: Place) -> None:
    shown = place.run("check", "-i", place.image)
    ran = place.run("check", "-i", place.image, "-o", "report.txt")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert Path("report.txt").read_text(encoding="utf-8") == shown.out


def test_names_do_not_steer_the_terminal(place: Place) -> None:
    evil = "app/\x1b[2Jevil\u202e.py"
    place.write({evil: "x = 1\n"})
    commit_all(place)
    files = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    write_image(place.root / "image.tar", {**files, f"srv/{evil}": b"x = 2\n"})
    ran = place.run("check", "-i", place.image)
    assert "\\x1b[2Jevil\\u202e.py" in ran.out
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", ran.out)
    (finding,) = place.run("check", *JSON, "-i", place.image).document["findings"]
    assert [item["path"] for item in finding["items"]] == [evil]


def commit_all(place: Place) -> None:
    git(place.checkout, "add", "-A")
    git(place.checkout, "commit", "-qm", "more")
