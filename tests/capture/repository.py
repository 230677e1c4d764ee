"""Real repositories for tests, made by the real git, apart from the user's configuration."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

from paritycheck.capture.checkout.git import Git


@dataclass(frozen=True)
class Repository:
    """A directory in which git is run; ``home`` stands for the user's."""

    root: Path
    home: Path

    @property
    def asker(self) -> Git:
        """What the code under test uses."""
        return Git(environ={"HOME": str(self.home), "PATH": os.environ["PATH"]})

    def git(self, *arguments: str) -> str:
        """Run git as its user would."""
        environ = {
            "HOME": str(self.home),
            "PATH": os.environ["PATH"],
            **{f"GIT_{who}_NAME": "Ada" for who in ("AUTHOR", "COMMITTER")},
            **{f"GIT_{who}_EMAIL": "ada@example.org" for who in ("AUTHOR", "COMMITTER")},
        }
        return subprocess.run(
            ["git", "-c", "protocol.file.allow=always", "-c", "init.defaultBranch=main", *arguments],
            cwd=self.root,
            env=environ,
            check=True,
            capture_output=True,
            text=True,
            timeout=30,
        ).stdout

    def commit(self) -> str:
        """Add and commit everything, and return the commit's id."""
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", "Add")
        return self.git("rev-parse", "HEAD").strip()

    def write(self, files: dict[str, str]) -> None:
        """Write files, with the directories above them."""
        for name, content in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(content, encoding="utf-8")


def new_repository(directory: Path, files: dict[str, str] | None = None) -> Repository:
    """Initialise a repository; with ``files``, commit them. The home is beside it."""
    directory.mkdir(parents=True, exist_ok=True)
    home = directory.parent / "home"
    home.mkdir(exist_ok=True)
    repository = Repository(directory, home)
    repository.git("init", "--quiet")
    if files:
        repository.write(files)
        repository.commit()
    return repository
