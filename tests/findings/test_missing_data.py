"""Files that code opens and the container lacks: what is one finding, and how sure it is."""

from __future__ import annotations

import pytest

from tests.cli.commandline import Place
from tests.scenario import git

HEAD = "from pathlib import Path\nDATA = Path(__file__).parent / 'data'\n"
OPENED = HEAD + "open(DATA / 'a.json')\n"
DEFAULT = HEAD + "def load(path=DATA / 'a.json'):\n    return open(path)\n"
OWN = "from pathlib import Path\npath = Path(__file__).parent / 'a.json'\nload = lambda path: open(path)\n"
COPY = "COPY main.py ./\n"


@pytest.mark.parametrize(
    ("source", "copy", "ignored", "found"),
    [
        (OPENED, COPY, "", [("error", ["data", "data/a.json"])]),
        (OPENED, "COPY . .\n", "data\n", [("error", ["data", "data/a.json"])]),
        (DEFAULT, COPY, "", [("warning", ["data", "data/a.json"])]),
        (DEFAULT, "COPY . .\n", "data\n", [("warning", ["data", "data/a.json"])]),
        (OWN, COPY, "", [("warning", ["a.json"])]),
        (OPENED, "COPY . .\n", "", []),
    ],
)
def test_a_directory_and_what_lies_in_it_are_one_finding(
    source: str, copy: str, ignored: str, found: list[tuple[str, list[str]]], place: Place
) -> None:
    containerfile = f'FROM python:3.12\nWORKDIR /srv\n{copy}CMD ["python3", "main.py"]\n'
    texts = {"Containerfile": containerfile, ".containerignore": ignored, "main.py": source}
    place.write({**texts, "data/a.json": "{}", "data/b.json": "[]", "a.json": "{}"})
    git(place.checkout, "add", "-A")
    told = place.run("check", "--format", "json", "--select", "PC109").document["findings"]
    assert [(each["severity"], sorted(item["name"] for item in each["items"])) for each in told] == found
