"""Random ignore files, built by the three real builders and predicted: no context may differ."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from paritycheck.model.engine import Engine
from tests.live.copybuilders import REAL_BUILDERS, Refused, Tree
from tests.live.copyexamples import Example, first_seed
from tests.live.test_copy_engines import predict, workshop

__all__ = ["workshop"]

NAMES = ("a", "b", "ab", "ba", "a.py", "b.pyc", ".a", "d1", "a+b", "x|y", "é", "a b", "5", "[a]", "^a", "aa")
SIMPLE = ("*", "**", "?", "*.py", "*.pyc", "a*", "*a", "[ab]", "*a*b", "?*")
ODD: tuple[str, ...] = (
    "[^a]",
    "[a-c]*",
    "[!a]*",
    "**a",
    "a**",
    "a**b",
    r"\*",
    r"\d",
    r"[\d]",
    "[[:digit:]]",
    "[*]",
    "a{2}",
    "^a",
)
ODD += (
    "a$",
    ".",
    "..",
    "(a)",
    "a+b",
    "x|y",
    "a+",
    r"\a",
    r"\é",
    "[",
    "[z-a]",
    "[x-]",
    r"\[a\]",
    "{a,b}",
    "***",
)
# What Debian 12 ships.
VERSIONS = {
    "podman": Engine("podman", (1, 28)),
    "buildkit": Engine("buildkit", (0, 8), client=(20, 10)),
    "docker": Engine("docker", (20, 10), client=(20, 10)),
}
COUNT = int(os.environ.get("PARITYCHECK_EXAMPLES", "100"))
START = first_seed()


def _draw(seed: int) -> Example:
    chance = random.Random(seed)
    example = Example(instructions=["FROM scratch", "COPY . /"])
    for _ in range(chance.randint(3, 14)):
        parts = [chance.choice(NAMES) for _ in range(chance.choice((1, 1, 2, 2, 3, 4)))]
        above = ["/".join(parts[:depth]) for depth in range(1, len(parts))]
        path = "/".join(parts)
        if path in example.directories or any(directory in example.files for directory in above):
            continue
        for directory in above:
            example.directories.setdefault(directory, chance.choice((0o755, 0o755, 0o700)))
        example.files[path] = f"{path} {len(example.files) * '.'}".encode()
    known = [*example.files, *example.directories]
    example.ignore = [_draw_line(chance, known) for _ in range(chance.randint(1, 6))]
    if chance.random() < 0.2:
        example.ignore[0] = "\ufeff" + example.ignore[0]
    if chance.random() < 0.2:
        example.ignore = [line + chance.choice(("\r", "\u00a0", " \t", "\x1f")) for line in example.ignore]
    if seed % 2:
        example.ignore += ["Dockerfile", ".dockerignore"]
    return example


def _draw_line(chance: random.Random, known: list[str]) -> str:
    bang = chance.choice(("", "", "", "!", "!", "! ", "/", "!/", " ", "!!"[: chance.randint(0, 2)]))
    if chance.random() < 0.03:
        return bang
    if chance.random() < 0.3:
        return bang + chance.choice(known) + chance.choice(("", "", "/", "/*", "/**"))
    odd = ODD if chance.random() < 0.15 else SIMPLE
    atoms = [
        chance.choice(odd if chance.random() < 0.5 else NAMES) for _ in range(chance.choice((1, 1, 2, 3)))
    ]
    return bang + "/".join(atoms)


@pytest.mark.parametrize("name", REAL_BUILDERS)
@pytest.mark.parametrize("seed", range(START, START + COUNT))
def test_context_equals_what_is_built(seed: int, name: str, workshop: Path, tmp_path: Path) -> None:
    example = _draw(seed)
    context = tmp_path / f"context{seed}"
    context.mkdir()
    example.write(context)
    scratch = workshop / f"ignore-{name}{seed}"
    scratch.mkdir()
    try:
        real: Tree | str = REAL_BUILDERS[name](context, scratch)
    except Refused as refused:
        # This BuildKit builds an empty image, but cannot hand it out.
        real = {} if "empty export" in str(refused) else f"refused: {refused}"
    predicted = predict(example, context, VERSIONS[name])
    if isinstance(real, str) or isinstance(predicted, str):
        both = isinstance(real, str) and isinstance(predicted, str)
        assert both, f"{example.describe()}\npredicted {predicted}\nreal {real}"
        return
    ours, theirs = set(predicted.items()), set(real.items())
    assert predicted == real, f"{example.describe()}\npredicted {ours - theirs}\nreal {theirs - ours}"
