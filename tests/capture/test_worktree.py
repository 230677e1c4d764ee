from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from paritycheck.capture.checkout.worktree import Landmarks, landmarks, walk
from paritycheck.errors import SourceError
from paritycheck.model.tree import FileEntry
from tests.drawn import tree, write_directory

DRAWING = """
    .git/
      HEAD | ref: refs/heads/main
    .venv/
      pyvenv.cfg | home = /usr/bin
      lib/
        x.py
    app/
      __init__.py
      main.py (600) | import os
      run.sh (755) | #!/bin/sh
      latest -> main.py
      up -> ../..
      pipe !fifo
    other/
      .git | gitdir: ../nowhere
      mod.py
    cache/
      CACHEDIR.TAG | Signature
"""


def test_walk_yields_what_was_drawn_but_nothing_inside_git(tmp_path: Path) -> None:
    write_directory(DRAWING, tmp_path)
    walked = walk(tmp_path)
    drawn = {entry.path: entry for entry in tree(DRAWING) if entry.path != ".git/HEAD"}
    assert {path: walked.tree.get(path) for path in walked.tree.paths()} == {
        path: FileEntry(
            path,
            entry.kind,
            entry.size,
            0o777 if entry.kind == "link" else entry.mode,
            os.getuid(),
            os.getgid(),
            entry.target,
        )
        for path, entry in drawn.items()
    }
    assert walked.unknown == ()


def test_parents_come_before_children_and_names_in_order(tmp_path: Path) -> None:
    write_directory(DRAWING, tmp_path)
    paths = list(walk(tmp_path).tree.paths())
    for index, path in enumerate(paths):
        parent = path.rpartition("/")[0]
        assert not parent or parent in paths[:index]
    below_app = [path for path in paths if path.startswith("app/")]
    assert below_app == sorted(below_app)


def test_landmarks_are_told_by_what_lies_in_them(tmp_path: Path) -> None:
    write_directory(DRAWING, tmp_path)
    assert landmarks(walk(tmp_path).tree) == Landmarks(("other",), (".venv",), ("cache",))


def test_names_that_are_no_utf8_are_spelled_out_and_still_found_on_disk(tmp_path: Path) -> None:
    directory = tmp_path / os.fsdecode(b"caf\xe9")
    odd = os.fsdecode(b"n\xff.txt")
    directory.mkdir()
    (directory / odd).write_text("here")
    (directory / "plain.txt").write_text("there")
    (directory / "link").symlink_to(odd)
    (tmp_path / "größe.txt").write_text("umlauts are UTF-8")
    walked = walk(tmp_path)
    assert sorted(walked.tree.paths()) == [
        *(r"caf\xe9", r"caf\xe9/link", r"caf\xe9/n\xff.txt", r"caf\xe9/plain.txt", "größe.txt"),
    ]
    assert Path(walked.on_disk(r"caf\xe9/n\xff.txt")).read_text() == "here"
    assert Path(walked.on_disk(r"caf\xe9/plain.txt")).read_text() == "there"
    assert Path(walked.on_disk("größe.txt")).read_text() == "umlauts are UTF-8"
    link = walked.tree.get(r"caf\xe9/link")
    assert link is not None
    assert link.target == r"n\xff.txt"


def test_a_path_longer_than_the_system_allows_is_unknown_below(tmp_path: Path) -> None:
    name = "n" * 200
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        for _ in range(25):
            os.mkdir(name, dir_fd=descriptor)
            below = os.open(name, os.O_RDONLY, dir_fd=descriptor)
            os.close(descriptor)
            descriptor = below
    finally:
        os.close(descriptor)
    walked = walk(tmp_path)
    assert 15 < len(walked.tree) < 25
    assert [part.reason for part in walked.unknown] == [
        "the directory could not be listed: file name too long"
    ]


@pytest.fixture
def nobody() -> Iterator[None]:
    """Stop being root, who may read everything."""
    uid = os.geteuid()
    if uid == 0:
        os.seteuid(65534)
    yield
    os.seteuid(uid)


def test_an_unreadable_directory_is_unknown_and_stays_an_entry(nobody: None) -> None:
    with TemporaryDirectory() as directory:
        closed = Path(directory) / "closed"
        closed.mkdir(mode=0o000)
        walked = walk(Path(directory))
    assert "closed" in walked.tree
    assert [(part.path, part.reason) for part in walked.unknown] == [
        ("closed", "the directory could not be listed: permission denied")
    ]


@pytest.mark.parametrize("name", ["gone", "file"])
def test_a_root_that_is_no_directory_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(SourceError, match=name):
        walk(tmp_path / name)
