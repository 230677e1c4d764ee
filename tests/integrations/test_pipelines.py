"""The pipelines that init writes: their scripts, run as the shells of the services run them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from paritycheck.integrations import Build, Kind, Target, propose
from tests.cli.commandline import FILES
from tests.integrations.test_fitting import snapshot
from tests.scenario import commit

BUILD = Build("deploy here/Containerfile", "")
TARGET = Target("1.2.3", "app", (BUILD,))


@pytest.fixture(params=[False, True], ids=["parity", "lost"])
def lost(request: pytest.FixtureRequest) -> bool:
    """Whether a module of the checkout was never added to git."""
    return bool(request.param)


@pytest.fixture
def checkout(tmp_path: Path, lost: bool) -> Path:
    directory = tmp_path / "checkout"
    for name, text in FILES.items():
        path = directory / (BUILD.file if name == "Containerfile" else name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    commit(directory, ["app/views.py"] if lost else [])
    return directory


def written(kind: Kind) -> Any:
    return yaml.safe_load(propose([kind], TARGET, snapshot({}))[0].text)


def run(
    command: list[str], script: str, checkout: Path, **variables: str
) -> subprocess.CompletedProcess[str]:
    programs = Path(sys.executable).parent
    env = {"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(checkout.parent), **variables}
    return subprocess.run(
        [*command, script], cwd=checkout, env=env, capture_output=True, text=True, timeout=60, check=False
    )


def test_the_workflow_of_github(checkout: Path, lost: bool) -> None:
    job = written(Kind.GITHUB)["jobs"]["paritycheck"]
    step = job["steps"][-1]
    assert step["env"] == {"BUILD": "${{ matrix.build }}"}
    (build,) = job["strategy"]["matrix"]["build"]
    summary = checkout.parent / "summary"
    # The shell of a step that names none.
    done = run(["bash", "-e", "-c"], step["run"], checkout, BUILD=build, GITHUB_STEP_SUMMARY=str(summary))
    assert done.returncode == lost, done.stderr
    assert ("::error file=app/views.py" in done.stdout) == lost
    assert ("PC102" in summary.read_text()) == lost


@pytest.mark.parametrize("shell", ["bash", "sh"])
def test_the_job_of_gitlab(shell: str, checkout: Path, lost: bool) -> None:
    job = written(Kind.GITLAB)["paritycheck"]
    (matrix,) = job["parallel"]["matrix"]
    # A runner joins the lines to one script that ends at the first failure.
    done = run(
        [shell, "-e", "-c"],
        "\n".join(job["script"]),
        checkout,
        PARITYCHECK_BUILD=matrix["PARITYCHECK_BUILD"][0],
    )
    assert done.returncode == lost, done.stderr
    reports = job["artifacts"]["reports"]
    codes = [found["check_name"] for found in json.loads((checkout / reports["codequality"]).read_text())]
    assert any("PC102" in code for code in codes) == lost
    assert ("PC102" in (checkout / reports["junit"]).read_text()) == lost
    assert ("PC102" in done.stdout) == lost
    assert job["artifacts"]["when"] == "always"
