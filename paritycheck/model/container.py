"""A container as its engine describes it: how it runs, how it ended, what it is given."""

from typing import Literal

import msgspec

from paritycheck.model.snapshot import Healthcheck

ContainerState = Literal[
    "created", "running", "restarting", "paused", "exited", "stopped", "removing", "dead", "unknown"
]
ChangeKind = Literal["added", "changed", "deleted"]


class HealthProbe(msgspec.Struct, frozen=True, omit_defaults=True):
    """One run of the health check; ``output`` is shortened, secrets withheld."""

    start: str
    exit_code: int
    output: str = ""


class Health(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the engine says about health: ``status`` in its words, the last runs, the oldest first."""

    status: str
    failing: int = 0
    log: tuple[HealthProbe, ...] = ()


class ContainerMount(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something mounted at ``target`` (absolute).

    ``source`` is the path on the engine's host. ``holds`` are the paths below it (relative, links by their
    own names), as far as they could be listed on this machine; ``None``: nobody could look.
    """

    kind: str
    target: str
    source: str = ""
    name: str = ""
    read_only: bool = False
    holds: frozenset[str] | None = None


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the container may use: bytes, processors, processes; ``None``: as much as there is."""

    memory: int | None = None
    processors: float | None = None
    processes: int | None = None


class Use(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a running container uses: bytes, processes, and the share of one processor in percent."""

    memory: int | None = None
    processes: int | None = None
    processor: float | None = None


class Change(msgspec.Struct, frozen=True, omit_defaults=True, order=True):
    """A path (absolute) by which the container differs from its image."""

    path: str
    kind: ChangeKind


class ContainerFacts(msgspec.Struct, frozen=True, omit_defaults=True):
    """One container, asked once; times in ISO 8601 as the engine writes them, ``""`` if it says none.

    ``exit_code`` is that of the last process that ended (``None``: none has). ``restarts`` is the engine's
    count, ``restart_policy`` as it is given on the command line (``on-failure:5``). ``starts`` and
    ``deaths`` are the times that the engine's events tell, the oldest first. ``environment`` keeps every
    name, the value only of what steers Python. ``command`` is what runs in the end. ``healthcheck`` is the
    container's own configuration. ``image_healthcheck``: whether its image has one. ``changes`` are paths
    in the container's own layer, ``None`` if the engine could not tell.
    """

    name: str
    id: str
    engine: Literal["podman", "docker"]
    state: ContainerState
    image: str = ""
    image_id: str = ""
    created: str = ""
    started: str = ""
    finished: str = ""
    asked: str = ""
    exit_code: int | None = None
    out_of_memory: bool = False
    error: str = ""
    restarts: int = 0
    restart_policy: str = ""
    starts: tuple[str, ...] = ()
    deaths: tuple[str, ...] = ()
    health: Health | None = None
    healthcheck: Healthcheck | None = None
    image_healthcheck: bool = False
    mounts: tuple[ContainerMount, ...] = ()
    environment: dict[str, str | None] = {}
    command: tuple[str, ...] = ()
    workdir: str = ""
    user: str = ""
    privileged: bool = False
    limits: Limits = Limits()
    use: Use | None = None
    changes: tuple[Change, ...] | None = None
    remarks: tuple[str, ...] = ()
