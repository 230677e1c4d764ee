"""Predicted builds of small texts, for the tests of everything a build consists of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.building.request import BaseImage, BuildRequest, NamedContext, Prediction
from paritycheck.predict.context.effective import Context
from paritycheck.predict.planning.build import predict_build
from tests.drawn import tree

ALL = (BUILDKIT, DOCKER, PODMAN)
FILES = """
a | A
b | BB
d/
  x | x
  e/
    y | yy
"""
REFUSED = "REFUSED"


def build(
    text: str,
    engine: Engine = BUILDKIT,
    args: Mapping[str, str] | None = None,
    target: str = "",
    files: FileTree | None = None,
    named: Mapping[str, NamedContext | BaseImage] | None = None,
    bases: Mapping[str, BaseImage] | None = None,
    image_format: Literal["oci", "docker"] = "oci",
    tolerant: bool = False,
    ignore: str = "",
) -> Prediction:
    """Predict the build of ``text`` with :data:`FILES` (or ``files``) as its context.

    ``ignore`` is the text of its ignore file.
    """
    return predict_build(
        BuildRequest(
            containerfile=parse_containerfile(text, "Containerfile", engine),
            engine=engine,
            context=Context(
                tree(FILES) if files is None else files,
                parse_ignorefile(ignore.encode(), ".dockerignore", engine) if ignore else None,
                engine,
            ),
            build_args=args or {},
            target=target,
            named=named or {},
            bases=bases or {},
            image_format=image_format,
            tolerant=tolerant,
        )
    )


def paths(prediction: Prediction) -> list[str]:
    """Return all paths of the predicted image, sorted."""
    return sorted(prediction.tree.paths())


def refusal(text: str, engine: Engine, target: str = "", ignore: str = "") -> tuple[str, int]:
    """Return the reason and the line of the refusal of ``text``; an empty reason if it builds."""
    try:
        build(text, engine, target=target, ignore=ignore)
    except BuildRefused as error:
        return error.reason, error.line
    return "", 0
