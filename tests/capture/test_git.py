from __future__ import annotations

import os
import shlex
import subprocess
from functools import partial
from pathlib import Path

import msgspec
import pytest

from paritycheck.capture.checkout.committed import read_commit
from paritycheck.capture.checkout.git import Git, GitError, Place, filters_off, locate
from paritycheck.capture.checkout.gitfacts import ask_git, git_facts
from paritycheck.capture.checkout.snapshot import checkout_snapshot
from paritycheck.capture.checkout.worktree import walk
from paritycheck.errors import SourceError
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import GitFacts
from tests.capture.repository import Repository, new_repository


def facts(repository: Repository) -> GitFacts:
    place = locate(repository.root, repository.asker)
    git = repository.asker
    return git_facts(place, walk(place.root), git, partial(ask_git, place, git))


def test_a_path_lies_in_its_repository(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "a b\n", {"app/sub/x.py": ""})
    root = repository.root
    assert locate(root, repository.asker) == Place(root, "", "repository")
    assert locate(root / "app" / "sub", repository.asker) == Place(root, "app/sub", "repository")
    (tmp_path / "link").symlink_to(root / "app")
    assert locate(tmp_path / "link", repository.asker) == Place(root, "app", "repository")


def test_no_repository_is_said_in_words_of_git(tmp_path: Path) -> None:
    place = locate(tmp_path, Git({"PATH": os.environ["PATH"]}))
    assert (place.root, place.prefix, place.state) == (tmp_path, "", "none")
    assert place.reason.startswith("not a git repository (or any")


@pytest.mark.parametrize("git", [Git({}, program="no-such-git"), Git({"PATH": "/nowhere"})])
def test_no_git_program(tmp_path: Path, git: Git) -> None:
    place = locate(tmp_path, git)
    assert (place.state, place.root) == ("unavailable", tmp_path)
    assert "no such file or directory" in place.reason


def test_no_directory_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no such directory"):
        locate(tmp_path / "gone", Git({}))


def test_a_worktree_file_that_leads_nowhere_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("gitdir: /nowhere/else\n")
    (tmp_path / "x.py").touch()
    said = facts(Repository(tmp_path, tmp_path))
    assert said.state == "refused"
    assert "/nowhere/else" in said.reason
    assert said.tracked == frozenset()


def test_rubbish_in_a_git_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / ".git").write_text("rubbish")
    place = locate(tmp_path, Git({"PATH": os.environ["PATH"]}))
    assert place.state == "refused"
    assert "invalid gitfile format" in place.reason


