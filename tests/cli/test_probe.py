"""``--probe`` as far as no engine is needed: what it refuses, and how the engine's program is called."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from paritycheck.capture.python.probing import probe_image
from paritycheck.errors import SourceError
from tests.cli.commandline import Place


@pytest.mark.parametrize(
    "words",
    [
        ("check", "-i", "{image}"),
        ("diff", ".", "{image}"),
        ("snapshot", "{image}", "-o", "x.json"),
        ("why", "app.main", "-i", "{image}"),
    ],
)
def test_an_archive_cannot_be_probed(words: tuple[str, ...], place: Place) -> None:
    said = place.refused(words[0], "--probe", *(word.format(image=place.image) for word in words[1:]))
    assert "none that an engine holds" in said
    assert not Path("x.json").exists()


def test_nothing_to_probe(place: Place) -> None:
    assert "none is named" in place.refused("check", "--probe")


def program(directory: Path, name: str, body: str) -> dict[str, str]:
    """Write an engine's program that notes how it is called; returns the variables to run it with."""
    path = directory / name
    path.write_text(f'#!/bin/sh\necho "$@" >> {directory}/calls\ncase $1 in run) {body};; esac\n')
    path.chmod(0o755)
    return {"PATH": f"{directory}:{os.defpath}"}


@pytest.mark.parametrize("reference", ["localhost/web", "docker-daemon:localhost/web"])
def test_a_container_that_hangs_is_removed(reference: str, tmp_path: Path) -> None:
    engine = "docker" if ":" in reference else "podman"
    variables = program(tmp_path, engine, "exec sleep 60")
    with pytest.raises(SourceError, match=f"--probe {reference}: {engine}: did not answer") as caught:
        probe_image(reference, "/usr/bin/python3", variables, timeout=0.5)
    assert "leave out --probe" in caught.value.hint
    started, removed = (tmp_path / "calls").read_text().splitlines()
    words = started.split()
    name = next(word for word in words if word.startswith("--name=")).removeprefix("--name=")
    assert {"--network=none", "--read-only", "--rm", "--pull=never"} <= set(words)
    assert not any(word.startswith(("-v", "--volume", "--mount", "--privileged")) for word in words)
    assert words[words.index("localhost/web") + 1] == "/usr/bin/python3"
    assert removed.split() == ["rm", "--force", "--volumes", name]


def test_an_engine_that_refuses_is_quoted(tmp_path: Path) -> None:
    variables = program(tmp_path, "podman", "echo Error: no such image >&2; exit 125")
    with pytest.raises(SourceError, match=r"exit code 125: Error: no such image"):
        probe_image("localhost/web", "/usr/bin/python3", variables)


def test_without_the_engines_program(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="podman: cannot be run") as caught:
        probe_image("localhost/web", "/usr/bin/python3", {"PATH": str(tmp_path)})
    assert "--probe" in caught.value.hint
