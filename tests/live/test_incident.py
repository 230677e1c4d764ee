"""The outage that this project began with: built from a clean clone, checked, run, repaired."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from paritycheck.cli import run
from tests.live.conftest import build, run_podman
from tests.scenario import git, lay_out_checkout, scenarios

MODULE = "backend.app.core.security_monitoring"
FILE = "backend/app/core/security_monitoring.py"
IMAGE = "localhost/paritycheck-live/incident:latest"


def build_from_clone(checkout: Path, clone: Path) -> None:
    """Build as a CI job would: from what git has, not from what lies on the author's disk."""
    git(checkout, "clone", "-q", str(checkout), str(clone))
    build(clone, IMAGE)


def check(checkout: Path, report: Path, *flags: str) -> tuple[int, dict[str, Any]]:
    code = run(["check", str(checkout), "--format", "json", "--output", str(report), *flags])
    return code, json.loads(report.read_text())


def start() -> subprocess.CompletedProcess[str]:
    command = ["podman", "--remote=false", "run", "--rm", "--network", "none", IMAGE]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def test_the_incident_and_its_repair(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    incident = next(scenario for scenario in scenarios() if scenario.name == "incident")
    checkout = lay_out_checkout(incident, tmp_path / "checkout")
    build_from_clone(checkout, tmp_path / "clone")

    code, report = check(checkout, tmp_path / "before.json", "-i", IMAGE)

    assert code == 1
    errors = [finding for finding in report["findings"] if finding["severity"] == "error"]
    assert [(finding["code"], finding["items"][0]["name"]) for finding in errors] == [("PC102", MODULE)]
    assert errors[0]["imported_by"][0]["path"] == "backend/app/routes/metrics_api.py"
    assert errors[0]["imported_by"][0]["line"] == 3
    assert errors[0]["locations"][0]["path"] == FILE
    outcomes = {verdict["gate"]: verdict["outcome"] for verdict in errors[0]["items"][0]["journey"]}
    assert (outcomes["worktree"], outcomes["tracked"], outcomes["image"]) == ("passed", "lost", "lost")
    assert {"PC302", "PC404"} <= {finding["code"] for finding in report["findings"]}

    crash = start()
    assert crash.returncode != 0
    assert f"ModuleNotFoundError: No module named '{MODULE}'" in crash.stderr

    # The prediction says the same of the next build.
    code, predicted = check(checkout, tmp_path / "predicted.json")
    assert code == 1
    assert [found["code"] for found in predicted["findings"] if found["severity"] == "error"] == ["PC102"]

    git(checkout, "add", FILE)
    git(checkout, "commit", "-qm", "add the module")
    build_from_clone(checkout, tmp_path / "repaired")

    code, report = check(checkout, tmp_path / "after.json", "-i", IMAGE)

    assert code == 0, report["findings"]
    assert not [finding for finding in report["findings"] if finding["severity"] == "error"]
    healthy = start()
    assert healthy.returncode == 0, healthy.stderr
    assert "serving ['/metrics', '/users']" in healthy.stdout
    run_podman("image", "rm", "-f", IMAGE)
