"""Where container engines are to be reached; the cli fills it in from the environment."""

from __future__ import annotations

from dataclasses import dataclass


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
