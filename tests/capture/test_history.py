"""The history of a path, from repositories that a test makes; nothing that a repository configures is run."""

from __future__ import annotations

import os
from pathlib import Path

from paritycheck.capture.checkout.git import Git
from paritycheck.capture.checkout.history import path_history
from tests.scenario import commit, git


def make(root: Path) -> Git:
    root.mkdir()
    (root / "a.py").write_text("x = 1\n")
    commit(root, [])
    (root / "b.py").write_text("import a\n")
    git(root, "add", "b.py")
    git(root, "commit", "-qm", "Import a, token=ghp_" + "a1B2" * 8)
    return Git(dict(os.environ))


def test_who_names_it_and_since_when(tmp_path: Path) -> None:
    asked = make(tmp_path / "r")
    history = path_history(tmp_path / "r", "a.py", asked, importer="b.py", words="a")
    assert history.in_head
    assert [one.subject for one in history.touched] == ["scenario"]
    assert history.since is not None
    assert history.since.subject.startswith("Import a")
    assert "ghp_" not in history.since.subject


def test_another_branch_may_still_have_it(tmp_path: Path) -> None:
    asked = make(tmp_path / "r")
    git(tmp_path / "r", "checkout", "-qb", "side")
    (tmp_path / "r/c.py").touch()
    git(tmp_path / "r", "add", "c.py")
    git(tmp_path / "r", "commit", "-qm", "Add c")
    git(tmp_path / "r", "checkout", "-q", "main")
    history = path_history(tmp_path / "r", "c.py", asked)
    assert history.in_head is False
    assert history.touched == ()
    assert history.last_there is not None
    assert history.last_there.subject == "Add c"


def test_a_path_is_no_pattern_and_no_option(tmp_path: Path) -> None:
    asked = make(tmp_path / "r")
    for path in ("*.py", "--all", ":(glob)**"):
        assert path_history(tmp_path / "r", path, asked).touched == ()


def test_no_program_of_the_repository_is_run(tmp_path: Path) -> None:
    root = tmp_path / "r"
    asked = make(root)
    trap = f"touch {tmp_path / 'sprung'}; cat"
    (root / ".git/info/attributes").write_text("*.py diff=trap\n")
    git(root, "config", "diff.trap.textconv", trap)
    git(root, "config", "diff.external", trap)
    git(root, "config", "log.showSignature", "true")
    git(root, "config", "gpg.program", str(tmp_path / "sprung"))
    history = path_history(root, "a.py", asked, importer="b.py", words="import")
    assert history.since is not None
    assert not (tmp_path / "sprung").exists()


def test_without_a_repository_there_are_remarks(tmp_path: Path) -> None:
    history = path_history(tmp_path, "a.py", Git(dict(os.environ)))
    assert history.in_head is None
    assert history.remarks
