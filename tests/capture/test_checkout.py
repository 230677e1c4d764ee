from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from paritycheck.capture.checkout.contents import LARGEST_MODULE, LARGEST_TEXT
from paritycheck.capture.checkout.git import Git
from paritycheck.capture.checkout.snapshot import checkout_snapshot
from paritycheck.errors import SourceError
from paritycheck.model.document import decode_snapshot, encode_snapshot
from paritycheck.model.environment import Environment
from paritycheck.model.source import Import
from tests.capture.repository import Repository, new_repository

NO_GIT = Git({}, program="no-such-git")


def test_the_incident(tmp_path: Path) -> None:
    repository = new_repository(
        tmp_path / "work", {"app/main.py": "import app.routes\n", "Containerfile": "FROM x"}
    )
    repository.write({"app/routes.py": "import os\n"})
    snapshot = checkout_snapshot(repository.root / "app", Environment(), repository.asker)
    assert snapshot.git is not None
    assert snapshot.git.tracked == {"app/main.py", "Containerfile"}
    assert snapshot.git.untracked == {"app/routes.py"}
    assert snapshot.modules["app/main.py"].imports == (Import(1, "app.routes"),)
    assert snapshot.texts["Containerfile"] == "FROM x"
    assert snapshot.digests["app/routes.py"] == hashlib.sha256(b"import os\n").hexdigest()
    assert (snapshot.origin.kind, snapshot.origin.digest) == ("checkout", snapshot.git.head)
    assert decode_snapshot(encode_snapshot(snapshot), "x.json") == snapshot


def test_without_git_and_without_python_it_is_still_a_checkout(tmp_path: Path) -> None:
    (tmp_path / "README").write_text("hello")
    snapshot = checkout_snapshot(tmp_path, Environment(), NO_GIT)
    assert snapshot.git is not None
    assert snapshot.git.state == "unavailable"
    assert (list(snapshot.tree.paths()), dict(snapshot.modules), dict(snapshot.texts)) == (["README"], {}, {})


def test_contents_are_read_on_demand_through_links_and_within_limits(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "x.py").write_bytes(b"import a\r\n")
    (tmp_path / "linked").symlink_to("app")
    (tmp_path / "latin.txt").write_bytes(b"caf\xe9\r\n")
    (tmp_path / "large.txt").write_bytes(b"x" * (LARGEST_TEXT + 1))
    (tmp_path / "uv.lock").write_bytes(b"x" * (3 << 20))
    (tmp_path / "dangling.py").symlink_to("nowhere.py")
    os.truncate(os.open(tmp_path / "large.py", os.O_CREAT | os.O_WRONLY), LARGEST_MODULE + 1)
    os.mkfifo(tmp_path / "pipe.py")
    snapshot = checkout_snapshot(tmp_path, Environment(), NO_GIT)
    assert snapshot.modules["linked/x.py"].imports == (Import(1, "a"),)
    assert snapshot.texts["linked/x.py"] == "import a\r\n"
    assert snapshot.texts["latin.txt"] == "caf\\xe9\r\n"
    assert len(snapshot.texts["uv.lock"]) == 3 << 20
    problem = snapshot.modules["large.py"].problem
    assert problem is not None
    assert problem.message == "larger than 8 MiB"
    for path in ("large.txt", "pipe.py", "dangling.py", "app", "gone.txt"):
        assert path not in snapshot.texts
    assert set(snapshot.modules) == {"app/x.py", "large.py"}


def test_what_became_a_pipe_meanwhile_is_not_waited_for(tmp_path: Path) -> None:
    for name in ("x.py", "y.py"):
        (tmp_path / name).touch()
    snapshot = checkout_snapshot(tmp_path, Environment(), NO_GIT)
    for name in ("x.py", "y.py"):
        (tmp_path / name).unlink()
    os.mkfifo(tmp_path / "x.py")
    for name in ("x.py", "y.py"):
        problem = snapshot.modules[name].problem
        assert problem is not None
        assert problem.message.startswith("cannot be read")
        assert name not in snapshot.digests


def committed_repository(tmp_path: Path) -> Repository:
    library = new_repository(tmp_path / "library", {"lib.py": ""})
    repository = new_repository(tmp_path / "work", {"app/x.py": "import a\n", "run.sh": "#!/bin/sh\n"})
    (repository.root / "run.sh").chmod(0o755)
    (repository.root / "link.py").symlink_to("app/x.py")
    repository.write({"big.bin": f"version https://git-lfs.github.com/spec/v1\n{'x' * 100}"})
    repository.write({"crlf.txt": "a\n", ".gitattributes": "*.txt eol=crlf\n"})
    repository.git("submodule", "--quiet", "add", str(library.root), "lib")
    repository.commit()
    return repository


def test_the_committed_side_is_what_a_clean_clone_holds(tmp_path: Path) -> None:
    repository = committed_repository(tmp_path)
    repository.git("clone", "--quiet", str(repository.root), "../clone")
    repository.write({"app/x.py": "import changed\n", "new.py": ""})
    (repository.root / "run.sh").unlink()
    git = repository.asker
    committed = checkout_snapshot(repository.root / "app", Environment(), git, committed=True)
    clone = checkout_snapshot(tmp_path / "clone", Environment(), git)
    assert committed.git is not None
    assert clone.git is not None
    assert committed.git == clone.git
    shapes = [
        {
            (
                entry.path,
                entry.kind,
                0 if entry.path == "crlf.txt" else entry.size,
                entry.mode & 0o100,
                entry.target,
            )
            for entry in snapshot.tree
            if entry.path != ".git"
        }
        for snapshot in (committed, clone)
    ]
    assert shapes[0] == shapes[1]
    assert dict(committed.modules) == dict(clone.modules)
    assert committed.modules["link.py"].imports == (Import(1, "a"),)
    assert committed.texts["crlf.txt"] == "a\n"
    differing = {path for path in committed.digests if committed.digests[path] != clone.digests[path]}
    assert differing <= {"crlf.txt"}
    assert set(committed.digests) == set(clone.digests)


def test_nothing_is_committed(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work")
    with pytest.raises(SourceError, match="HEAD has no commit yet"):
        checkout_snapshot(repository.root, Environment(), repository.asker, committed=True)
    with pytest.raises(SourceError, match="no commit to read: not a git repository"):
        checkout_snapshot(tmp_path, Environment(), repository.asker, committed=True)


def test_forged_names_in_a_commit_are_left_out(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": "import a\n"})
    blob = bytes.fromhex(repository.git("rev-parse", "HEAD:x.py").strip())
    raw = b"".join(b"100644 " + name + b"\0" + blob for name in (b"..", b".git", b"good.py"))
    (tmp_path / "tree").write_bytes(raw)
    forged = repository.git("hash-object", "-t", "tree", "-w", "--literally", str(tmp_path / "tree")).strip()
    repository.git("update-ref", "HEAD", repository.git("commit-tree", forged, "-m", "Forged").strip())
    snapshot = checkout_snapshot(repository.root, Environment(), repository.asker, committed=True)
    assert list(snapshot.tree.paths()) == ["good.py"]
