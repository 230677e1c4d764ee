"""Living with findings: ignores and comments that let them pass, baselines, and only what changed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from tests.cli.commandline import FILES, Place
from tests.cli.test_check import codes, commit_all, drop_views
from tests.scenario import git

JSON = ("--format", "json")
BASELINE = Path(__file__).parents[2] / "schemas" / "baseline-1.json"


@pytest.fixture
def broken(place: Place) -> Place:
    """A place whose image lacks app.views, which git does not track."""
    drop_views(place)
    return place


def check(place: Place, *words: str) -> Any:
    return place.run("check", *JSON, *words).document


def ignore(match: str, *, reason: str = "it is made at the start", more: str = "") -> str:
    return f'[[ignore]]\nrule = "PC102"\nmatch = "{match}"\nreason = "{reason}"\n{more}'


# ---- ignores ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("match", ["app.views", "app/*.py", "app.*"])
def test_an_ignored_finding_stays_in_the_report_and_does_not_count(broken: Place, match: str) -> None:
    broken.write({"paritycheck.toml": ignore(match)})
    ran = broken.run("check", *JSON)
    assert (ran.code, codes(ran.document)) == (0, ["PC102"])
    assert ran.document["findings"][0]["suppressed_by"] == "paritycheck.toml:1: it is made at the start"
    assert (ran.document["summary"]["errors"], ran.document["summary"]["suppressed"]) == (0, 1)
    shown = broken.run("check").out
    assert "suppressed by paritycheck.toml:1: it is made at the start" in shown


def test_an_ignore_that_hides_nothing_is_told(broken: Place) -> None:
    broken.write({"paritycheck.toml": ignore("app.gone")})
    report = check(broken)
    assert codes(report) == ["PC102", "PC902"]
    unused = report["findings"][1]
    assert (unused["severity"], unused["locations"][0]["line"]) == ("warning", 1)
    assert unused["message"] == "the ignore of PC102 for app.gone hides nothing"
    assert codes(check(broken, "--ignore", "unused-ignore")) == ["PC102"]


def test_an_ignore_that_expired_gives_the_finding_back(broken: Place) -> None:
    broken.write({"paritycheck.toml": ignore("*", more="expires = 2026-01-31\n")})
    ran = broken.run("check", *JSON)
    assert (ran.code, codes(ran.document)) == (1, ["PC102", "PC902"])
    assert "expired on 2026-01-31: it is made at the start" in ran.document["findings"][1]["message"]
    broken.write({"paritycheck.toml": ignore("*", more="expires = 9999-12-31\n")})
    assert broken.run("check").code == 0


def test_a_reason_is_mandatory(broken: Place) -> None:
    broken.write({"paritycheck.toml": ignore("*", reason="")})
    assert "paritycheck.toml:1: an ignore has no reason" in broken.refused("check")


def test_comments_in_python(broken: Place) -> None:
    line = FILES["app/main.py"].rstrip()
    broken.write({"app/main.py": f"{line}  # paritycheck: ignore[PC102] made at the start\n"})
    report = check(broken)
    assert report["findings"][0]["suppressed_by"] == "app/main.py:1: made at the start"
    assert broken.run("check").code == 0
    broken.write({"app/main.py": f"# paritycheck: ignore[untracked] made at the start\n{line}\n"})
    assert broken.run("check").code == 0
    broken.write({"app/main.py": f"{line}  # paritycheck: ignore[PC102]\n"})
    ran = broken.run("check", *JSON)
    assert (ran.code, codes(ran.document)) == (1, ["PC102", "PC902"])
    assert "has no reason" in ran.document["findings"][1]["message"]


def test_comments_that_hide_nothing(place: Place) -> None:
    place.write(
        {
            "app/views.py": "import json  # paritycheck: ignore[PC201] once it was another\n",
            "Containerfile": f"# paritycheck: ignore[PC5] old\n{FILES['Containerfile']}"
            "COPY requirements.txt .\nRUN pip install -r requirements.txt\n",
            "Containerfile.worker": "FROM scratch\n# paritycheck: ignore[PC5] of another image\n",
            "requirements-dev.txt": "# paritycheck: ignore[PC202] of another image\n",
            "requirements.txt": "# paritycheck: ignore[PC202] old\n",
            "notes.py": "import json  # paritycheck: ignore[PC201] not in the image\n",
        }
    )
    commit_all(place)
    place.write({".dockerignore": "notes.py\n"})
    commit_all(place)
    found = [each["locations"][0]["path"] for each in check(place)["findings"] if each["code"] == "PC902"]
    assert found == ["Containerfile", "app/views.py", "requirements.txt"]
    assert codes(check(place, "--ignore", "PC902")) == []


def test_comments_in_the_ignore_file(place: Place) -> None:
    place.write({".dockerignore": "# paritycheck: ignore[PC103] made in the image\napp/views.py\n"})
    commit_all(place)
    report = check(place)
    assert codes(report) == ["PC103"]
    assert report["findings"][0]["suppressed_by"] == ".dockerignore:1: made in the image"


def test_an_ignore_of_one_image_among_several(broken: Place) -> None:
    images = '[[image]]\nname = "web"\n[[image]]\nname = "worker"\n'
    broken.write({"paritycheck.toml": ignore("*", more='image = "wo*"\n') + images})
    report = check(broken)
    assert [(each["image"], bool(each["suppressed_by"])) for each in report["findings"]] == [
        ("web", False),
        ("worker", True),
    ]
    web = check(broken, "--name", "web")
    assert codes(web) == ["PC102"], "whether worker needs the ignore is not known here"
    broken.write({"paritycheck.toml": ignore("*", more='image = "nobody"\n') + images})
    assert [(each["code"], each["image"]) for each in check(broken)["findings"]] == [
        ("PC102", "web"),
        ("PC102", "worker"),
        ("PC902", ""),
    ]


# ---- baselines -------------------------------------------------------------------------------------


def test_only_what_is_new_fails(broken: Place) -> None:
    assert broken.run("check", "--write-baseline", "known.json").code == 0
    document = json.loads(Path("known.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(json.loads(BASELINE.read_text(encoding="utf-8"))).validate(document)
    assert [known["code"] for known in document["findings"]] == ["PC102"]
    ran = broken.run("check", *JSON, "--baseline", "known.json")
    assert (ran.code, ran.document["findings"][0]["baseline_state"]) == (0, "unchanged")
    assert (ran.document["summary"]["errors"], ran.document["summary"]["known"]) == (0, 1)
    broken.write({"app/main.py": "\n\n# moved\nfrom app import views\nimport app.late\n", "app/late.py": ""})
    again = broken.run("check", *JSON, "--baseline", "known.json")
    assert again.code == 1
    (found,) = again.document["findings"]
    assert ({item["name"] for item in found["items"]} >= {"app.late"}, found["baseline_state"]) == (
        True,
        "new",
    )


def test_what_is_gone_is_told(broken: Place) -> None:
    broken.run("check", "--write-baseline", "known.json")
    git(broken.checkout, "add", "app/views.py")
    git(broken.checkout, "commit", "-qm", "views")
    ran = broken.run("check", *JSON, "--baseline", "known.json")
    assert (ran.code, ran.document["findings"]) == (0, [])
    assert [(each["code"], each["baseline_state"]) for each in ran.document["gone"]] == [("PC102", "gone")]
    broken.run("check", "--write-baseline", "known.json")
    assert json.loads(Path("known.json").read_text())["findings"] == []


def test_a_baseline_may_stand_in_the_configuration(broken: Place) -> None:
    broken.run("check", "--write-baseline", "known.json")
    broken.write({"paritycheck.toml": 'baseline = "known.json"\n'})
    assert broken.run("check").code == 0
    assert broken.run("check", "--isolated").code == 1


@pytest.mark.parametrize(
    ("words", "named"),
    [
        (("--baseline", "none.json"), "none.json: cannot be read"),
        (("--baseline", "Containerfile"), "Containerfile: not a baseline"),
        (("--write-baseline", "none/known.json"), "none/known.json: cannot be written"),
        (("--write-baseline", "Containerfile"), "Containerfile: not a baseline"),
        (("--diff-from", "none.json"), "none.json: cannot be read"),
        (("--diff-from", "x", "--baseline", "y"), "--diff-from compares with a report"),
    ],
)
def test_what_cannot_be_read_or_written(words: tuple[str, ...], named: str, place: Place) -> None:
    ran = place.run("check", *words, "-o", "report.txt")
    assert (ran.code, ran.out) == (2, "")
    assert named in ran.err


def test_only_what_changed_since_a_report(broken: Place) -> None:
    broken.run("check", *JSON, "-o", "before.json")
    same = broken.run("check", *JSON, "--diff-from", "before.json")
    assert (same.code, same.document["findings"], same.document["gone"]) == (0, [], [])
    broken.write({"app/main.py": "from app import views, more\n", "app/more.py": ""})
    ran = broken.run("check", *JSON, "--diff-from", "before.json")
    assert (ran.code, codes(ran.document)) == (1, ["PC102"])
    commit_all(broken)
    healed = broken.run("check", *JSON, "--diff-from", "before.json")
    assert (healed.code, [each["code"] for each in healed.document["gone"]]) == (0, ["PC102"])


def test_parts_with_a_baseline_make_the_whole(broken: Place) -> None:
    images = '[[image]]\nname = "web"\n[[image]]\nname = "worker"\n'
    broken.write({"paritycheck.toml": ignore("app.gone") + images})
    assert broken.run("check", "--name", "web", "--write-baseline", "known.json").code == 0
    assert broken.run("check", *JSON, "--baseline", "known.json", "-o", "whole.json").code == 1
    for number in ("1", "2"):
        broken.run(
            "check", *JSON, "--shard", f"{number}/2", "--baseline", "known.json", "-o", f"{number}.json"
        )
    assert broken.run("merge", "2.json", "1.json", *JSON, "-o", "merged.json").code == 1
    assert Path("merged.json").read_bytes() == Path("whole.json").read_bytes()
    states = [
        (each["image"], each["baseline_state"])
        for each in json.loads(Path("whole.json").read_text())["findings"]
    ]
    assert states == [("web", "unchanged"), ("worker", "new"), ("", None)]
