"""The integrations tried for real: Podman builds, make recipes, pre-commit, and what the action installs."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from paritycheck import __version__
from paritycheck.cli import run
from tests.integrations.actionsteps import ROOT, run_step
from tests.live.conftest import run_docker, run_podman, setting
from tests.scenario import git, lay_out_checkout, scenarios

MODULE = "backend.app.core.security_monitoring"
FILE = "backend/app/core/security_monitoring.py"
SCRIPT = "paritycheck_imports.py"
IMAGE = "localhost/paritycheck-live/integrations:latest"
BIN = Path(sys.executable).parent
IDENTITY = {
    f"GIT_{who}_{what}": f"scenario{at}"
    for who in ("AUTHOR", "COMMITTER")
    for what, at in (("NAME", ""), ("EMAIL", "@example.invalid"))
}


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The checkout of the incident: one module was never added to git."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    incident = next(scenario for scenario in scenarios() if scenario.name == "incident")
    return lay_out_checkout(incident, tmp_path / "checkout")


def commit(checkout: Path, *paths: str) -> None:
    git(checkout, "add", *paths)
    git(checkout, "commit", "-qm", "next")


def program(directory: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run a program with this environment's programs first on PATH."""
    env = {**os.environ, **IDENTITY, "PATH": f"{BIN}:{os.environ['PATH']}", **variables}
    return subprocess.run(
        words, cwd=directory, env=env, capture_output=True, text=True, timeout=900, check=False
    )


def clone_of_this_repository(directory: Path) -> Path:
    """What git has of this repository: what is not committed is not tried."""
    git(ROOT, "clone", "-q", str(ROOT), str(directory))
    return directory


def podman_build() -> tuple[str, ...]:
    return ("podman", "--remote=false", "build", *shlex.split(setting("PARITYCHECK_BUILD_FLAGS")))


def buildkit_build() -> tuple[str, ...]:
    words = ("build", "--network", "host", "--progress", "plain", "-f", "Containerfile")
    return (setting("PARITYCHECK_DOCKER"), *words)


