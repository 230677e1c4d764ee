"""The engines themselves, and the images that every other live test relies on."""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path

import docker as docker_package
import podman as podman_package
import pytest
from packaging.version import Version

from tests.live.conftest import LiveImage, run_podman, setting


def test_podman_answers(podman: podman_package.PodmanClient) -> None:
    found: dict[str, str] = podman.version()  # type: ignore[no-untyped-call]
    assert Version(found["Version"]) >= Version("4.3")


def test_docker_answers(docker: docker_package.DockerClient) -> None:
    assert Version(docker.version()["Version"].partition("+")[0]) >= Version("20.10")


@pytest.mark.parametrize("buildkit", ["0", "1"])
def test_both_docker_builders_reach_the_base_image(buildkit: str, tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM localhost/python:slim\nRUN python3 -c 'import ssl'\n")
    built = subprocess.run(
        [setting("PARITYCHECK_DOCKER"), "build", "-q", "--network", "host", str(tmp_path)],
        env={**os.environ, "DOCKER_BUILDKIT": buildkit},
        capture_output=True,
        text=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr


def test_start_command_imports_the_application(image: LiveImage) -> None:
    run_podman("run", "--rm", "--network=none", image.reference)


def test_slim_base_has_no_python_of_debian() -> None:
    command = ("sh", "-c", "command -v python3; ls /usr/bin")
    found = run_podman("run", "--rm", "--network=none", "localhost/python:slim", *command).split()
    assert "/usr/local/bin/python3" in found
    assert "python3" not in found


def test_both_engines_hold_the_same_layers(
    image: LiveImage, podman: podman_package.PodmanClient, docker: docker_package.DockerClient
) -> None:
    theirs = docker.images.get(image.reference).attrs["RootFS"]["Layers"]
    assert podman.images.get(image.reference).attrs["RootFS"]["Layers"] == theirs


def test_archives_hold_differently_compressed_layers(image: LiveImage) -> None:
    index = json.loads((image.oci_layout / "index.json").read_text())
    digest: str = index["manifests"][0]["digest"]
    manifest = json.loads((image.oci_layout / "blobs" / digest.replace(":", "/")).read_text())
    assert all(layer["mediaType"].endswith("tar+zstd") for layer in manifest["layers"])
    with tarfile.open(image.docker_archive) as archive, tarfile.open(image.oci_archive) as zipped:
        assert "manifest.json" in archive.getnames()
        assert "index.json" in zipped.getnames()
    assert image.oci_archive.stat().st_size < image.docker_archive.stat().st_size
