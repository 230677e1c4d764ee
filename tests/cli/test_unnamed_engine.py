"""Whose rules hold where nobody names an engine: Podman's, unless it refuses what BuildKit builds."""

from __future__ import annotations

from tests.cli.commandline import Place
from tests.scenario import git

BASE = 'FROM scratch\nWORKDIR /srv\nCOPY app /srv/app\n{}\nCMD ["python3", "-m", "app.main"]\n'


def draw(place: Place, line: str) -> None:
    """Write a checkout whose Dockerfile has this line."""
    files = {"Dockerfile": BASE.format(line), "app/main.py": "import tools\n", "tools.py": ""}
    (place.checkout / "Containerfile").unlink(missing_ok=True)
    place.write(files)
    git(place.checkout, "add", "-A")


def test_what_podman_refuses_is_judged_by_the_rules_of_buildkit(place: Place) -> None:
    draw(place, "EXPOSE $PORT")
    found = place.run("check", "--format", "json").document["findings"]
    assert [(each["code"], each["severity"]) for each in found if each["severity"] != "note"] == [
        ("PC104", "error"),
        ("PC503", "warning"),
    ]


def test_a_named_engine_refuses(place: Place) -> None:
    draw(place, "EXPOSE $PORT")
    assert "EXPOSE requires at least one argument" in place.refused("check", "--engine", "podman")


def test_what_both_refuse_is_refused(place: Place) -> None:
    draw(place, "EXPOSE")
    assert "EXPOSE requires at least one argument" in place.refused("check")
