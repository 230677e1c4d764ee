"""``snapshot`` and ``diff``: every kind of source, and documents that stand for what they were made from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from paritycheck.cli import run
from tests.cli.commandline import CONFIG, FILES, Place, write_image
from tests.scenario import Scenario, lay_out_checkout, scenarios, write_archive

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "snapshot-1.json").read_text(encoding="utf-8"))
JSON = ("--format", "json")
KINDS = {"checkout": ".", "predicted": "predicted:.", "image": "{image}"}


def without_references(document: Any) -> Any:
    """A report or difference without the names under which its sides were given."""
    for side in ("left", "right", "local", "container"):
        document.get(side, {}).pop("reference", None)
    return document


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_is_a_document(kind: str, place: Place) -> None:
    source = KINDS[kind].format(image=place.image)
    assert place.run("snapshot", source, "-o", "../side.json").code == 0
    content = (place.root / "side.json").read_bytes()
    document = json.loads(content)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    assert (document["origin"]["kind"], document["origin"]["reference"]) == (kind, source)
    assert place.run("snapshot", source, "-o", "-").out.encode() == content


@pytest.mark.parametrize("right", KINDS)
@pytest.mark.parametrize("left", KINDS)
def test_documents_differ_as_what_they_were_made_from(left: str, right: str, place: Place) -> None:
    place.write({"app/views.py": "import csv\n", "app/local.py": "x = 1\n"})
    sources = [KINDS[left].format(image=place.image), KINDS[right].format(image=place.image)]
    documents = []
    for number, source in enumerate(sources):
        documents.append(str(place.root / f"{number}.json"))
        assert place.run("snapshot", source, "-o", documents[-1]).code == 0
    direct = place.run("diff", *sources, *JSON)
    stored = place.run("diff", *documents, *JSON)
    mixed = place.run("diff", documents[0], sources[1], *JSON)
    assert direct.err == ""
    assert direct.code == stored.code == mixed.code == (0 if left == right else 1)
    assert without_references(stored.document) == without_references(direct.document)
    assert without_references(mixed.document) == without_references(direct.document)


def test_both_directions(place: Place) -> None:
    place.write({"app/views.py": "import csv\n", "app/local.py": "x = 1\n"})
    there = place.run("diff", ".", place.image, *JSON).document
    back = place.run("diff", place.image, ".", *JSON).document
    assert there["files"]["only_left"] == back["files"]["only_right"]
    assert "app/local.py" in there["files"]["only_left"]
    assert [each["name"] for each in there["files"]["changed"]] == ["app/views.py"]
    assert there["modules"]["only_left"] == ["app.local"]
    (change,) = there["files"]["changed"]
    (mirrored,) = back["files"]["changed"]
    assert (change["left"], change["right"]) == (mirrored["right"], mirrored["left"])


def test_two_images(place: Place) -> None:
    built = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    write_image(place.root / "next.tar", {**built, "srv/app/new.py": b"", "srv/app/views.py": b"import re\n"})
    ran = place.run("diff", place.image, f"docker-archive:{place.root / 'next.tar'}", *JSON)
    assert ran.code == 1
    assert ran.document["files"]["only_right"] == ["srv/app/new.py"]
    assert [each["name"] for each in ran.document["files"]["changed"]] == ["srv/app/views.py"]
    assert ran.document["config"]["changed"] == []


def test_a_document_keeps_what_path_files_add(place: Place) -> None:
    """The command starts another interpreter than ``python``; the module is found through a .pth line."""
    place.write({"lib/extra.py": "x = 1\n", "app/main.py": "import extra\n"})
    site = "usr/local/lib/python3.12/site-packages"
    files = {
        "srv/app/__init__.py": b"",
        "srv/app/main.py": b"import extra\n",
        "srv/lib/extra.py": b"x = 1\n",
        f"{site}/extra.pth": b"/srv/lib\n",
        "opt/bin/python3.12": b"ELF",
    }
    config = {**CONFIG, "Entrypoint": ["env", "PYTHONPATH=/srv/app", "python3"], "Cmd": ["-m", "app.main"]}
    write_image(place.root / "image.tar", files, config)
    assert place.run("snapshot", place.image, "-o", "../image.json").code == 0
    reports = [place.run("check", *JSON, "-i", side) for side in (place.image, "../image.json")]
    assert [report.code for report in reports] == [0, 0]
    left, right = (without_references(report.document) for report in reports)
    assert left == right


def test_a_prediction_is_like_the_image_that_was_built(place: Place) -> None:
    ran = place.run("diff", "predicted:.", place.image, *JSON)
    assert ran.document["files"]["changed"] == []
    assert ran.document["files"]["only_left"] == ran.document["files"]["only_right"] == []


def test_what_cannot_be_predicted(place: Place) -> None:
    assert "nowhere" in place.refused("snapshot", "predicted:nowhere", "-o", "-")
    (place.checkout / "Containerfile").unlink()
    assert "no Containerfile" in place.refused("snapshot", "predicted:.", "-o", "-")
    assert "no Containerfile" in place.refused("diff", ".", "predicted:")
    place.write({"Containerfile": "FROM scratch\nCOPYY a b\n"})
    assert "Containerfile:2" in place.refused("diff", ".", "predicted:.")


# No document carries the files of distributions, so nothing is said of what these lack or raise.
INSIDE_DISTRIBUTIONS = {"release-dropped-its-names"}
WITH_IMAGE = [
    scenario for scenario in scenarios() if scenario.has_image and scenario.name not in INSIDE_DISTRIBUTIONS
]


@pytest.mark.parametrize("scenario", WITH_IMAGE, ids=lambda scenario: scenario.name)
def test_an_image_document_gives_the_report_of_its_image(scenario: Scenario, tmp_path: Path) -> None:
    checkout = lay_out_checkout(scenario, tmp_path / "checkout")
    image = f"docker-archive:{write_archive(scenario, checkout, tmp_path / 'image.tar')}"
    assert run(["snapshot", image, "-o", str(tmp_path / "image.json")]) == 0
    reports = []
    codes = []
    for number, source in enumerate((image, str(tmp_path / "image.json"))):
        output = tmp_path / f"{number}.json"
        codes.append(run(["check", str(checkout), *JSON, "-i", source, "-o", str(output)]))
        reports.append(output.read_text(encoding="utf-8") if output.exists() else "{}")
    assert codes[0] == codes[1]
    left, right = (without_references(json.loads(text)) for text in reports)
    assert left == right
