"""``RUN --mount`` of what is there, is not, or is ignored: built by real engines, and predicted."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from paritycheck.model.engine import Engine
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.building.request import BuildRequest, Prediction
from paritycheck.predict.context.effective import build_context
from paritycheck.predict.planning.build import predict_build
from tests.live.conftest import setting

IGNORE = "ignored.txt\n"
FILES = ("there.txt", "ignored.txt", "d/a")
# What Debian 12 ships.
ENGINES = {"podman": Engine("podman", (1, 28)), "buildkit": Engine("buildkit", (0, 8))}
OPTIONS = (
    "source=there.txt",
    "source=d",
    "source=d/a",
    "source=ignored.txt",
    "source=gone.txt",
    "source=d/gone",
    "source=gone/",
    "source=there.*",
    "from=first,source=/w/there.txt",
    "from=first,source=/w/gone.txt",
)


def _command(name: str, context: Path) -> list[str]:
    if name == "buildkit":
        return [setting("PARITYCHECK_DOCKER"), "build", "-q", "--network", "host", str(context)]
    return ["podman", "--remote=false", "build", "-q", "--network", "host", str(context)]


def _predict(context: Path, engine: Engine) -> Prediction:
    """Predict the build, the base image taken for one that has nothing of the project."""
    tree = FileTree([FileEntry(name, "file", size=1, mode=0o644) for name in FILES])
    text = (context / "Dockerfile").read_text().replace("localhost/", "")
    ignore = parse_ignorefile(IGNORE.encode(), ".dockerignore", engine)
    return predict_build(
        BuildRequest(
            containerfile=parse_containerfile(text, "Dockerfile", engine),
            engine=engine,
            context=build_context(tree, "", ignore, engine, "Dockerfile"),
            read=lambda path: (context / path).read_bytes(),
            tolerant=True,
        )
    )


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("options", OPTIONS)
def test_a_mount_is_there_or_the_build_ends(options: str, name: str, tmp_path: Path) -> None:
    for file in FILES:
        path = tmp_path / file
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    (tmp_path / ".dockerignore").write_text(IGNORE)
    (tmp_path / "Dockerfile").write_text(
        "FROM scratch AS first\nCOPY there.txt /w/\n"
        "FROM localhost/python:slim\n"
        f"RUN --mount=type=bind,{options},target=/m test -e /m && touch /found || touch /lost\n"
    )
    env = {**os.environ, "DOCKER_BUILDKIT": "1"}
    built = subprocess.run(
        _command(name, tmp_path), env=env, capture_output=True, text=True, check=False, timeout=300
    )
    prediction = _predict(tmp_path, ENGINES[name])
    assert bool(prediction.missing_sources) == (built.returncode != 0), built.stderr[-800:]
