"""What instructions write into an image's configuration, engine by engine."""

from __future__ import annotations

import pytest

from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.model.snapshot import Healthcheck
from tests.predict.builds import ALL, build, refusal


def command(lines: str, engine: Engine) -> tuple[tuple[str, ...], tuple[str, ...]]:
    settings = build(f"FROM scratch\n{lines}\n", engine).settings
    return settings.entrypoint, settings.cmd


SH = ("/bin/sh", "-c")


@pytest.mark.parametrize(
    ("lines", "entrypoint", "cmd"),
    [
        ("CMD a  $b ", (), (*SH, "a  $b")),
        ('CMD ["a", "$b"]', (), ("a", "$b")),
        ("CMD []", (), ()),
        ("ENTRYPOINT a b", (*SH, "a b"), ()),
        ("CMD c\nENTRYPOINT e", (*SH, "e"), (*SH, "c")),
        ('ENTRYPOINT ["e"]\nCMD ["c"]', ("e",), ("c",)),
        ('ENTRYPOINT ["e"]\nENTRYPOINT []', (), ()),
        # An inherited CMD goes with an inherited ENTRYPOINT; order inside the stage does not matter.
        ('CMD ["c"]\nFROM 0\nENTRYPOINT ["e"]', ("e",), ()),
        ('ENTRYPOINT ["e"]\nFROM 0\nCMD ["d"]', ("e",), ("d",)),
        ('CMD ["c"]\nFROM 0\nCMD ["d"]\nENTRYPOINT ["e"]', ("e",), ("d",)),
    ],
)
def test_commands(lines: str, entrypoint: tuple[str, ...], cmd: tuple[str, ...]) -> None:
    for engine in ALL:
        named = f"AS base\n{lines}".replace("FROM 0", "FROM base")
        settings = build(f"FROM scratch {named}\n", engine).settings
        assert (settings.entrypoint, settings.cmd) == (entrypoint, cmd)


def test_a_command_of_nothing() -> None:
    assert [command("CMD", engine)[1] for engine in (BUILDKIT, DOCKER, PODMAN)] == [(*SH, ""), SH, SH]
    assert [command("ENTRYPOINT", e)[0] for e in (BUILDKIT, DOCKER, PODMAN)] == [(*SH, ""), (), ()]


def test_shell_is_heeded_by_all_but_podman_and_kept_in_docker_format() -> None:
    lines = 'CMD a\nSHELL ["/bin/bash", "-ec"]\nENTRYPOINT b\n'
    assert command(lines, BUILDKIT) == (("/bin/bash", "-ec", "b"), (*SH, "a"))
    assert command(lines, PODMAN) == ((*SH, "b"), (*SH, "a"))
    text = f"FROM scratch\n{lines}HEALTHCHECK CMD x\n"
    oci, docker = build(text, PODMAN).settings, build(text, PODMAN, image_format="docker").settings
    assert (oci.shell, oci.healthcheck) == ((), None)
    assert (docker.shell, docker.healthcheck) == (("/bin/bash", "-ec"), Healthcheck(("CMD-SHELL", "x")))


@pytest.mark.parametrize(
    ("lines", "buildkit", "docker", "podman"),
    [
        ("", "/", "", "/"),
        ("WORKDIR /", "/", "/", "/"),
        ("WORKDIR w", "/w", "/w", "/w"),
        ("WORKDIR /a\nWORKDIR ../b/./c/", "/b/c", "/b/c", "/b/c"),
        ("WORKDIR /a/./b/", "/a/./b/", "/a/./b/", "/a/./b"),
        ("WORKDIR '/a b'", "/a b", "/a b", "/a b"),
        ("WORKDIR /a b", "/a b", "/a b", "/a b"),
        ('WORKDIR ["/a"]', "/[/a]", "/[/a]", "/[/a]"),
        ("WORKDIR /a\nWORKDIR $U", "/a", "REFUSED", "/a"),
    ],
)
def test_workdir(lines: str, buildkit: str, docker: str, podman: str) -> None:
    text = f"FROM scratch\nENV A=1\n{lines}\n"
    for engine, expected in zip((BUILDKIT, DOCKER, PODMAN), (buildkit, docker, podman), strict=True):
        reason, line = refusal(text, engine)
        found = "REFUSED" if reason else build(text, engine).settings.workdir
        assert found == expected
        assert line == (4 if reason else 0)


def test_ports_are_checked_by_docker_and_believed_by_podman() -> None:
    text = "FROM scratch\nENV P='80 81'\nEXPOSE 9-11/UDP $P 1.2.3.4:7:8\n"
    expected = ("8/tcp", "80/tcp", "81/tcp", "9/udp", "10/udp", "11/udp")
    assert sorted(build(text, BUILDKIT).settings.ports) == sorted(expected)
    assert sorted(build(text, DOCKER).settings.ports) == sorted(expected)
    assert build(text, PODMAN).settings.ports == ("9-11/UDP", "80/tcp", "81/tcp", "1.2.3.4:7:8/tcp")
    for port in ("foo", "70000", "9-8", "80/abc"):
        for engine in (BUILDKIT, DOCKER):
            assert refusal(f"FROM scratch\nEXPOSE {port}\n", engine)[1] == 2


def test_lists_grow_and_are_inherited_but_triggers_are_not() -> None:
    text = (
        "FROM scratch AS b\nVOLUME /v\nLABEL a=1\nUSER u\nONBUILD LABEL t=1\n"
        'FROM b AS c\nVOLUME ["/w", "/v"]\nLABEL a=2 b=3\nUSER 1:2\nSTOPSIGNAL SIGINT\n'
        "FROM c\n"
    )
    for engine in (BUILDKIT, DOCKER):
        settings = build(text, engine).settings
        assert settings.volumes == ("/v", "/w")
        assert settings.labels == {"a": "2", "t": "1", "b": "3"}
        assert (settings.user, settings.stop_signal, settings.onbuild) == ("1:2", "SIGINT", ())
    assert "t" not in build(text, PODMAN).settings.labels
    assert build(text, PODMAN, image_format="docker").settings.labels["t"] == "1"
    assert build(text, BUILDKIT, target="b").settings.onbuild == ("LABEL t=1",)


def test_signals() -> None:
    for engine in ALL:
        for good in ("9", "SIGTERM", "term", "SIGRTMIN+3"):
            assert refusal(f"FROM scratch\nSTOPSIGNAL {good}\n", engine) == ("", 0)
        for bad in ("0", "SIGFOO", "RTMIN+99"):
            assert refusal(f"FROM scratch\nSTOPSIGNAL {bad}\n", engine) == (f"Invalid signal: {bad}", 2)