def test_a_bare_repository_is_refused(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": ""})
    repository.git("clone", "--quiet", "--bare", ".", "../bare.git")
    place = locate(tmp_path / "bare.git", repository.asker)
    assert (place.state, place.reason) == ("refused", "this operation must be run in a work tree")


def test_a_linked_worktree_is_a_repository(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": "", ".gitignore": "*.log\n"})
    repository.git("worktree", "add", "--quiet", "../second")
    second = Repository(tmp_path / "second", repository.home)
    second.write({"new.py": "", "a.log": ""})
    said = facts(second)
    assert said.tracked == {"x.py", ".gitignore"}
    assert said.untracked == {"new.py"}
    assert str(said.ignored["a.log"]) == ".gitignore:1"


def test_a_work_tree_elsewhere_is_refused(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": ""})
    repository.git("config", "core.worktree", "/")
    place = locate(repository.root, repository.asker)
    assert place == Place(repository.root, "", "refused", "its core.worktree leads to /")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a directory away")
def test_dubious_ownership_is_refused_in_words_of_git(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": ""})
    for path in (repository.root, repository.root / ".git"):
        os.chown(path, 65534, 65534)
    said = facts(repository)
    assert said.state == "refused"
    assert "dubious ownership" in said.reason
    assert "git config --global --add safe.directory" in said.reason
    # What the user allows in the environment is respected, as git does.
    allowed = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    git = msgspec.structs.replace(repository.asker, environ={**repository.asker.environ, **allowed})
    assert locate(repository.root, git).state == "repository"


def test_a_broken_index_is_refused(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": ""})
    (repository.root / ".git" / "index").write_bytes(b"rubbish" * 20)
    said = facts(repository)
    assert said.state == "refused"
    assert "index" in said.reason


def test_variables_of_a_hook_do_not_lead_elsewhere(tmp_path: Path) -> None:
    other = new_repository(tmp_path / "other", {"other.py": ""})
    repository = new_repository(tmp_path / "work", {"x.py": ""})
    misleading = {
        "GIT_DIR": str(other.root / ".git"),
        "GIT_WORK_TREE": str(other.root),
        "GIT_INDEX_FILE": str(other.root / ".git" / "index"),
    }
    git = msgspec.structs.replace(repository.asker, environ={**repository.asker.environ, **misleading})
    place = locate(repository.root, git)
    assert place == Place(repository.root, "", "repository")
    assert git_facts(place, walk(place.root), git, partial(ask_git, place, git)).tracked == {"x.py"}


def test_a_git_that_never_answers_is_left(tmp_path: Path) -> None:
    slow = tmp_path / "slow-git"
    slow.write_text("#!/bin/sh\nexec sleep 60\n")
    slow.chmod(0o755)
    place = locate(tmp_path, Git({"PATH": os.environ["PATH"]}, program=str(slow), seconds=0.2))
    assert (place.state, place.reason) == ("refused", "no answer from git rev-parse within 0.2 s")


def hostile_repository(directory: Path) -> tuple[Repository, Path]:
    """Return a repository that names a program wherever git takes one, and the file they all touch."""
    repository = new_repository(directory / "work")
    trap = directory / "trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> {shlex.quote(str(directory / "sprung"))}\ncat\n')
    trap.chmod(0o755)
    repository.write({".gitattributes": "*.txt filter=one\n*.dat filter=two.three\n*.doc diff=four\n"})
    repository.write({"a.txt": "aaa\n", "b.dat": "bbb\n", "c.doc": "ccc\n", "d.py": "ddd\n"})
    repository.commit()
    hooks = directory / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "fsmonitor-watchman", "pre-auto-gc"):
        (hooks / hook).symlink_to(trap)
    for name, value in {
        "core.fsmonitor": f"{trap} core.fsmonitor",
        "core.hooksPath": hooks,
        "core.pager": trap,
        "core.sshCommand": trap,
        "core.editor": trap,
        "pager.status": trap,
        "pager.ls-files": trap,
        "filter.one.clean": f"{trap} filter.one.clean",
        "filter.one.smudge": trap,
        "filter.one.required": "true",
        "filter.two.three.process": f"{trap} filter.two.three.process",
        "diff.external": trap,
        "diff.four.command": trap,
        "diff.four.textconv": trap,
        "alias.status": f"!{trap}",
        "credential.helper": f"!{trap}",
    }.items():
        repository.git("config", name, str(value))
    # Other content of the same length, time stamps that git cannot trust: content has to be compared.
    repository.write({"a.txt": "xxx\n", "b.dat": "yyy\n", "c.doc": "zzz\n", "new.txt": "", "new.py": ""})
    return repository, directory / "sprung"


def test_nothing_that_a_repository_configures_is_run(tmp_path: Path) -> None:
    repository, sprung = hostile_repository(tmp_path)
    before = (repository.root / ".git" / "index").read_bytes()
    said = facts(repository)
    assert not sprung.exists(), sprung.read_text()
    assert said.state == "repository"
    assert said.modified == {"a.txt", "b.dat", "c.doc"}
    assert said.untracked == {"new.txt", "new.py"}
    assert (repository.root / ".git" / "index").read_bytes() == before


def test_the_traps_of_the_hostile_repository_do_spring(tmp_path: Path) -> None:
    repository, sprung = hostile_repository(tmp_path)
    subprocess.run(["git", "status"], cwd=repository.root, capture_output=True, check=False)
    for trap in ("core.fsmonitor", "filter.one.clean", "filter.two.three.process"):
        assert trap in sprung.read_text()


def test_nothing_is_run_to_read_a_commit(tmp_path: Path) -> None:
    repository, sprung = hostile_repository(tmp_path)
    snapshot = checkout_snapshot(repository.root, Environment(), repository.asker, committed=True)
    assert snapshot.texts["a.txt"] == "aaa\n"
    assert len(snapshot.digests) == 5
    assert not sprung.exists(), sprung.read_text()


def test_nothing_that_a_submodule_configures_is_run(tmp_path: Path) -> None:
    library, sprung = hostile_repository(tmp_path)
    settings = (library.root / ".git" / "config").read_text()
    repository = new_repository(tmp_path / "outer", {"x.py": ""})
    repository.git("submodule", "--quiet", "add", str(library.root), "lib")
    repository.commit()
    with (repository.root / ".git" / "modules" / "lib" / "config").open("a") as config:
        config.write(settings.replace("[core]", "[core]\n\tworktree = ../../../lib", 1))
    repository.write({"lib/a.txt": "xxx\n", "lib/c.doc": "zzz\n"})
    sprung.unlink(missing_ok=True)
    said = facts(repository)
    assert (said.state, said.submodules) == ("repository", ())
    assert {"lib", "lib/a.txt", "lib/d.py"} <= said.tracked
    assert not sprung.exists(), sprung.read_text()
    subprocess.run(["git", "status"], cwd=repository.root, capture_output=True, check=False)
    assert sprung.exists()


def test_the_process_that_reads_objects_ends_with_its_reader(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": "import a"})
    commit = read_commit(repository.root, repository.asker)
    assert b"".join(commit.read("x.py")) == b"import a"
    mine = f"/proc/{os.getpid()}/task/{os.getpid()}/children"
    children = set(Path(mine).read_text().split())
    del commit
    assert len(children - set(Path(mine).read_text().split())) == 1


def test_a_partial_clone_fetches_nothing(tmp_path: Path) -> None:
    repository, sprung = hostile_repository(tmp_path)
    trap = tmp_path / "trap"
    head = repository.git("rev-parse", "HEAD^{tree}").strip()
    for name, value in {
        "remote.origin.url": f"ext::{trap} %S",
        "remote.origin.promisor": "true",
        "remote.origin.partialclonefilter": "blob:none",
        "extensions.partialClone": "origin",
        "core.repositoryFormatVersion": "1",
        "protocol.ext.allow": "always",
        "protocol.allow": "always",
    }.items():
        repository.git("config", name, value)
    sprung.unlink(missing_ok=True)
    (repository.root / ".git" / "objects" / head[:2] / head[2:]).unlink()
    said = facts(repository)
    assert not sprung.exists(), sprung.read_text()
    assert said.state == "refused"


def test_a_filter_that_cannot_be_switched_off_is_refused(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": ""})
    with (repository.root / ".git" / "config").open("a") as config:
        config.write('[filter "a=b"]\n\tclean = /bin/true\n')
    with pytest.raises(GitError, match="a=b"):
        filters_off(repository.root, repository.asker)
    assert facts(repository).state == "refused"
