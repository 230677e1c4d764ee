"""Base images that nobody has read: whose modules may be the project's."""

from __future__ import annotations

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.predict.building.bases import may_hold_project
from paritycheck.predict.building.request import BuildRequest, Prediction
from paritycheck.predict.context.effective import Context
from paritycheck.predict.planning.build import predict_build


@pytest.mark.parametrize(
    ("name", "may"),
    [
        ("python:3.12-slim", False),
        ("docker.io/library/python@sha256:0", False),
        ("public.ecr.aws/docker/library/node:20", False),
        ("ghcr.io/astral-sh/uv:python3.12-alpine", False),
        ("base", True),
        ("python-base", True),
        ("localhost/python", True),
        ("acme/python:3", True),
    ],
)
def test_images_that_may_hold_the_project(name: str, may: bool) -> None:
    assert may_hold_project(name) is may


def build(text: str) -> Prediction:
    return predict_build(
        BuildRequest(
            containerfile=parse_containerfile(text, "Containerfile", BUILDKIT),
            engine=BUILDKIT,
            context=Context(FileTree([]), None, BUILDKIT),
            read=lambda _: b"",
        )
    )


def test_what_the_base_image_may_set_is_not_refused() -> None:
    found = build("FROM acme/base\nVOLUME $DATA\nVOLUME /kept\n")
    assert [problem.message for problem in found.problems] == [
        "the base image is not at hand: what it sets DATA to is not known"
    ]
    with pytest.raises(BuildRefused, match="VOLUME"):
        build("FROM scratch\nVOLUME $DATA\n")
    with pytest.raises(BuildRefused, match="VOLUME"):
        build("FROM acme/base\nENV DATA=\nVOLUME $DATA\n")
