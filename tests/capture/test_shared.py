"""A checkout that several images are built from is read once, and only where it is the same."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from paritycheck.capture.shared import Checkouts
from paritycheck.capture.sides import Machine
from paritycheck.errors import UsageError
from tests.scenario import commit


def lay_out(directory: Path, *names: str) -> None:
    for name in names:
        (directory / name).mkdir(parents=True)
        (directory / name / "main.py").write_text("import json\n")


def test_images_of_one_repository_share_its_snapshot(tmp_path: Path) -> None:
    lay_out(tmp_path, "web", "worker")
    commit(tmp_path, [])
    checkouts = Checkouts(Path("shown"))
    web, at_web = checkouts.open(tmp_path / "web", None, None, Machine())
    worker, at_worker = checkouts.open(tmp_path / "worker", tmp_path / "worker/main.py", None, Machine())
    assert web is worker
    assert web.origin.reference == "shown"
    assert (at_web.context, at_worker.context, at_worker.file) == ("web", "worker", "worker/main.py")
    with pytest.raises(UsageError, match="is not there"):
        checkouts.open(tmp_path / "gone", None, None, Machine())
    with pytest.raises(UsageError, match="there is no"):
        checkouts.open(tmp_path / "web", tmp_path / "web/Containerfile", None, Machine())


def test_without_a_repository_each_context_is_a_checkout_of_its_own(tmp_path: Path) -> None:
    lay_out(tmp_path, "web", "worker")
    checkouts = Checkouts(Path())
    web, _ = checkouts.open(tmp_path / "web", None, None, Machine())
    worker, _ = checkouts.open(tmp_path / "worker", None, None, Machine())
    assert web is not worker
    assert checkouts.open(tmp_path / "web", None, None, Machine())[0] is web


def test_another_interpreter_is_another_local_side(tmp_path: Path) -> None:
    lay_out(tmp_path, "web")
    commit(tmp_path, [])
    checkouts = Checkouts(Path())
    one, _ = checkouts.open(tmp_path, None, None, Machine())
    other, _ = checkouts.open(tmp_path, None, None, Machine(python=sys.executable))
    assert one.environment.interpreter is None
    assert other.environment.interpreter is not None
