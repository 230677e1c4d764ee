"""The way of a distribution: declared, read, selected, installed, searched, each with its line."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from paritycheck.check import explain
from paritycheck.config import Config
from paritycheck.errors import UsageError
from paritycheck.model.engine import PODMAN
from paritycheck.model.journey import Verdict
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from tests.findings.sides import checkout, distribution, environment, image, journey

FILES = {"app/__init__.py": "", "app/main.py": "import requests\n"}
REQUESTS = distribution("requests", "2.32", ["requests"])
PIP = """\
FROM python:3.12-slim
COPY requirements.txt .
{run}
COPY app /srv/app
WORKDIR /srv
CMD ["python", "-m", "app.main"]
"""


def verdicts(subject: str, containerfile: str, files: Mapping[str, str]) -> dict[str, Verdict]:
    """Return the verdicts on a distribution in a predicted container, by gate."""
    local = checkout({**FILES, "Containerfile": containerfile, **files})
    plan = make_plan(local, BuildOptions(engine=PODMAN))
    (found,) = explain(subject, local, None, plan, Config()).journeys
    assert found.item.kind == "distribution"
    assert all(verdict.reason for verdict in found.verdicts)
    return {verdict.gate: verdict for verdict in found.verdicts}


def lines(verdict: Verdict) -> list[str]:
    return [str(location) for location in verdict.locations]


def test_it_arrives() -> None:
    run = "RUN pip install --no-deps -r requirements.txt"
    found = verdicts("requests", PIP.format(run=run), {"requirements.txt": "flask==3.1\nrequests==2.32.3\n"})
    outcomes = {gate: verdict.outcome for gate, verdict in found.items()}
    assert outcomes == {
        "worktree": "unknown",
        "tracked": "passed",
        "context": "passed",
        "copied": "passed",
        "image": "passed",
        "mounted": "skipped",
        "syspath": "passed",
        "importable": "skipped",
    }
    assert lines(found["tracked"]) == ["requirements.txt:2"]
    assert lines(found["copied"]) == ["Containerfile:3", "requirements.txt:2"]


def test_another_file_declares_it() -> None:
    run = "RUN pip install --no-deps -r requirements.txt"
    files = {"requirements.txt": "flask==3.1\n", "requirements-dev.txt": "requests\n"}
    found = verdicts("requests", PIP.format(run=run), files)
    assert (found["context"].outcome, lines(found["context"])) == ("lost", ["requirements-dev.txt:1"])
    assert found["image"].outcome == "lost"


def test_a_marker_leaves_it_out() -> None:
    run = "RUN pip install --no-deps -r requirements.txt"
    text = 'flask==3.1\nrequests==2.32.3; python_version < "3.10"\n'
    found = verdicts("requests", PIP.format(run=run), {"requirements.txt": text})
    assert (found["copied"].outcome, lines(found["copied"])) == (
        "lost",
        ["Containerfile:3", "requirements.txt:2"],
    )


def test_it_is_in_another_environment() -> None:
    run = "RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-deps -r requirements.txt"
    found = verdicts("requests", PIP.format(run=run), {"requirements.txt": "requests==2.32.3\n"})
    assert (found["copied"].outcome, found["syspath"].outcome) == ("passed", "lost")
    assert "/opt/venv/lib/python3.12/site-packages" in found["syspath"].reason


def test_nobody_knows_what_else_an_install_brings() -> None:
    found = verdicts(
        "requests",
        PIP.format(run="RUN pip install -r requirements.txt"),
        {"requirements.txt": "flask==3.1\n"},
    )
    assert (found["tracked"].outcome, found["copied"].outcome, found["image"].outcome) == (
        "lost",
        "unknown",
        "unknown",
    )


def test_git_does_not_track_the_file_that_declares_it() -> None:
    files = {**FILES, "requirements.txt": "requests\n"}
    local = checkout(files, environment([REQUESTS]), untracked=["requirements.txt"])
    found = {each.gate: each for each in journey("requests", local, image(files, environment([]))).verdicts}
    assert (found["worktree"].outcome, found["tracked"].outcome) == ("passed", "lost")
    assert lines(found["tracked"]) == ["requirements.txt:1"]


def test_an_import_name_is_understood() -> None:
    files = {**FILES, "requirements.txt": "beautifulsoup4\n"}
    found = journey("bs4", checkout(files), image(files, environment([])))
    assert found.item.name == "beautifulsoup4"
    assert found.arrived is False


def test_what_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError):
        journey("nothing-like-it", checkout(FILES), image(FILES, environment([])))


def test_the_files_of_an_installed_distribution_are_looked_for() -> None:
    there = environment([REQUESTS])
    lost = journey("requests", checkout(FILES), image(FILES, there))
    assert lost.arrived is False
    site = {"/usr/local/lib/python3.12/site-packages/requests/__init__.py": ""}
    assert journey("requests", checkout(FILES), image(FILES, there, site)).arrived is True
