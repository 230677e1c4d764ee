"""Images of a Docker daemon, and the connection to it, through the ``docker`` package (an extra of ours)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

from paritycheck.capture.image.archive import read_docker_archive
from paritycheck.capture.image.blobs import CHUNK, Scratch
from paritycheck.capture.image.hosts import EngineHosts, require_listener
from paritycheck.capture.image.layers import StackedImage
from paritycheck.errors import SourceError

DEFAULT_HOST = "unix:///var/run/docker.sock"
SAVE_PATIENCE = 900  # seconds until the daemon must send the next piece of an image


def open_image(name: str, hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    """Return the image that the daemon knows as ``name``. Raises SourceError with the next step to take."""
    with connected(hosts, f"image {name!r}", "docker images", hosts.patience) as (client, _):
        image = client.images.get(name)
        client.api.timeout = SAVE_PATIENCE
        span = scratch.keep(image.save(chunk_size=CHUNK), f"{name} as the Docker daemon saves it")
    return read_docker_archive(span, "", scratch)


@contextlib.contextmanager
def connected(hosts: EngineHosts, subject: str, lists: str, patience: float) -> Iterator[tuple[Any, str]]:
    """Yield a client of the daemon, and its URL; an answer may take ``patience`` seconds.

    ``subject`` is what is wanted (``image 'web'``), ``lists`` the command that lists such things. What the
    daemon refuses inside the block becomes a SourceError, as does its absence or that of the package.
    """
    try:
        import docker
        from docker.errors import DockerException, NotFound
        from requests.exceptions import RequestException
    except ImportError as error:
        raise SourceError("Docker needs the docker package", "pip install 'paritycheck[docker]'") from error
    url, hint = hosts.docker_host or DEFAULT_HOST, "check DOCKER_HOST and that docker info works"
    # The first question is a short one, so that a daemon which never answers is noticed soon.
    require_listener(url, "Docker daemon", hosts.patience, hint)
    try:
        client = docker.DockerClient(base_url=url, timeout=max(1, round(patience)))
        try:
            yield client, url
        finally:
            client.close()
    except NotFound as error:
        raise SourceError(
            f"the Docker daemon at {url} has no {subject}", f"{lists} lists what there is"
        ) from error
    except (DockerException, RequestException) as error:
        raise SourceError(f"the Docker daemon at {url} could not give us {subject}: {error}", hint) from error
