"""Where container engines are to be reached; the cli fills it in from the environment."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from urllib.parse import unquote, urlparse

from paritycheck.errors import SourceError


@dataclass(frozen=True)
class EngineHosts:
    """What ``CONTAINER_HOST``, ``DOCKER_HOST``, ``XDG_RUNTIME_DIR``, ``CONTAINERS_STORAGE_CONF`` say.

    ``None``: not set, use the default places. ``patience`` is how many seconds an engine may take for
    its first answer.
    """

    container_host: str | None = None
    docker_host: str | None = None
    runtime_dir: str | None = None
    storage_conf: str | None = None
    patience: float = 5.0


def is_local(url: str) -> bool:
    """Tell whether ``url`` is a socket of this machine's file system."""
    return url.startswith(("unix://", "http+unix://"))


def require_listener(url: str, engine: str, patience: float, hint: str) -> None:
    """Raise SourceError if nobody listens on the local socket ``url``; says nothing about other hosts.

    The clients would find out too, but they lose the socket on which they failed.
    """
    if not is_local(url):
        return
    parts = urlparse(url)
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(patience)
        try:
            probe.connect(unquote(parts.netloc + parts.path))
        except OSError as error:
            reason = error.strerror or str(error)
            raise SourceError(f"the {engine} at {url} cannot be reached: {reason}", hint) from error
