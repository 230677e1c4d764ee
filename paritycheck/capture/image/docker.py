"""Images of a Docker daemon, through the ``docker`` package (the extra ``paritycheck[docker]``)."""

from __future__ import annotations

from paritycheck.capture.image.archive import read_docker_archive
from paritycheck.capture.image.blobs import CHUNK, Scratch
from paritycheck.capture.image.hosts import EngineHosts, require_listener
from paritycheck.capture.image.layers import StackedImage
from paritycheck.errors import SourceError

DEFAULT_HOST = "unix:///var/run/docker.sock"
HINT = "check DOCKER_HOST and that docker info works"
SAVE_PATIENCE = 900  # seconds until the daemon must send the next piece of an image


def open_image(name: str, hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    """Return the image that the daemon knows as ``name``. Raises SourceError with the next step to take."""
    try:
        import docker
        from docker.errors import DockerException, NotFound
        from requests.exceptions import RequestException
    except ImportError as error:
        raise SourceError(
            "docker-daemon: needs the docker package", "pip install 'paritycheck[docker]'"
        ) from error
    host = hosts.docker_host or DEFAULT_HOST
    require_listener(host, "Docker daemon", hosts.patience, HINT)
    try:
        # The first question is a short one, so that a daemon which never answers is noticed soon.
        client = docker.DockerClient(base_url=host, timeout=max(1, round(hosts.patience)))
        try:
            image = client.images.get(name)
            client.api.timeout = SAVE_PATIENCE
            span = scratch.keep(image.save(chunk_size=CHUNK), f"{name} as the Docker daemon saves it")
        finally:
            client.close()
    except NotFound as error:
        raise SourceError(
            f"the Docker daemon at {host} has no image {name!r}", "docker images lists what there is"
        ) from error
    except (DockerException, RequestException, OSError) as error:
        raise SourceError(
            f"the Docker daemon at {host} could not give us {name}: {error}",
            HINT,
        ) from error
    return read_docker_archive(span, "", scratch)
