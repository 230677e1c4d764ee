"""action.yml: its check, for parity, findings and failure; what it installs is tried in tests/live."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import yaml

from tests.cli.commandline import FILES
from tests.integrations.actionsteps import ROOT, Step, read_action, run_step
from tests.scenario import commit


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    for name, text in FILES.items():
        path = tmp_path / "my checkout" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "my checkout"


def check(workspace: Path, **inputs: str) -> Step:
    program = workspace.parent / "runner/paritycheck/bin/paritycheck"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m paritycheck "$@"\n')
    program.chmod(0o755)
    cache = str(workspace.parent / "cache")
    variables = {"VIRTUAL_ENV": "", "XDG_CACHE_HOME": cache, "PYTHONPATH": str(ROOT)}
    return run_step("Check", workspace, workspace.parent / "runner", variables, **inputs)


def test_parity_tells_its_outputs(workspace: Path) -> None:
    commit(workspace, [])
    step = check(workspace)
    assert (step.code, step.outputs["exit-code"]) == (0, "0"), step.log
    assert json.loads(Path(step.outputs["report"]).read_text())["findings"] == []
    assert json.loads(Path(step.outputs["sarif"]).read_text())["version"] == "2.1.0"
    assert step.summary.startswith("of an earlier step\n")
    assert "paritycheck" in step.summary


def test_findings_fail_the_step_and_the_outputs_are_told_all_the_same(workspace: Path) -> None:
    commit(workspace, ["app/views.py"])
    step = check(workspace)
    assert (step.code, step.outputs["exit-code"]) == (1, "1"), step.log
    assert "::error file=app/views.py,line=1,title=PC102 untracked::" in step.log
    assert "PC102" in step.summary
    codes = [one["code"] for one in json.loads(Path(step.outputs["report"]).read_text())["findings"]]
    assert "PC102" in codes


def test_what_could_not_be_checked_has_a_code_and_no_report(workspace: Path) -> None:
    commit(workspace, [])
    step = check(workspace, image="docker-archive:nowhere.tar")
    assert (step.code, step.outputs) == (2, {"exit-code": "2"})


def test_inputs_are_arguments_and_never_code(workspace: Path) -> None:
    (workspace / "deploy here").mkdir()
    (workspace / "Containerfile").rename(workspace / "deploy here/$(touch ran).Containerfile")
    commit(workspace, ["app/views.py"])
    step = check(
        workspace,
        context="../my checkout",
        file="deploy here/$(touch ran).Containerfile",
        args="--ignore PC102\n--start 'python3 -m app.main; touch ran' --fail-on \"warning\"",
    )
    assert step.code == 0, step.log
    assert not (workspace / "ran").exists()


def test_every_output_is_one_that_a_step_tells() -> None:
    action = read_action()
    script = action["runs"]["steps"][1]["run"]
    for name, output in action["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"
        assert f'echo "{name}=' in script


def test_the_hook_is_what_pre_commit_reads() -> None:
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["entry"].split() == ["paritycheck", "check"]
    assert (hook["language"], hook["pass_filenames"], hook["always_run"]) == ("python", False, True)
