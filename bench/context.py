"""The effective context of 100,000 files under 200 ignore lines, against git with the same lines.

git reads them as its own language: a name without a slash counts everywhere, `!` below an excluded directory
does nothing. So the two leave different files, but have the same lines to try on the same paths.
"""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from contextfiles import MIXES, lay_files
from docker.utils.build import exclude_paths
from run import Contest, Settings

from paritycheck.capture.checkout.worktree import walk
from paritycheck.model.engine import PODMAN
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.context.effective import build_context

FILES = 100_000
GIT = "git ls-files --others --exclude-standard"


def effective(root: Path) -> int:
    """The number of entries in the context."""
    ignore = parse_ignorefile((root / ".dockerignore").read_bytes(), ".dockerignore", PODMAN)
    return len(build_context(walk(root).tree, "", ignore, PODMAN).effective)


def program(*command: str, directory: Path) -> Callable[[], object]:
    """What runs a program there and throws its output away."""
    return lambda: subprocess.run(command, cwd=directory, check=True, stdout=subprocess.DEVNULL)


def contests(_settings: Settings) -> Iterator[Contest]:
    with tempfile.TemporaryDirectory(prefix="paritycheck-bench-") as directory:
        root = Path(directory)
        lay_files(root, FILES)
        subprocess.run(["git", "init", "-q"], cwd=root, check=True)
        for name, lines in MIXES.items():
            text = "\n".join(lines()) + "\n"
            (root / ".dockerignore").write_text(text)
            (root / ".gitignore").write_text(text)
            rivals = {
                GIT: program(*GIT.split(), directory=root),
                "find -printf": program("find", ".", "-printf", "%P %y %s %m %U %G %l\n", directory=root),
            }
            commands: dict[str, Callable[[], object]] = {
                "walk and match, in process": lambda: effective(root)
            }
            subject = f"context of {FILES:,} files, 200 lines, {name}"
            if name == "mixed":
                rivals["docker-py exclude_paths"] = lambda text=text: list(  # type: ignore[misc]
                    exclude_paths(str(root), text.splitlines())
                )
            yield Contest(subject, commands | rivals, {GIT: 3.0}, once=("docker-py exclude_paths",))
            ours = program("paritycheck", "context", ".", "--format", "json", directory=root)
            yield Contest(f"{subject}, whole command", {"paritycheck context": ours, GIT: rivals[GIT]}, {})
