"""The engines that scripts/engines started, and three images, each by every road that leads to it."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import docker as docker_package
import podman as podman_package
import pytest

HERE = Path(__file__).parent
LIVE = os.environ.get("PARITYCHECK_LIVE") == "1"
NAMES = ("debian-python", "venv", "multi-stage")


@dataclass(frozen=True)
class LiveImage:
    """An image that Podman built in the OCI format, that both engines hold, and its three archives."""

    name: str
    reference: str
    podman_id: str
    docker_id: str
    docker_archive: Path
    """Layers plain."""
    oci_archive: Path
    """Layers gzipped."""
    oci_layout: Path
    """Layers compressed by zstd."""

    @property
    def checkout(self) -> Path:
        """The build context that the image was built from."""
        return HERE / "images" / self.name


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Mark what is in this folder; leave it out of runs that did not ask for engines: never a silent pass."""
    live = [item for item in items if item.path.is_relative_to(HERE)]
    for item in live:
        item.add_marker("live")
    if not LIVE and live:
        config.hook.pytest_deselected(items=live)
        items[:] = [item for item in items if item not in live]


def setting(name: str) -> str:
    """A variable of the file that `scripts/engines env` names; without it there is nothing to test."""
    if name not in os.environ:
        pytest.fail(
            f"{name} is not set: run `make live`, or source the file that `scripts/engines env` names"
        )
    return os.environ[name]


def run(*command: str) -> str:
    """Standard output of a command that must succeed."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.fail(
            f"{shlex.join(command)} ended with {done.returncode}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.stdout


def run_podman(*arguments: str) -> str:
    """Run podman on the local store: its remote form ignores the mounts of a build."""
    return run("podman", "--remote=false", *arguments)


def run_docker(*arguments: str) -> str:
    """Run the docker program that has the builders of Debian's release."""
    return run(setting("PARITYCHECK_DOCKER"), *arguments)


def build(context: Path, tag: str, *flags: str) -> str:
    """Build with Podman in the OCI format, the package indexes of this machine at hand; the image's ID."""
    reach = shlex.split(setting("PARITYCHECK_BUILD_FLAGS"))
    return run_podman("build", *reach, *flags, "--quiet", "-t", tag, str(context)).split()[-1]


@pytest.fixture(scope="session")
def podman() -> Iterator[podman_package.PodmanClient]:
    """A connection to Podman's service."""
    with podman_package.PodmanClient(base_url=setting("CONTAINER_HOST")) as client:
        if not client.ping():
            pytest.fail("podman's service does not answer: see `scripts/engines status`")
        yield client


@pytest.fixture(scope="session")
def docker() -> Iterator[docker_package.DockerClient]:
    """A connection to the Docker daemon."""
    client = docker_package.DockerClient(base_url=setting("DOCKER_HOST"))
    client.ping()
    yield client
    client.close()


def export(reference: str, folder: Path) -> None:
    """Write the image in all three formats, each with layers compressed in another way."""
    shutil.rmtree(folder.parent, ignore_errors=True)
    unfinished = folder.with_suffix(".part")
    unfinished.mkdir(parents=True)
    run_podman("save", "-q", "--format", "docker-archive", "-o", f"{unfinished}/docker.tar", reference)
    run_podman("save", "-q", "--format", "oci-archive", "-o", f"{unfinished}/oci.tar", reference)
    run_podman("push", "-q", "--compression-format", "zstd", reference, f"oci:{unfinished}/oci:latest")
    unfinished.rename(folder)


def make_image(name: str) -> LiveImage:
    """Build, export and load one image; what an earlier run made of the same image is used again."""
    reference = f"localhost/paritycheck-live/{name}:latest"
    podman_id = build(HERE / "images" / name, reference)
    folder = Path(setting("PARITYCHECK_EXPORTS"), name, podman_id)
    if not folder.is_dir():
        export(reference, folder)
    run_docker("load", "-q", "-i", f"{folder}/docker.tar")
    docker_id = run_docker("image", "inspect", "--format", "{{.Id}}", reference).strip()
    return LiveImage(
        name, reference, podman_id, docker_id, folder / "docker.tar", folder / "oci.tar", folder / "oci"
    )


@pytest.fixture(scope="session")
def images() -> dict[str, LiveImage]:
    """The three images, by name."""
    return {name: make_image(name) for name in NAMES}


@pytest.fixture(params=NAMES)
def image(request: pytest.FixtureRequest, images: dict[str, LiveImage]) -> LiveImage:
    """Each of the three images in turn."""
    return images[request.param]
