"""What a hint proposes is tried here: applied to the file, it makes the finding go away."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.commandline import FILES, Place
from tests.scenario import git

QUOTED = re.compile(r"`([^`]+)`")


def findings(place: Place) -> list[dict[str, Any]]:
    git(place.checkout, "add", "-A")
    found: list[dict[str, Any]] = place.run("check", "--format", "json").document["findings"]
    return [finding for finding in found if finding["severity"] == "error"]


def add_line(path: Path, line: str, after: int) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    lines.insert(after, line)
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.mark.parametrize(
    ("ignored", "lost"),
    [
        ("app/views.py\n", ["app.views"]),
        ("# all views\n**/views*\nnothing\n", ["app.views"]),
        ("*.md\n**/v*.py\n", ["app.views"]),
    ],
)
def test_the_ignore_line_that_is_proposed_helps(ignored: str, lost: list[str], place: Place) -> None:
    place.write({".containerignore": ignored})
    (finding,) = findings(place)
    assert finding["code"] == "PC103"
    assert [item["name"] for item in finding["items"]] == lost
    (line,) = QUOTED.findall(finding["hint"])
    assert line.startswith("!")
    assert finding["hint"].endswith("at the end of .containerignore")
    place.write({".containerignore": f"{ignored}{line}\n"})
    assert findings(place) == []


@pytest.mark.parametrize(
    "containerfile",
    [
        'FROM scratch\nWORKDIR /srv\nCOPY app app\nCMD ["python3", "-m", "app.main"]\n',
        'FROM scratch\nCOPY ./app /srv/app/\nWORKDIR /srv\nCMD ["python3", "-m", "app.main"]\n',
    ],
)
def test_the_copy_that_is_proposed_helps(containerfile: str, place: Place) -> None:
    place.write(
        {
            "Containerfile": containerfile,
            "app/main.py": "from tools import paint\n",
            "tools/__init__.py": "",
            "tools/paint.py": "import json\n",
        }
    )
    (finding, *_) = findings(place)
    assert finding["code"] == "PC104"
    proposed = [line for line in QUOTED.findall(finding["hint"]) if line.startswith("COPY ")]
    number = re.search(r"Containerfile:(\d+)", finding["hint"])
    assert number is not None
    add_line(place.checkout / "Containerfile", proposed[0], int(number[1]))
    assert findings(place) == []


def test_git_add_is_proposed_for_what_git_lacks(place: Place) -> None:
    git(place.checkout, "rm", "-q", "--cached", "app/views.py")
    git(place.checkout, "commit", "-qm", "without")
    (finding,) = place.run("check", "--format", "json").document["findings"]
    assert finding["code"] == "PC102"
    assert finding["hint"].startswith("git add app/views.py")
    git(place.checkout, "add", "app/views.py")
    assert place.run("check").code == 0


def test_one_cause_is_one_finding(place: Place) -> None:
    names = [f"part{number}" for number in range(5)]
    place.write({f"app/parts/{name}.py": "x = 1\n" for name in names} | {"app/parts/__init__.py": ""})
    imports = "".join(f"from app.parts import {name}\n" for name in names)
    place.write({"app/main.py": FILES["app/main.py"] + imports, ".containerignore": "app/parts\n"})
    (finding,) = findings(place)
    assert {item["name"] for item in finding["items"]} >= {f"app.parts.{name}" for name in names}
    assert finding["locations"][0] == {"path": ".containerignore", "line": 1, "text": "app/parts"}
