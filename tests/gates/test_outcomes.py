"""A gate without facts says so, with a reason, and never counts as passed."""

from __future__ import annotations

from typing import Any

import pytest

from paritycheck.model.journey import GATE_ORDER
from tests.cli.commandline import FILES, Place, write_image
from tests.scenario import git


def verdicts(place: Place, *words: str) -> dict[str, dict[str, Any]]:
    ran = place.run("why", "--format", "json", *words)
    assert ran.err == ""
    (journey,) = ran.document["journeys"]
    assert [verdict["gate"] for verdict in journey["verdicts"]] == list(GATE_ORDER)
    assert all(verdict["reason"] for verdict in journey["verdicts"])
    return {verdict["gate"]: verdict for verdict in journey["verdicts"]}


def outcomes(place: Place, *words: str) -> dict[str, str]:
    return {gate: verdict["outcome"] for gate, verdict in verdicts(place, *words).items()}


def test_everything_passes(place: Place) -> None:
    found = outcomes(place, "app.main", "-i", place.image)
    assert found == dict.fromkeys(GATE_ORDER, "passed") | {"mounted": "skipped"}


def test_without_a_containerfile_the_build_says_nothing(place: Place) -> None:
    (place.checkout / "Containerfile").unlink()
    found = outcomes(place, "app.main", "-i", place.image)
    assert {found["context"], found["copied"]} <= {"skipped", "unknown"}
    assert found["image"] == "passed"


def test_without_an_image_the_image_gate_is_skipped(place: Place) -> None:
    found = outcomes(place, "app.main")
    assert (found["copied"], found["image"]) == ("passed", "skipped")


def test_without_git_nobody_knows_what_is_tracked(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(place.temporary))
    assert outcomes(place, "app.main", "-i", place.image)["tracked"] in ("unknown", "skipped")


def test_the_deepest_gate_decides(place: Place) -> None:
    """The ignore file drops it, and the image has it all the same: it arrived by another road."""
    place.write({".containerignore": "app/views.py\n"})
    git(place.checkout, "add", "-A")
    ran = place.run("why", "app.views", "-i", place.image, "--format", "json")
    assert ran.code == 0
    found = outcomes(place, "app.views", "-i", place.image)
    assert (found["context"], found["image"]) == ("lost", "passed")


def test_a_shadowed_module_is_not_importable(place: Place) -> None:
    built = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    write_image(place.root / "image.tar", {**built, "srv/app.py": b"", "srv/app/views/__init__.py": b""})
    verdict = verdicts(place, "app.views", "-i", place.image)["importable"]
    assert verdict["outcome"] == "lost"
    assert verdict["locations"][0]["path"] == "/srv/app/views/__init__.py"
