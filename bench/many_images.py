"""All images of a monorepo in one run, against a run for each: what is read once for all of them.

The repository is that of the tests, larger: 40 services, which share four packages, and modules that say
what those of the standard library say.
"""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from run import Contest, Settings

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.monorepo import lay_out_monorepo

IMAGES, MODULES, SHARED = 40, 20, 50
COUNTS = (1, 4, 10, 40)
APART = f"{IMAGES} runs of check --name"


def contests(_settings: Settings) -> Iterator[Contest]:
    with tempfile.TemporaryDirectory(prefix="paritycheck-bench-") as directory:
        root = lay_out_monorepo(Path(directory, "repository"), IMAGES, MODULES, SHARED, standard_modules())
        count = len(list(root.rglob("*.py")))
        names = [f"s{number:02}" for number in range(IMAGES)]
        for how in ("no cache", "cached"):
            variables = {
                "XDG_CACHE_HOME": directory,
                "PARITYCHECK_NO_CACHE": "1" if how == "no cache" else "",
            }
            together = checking(root, [[]], variables)
            apart = checking(root, [["--name", name] for name in names], variables)
            yield Contest(
                f"{IMAGES} images of {count:,} Python files, {how}",
                {f"paritycheck check, {how}": together, APART: apart},
                {APART: 0.5},
                once=(APART,),
                figures={"seconds of an image in runs of so many": by_count(root, names, variables)},
            )


def standard_modules() -> list[str]:
    """The texts of the standard library that may stand behind other statements."""
    directory = Path(sysconfig.get_path("stdlib"))
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in sorted(directory.glob("*.py"))]
    return [text for text in texts if "from __future__" not in text]


def checking(root: Path, runs: list[list[str]], variables: dict[str, str]) -> Callable[[], object]:
    """What checks in so many runs and throws the reports away."""

    def run() -> None:
        for words in runs:
            command = ["paritycheck", "check", *words]
            environment = {**os.environ, **variables}
            done = subprocess.run(command, cwd=root, env=environment, check=False, stdout=subprocess.DEVNULL)
            if done.returncode not in (0, 1):
                raise RuntimeError(f"{command} ended with {done.returncode}")

    return run


def by_count(root: Path, names: list[str], variables: dict[str, str]) -> dict[str, float]:
    """The seconds that an image takes in a run of the first 1, 2, 5 ... images: the faster of two runs."""
    found = {}
    for count in COUNTS:
        words = [word for name in names[:count] for word in ("--name", name)]
        times = []
        for _ in range(2):
            began = time.perf_counter()
            checking(root, [words], variables)()
            times.append(time.perf_counter() - began)
        found[str(count)] = round(min(times) / count, 4)
        print(f"  {count:3} images in one run: {found[str(count)]:.3f} s an image")
    return found
