"""The steps of action.yml, run as a runner runs them: inputs as variables, each step in bash of its own."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parent.parent.parent
_EXPRESSION = re.compile(r"\$\{\{ (inputs|github)\.(\w+) \}\}")


@dataclass(frozen=True)
class Step:
    """What one step did: its exit code, its log, the outputs it told and the summary it wrote."""

    code: int
    log: str
    outputs: dict[str, str]
    summary: str


def read_action() -> dict[str, Any]:
    """The action as GitHub reads it."""
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())
    return action


def run_step(name: str, workspace: Path, runner: Path, variables: dict[str, str], **inputs: str) -> Step:
    """Run the step called ``name`` in ``workspace``; ``runner`` is RUNNER_TEMP."""
    action = read_action()
    step = next(step for step in action["runs"]["steps"] if step["name"] == name)
    given = {key: one.get("default", "") for key, one in action["inputs"].items()} | inputs
    values = {"inputs": given, "github": {"action_path": str(ROOT)}}
    env = {
        key: _EXPRESSION.sub(lambda found: values[found[1]][found[2]], text)
        for key, text in step["env"].items()
    }
    assert "${{" not in step["run"], "an expression in the script would be run as code"
    runner.mkdir(exist_ok=True)
    script, output, summary = runner / "step.sh", runner / "output", runner / "summary"
    script.write_text(step["run"])
    output.write_text("")
    summary.write_text("of an earlier step\n")
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],  # GitHub's `shell: bash`
        cwd=workspace,
        env={
            **os.environ,
            **variables,
            **env,
            "RUNNER_TEMP": str(runner),
            "GITHUB_OUTPUT": str(output),
            "GITHUB_STEP_SUMMARY": str(summary),
        },
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    outputs = dict(line.split("=", 1) for line in output.read_text().splitlines())
    return Step(done.returncode, done.stdout + done.stderr, outputs, summary.read_text())
