"""Random COPY and ADD lines, built by the three real builders and predicted: none may differ."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import ENGINES, Engine
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.building.request import BuildRequest
from paritycheck.predict.context.effective import build_context
from paritycheck.predict.planning.build import predict_build
from tests.live.copybuilders import REAL_BUILDERS, Refused, Tree, take_down
from tests.live.copyexamples import Example, draw_example, first_seed

# What Debian 12 ships.
VERSIONS = {
    "podman": Engine("podman", (1, 28)),
    "buildkit": Engine("buildkit", (0, 8)),
    "docker": Engine("docker", (20, 10)),
}
# Faults of these releases about which nothing is predicted: every part is in the builder's message.
FAULTS = {
    # Before 0.13: a link that a wildcard matches leads to a file, and the source goes on below it.
    "buildkit": ("error from sender", "not a directory"),
    # A COPY onto scratch changed nothing, and the daemon lost that empty layer.
    "docker": ("failed to get layer", "layer does not exist"),
    "podman": ("no such fault is known",),
}
COUNT = int(os.environ.get("PARITYCHECK_EXAMPLES", "200"))
START = first_seed()


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with a store of Podman's own, which is taken down again."""
    folder = tmp_path_factory.mktemp("copies")
    yield folder
    take_down(folder)


@pytest.mark.parametrize("name", REAL_BUILDERS)
@pytest.mark.parametrize("seed", range(START, START + COUNT))
def test_prediction_equals_what_is_built(seed: int, name: str, workshop: Path, tmp_path: Path) -> None:
    example = draw_example(seed)
    context = example.write(_fresh(tmp_path / f"context{seed}"))
    scratch = _fresh(workshop / f"{name}{seed}")
    try:
        real: Tree | str = REAL_BUILDERS[name](context, scratch)
    except Refused as refused:
        # Debian's Docker builds an empty image, but cannot hand it out.
        real = {} if "empty export" in str(refused) else f"refused: {refused}"
        if all(part in str(refused) for part in FAULTS[name]):
            return
    predicted = predict(example, context, VERSIONS[name])
    if isinstance(real, str) or isinstance(predicted, str):
        assert isinstance(real, str), f"{example.describe()}\npredicted {predicted}\nreal {real}"
        assert isinstance(predicted, str), f"{example.describe()}\npredicted {predicted}\nreal {real}"
        return
    missing, added = set(real.items()) - set(predicted.items()), set(predicted.items()) - set(real.items())
    assert predicted == real, f"{example.describe()}\nnot predicted {missing}\nonly predicted {added}"


def _fresh(path: Path) -> Path:
    path.mkdir(parents=True)
    return path


def predict(example: Example, context: Path, engine: Engine) -> Tree | str:
    """Predict the tree in the form that the builders' is brought into, or say why there is none."""
    tree = _capture(context)
    try:
        ignore = None
        if example.ignore:
            ignore = parse_ignorefile((context / ".dockerignore").read_bytes(), ".dockerignore", engine)
        prediction = predict_build(
            BuildRequest(
                containerfile=parse_containerfile((context / "Dockerfile").read_text(), "Dockerfile", engine),
                engine=engine,
                context=build_context(tree, "", ignore, engine, "Dockerfile"),
                read=lambda path: (context / path).read_bytes(),
            )
        )
    except BuildRefused as refused:
        return f"refused: {refused}"
    found: Tree = {}
    for entry in prediction.tree:
        text = entry.target
        if entry.kind == "file":
            data = (context / entry.source).read_bytes() if entry.source else prediction.inline[entry.digest]
            text = data.decode("latin-1")
        found[entry.path] = (entry.kind, text, entry.mode, entry.uid, entry.gid)
    return found


def _capture(root: Path) -> FileTree:
    entries = []
    for directory, below, names in os.walk(root):
        for path in (Path(directory, name) for name in sorted([*below, *names])):
            mode, name = stat.S_IMODE(path.lstat().st_mode), path.relative_to(root).as_posix()
            if path.is_symlink():
                entries.append(FileEntry(name, "link", mode=mode, target=str(path.readlink())))
            elif path.is_dir():
                entries.append(FileEntry(name, "dir", mode=mode))
            else:
                entries.append(FileEntry(name, "file", size=path.stat().st_size, mode=mode))
    return FileTree(entries)


def test_versions_are_those_of_engines_we_know() -> None:
    assert VERSIONS.keys() == ENGINES.keys()
