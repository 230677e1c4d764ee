"""ENV, ARG and build arguments: who wins, what is inherited, what exists without being declared."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from tests.predict.builds import ALL, REFUSED, build


def value(lines: str, engine: Engine, args: Mapping[str, str] | None = None) -> str:
    """Return what ``$X`` is after ``lines``; they begin with FROM unless they bring their own."""
    text = lines if "FROM" in lines else f"FROM scratch\n{lines}"
    try:
        return build(f"{text}\nLABEL x=<$X>", engine, args).settings.labels["x"][1:-1]
    except BuildRefused:
        return REFUSED


@pytest.mark.parametrize(
    ("lines", "args", "buildkit", "docker", "podman"),
    [
        ("ARG X=1", {}, "1", "1", "1"),
        ("ARG X=1", {"X": "9"}, "9", "9", "9"),
        ("ARG X=1", {"X": ""}, "", "", ""),
        ("", {"X": "9"}, "", "", ""),
        ("ENV X=e\nARG X=a", {}, "a", "e", "e"),
        ("ENV X=e\nARG X=a", {"X": "9"}, "9", "e", "e"),
        ("ENV X=e\nARG X", {}, "e", "e", "e"),
        ("ARG X=a\nENV X=e", {"X": "9"}, "e", "e", "e"),
        ("ARG X=1\nARG X", {}, "1", "", "1"),
        ("ENV X=1\nENV X=2 Y=$X\nENV X=$Y", {}, "1", "1", "1"),
        ("ARG Y=1 X=$Y", {}, "1", "", ""),
        ("ARG X=1\nFROM scratch", {}, "", "", ""),
        ("ARG X=1\nFROM scratch\nARG X", {}, "1", "1", "1"),
        ("ARG X=1\nFROM scratch\nARG X=2", {}, "2", "2", "2"),
        ("ARG Y=1\nARG X=${Y}2\nFROM scratch\nARG X", {"Y": "7"}, "72", "72", "72"),
        ("ARG X\nFROM scratch\nARG X", {}, "", "", ""),
        ("FROM scratch AS b\nARG X=1\nFROM b", {}, "1", "", "1"),
        ("FROM scratch AS b\nENV X=1\nFROM b", {}, "1", "1", "1"),
        # What BuildKit inherits of an ARG comes after ENV no more: the image's ENV is read anew.
        ("FROM scratch AS b\nENV X=e\nARG X=a\nFROM b", {}, "e", "e", "e"),
        ("ARG TARGETARCH\nARG X=$TARGETARCH", {}, "amd64", "", "amd64"),
        ("ARG X=$TARGETARCH", {}, "", "", ""),
        ("ARG X=$TARGETPLATFORM\nFROM scratch\nARG X", {}, "linux/amd64", "", "linux/amd64"),
        ("ARG TARGETARCH=z\nARG X=$TARGETARCH", {}, "z", "z", "amd64"),
        ("ARG TARGETPLATFORM=z\nARG X=$TARGETPLATFORM", {}, "z", "z", REFUSED),
        ("ARG TARGETARCH\nARG X=$TARGETARCH", {"TARGETARCH": "g"}, "g", "g", "g"),
        ("ARG TARGETSTAGE\nARG X=$TARGETSTAGE", {}, "default", "", ""),
        ("FROM scratch AS Sx\nARG TARGETSTAGE\nARG X=$TARGETSTAGE", {}, "sx", "", ""),
        ("ENV X=$HTTP_PROXY", {"HTTP_PROXY": "p"}, "", "p", "p"),
        ("ENV X=$PATH", {}, *["/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] * 3),
        ("ENV X=\"a b\" Y='$X'\nENV X=$Y", {}, "$X", "$X", "$X"),
        ('ENV X a  "b c"', {}, "a  b c", "a  b c", "a  b c"),
        ("ARG Y=q\nENV $Y=1\nENV X=$q", {}, "1", "1", "1"),
        ("ARG X = 1", {}, REFUSED, REFUSED, ""),
    ],
)
def test_value(lines: str, args: dict[str, str], buildkit: str, docker: str, podman: str) -> None:
    found = [value(lines, engine, args) for engine in (BUILDKIT, DOCKER, PODMAN)]
    assert found == [buildkit, docker, podman]


@pytest.mark.parametrize(
    ("engine", "lines", "expected"),
    [
        (Engine("podman", (1, 40)), "FROM scratch AS b\nARG X=1\nFROM b", ""),
        (Engine("podman", (1, 36)), "ARG TARGETARCH=z\nARG X=$TARGETARCH", "z"),
        (Engine("buildkit", (0, 13)), "ARG Y=1 X=$Y", ""),
        (Engine("buildkit", (0, 16)), "ARG TARGETSTAGE\nARG X=$TARGETSTAGE", ""),
    ],
)
def test_older_versions(engine: Engine, lines: str, expected: str) -> None:
    assert value(lines, engine) == expected


def test_arguments_are_in_no_configuration() -> None:
    for engine in ALL:
        settings = build("FROM scratch\nARG X=1\nENV Y=$X\n", engine).settings
        assert list(settings.env) == ["PATH", "Y"]


def test_values_that_may_be_secret_are_not_in_the_configuration_to_write_down() -> None:
    config = build("FROM scratch\nENV DATABASE_URL=s3cret PYTHONPATH=/app PYTHON_API_KEY=k\n").config
    assert config.env["DATABASE_URL"] is None
    assert config.env["PYTHON_API_KEY"] is None
    assert config.env["PYTHONPATH"] == "/app"
