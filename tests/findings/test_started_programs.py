"""Modules that are not imported but run by an interpreter which the program starts."""

from __future__ import annotations

import pytest

from tests.cli.commandline import Place
from tests.scenario import git

RUN = "import subprocess, sys\nsubprocess.run([sys.executable, '-m', 'app.worker'])\n"
EXEC = "import os, sys\nos.execv(sys.executable, [sys.executable, '-m', 'app.worker'])\n"
FILES = {"app/__init__.py": "", "app/worker.py": "import app.jobs\n", "app/jobs.py": ""}
ALL = "COPY . .\n"
CODE = "COPY start.py ./\nCOPY app/__init__.py app/\n"


@pytest.mark.parametrize(
    ("start", "lines", "ignored", "found"),
    [
        (RUN, ALL, "", []),
        (RUN, ALL, "app/worker.py\n", [("warning", "PC103", ["app.worker"])]),
        (RUN, ALL, "app/jobs.py\n", [("warning", "PC103", ["app.jobs"])]),
        (EXEC, ALL, "app/worker.py\n", [("error", "PC103", ["app.worker"])]),
        (EXEC, ALL, "app/jobs.py\n", [("error", "PC103", ["app.jobs"])]),
        (EXEC, CODE, "", [("error", "PC104", ["app.jobs", "app.worker"])]),
        (RUN.replace("app.worker", "app"), ALL, "", []),
        (RUN.replace("app.worker", "pip"), ALL, "", []),
    ],
)
def test_a_program_needs_its_module(
    start: str, lines: str, ignored: str, found: list[tuple[str, str, list[str]]], place: Place
) -> None:
    containerfile = f'FROM python:3.12\nWORKDIR /srv\n{lines}CMD ["python3", "start.py"]\n'
    files = {"Containerfile": containerfile, ".containerignore": ignored, "start.py": start, **FILES}
    place.write(files)
    git(place.checkout, "add", "-A")
    told = place.run("check", "--format", "json", "--select", "PC10").document["findings"]
    assert [
        (each["severity"], each["code"], [item["name"] for item in each["items"]]) for each in told
    ] == found


def test_nothing_is_claimed_where_only_the_new_interpreter_searches_the_working_directory(
    place: Place,
) -> None:
    containerfile = 'FROM python:3.12\nWORKDIR /srv\nCOPY . .\nCMD ["python3", "bin/start.py"]\n'
    place.write({"Containerfile": containerfile, "bin/start.py": EXEC, **FILES})
    git(place.checkout, "add", "-A")
    assert place.run("check", "--format", "json").document["findings"] == []
