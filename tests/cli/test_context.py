"""``context``: what goes along, what stays behind, and by which line."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.commandline import Place
from tests.scenario import git

JSON = ("--format", "json")


def test_what_goes_along_and_what_does_not(place: Place) -> None:
    place.write(
        {".containerignore": "*.log\nnever\n!kept\n", "big.log": "x" * 5000, "kept": "1", "k.env": "A=1"}
    )
    ran = place.run("context", *JSON)
    assert (ran.code, ran.err) == (0, "")
    report = ran.document
    assert (report["context"], report["engine"], report["ignorefile"]) == (".", "podman", ".containerignore")
    (out,) = [each for each in report["excluded"] if each["path"] == "big.log"]
    assert (out["location"]["path"], out["location"]["line"], out["bytes"]) == (".containerignore", 1, 5000)
    assert "big.log" not in [each["path"] for each in report["included"]]
    assert [each["location"]["line"] for each in report["dead_lines"]] == [2, 3]
    assert ".containerignore:1" in place.run("context").out


@pytest.mark.parametrize("engine", ["podman", "buildkit", "docker"])
def test_every_engine(engine: str, place: Place) -> None:
    place.write({".dockerignore": "app\n"})
    ran = place.run("context", "--engine", engine, *JSON)
    assert ran.code == 0
    assert ran.document["engine"] == engine
    assert "app" in [each["path"] for each in ran.document["excluded"]]


def test_an_illegal_pattern_fails_as_the_build_does(place: Place) -> None:
    place.write({".containerignore": "fine\na[\n"})
    said = place.refused("context")
    assert ".containerignore" in said


def test_an_empty_context(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    empty = place.root / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    ran = place.run("context")
    assert (ran.code, ran.err) == (0, "")
    assert "0 files" in ran.out


def test_links_that_lead_out_are_links(place: Place) -> None:
    (place.checkout / "out").symlink_to("../image.tar")
    (place.checkout / "etc").symlink_to("/etc")
    (place.checkout / "loop").symlink_to("loop")
    ran = place.run("context", *JSON)
    assert ran.code == 0
    sizes = {each["path"]: each["bytes"] for each in ran.document["included"]}
    assert all(sizes.get(name, 0) < 100 for name in ("out", "etc", "loop"))
    assert place.run("check", "-i", place.image).code == 0


def test_the_context_is_not_the_repository(place: Place) -> None:
    place.write({"app/.containerignore": "views.py\n", "app/Containerfile": "FROM scratch\nCOPY . /srv\n"})
    git(place.checkout, "add", "-A")
    ran = place.run("context", "app", *JSON)
    assert ran.document["context"] == "app"
    assert ran.document["ignorefile"] == "app/.containerignore"
    (out,) = ran.document["excluded"]
    assert out["location"]["path"] == "app/.containerignore"


@pytest.mark.skipif(os.geteuid() != 0, reason="a name that is no UTF-8 needs a file system that allows it")
def test_names_that_are_no_utf8(place: Place) -> None:
    Path(os.fsdecode(b"n\xff")).write_text("x")
    assert "n\\xff" in [each["path"] for each in place.run("context", *JSON).document["included"]]
    assert "n\\xff" in place.run("context").out