@pytest.mark.parametrize("builder", [podman_build, buildkit_build])
def test_the_build_step_fails_for_the_incident_and_passes_after_the_repair(
    builder: Callable[[], tuple[str, ...]],
    checkout: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(["init", "--container", str(checkout)]) == 0
    told = capsys.readouterr().out
    stage = told[told.index("# Fails the build") :]
    with (checkout / "Containerfile").open("a") as file:
        file.write(stage)
    commit(checkout, "Containerfile", SCRIPT)

    def build(name: str) -> subprocess.CompletedProcess[str]:
        git(checkout, "clone", "-q", str(checkout), str(tmp_path / name))
        return program(tmp_path / name, *builder(), "--no-cache", "-t", IMAGE, ".", DOCKER_BUILDKIT="1")

    broken = build("broken")
    assert broken.returncode != 0
    said = broken.stdout + broken.stderr
    assert f"paritycheck: {MODULE} is missing in this image" in said
    assert "needed by /app/backend/app/routes/metrics_api.py:3" in said
    assert "reached through backend.app.main > backend.app.factory > backend.app.routes.metrics_api" in said

    commit(checkout, FILE)
    repaired = build("repaired")
    assert repaired.returncode == 0, repaired.stderr
    assert "0 missing; looked at 10 modules" in repaired.stdout + repaired.stderr
    runs = run_podman if builder is podman_build else run_docker
    left = runs("run", "--rm", "--network", "none", IMAGE, "ls", "/tmp", "/app")
    assert SCRIPT not in left
    runs("image", "rm", "-f", IMAGE)


def test_the_recipe_pushes_only_what_is_in_parity(checkout: Path, tmp_path: Path) -> None:
    assert run(["init", "--make", str(checkout)]) == 0
    commit(checkout, "Makefile", "paritycheck.mk")
    pushed, shim = tmp_path / "pushed", tmp_path / "bin/podman"
    # The remote form, which this environment chooses, pushes to registries only, and there is none here.
    shim.parent.mkdir()
    shim.write_text(f'#!/bin/sh\nexec "{shutil.which("podman")}" --remote=false "$@"\n')
    shim.chmod(0o755)

    def push() -> subprocess.CompletedProcess[str]:
        variables = {"PATH": f"{shim.parent}:{BIN}:{os.environ['PATH']}"}
        words = ("make", "image-push", f"IMAGE={IMAGE}", f"DESTINATION=dir:{pushed}")
        return program(checkout, *words, **variables)

    broken = push()
    assert broken.returncode != 0
    assert f"PC102 untracked: {MODULE}" in broken.stdout
    assert "podman build" not in broken.stdout
    assert not pushed.exists()

    commit(checkout, FILE)
    repaired = push()
    assert repaired.returncode == 0, repaired.stdout + repaired.stderr
    assert (pushed / "manifest.json").exists()
    run_podman("image", "rm", "-f", IMAGE)


def test_the_hook_is_run_by_pre_commit(checkout: Path, tmp_path: Path) -> None:
    ours = clone_of_this_repository(tmp_path / "ours")
    (checkout / ".pre-commit-config.yaml").write_text(
        f"repos:\n- repo: {ours}\n  rev: {git(ours, 'rev-parse', 'HEAD').strip()}\n"
        "  hooks:\n  - id: paritycheck\n"
    )
    _commits_only_what_is_in_parity(checkout, tmp_path)


def test_the_hook_that_init_writes_is_run_by_pre_commit(checkout: Path, tmp_path: Path) -> None:
    ours = clone_of_this_repository(tmp_path / "ours")
    assert run(["init", "--pre-commit", str(checkout)]) == 0
    config = checkout / ".pre-commit-config.yaml"
    # This version is on no index; its source stands in.
    published = f"paritycheck=={__version__}"
    assert published in config.read_text()
    config.write_text(config.read_text().replace(published, f"paritycheck @ file://{ours}"))
    _commits_only_what_is_in_parity(checkout, tmp_path)


def _commits_only_what_is_in_parity(checkout: Path, tmp_path: Path) -> None:
    home = {"PRE_COMMIT_HOME": str(tmp_path / "pre-commit")}
    git(checkout, "add", ".pre-commit-config.yaml")
    installed = program(checkout, "pre-commit", "install", **home)
    assert installed.returncode == 0, installed.stdout

    refused = program(checkout, "git", "commit", "-m", "hooks", **home)
    assert refused.returncode == 1, refused.stdout + refused.stderr
    assert "PC102" in refused.stderr + refused.stdout
    assert MODULE in refused.stderr + refused.stdout

    git(checkout, "add", FILE)
    accepted = program(checkout, "git", "commit", "-m", "hooks", **home)
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    assert "Passed" in accepted.stderr + accepted.stdout


def test_the_action_installs_and_checks(checkout: Path, tmp_path: Path) -> None:
    runner = tmp_path / "runner"
    installed = run_step("Install paritycheck", checkout, runner, {}, python=sys.executable)
    assert installed.code == 0, installed.log
    # What is installed has the data files of the package, too.
    ours = str(runner / "paritycheck/bin/paritycheck")
    assert "## When to ignore" in program(checkout, ours, "rule", "PC103").stdout
    assert "find_spec" in program(checkout, ours, "init", "--container", "--dry-run").stdout
    found = run_step("Check", checkout, runner, {})
    assert (found.code, found.outputs["exit-code"]) == (1, "1"), found.log
    assert f"title=PC102 untracked::{MODULE}" in found.log
    assert "PC102" in found.summary
    commit(checkout, FILE)
    healthy = run_step("Check", checkout, runner, {})
    assert (healthy.code, healthy.outputs["exit-code"]) == (0, "0"), healthy.log
