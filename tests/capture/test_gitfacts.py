from __future__ import annotations

import os
import subprocess
from functools import partial
from pathlib import Path

import pytest

from paritycheck.capture.checkout.git import locate
from paritycheck.capture.checkout.gitfacts import ask_git, case_differences, git_facts
from paritycheck.capture.checkout.worktree import walk
from paritycheck.model.location import Location
from paritycheck.model.snapshot import GitFacts
from tests.capture.repository import Repository, new_repository
from tests.drawn import tree

POINTER = f"version https://git-lfs.github.com/spec/v1\noid sha256:{'0' * 64}\nsize 12345\n"


def facts(repository: Repository) -> GitFacts:
    place = locate(repository.root, repository.asker)
    git = repository.asker
    return git_facts(place, walk(place.root), git, partial(ask_git, place, git))


def test_a_clean_repository(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"app/x.py": "x = 1\n", "y.py": ""})
    assert facts(repository) == GitFacts(
        "repository",
        head=repository.git("rev-parse", "HEAD").strip(),
        tracked=frozenset({"app/x.py", "y.py"}),
    )


def test_a_repository_without_a_commit(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work")
    repository.write({"added.py": "", "new.py": ""})
    repository.git("add", "added.py")
    assert facts(repository) == GitFacts(
        "repository",
        tracked=frozenset({"added.py"}),
        modified=frozenset({"added.py"}),
        untracked=frozenset({"new.py"}),
    )


def test_every_way_to_differ_from_head(tmp_path: Path) -> None:
    names = ("same", "edited", "staged", "gone", "removed", "unlisted", "renamed")
    repository = new_repository(tmp_path / "work", {f"{name}.py": f"{name} = 1\n" for name in names})
    repository.write(
        {"edited.py": "2", "staged.py": "2", "added.py": "", "intended.py": "", "new/one.py": ""}
    )
    (repository.root / "gone.py").unlink()
    repository.git("add", "staged.py", "added.py")
    repository.git("add", "--intent-to-add", "intended.py")
    repository.git("rm", "--quiet", "removed.py")
    repository.git("rm", "--quiet", "--cached", "unlisted.py")
    repository.git("mv", "renamed.py", "moved.py")
    said = facts(repository)
    assert said.modified == {"edited.py", "staged.py", "added.py", "intended.py", "moved.py"}
    assert said.deleted == {"gone.py"}
    assert said.untracked == {"new/one.py", "unlisted.py"}
    assert said.tracked == {"same.py", "gone.py"} | said.modified


def test_a_conflict_is_tracked_and_modified(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": "1\n"})
    repository.git("branch", "other")
    repository.write({"x.py": "2\n"})
    repository.commit()
    repository.git("switch", "--quiet", "other")
    repository.write({"x.py": "3\n"})
    repository.commit()
    with pytest.raises(subprocess.CalledProcessError):
        repository.git("merge", "--no-edit", "main")
    said = facts(repository)
    assert said.tracked == {"x.py"}
    assert said.modified == {"x.py"}


def test_ignored_paths_name_the_line_of_their_rule(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work")
    (repository.home / ".config" / "git").mkdir(parents=True)
    everywhere = repository.home / ".config" / "git" / "ignore"
    everywhere.write_text("*.swp\n")
    (repository.root / ".git" / "info" / "exclude").write_text("# mine\n/private/\n")
    repository.write(
        {
            ".gitignore": "build/\n\n*.log\n!keep.log\nodd*\n:*\n",
            "app/.gitignore": "gen_*.py\n",
            "build/deep/er/x.py": "",
            "keep.log": "",
            "a.log": "",
            "app/b.log": "",
            "app/gen_1.py": "",
            "app/main.py": "",
            "private/x": "",
            "x.swp": "",
            "odd\nname": "",
            ":(top)x": "",
            "tracked.log": "",
        }
    )
    repository.git("add", "--force", "tracked.log")
    said = facts(repository)
    assert said.ignored == {
        "build": Location(".gitignore", 1, "build/"),
        "a.log": Location(".gitignore", 3, "*.log"),
        "app/b.log": Location(".gitignore", 3, "*.log"),
        "odd\nname": Location(".gitignore", 5, "odd*"),
        ":(top)x": Location(".gitignore", 6, ":*"),
        "app/gen_1.py": Location("app/.gitignore", 1, "gen_*.py"),
        "private": Location(".git/info/exclude", 2, "/private/"),
        "x.swp": Location(str(everywhere), 1, "*.swp"),
    }
    assert said.untracked == {".gitignore", "app/.gitignore", "app/main.py", "keep.log"}
    assert said.tracked == {"tracked.log"}


def test_untracked_directory_with_only_ignored_files_is_not_collapsed(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {".gitignore": "*.pyc\n"})
    repository.write({"dir/a.pyc": "", "dir/sub/b.pyc": ""})
    assert set(facts(repository).ignored) == {"dir/a.pyc", "dir/sub/b.pyc"}


def test_names_that_are_no_utf8(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work")
    root = os.fsencode(repository.root)
    for name in (b"t\xe9.py", b"u\xe9.py", b"i\xe9.log"):
        Path(os.fsdecode(root + b"/" + name)).touch()
    repository.write({".gitignore": "*.log\n"})
    repository.git("add", ".gitignore", os.fsdecode(b"t\xe9.py"))
    said = facts(repository)
    assert said.tracked == {".gitignore", r"t\xe9.py"}
    assert said.untracked == {r"u\xe9.py"}
    assert said.ignored == {r"i\xe9.log": Location(".gitignore", 1, "*.log")}


def test_submodules_nested_repositories_and_what_only_looks_like_one(tmp_path: Path) -> None:
    library = new_repository(tmp_path / "library", {"lib.py": "", "deep/er.py": ""})
    repository = new_repository(tmp_path / "work", {"x.py": "", ".gitignore": "vendor/\n"})
    repository.git("submodule", "--quiet", "add", str(library.root), "libs/one")
    repository.git("submodule", "--quiet", "add", str(library.root), "libs/two")
    repository.commit()
    repository.git("submodule", "--quiet", "deinit", "libs/two")
    for directory in ("inner", "vendor/other"):
        repository.git("clone", "--quiet", str(library.root), directory)
    (repository.root / "looks" / ".git").mkdir(parents=True)
    repository.write({"looks/like.py": "", "libs/one/untracked.py": ""})
    said = facts(repository)
    assert said.submodules == ("libs/two",)
    assert said.nested == ("inner", "vendor/other")
    assert said.tracked == {
        *(
            "x.py",
            ".gitignore",
            ".gitmodules",
            "libs/one",
            "libs/two",
            "libs/one/lib.py",
            "libs/one/deep/er.py",
        )
    }
    assert "looks/like.py" in said.untracked
    assert not any(path.startswith(("inner", "libs")) for path in said.untracked)
    assert said.ignored == {"vendor": Location(".gitignore", 1, "vendor/")}


def test_lfs_pointers_are_told_by_content_among_tracked_files(tmp_path: Path) -> None:
    repository = new_repository(
        tmp_path / "work", {"model.bin": POINTER, "fetched.bin": "x" * 130, "note.md": POINTER + "x" * 1024}
    )
    repository.write({"untracked.bin": POINTER})
    assert facts(repository).lfs_pointers == ("model.bin",)


def test_a_shallow_clone_says_so(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"x.py": ""})
    repository.write({"y.py": ""})
    head = repository.commit()
    repository.git("clone", "--quiet", "--depth=1", repository.root.as_uri(), "../shallow")
    said = facts(Repository(tmp_path / "shallow", repository.home))
    assert (said.shallow, said.head) == (True, head)
    assert said.tracked == {"x.py", "y.py"}


def test_a_file_left_out_by_a_sparse_checkout_is_tracked_and_not_deleted(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"in/x.py": "", "out/y.py": ""})
    repository.git("sparse-checkout", "set", "in")
    said = facts(repository)
    assert said.tracked == {"in/x.py", "out/y.py"}
    assert not said.deleted


def test_a_path_whose_case_differs_from_the_index(tmp_path: Path) -> None:
    repository = new_repository(tmp_path / "work", {"App/Views.py": "", "x.py": ""})
    repository.git("config", "core.ignorecase", "true")
    (repository.root / "App").rename(repository.root / "app")
    assert facts(repository).case_differs == {"app/Views.py": "App/Views.py"}


def test_case_differences_are_only_those_of_missing_paths() -> None:
    disk = tree("""
        A.py
        a.py
        STRASSE/
          x.py
        new.py
    """)
    assert case_differences({"A.py", "a.py", "straße/x.py", "gone.py"}, disk) == {
        "STRASSE/x.py": "straße/x.py"
    }
