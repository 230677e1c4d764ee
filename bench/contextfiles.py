"""Trees of empty files and ignore lines for the bench of the build context; the same in every run."""

from __future__ import annotations

import random
from pathlib import Path

EXTENSIONS = ("py", "js", "ts", "json", "md", "txt", "html", "css", "png", "yml", "log", "pyc", "map", "lock")
FOLDERS = ("src", "tests", "docs", "static", "build", "dist", "vendor", "data", "scripts", "__pycache__")
FILES_IN_A_FOLDER = 20


def lay_files(root: Path, count: int) -> None:
    """Make `count` empty files, twenty in a folder, folders four deep: `area3/part07/src/deep2/name11.py`."""
    chance = random.Random(count)
    for number in range(count // FILES_IN_A_FOLDER):
        area, part = number % 12, number // 12 % 25
        folder = (
            root
            / f"area{area}"
            / f"part{part:02}"
            / FOLDERS[number // 300 % len(FOLDERS)]
            / f"deep{number // 3000}"
        )
        folder.mkdir(parents=True)
        for index in range(FILES_IN_A_FOLDER):
            (folder / f"name{index:02}.{chance.choice(EXTENSIONS)}").touch()


def _names(chance: random.Random) -> str:
    return f"area{chance.randrange(12)}/part{chance.randrange(25):02}"


# Two hundred lines each, without faults, so that all competitors accept them.
def mixed_lines() -> list[str]:
    """As in large repositories: a third `**/name`, a third literal paths, extensions, `*`, some `!`."""
    chance = random.Random(1)
    lines = [f"**/{name}" for name in ("__pycache__", "node_modules", ".venv", "dist", ".cache", "coverage")]
    lines += [f"**/generated{index}" for index in range(54)]
    lines += [
        f"**/*.{name}" for name in ("pyc", "log", "map", "swp", "tmp", "bak", "orig", "rej", "pid", "seed")
    ]
    lines += [f"**/*.ext{index}" for index in range(20)]
    lines += [f"{_names(chance)}/{chance.choice(FOLDERS)}" for _ in range(60)]
    lines += [f"area{index}/*/docs" for index in range(6)] + [
        f"area{index}/part1?/build" for index in range(6)
    ]
    lines += [f"area{index}/**/vendor" for index in range(6)] + [
        f"**/name{index:02}.*.old" for index in range(12)
    ]
    lines += [f"!area{index}/part03/docs" for index in range(6)] + ["!**/important.log", "!**/name07.log"]
    return (lines + [f"!{_names(chance)}/build" for _ in range(12)])[:200]


def literal_lines() -> list[str]:
    """Mostly paths, as tools write them."""
    chance = random.Random(2)
    lines = [f"{_names(chance)}/{chance.choice(FOLDERS)}/deep{chance.randrange(2)}" for _ in range(180)]
    return [
        *lines,
        *(f"**/*.{name}" for name in EXTENSIONS[-4:]),
        *(f"!area{index}/part01" for index in range(16)),
    ]


def starred_lines() -> list[str]:
    """Mostly `**` and `*` inside of names: what costs most in every one of the programs."""
    lines = [f"**/*name*{index:02}*x" for index in range(40)] + [
        f"**/deep*/*{index:02}.tmp*" for index in range(40)
    ]
    lines += [f"area*/part?{index % 10}/*.old{index}" for index in range(60)]
    lines += [f"**/tests/**/*{index:02}.snap" for index in range(40)]
    return [
        *lines,
        *("**/*.pyc", "**/*.log", "**/__pycache__", "**/build"),
        *(f"!**/keep{index}.log" for index in range(16)),
    ]


MIXES = {"mixed": mixed_lines, "literals": literal_lines, "stars": starred_lines}
