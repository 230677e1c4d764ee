"""``--probe``: the image's own interpreter, run by both engines, says what its files say."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from paritycheck.capture.python.probing import probe_image
from paritycheck.cli import run
from paritycheck.errors import SourceError
from paritycheck.model.document import decode_snapshot
from paritycheck.model.environment import Environment
from tests.live.conftest import LiveImage, build, run_docker, run_podman, setting

HOST_ONLY = ("platform_release", "platform_version")
ENGINES = ("CONTAINER_HOST", "DOCKER_HOST", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF")


def environment(path: Path, *words: str) -> Environment:
    """The environment in the document that ``snapshot`` writes."""
    assert run(["snapshot", *words, "-o", str(path)]) == 0
    return decode_snapshot(path.read_bytes(), str(path)).environment


@pytest.mark.parametrize("transport", ["", "docker-daemon:"])
def test_probe_and_files_agree(transport: str, image: LiveImage, tmp_path: Path) -> None:
    reference = transport + image.reference
    inferred = environment(tmp_path / "inferred.json", reference)
    probed = environment(tmp_path / "probed.json", reference, "--probe")
    assert probed.interpreter is not None
    assert inferred.inferred
    assert not probed.inferred
    markers = {name: value for name, value in probed.interpreter.markers.items() if name not in HOST_ONLY}
    interpreter = replace(probed.interpreter, markers=markers)
    assert replace(probed, interpreter=interpreter, inferred=True) == inferred
    assert containers() == []


def test_a_container_that_does_not_answer_is_removed(tmp_path: Path) -> None:
    (tmp_path / "Containerfile").write_text(
        "FROM localhost/python:slim\nRUN printf '#!/bin/sh\\nexec sleep 600\\n' > /hang && chmod +x /hang\n"
    )
    name = "localhost/paritycheck-live/hanging:latest"
    build(tmp_path, name)
    variables = {"PATH": "/usr/local/bin:/usr/bin:/bin", **{each: setting(each) for each in ENGINES}}
    try:
        with pytest.raises(SourceError, match="did not answer within 4 s") as caught:
            probe_image(name, "/hang", variables, timeout=4)
        assert "--probe" in caught.value.hint
        assert containers() == []
    finally:
        run_podman("rmi", "-f", name)


def containers() -> list[str]:
    """The containers of both engines that a probe left."""
    listed = [run("ps", "--all", "--format", "{{.Names}}") for run in (run_podman, run_docker)]
    return [name for name in "".join(listed).split() if name.startswith("paritycheck-probe-")]
