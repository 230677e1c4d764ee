"""Predicted builds whose RUN steps install distributions, for the tests of what these leave behind."""

from __future__ import annotations

from collections.abc import Mapping

from paritycheck.model.engine import BUILDKIT
from paritycheck.model.environment import Environment
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.predict.building.request import BuildRequest, Prediction
from paritycheck.predict.building.standins import stand_in
from paritycheck.predict.context.effective import Context
from paritycheck.predict.environment.inferring import infer_environment
from paritycheck.predict.planning.build import predict_build
from paritycheck.predict.selecting.selection import Catalogue

NOTHING = Catalogue()


def predict(text: str, files: Mapping[str, str], catalogue: Catalogue = NOTHING) -> Prediction:
    """Predict the build of a Containerfile from a context of these texts."""
    folders = {path[:end] for path in files for end, char in enumerate(path) if char == "/"}
    entries = [FileEntry(path, "dir", mode=0o755) for path in sorted(folders)]
    entries += [FileEntry(path, "file", size=len(text), mode=0o644) for path, text in files.items()]
    return predict_build(
        BuildRequest(
            containerfile=parse_containerfile(text, "Containerfile", BUILDKIT),
            engine=BUILDKIT,
            context=Context(FileTree(entries), None, BUILDKIT),
            read=lambda path: files[path].encode(),
            stand_in=stand_in,
            catalogue=catalogue,
        )
    )


def environment_of(prediction: Prediction, executable: str = "python") -> Environment:
    """Return the environment of an interpreter of the predicted image."""

    def read(path: str) -> bytes | None:
        entry = prediction.tree.find(path)
        if entry is not None and entry.digest in prediction.inline:
            return prediction.inline[entry.digest]
        return prediction.read(path)

    return infer_environment(prediction.tree, read, prediction.config, executable)


def distributions(prediction: Prediction, executable: str = "python") -> str:
    """Return the distributions that an interpreter of the predicted image sees, but for pip and its like."""
    found = environment_of(prediction, executable).distributions
    seeds = ("pip", "setuptools", "wheel")
    return " ".join(
        sorted(f"{each.name}=={each.version}".removesuffix("==") for each in found if each.name not in seeds)
    )


def open_sites(prediction: Prediction) -> list[str]:
    """Return the directories that may hold distributions nobody listed."""
    return sorted({part.path for part in prediction.unknown if part.brings in ("anything", "distributions")})
