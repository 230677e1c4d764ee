"""Several images of one repository: in one run, by name, in parts, and when one cannot be checked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from tests.cli.commandline import FILES, Place, laid_out
from tests.cli.test_check import SCHEMA
from tests.monorepo import BROKEN, lay_out_monorepo
from tests.scenario import git

JSON = ("--format", "json")
IMAGES = """\
[[image]]
name = "web"

[[image]]
name = "worker"
file = "worker/Containerfile"
"""


@pytest.fixture
def many(place: Place) -> Place:
    """A place with two images: web is in parity, worker lacks app.views."""
    place.write(
        {
            "paritycheck.toml": IMAGES,
            "worker/Containerfile": FILES["Containerfile"].replace(
                "COPY app app", "COPY app/main.py app/__init__.py app/"
            ),
        }
    )
    git(place.checkout, "add", "-A")
    git(place.checkout, "commit", "-qm", "two images")
    return place


@pytest.fixture(scope="module")
def monorepo(
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    return lay_out_monorepo(tmp_path_factory.mktemp("monorepo") / "repository")


@pytest.fixture
def forty(
    tmp_path: Path, monorepo: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Place]:
    with laid_out(tmp_path, capfd, monkeypatch) as place:
        monkeypatch.chdir(monorepo)
        yield place


def test_one_run_says_what_each_image_lacks(many: Place) -> None:
    ran = many.run("check", *JSON)
    assert (ran.code, ran.err) == (1, "")
    report = ran.document
    jsonschema.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8"))).validate(report)
    assert [image["name"] for image in report["images"]] == ["web", "worker"]
    assert [(each["code"], each["image"]) for each in report["findings"]] == [("PC104", "worker")]
    assert report["container"] == {"kind": "images", "reference": "web, worker"}
    assert report["images"][1]["container"]["reference"] == "worker/Containerfile"
    assert report["images"][0]["looked"]["containerfile"] == "Containerfile"


def test_a_single_image_is_as_before(many: Place) -> None:
    alone = many.run("check", *JSON, "-f", "worker/Containerfile").document
    assert (alone["images"], alone["findings"][0]["image"]) == ([], "")
    isolated = many.run("check", *JSON, "--isolated").document
    assert (isolated["images"], isolated["findings"]) == ([], [])
    together = many.run("check", *JSON).document["findings"][0]
    assert together["fingerprint"] != alone["findings"][0]["fingerprint"]
    assert together["items"] == alone["findings"][0]["items"]


@pytest.mark.parametrize("cwd", ["app", "worker", ".."])
def test_the_images_are_the_same_from_anywhere(
    many: Place, cwd: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = many.run("check", *JSON).document
    monkeypatch.chdir(many.checkout / cwd)
    words = [str(many.checkout)] if cwd == ".." else []
    found = many.run("check", *words, *JSON).document
    assert found["findings"] == expected["findings"]
    assert found["images"] == expected["images"]


def test_by_name(many: Place) -> None:
    web = many.run("check", *JSON, "--name", "web")
    assert (web.code, [image["name"] for image in web.document["images"]]) == (0, ["web"])
    assert web.document["awaited"] == ["worker"]
    worker = many.run("check", *JSON, "--name", "wo*")
    assert (worker.code, worker.document["container"]["reference"]) == (1, "worker/Containerfile")
    assert "no image is called 'wep'" in many.refused("check", "--name", "wep")
    built = many.run("check", *JSON, "--name", "web", "-i", many.image)
    assert built.document["images"][0]["container"]["kind"] == "image"
    assert "one --image cannot be that of 2" in many.refused("check", "--name", "w*", "-i", many.image)


def test_no_image_is_forgotten(many: Place) -> None:
    """Nothing compared in one of several is 2 with its name, and the others are reported all the same."""
    many.write({"paritycheck.toml": IMAGES + '[[image]]\nname = "gone"\nimage = "docker-archive:gone.tar"\n'})
    for words in ((), ("--fail-on", "never"), ("--name", "[gw]*")):
        ran = many.run("check", *JSON, *words)
        assert ran.code == 2, words
        assert ran.err.startswith("paritycheck: gone: there is no gone.tar\n  ")
        assert [image["name"] for image in ran.document["images"]] == ["web", "worker"]
        assert [image["name"] for image in ran.document["unchecked"]] == ["gone"]
    assert "no image could be checked: gone: there is no gone.tar" in many.refused("check", "--name", "gone")
    many.write({"empty/Containerfile": "FROM scratch\nCOPY worker /x\n"})
    many.write({"paritycheck.toml": IMAGES + '[[image]]\nname = "empty"\nfile = "empty/Containerfile"\n'})
    ran = many.run("check", *JSON)
    assert (ran.code, ran.err.partition(":")[2].strip()[:27]) == (2, "empty: no Python file of . ")


def test_each_image_has_its_own_rules_and_threshold(many: Place) -> None:
    many.write({"paritycheck.toml": IMAGES + 'fail-on = "never"\n'})
    assert many.run("check").code == 0
    assert many.run("check", "--fail-on", "error").code == 1
    many.write({"paritycheck.toml": IMAGES + 'ignore = ["PC104"]\n'})
    assert many.run("check").code == 0
    many.write({"paritycheck.toml": 'ignore = ["not-copied"]\n' + IMAGES + "ignore = []\n"})
    assert many.run("check").code == 1


def test_the_parts_make_the_whole(forty: Place, tmp_path: Path) -> None:
    whole = tmp_path / "whole.json"
    assert forty.run("check", "-o", str(whole)).code == 1
    assert [each["image"] for each in json.loads(whole.read_text())["findings"]] == [
        f"s{number:02}" for number in (3, 17, 11, 26)
    ]
    assert len(BROKEN) == 4
    parts = []
    for number in (1, 2, 3, 4):
        parts.append(str(tmp_path / f"part{number}.json"))
        ran = forty.run("check", "--shard", f"{number}/4", "-o", parts[-1])
        expected = any(each % 4 == number - 1 for each in BROKEN)
        assert (ran.code, ran.out, ran.err) == (int(expected), "", "")
        assert len(json.loads(Path(parts[-1]).read_text())["images"]) == 10
    merged = tmp_path / "merged.json"
    assert forty.run("merge", *reversed(parts), *JSON, "-o", str(merged)).code == 1
    assert merged.read_bytes() == whole.read_bytes()


def test_each_image_alone_says_what_it_says_among_the_others(forty: Place) -> None:
    whole = forty.run("check").document
    for name in ("s03", "s05"):
        alone = forty.run("check", "--name", name).document
        (image,) = (each for each in whole["images"] if each["name"] == name)
        assert alone["images"] == [image]
        assert alone["findings"] == [each for each in whole["findings"] if each["image"] == name]


def test_merge_is_never_parity_while_an_image_is_missing(many: Place) -> None:
    many.run("check", "--name", "web", *JSON, "-o", "web.json")
    ran = many.run("merge", "web.json", *JSON)
    assert (ran.code, ran.document["awaited"]) == (2, ["worker"])
    assert ran.err.startswith("paritycheck: no report is of worker\n  ")
    many.run("check", "--name", "worker", *JSON, "-o", "worker.json")
    assert many.run("merge", "web.json", "worker.json").code == 1
    assert many.run("merge", "web.json", "worker.json", "--fail-on", "never").code == 0
    assert "two of the reports have web" in many.refused("merge", "web.json", "web.json")
    many.run("check", *JSON, "--isolated", "-o", "alone.json")
    assert "no named image" in many.refused("merge", "web.json", "alone.json")


def test_the_matrix_of_a_ci(many: Place) -> None:
    assert many.run("matrix").out == '{"include":[{"name":"web"},{"name":"worker"}]}\n'
    shards = many.run("matrix", "--shards", "8").document["include"]
    assert [job["shard"] for job in shards] == ["1/2", "2/2"]
    assert [many.run("check", "--shard", job["shard"]).code for job in shards] == [0, 1]
    assert "part 3 of 3 is empty" in many.refused("check", "--shard", "3/3")
    assert "is no part" in many.refused("check", "--shard", "3")
    many.write({"paritycheck.toml": ""})
    assert "no image is configured" in many.refused("matrix")
    assert "no image is configured" in many.refused("check", "--name", "web")


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--name", "web"), 0),
        (("--name", "worker"), 1),
        (("--file", "worker/Containerfile"), 1),
        (("--isolated",), 0),
    ],
)
def test_one_thing_is_followed_into_the_image_that_is_meant(
    words: tuple[str, ...], code: int, many: Place
) -> None:
    assert many.run("why", "app.views", *words).code == code
    assert "choose one of them with --name" in many.refused("why", "app.views")


def test_an_audit_compares_with_the_image_that_is_meant(many: Place) -> None:
    log = many.root / "web.log"
    log.write_text("ready\n", encoding="utf-8")
    words = ("audit", "--logs", str(log), "-i", many.image, "--format", "json")
    told = {name: many.run(*words, "--name", name).document for name in ("web", "worker")}
    # The image is web's: it is not what worker's Containerfile builds.
    assert {name: [one["code"] for one in each.get("findings", [])] for name, each in told.items()} == {
        "web": [],
        "worker": ["PC403"],
    }
