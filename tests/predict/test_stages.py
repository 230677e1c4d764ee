"""Which stages run, and what a name in FROM, --from or --target means."""

from __future__ import annotations

import pytest

from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from tests.predict.builds import ALL, REFUSED, build, paths, refusal


def landed(text: str, engine: Engine, target: str = "") -> str:
    """Return the names at the root of the image, or that the build is refused, or unknown."""
    if refusal(text, engine, target)[0]:
        return REFUSED
    found = build(text, engine, target=target)
    return "UNKNOWN" if found.unknown else " ".join(path for path in paths(found) if "/" not in path)


TWO = "FROM scratch AS x\nCOPY a /1\nFROM scratch AS Y\nCOPY b /2\n"


@pytest.mark.parametrize(
    ("target", "buildkit", "docker", "podman"),
    [
        ("", "2", "2", "2"),
        ("x", "1", "1", "1"),
        ("X", "1", "1", REFUSED),
        ("Y", "2", "2", "2"),
        ("y", "2", "2", REFUSED),
        ("0", REFUSED, REFUSED, "1"),
        ("nope", REFUSED, REFUSED, REFUSED),
    ],
)
def test_target(target: str, buildkit: str, docker: str, podman: str) -> None:
    assert [landed(TWO, engine, target) for engine in (BUILDKIT, DOCKER, PODMAN)] == [
        buildkit,
        docker,
        podman,
    ]


@pytest.mark.parametrize(
    ("base", "buildkit", "docker", "podman"),
    [
        ("x", "1", "1", "1"),
        ("X", REFUSED, "1", REFUSED),
        ("Y", REFUSED, "2", "2"),
        ("y", "2", "2", REFUSED),
        # A number is never an image, and no stage either but for an unnamed one in Buildah.
        ("0", REFUSED, REFUSED, REFUSED),
        ("python:3.12", "UNKNOWN", "UNKNOWN", "UNKNOWN"),
        ("$U", REFUSED, REFUSED, REFUSED),
        ("Not/An.Image", REFUSED, REFUSED, REFUSED),
    ],
)
def test_from(base: str, buildkit: str, docker: str, podman: str) -> None:
    text = f"{TWO}FROM {base}\nENV A=1\n"
    assert [landed(text, engine) for engine in (BUILDKIT, DOCKER, PODMAN)] == [buildkit, docker, podman]


def test_podman_builds_from_the_number_of_an_unnamed_stage() -> None:
    assert landed("FROM scratch\nCOPY a /1\nFROM 0\nCOPY b /2\n", PODMAN) == "1 2"


@pytest.mark.parametrize(
    ("source", "buildkit", "docker", "podman"),
    [
        ("x", "r", "r", "r"),
        ("X", "r", "r", REFUSED),
        ("0", "r", "r", "r"),
        ("2", REFUSED, REFUSED, REFUSED),
        ("7", REFUSED, REFUSED, "UNKNOWN"),
        ("later", REFUSED, REFUSED, REFUSED),
        ("$S", REFUSED, REFUSED, "r"),
        ("$E", REFUSED, REFUSED, REFUSED),
        ("", REFUSED, REFUSED, REFUSED),
        ("alpine:3", "UNKNOWN", "UNKNOWN", "UNKNOWN"),
    ],
)
def test_copy_from(source: str, buildkit: str, docker: str, podman: str) -> None:
    text = (
        f"{TWO}FROM scratch AS z\nARG S=x\nENV E=x\nCOPY --from={source} /1 /r\n"
        "FROM scratch AS later\nCOPY a /1\n"
    )
    found = [landed(text, engine, "z") for engine in (BUILDKIT, DOCKER, PODMAN)]
    assert found == [buildkit, docker, podman]


def test_only_the_classic_builder_runs_stages_that_nobody_needs() -> None:
    text = "FROM scratch AS x\nCOPY nope /1\nFROM scratch\nCOPY b /2\n"
    assert [landed(text, engine) for engine in ALL] == ["2", REFUSED, "2"]
    assert [stage.tree is None for stage in build(text).stages] == [True, False]


def test_two_stages_of_one_name() -> None:
    text = "FROM scratch AS x\nCOPY a /1\nFROM scratch AS x\nCOPY b /2\nFROM x\nCOPY a /3\n"
    assert landed(text, BUILDKIT) == "2 3"
    assert landed(text, PODMAN) == "2 3"
    assert refusal(text, DOCKER) == ("x stage name already used", 3)
    assert [landed(text, engine, "x") for engine in ALL] == ["2", "1", "2"]
    assert landed(text, Engine("podman", (1, 43)), "x") == "1"


def test_a_stage_called_scratch_is_seen_by_all_but_podman() -> None:
    text = "FROM scratch AS scratch\nCOPY a /1\nFROM scratch\nCOPY b /2\n"
    assert [landed(text, engine) for engine in ALL] == ["1 2", "1 2", "2"]


def test_circles_are_refused_by_buildkit_even_where_they_are_not_reached() -> None:
    text = "FROM scratch\nCOPY --from=1 /a /a\nFROM scratch\nCOPY --from=0 /a /a\nFROM scratch\nCOPY a /1\n"
    reason, line = refusal(text, BUILDKIT)
    assert "circular dependency" in reason
    assert line == 1


def test_arguments_name_stages_for_podman_only() -> None:
    text = "ARG N=q\nFROM scratch AS $N\nCOPY a /1\nFROM $N\nCOPY b /2\n"
    assert landed(text, PODMAN) == "1 2"
    for engine in (BUILDKIT, DOCKER):
        assert "invalid name for build stage" in refusal(text, engine)[0]


def test_what_comes_before_from() -> None:
    for engine in ALL:
        assert refusal("ENV A=1\nFROM scratch\n", engine)[1] == 1
        assert refusal("ARG A=1\n", engine)[0] != ""


def test_triggers_reach_stages_that_nobody_else_needs() -> None:
    text = (
        "FROM scratch AS data\nCOPY a /a\nFROM scratch AS base\nENV A=1\nONBUILD COPY --from=data /a /got\n"
        "FROM base\nENV B=1\n"
    )
    assert landed(text, BUILDKIT) == "got"
    assert landed(text, DOCKER) == "got"
    assert landed(text, PODMAN) == ""


def test_docker_makes_no_image_of_nothing() -> None:
    assert [refusal("FROM scratch\n", engine)[0] for engine in ALL] == [
        "",
        "No image was generated. Is your Dockerfile empty?",
        "",
    ]


def test_platforms_are_expanded_and_must_be_some() -> None:
    for engine in ALL:
        assert landed("FROM --platform=linux/arm64 scratch\nCOPY a /1\n", engine) == "1"
        assert landed("FROM --platform=$U scratch\nCOPY a /1\n", engine) == REFUSED
    assert landed("FROM --platform=$BUILDPLATFORM scratch\nCOPY a /1\n", BUILDKIT) == "1"


def test_podman_evaluates_every_arg_even_where_it_does_not_run() -> None:
    text = "FROM scratch AS x\nARG X=${Y-z}\nFROM scratch\nCOPY a /1\n"
    assert refusal(text, PODMAN)[1] == 2
    assert landed(text, BUILDKIT) == "1"


def test_run_with_mounts_needs_buildkit() -> None:
    text = "FROM scratch\nRUN --mount=type=cache,target=/c x\n"
    assert refusal(text, DOCKER) == ("the --mount option requires BuildKit", 2)
    assert {part.location.line for part in build(text).unknown if part.location} == {2}
