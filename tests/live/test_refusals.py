"""Modules that start and modules that do not, for want of a name or because one raises: what we say, and
what starting them in the real container shows."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from paritycheck.cli import run
from tests.live.conftest import HERE, build, run_podman

CHECKOUT = HERE / "images" / "refusals"
IMAGE = "localhost/paritycheck-live/refusals:latest"
MODULES = sorted(path.stem for path in (CHECKOUT / "app").glob("*.py") if path.stem != "__init__")


@pytest.fixture(scope="module")
def image() -> Iterator[str]:
    build(CHECKOUT, IMAGE)
    yield IMAGE
    run_podman("image", "rm", "-f", IMAGE)


def test_an_error_is_a_start_that_fails(image: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    checkout = tmp_path / "checkout"  # outside of this repository, whose root it would be taken for
    shutil.copytree(CHECKOUT, checkout)
    said = {name: errors(checkout, tmp_path / f"{name}.json", image, name) for name in MODULES}
    shown = {name: ends(image, name) for name in MODULES}
    assert {name: bool(codes) for name, codes in said.items()} == {
        name: code != 0 for name, code in shown.items()
    }
    assert sum(map(bool, said.values())) > 8
    assert {code for codes in said.values() for code in codes} == {"PC108", "PC202", "PC304"}


def errors(checkout: Path, report: Path, image: str, module: str) -> list[str]:
    """Return the codes of the errors for a start with ``module``."""
    start = ["--start", f"python -m app.{module}"]
    run(["check", str(checkout), "--format", "json", "--output", str(report), "-i", image, *start])
    found = json.loads(report.read_text())["findings"]
    return [each["code"] for each in found if each["severity"] == "error"]


def ends(image: str, module: str) -> int:
    """Return the exit code of that start in a container."""
    command = ["podman", "--remote=false", "run", "--rm", "--network", "none", image, "python", "-m"]
    ran = subprocess.run([*command, f"app.{module}"], capture_output=True, timeout=120, check=False)
    return ran.returncode
