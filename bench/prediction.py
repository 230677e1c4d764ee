"""A whole prediction of a large repository, with no image, against the import graph that ruff draws of it.

The repository is that of --repository and --containerfile; without them one is made of 5,000 modules,
copies of the standard library's. ruff reads every file on all cores; it answers less: no build, no loss.
"""

from __future__ import annotations

import itertools
import os
import shutil
import subprocess
import sysconfig
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from run import Contest, Settings

FILES = 5_000
RUFF = "ruff analyze graph"
CONTAINERFILE = """FROM docker.io/library/python:3.12-slim
WORKDIR /app
COPY . .
CMD ["python", "-m", "part000.main"]
"""


def make_repository(root: Path) -> None:
    """Lay out copies of the standard library in packages, a hundred modules each, and commit them."""
    sources = sorted(Path(sysconfig.get_path("stdlib")).rglob("*.py"))
    sources = [path for path in sources if "site-packages" not in path.parts and path.name.isascii()]
    for number, source in zip(range(FILES), itertools.cycle(sources), strict=False):
        package = root / f"part{number // 100:03}"
        package.mkdir(exist_ok=True)
        if number % 100 == 0:
            (package / "__init__.py").touch()
            (package / "main.py").write_text(f"from part{(number // 100 + 1) % 50:03} import main\n")
        shutil.copyfile(source, package / f"m{number % 100:02}_{source.name}")
    (root / "Containerfile").write_text(CONTAINERFILE)
    who = ("-c", "user.name=bench", "-c", "user.email=bench@example.invalid")
    for arguments in (("init", "-q"), ("add", "-A"), (*who, "commit", "-q", "-m", "All")):
        subprocess.run(["git", *arguments], cwd=root, check=True)


def program(*command: str, directory: Path, codes: tuple[int, ...], **variables: str) -> Callable[[], object]:
    """What runs a program there and throws its output away."""

    def run() -> None:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        done = subprocess.run(command, cwd=directory, check=False, env={**os.environ, **variables}, **quiet)  # type: ignore[call-overload]
        if done.returncode not in codes:
            raise RuntimeError(f"{command} in {directory} ended with {done.returncode}")

    return run


def contests(settings: Settings) -> Iterator[Contest]:
    with tempfile.TemporaryDirectory(prefix="paritycheck-bench-") as directory:
        root, name = Path(directory, "repository"), "made of the standard library"
        file = settings.containerfile
        if settings.repository is not None:
            root, name = settings.repository, settings.repository.name
        else:
            root.mkdir()
            make_repository(root)
        count = len(list(root.rglob("*.py")))
        check = ("paritycheck", "check", ".", *(("-f", file) if file else ()), "--format", "json")
        ruff = program(*RUFF.split(), directory=root, codes=(0,))
        for how in ("no cache", "cached"):
            variables = {
                "XDG_CACHE_HOME": directory,
                "PARITYCHECK_NO_CACHE": "1" if how == "no cache" else "",
            }
            ours = program(*check, directory=root, codes=(0, 1), **variables)
            yield Contest(
                f"prediction of {count:,} Python files, {name}, {how}",
                {f"paritycheck check, {how}": ours, RUFF: ruff},
                {RUFF: 3.0 if how == "no cache" else 1.0},
            )
