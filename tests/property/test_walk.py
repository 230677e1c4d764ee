"""The walk against ``find``, and git's facts against each other, on drawn directories."""

from __future__ import annotations

import os
import subprocess
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from paritycheck.capture.checkout.git import locate
from paritycheck.capture.checkout.gitfacts import ask_git, git_facts
from paritycheck.capture.checkout.worktree import printable, walk
from tests.capture.repository import new_repository

# No "/" and no NUL; everything else is a name: no UTF-8, newlines, blanks, signs that git reads.
names = st.one_of(
    st.sampled_from([b"a", b"A", b"b.py", b"c.pyc", b"build", b"dir", b".gitignore", b".hidden", b":(top)a"]),
    st.binary(min_size=1, max_size=6).map(lambda data: data.replace(b"/", b"_").replace(b"\0", b"0")),
).filter(lambda name: name not in (b".", b"..", b".git"))
paths = st.lists(names, min_size=1, max_size=4).map(b"/".join)
kinds = st.sampled_from(["file", "file", "dir", "link", "pipe"])
checkouts = st.dictionaries(paths, kinds, max_size=12)


def make(checkout: dict[bytes, str], root: Path) -> None:
    """Make every path that its forerunners leave room for."""
    for name, kind in checkout.items():
        path = root / os.fsdecode(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if kind == "dir":
                path.mkdir()
            elif kind == "link":
                path.symlink_to(os.fsdecode(b"a/" + name))
            elif kind == "pipe":
                os.mkfifo(path)
            else:
                path.write_bytes(name * 3)
        except OSError:
            continue


@given(checkouts)
@settings(max_examples=60, deadline=None)
def test_the_walk_finds_what_find_finds(checkout: dict[bytes, str]) -> None:
    with TemporaryDirectory() as directory:
        root = Path(directory)
        make(checkout, root)
        (root / ".git").mkdir()
        (root / ".git" / "inside").touch()
        command = ["find", ".", "-mindepth", "1", "-path", "*/.git/*", "-prune", "-o", "-mindepth", "1"]
        output = subprocess.run(
            [*command, "-printf", r"%P\0%y\0%s\0%m\0%U\0%G\0%l\0"], cwd=root, check=True, capture_output=True
        ).stdout
        fields = iter(output.split(b"\0")[:-1])
        letters = {b"f": "file", b"d": "dir", b"l": "link", b"p": "other"}
        found = {
            printable(path): (
                *(letters[kind], int(size) if kind == b"f" else 0, int(mode, 8), int(uid), int(gid)),
                printable(target),
            )
            for path, kind, size, mode, uid, gid, target in zip(*[fields] * 7, strict=True)
        }
        walked = walk(root)
        assert {
            entry.path: (entry.kind, entry.size, entry.mode, entry.uid, entry.gid, entry.target)
            for entry in walked.tree
        } == found
        for entry in walked.tree:
            if entry.kind == "file":
                assert Path(walked.on_disk(entry.path)).stat().st_size == entry.size


# git waits for ever for a .gitignore that is a pipe; that its time limit ends this is tested elsewhere.
readable = st.dictionaries(paths, st.sampled_from(["file", "file", "dir", "link"]), max_size=12)


@given(readable, st.lists(names.map(lambda name: name.replace(b"\n", b"")), max_size=4))
@settings(max_examples=25, deadline=None)
def test_git_accounts_for_every_file_once(checkout: dict[bytes, str], rules: list[bytes]) -> None:
    with TemporaryDirectory() as directory:
        repository = new_repository(Path(directory) / "work")
        make(checkout, repository.root)
        for path in sorted(repository.root.iterdir())[:3]:
            # git adds neither itself nor an empty directory.
            if path.name != ".git" and (not path.is_dir() or path.is_symlink()):
                repository.git("--literal-pathspecs", "add", "--", path.name)
        (repository.root / ".git" / "info" / "exclude").write_bytes(b"\n".join(rules))
        walked = walk(repository.root)
        place, git = locate(repository.root, repository.asker), repository.asker
        said = git_facts(place, walked, git, partial(ask_git, place, git))
        assert said.state == "repository"
        assert not said.tracked & said.untracked
        for entry in walked.tree:
            if entry.kind not in ("file", "link") or entry.path == ".git":
                continue
            parts = entry.path.split("/")
            above = {"/".join(parts[: depth + 1]) for depth in range(len(parts))}
            ways = [entry.path in said.tracked, entry.path in said.untracked, bool(above & set(said.ignored))]
            assert ways.count(True) == 1, (entry.path, said)
        for location in said.ignored.values():
            assert location.line > 0
