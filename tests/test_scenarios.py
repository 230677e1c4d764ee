"""Every scenario folder, from a real checkout and a real archive to the report and the exit code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from paritycheck.cli import run
from tests.scenario import Scenario, lay_out_checkout, scenarios, write_archive


@pytest.mark.parametrize("scenario", scenarios(), ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    checkout = lay_out_checkout(scenario, tmp_path / "checkout")
    output = tmp_path / "report.json"
    flags = ["--format", "json", "--output", str(output), *scenario.flags(checkout)]
    if scenario.has_image:
        flags += ["-i", f"docker-archive:{write_archive(scenario, checkout, tmp_path / 'image.tar')}"]
    expected = scenario.settings["expect"]

    code = run(["check", str(checkout), *flags])

    error = capsys.readouterr().err
    assert (code, error) == (expected["exit"], error), error
    if code == 2:
        assert expected["message"] in error
        assert not output.exists()
        return
    found = json.loads(output.read_text())["findings"]
    wanted = {finding["code"] for finding in expected.get("finding", [])}
    judged = [finding for finding in found if finding["severity"] != "note" or finding["code"] in wanted]
    assert [_told(finding) for finding in judged] == [_asked(f) for f in expected.get("finding", [])]


def _told(finding: dict[str, Any]) -> dict[str, Any]:
    first = finding["locations"][0] if finding["locations"] else {"path": ""}
    return {
        "code": finding["code"],
        "severity": finding["severity"],
        "items": [item["name"] for item in finding["items"]],
        "cause": f"{first['path']}:{first['line']}" if first.get("line") else first["path"],
        "needed_by": [f"{importer['path']}:{importer['line']}" for importer in finding["imported_by"]],
    }


def _asked(finding: dict[str, Any]) -> dict[str, Any]:
    return {"cause": "", "needed_by": [], **finding}
