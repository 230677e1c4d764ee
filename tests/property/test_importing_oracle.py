"""Random trees: the finder's answers are the running interpreter's, for every name, without exception."""

import importlib.machinery
import itertools
import json
import os
import py_compile
import random
import subprocess
import sys
from pathlib import Path

import pytest

from paritycheck.model.source import SourceFile
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.python.imports import parse_source
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found

STEMS = ("qa", "qb", "Qa")
SUFFIXES = importlib.machinery.EXTENSION_SUFFIXES
ENDS = (".py", ".py", ".pyc", ".pyi", *SUFFIXES, ".cpython-27-x86_64-linux-gnu.so", ".PY")
EXTENDING = (
    "__path__ = __import__('pkgutil').extend_path(__path__, __name__)\n",
    "from pkgutil import extend_path\n__path__ = extend_path(__path__, __name__)\n",
)
TREES = 60
NAMES = [".".join(parts) for depth in (1, 2, 3) for parts in itertools.product(STEMS, repeat=depth)]


def grow(directory: Path, rng: random.Random, root: Path, compiled: bytes, depth: int = 0) -> None:
    directory.mkdir()
    if depth and rng.random() < 0.6:
        end = rng.choice((".py", ".py", ".py", ".pyc", SUFFIXES[0], SUFFIXES[-1], ".pyi"))
        put(directory / f"__init__{end}", rng, root, compiled)
    for stem in STEMS:
        if depth < 3 and rng.random() < 0.6:
            grow(directory / stem, rng, root, compiled, depth + 1)
        for end in rng.sample(ENDS, rng.choice((0, 0, 1, 2))):
            put(directory / f"{stem}{end}", rng, root, compiled)
        if rng.random() < 0.2:
            link(directory / rng.choice((stem, f"{stem}.py")), rng, root)


def put(path: Path, rng: random.Random, root: Path, compiled: bytes) -> None:
    if path.exists() or path.is_symlink():
        return
    draw = rng.random()
    if draw < 0.1:
        path.mkdir()
    elif draw < 0.2 and path.suffix == ".py":
        link(path, rng, root)
    elif path.name == "__init__.py" and draw < 0.45:
        path.write_text(rng.choice(EXTENDING))
    else:
        path.write_bytes(compiled if path.suffix == ".pyc" else b"")


def link(path: Path, rng: random.Random, root: Path) -> None:
    if path.exists() or path.is_symlink():
        return
    parts = [f"e{rng.randrange(3)}", *rng.choices(STEMS, k=rng.choice((0, 1, 1, 2)))]
    if rng.random() < 0.5:
        parts[-1] += rng.choice((".py", ".pyc"))
    path.symlink_to(os.path.relpath(root.joinpath(*parts), path.parent))


def read(root: Path) -> tuple[FileTree, dict[str, SourceFile]]:
    entries, modules = [], {}
    for directory, folders, files in os.walk(root):
        for name in [*folders, *files]:
            full = Path(directory, name)
            path = full.relative_to(root).as_posix()
            if full.is_symlink():
                entries.append(FileEntry(path, "link", target=os.readlink(full)))  # noqa: PTH115
            elif full.is_dir():
                entries.append(FileEntry(path, "dir"))
            else:
                entries.append(FileEntry(path, "file"))
                if path.endswith(".py"):
                    modules[path] = parse_source(full.read_bytes())
    return FileTree(entries), modules


@pytest.mark.parametrize("seed", range(4))
def test_finds_what_the_interpreter_finds(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    empty = tmp_path / "empty.py"
    empty.touch()
    py_compile.compile(str(empty), cfile=str(tmp_path / "empty.pyc"), doraise=True)
    compiled = (tmp_path / "empty.pyc").read_bytes()
    cases = []
    for number in range(TREES):
        root = tmp_path / str(number)
        root.mkdir()
        for entry in range(3):
            grow(root / f"e{entry}", rng, root, compiled)
        entries = rng.sample(("e0", "e1", "e2", "missing"), rng.choice((2, 3, 4)))
        cases.append((root, entries))

    script = Path(__file__).with_name("import_oracle.py")
    asked = [{"entries": [str(root / entry) for entry in entries], "names": NAMES} for root, entries in cases]
    ran = subprocess.run(
        [sys.executable, "-I", "-S", "-B", str(script)],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=120,
    )
    found = 0
    for (root, entries), answers in zip(cases, json.loads(ran.stdout), strict=True):
        tree, modules = read(root)
        finder = Finder(tree, entries, SUFFIXES, modules=modules)
        for name, answer in zip(NAMES, answers, strict=True):
            outcome = finder.find(name)
            ours = None
            if isinstance(outcome, Found):
                found += 1
                path = os.path.realpath(root / outcome.path)
                ours = [
                    outcome.kind,
                    path,
                    list(dict.fromkeys(os.path.realpath(root / each) for each in outcome.portions)),
                ]
            assert ours == answer, (name, entries, root, outcome)
    assert found > TREES * len(NAMES) / 20
