"""What ``inspect`` says about a container, in the words that Podman and Docker share -> ContainerFacts.

Facts: Docker Engine API, "ContainerInspect"; Podman's libpod API, "ContainerInspectLibpod".
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from paritycheck.capture.image.selection import keeps_value
from paritycheck.errors import SourceError
from paritycheck.model.container import (
    ContainerFacts,
    ContainerMount,
    ContainerState,
    Health,
    HealthProbe,
    Limits,
)
from paritycheck.model.snapshot import Healthcheck
from paritycheck.parse.logs.redaction import redact, redact_words

SHOWN_PROBES = 5
NEVER = "0001-01-01"  # what Go writes for no time
_STATES: dict[str, ContainerState] = {
    "created": "created",
    "configured": "created",
    "initialized": "created",
    "running": "running",
    "restarting": "restarting",
    "paused": "paused",
    "exited": "exited",
    "stopped": "stopped",
    "stopping": "stopped",
    "removing": "removing",
    "dead": "dead",
}


class _Probe(msgspec.Struct, rename="pascal"):
    start: str = ""
    exit_code: int = 0
    output: str = ""


class _Health(msgspec.Struct, rename="pascal"):
    status: str = ""
    failing_streak: int = 0
    log: list[_Probe] | None = None


class _State(msgspec.Struct, rename="pascal"):
    status: str = ""
    started_at: str = ""
    finished_at: str = ""
    exit_code: int = 0
    oom_killed: bool = msgspec.field(name="OOMKilled", default=False)
    error: str = ""
    health: _Health | None = None
    healthcheck: _Health | None = None


class _Test(msgspec.Struct, rename="pascal"):
    test: list[str] | None = None


class _Config(msgspec.Struct, rename="pascal"):
    env: list[str] | None = None
    image: str = ""
    user: str = ""
    working_dir: str = ""
    tty: bool = False
    healthcheck: _Test | None = None
    labels: dict[str, str] | None = None


class _Policy(msgspec.Struct, rename="pascal"):
    name: str = ""
    maximum_retry_count: int = 0


class _HostConfig(msgspec.Struct, rename="pascal"):
    restart_policy: _Policy | None = None
    memory: int = 0
    nano_cpus: int = 0
    cpu_quota: int = 0
    cpu_period: int = 0
    pids_limit: int | None = None
    privileged: bool = False


class _Mount(msgspec.Struct, rename="pascal"):
    destination: str
    type: str = ""
    source: str = ""
    name: str = ""
    rw: bool = msgspec.field(name="RW", default=True)


class Inspected(msgspec.Struct, rename="pascal"):
    """The parts of an answer that are used."""

    id: str
    image: str = ""
    image_name: str = ""
    name: str = ""
    created: str = ""
    path: str = ""
    args: list[str] | None = None
    restart_count: int = 0
    state: _State = msgspec.field(default_factory=_State)
    config: _Config = msgspec.field(default_factory=_Config)
    host_config: _HostConfig = msgspec.field(default_factory=_HostConfig)
    mounts: list[_Mount] | None = None


def decode_inspected(answer: Any, what: str) -> Inspected:
    """Decode an engine's answer about the container ``what``. Raises SourceError if it is another thing."""
    try:
        return msgspec.convert(answer, Inspected)
    except msgspec.ValidationError as error:
        raise SourceError(
            f"what the engine says about {what} is not understood: {error}", "report the engine's version"
        ) from error


def container_facts(found: Inspected, engine: Literal["podman", "docker"], asked: str) -> ContainerFacts:
    """Return what the answer tells; the engine's events and the log's know more about restarts."""
    state, config, host = found.state, found.config, found.host_config
    finished = _time(state.finished_at)
    is_up = state.status in ("running", "paused")
    return ContainerFacts(
        name=found.name.lstrip("/"),
        id=found.id,
        engine=engine,
        state=_STATES.get(state.status, "unknown"),
        image=found.image_name or config.image,
        image_id=found.image.removeprefix("sha256:"),
        created=_time(found.created),
        started=_time(state.started_at),
        finished=finished,
        asked=asked,
        # While it runs, engines say 0 or what the last run ended with.
        exit_code=None if is_up or not finished else state.exit_code,
        out_of_memory=state.oom_killed,
        error=redact(state.error),
        restarts=found.restart_count,
        restart_policy=_policy(host.restart_policy),
        health=_health(state.health or state.healthcheck),
        healthcheck=_healthcheck(config.healthcheck),
        mounts=tuple(
            ContainerMount(each.type, each.destination, each.source, each.name, not each.rw)
            for each in found.mounts or ()
        ),
        environment=dict(_variable(text) for text in config.env or ()),
        command=redact_words(word for word in (found.path, *(found.args or ())) if word),
        workdir=config.working_dir,
        user=config.user,
        privileged=host.privileged,
        limits=_limits(host),
    )


def _time(text: str) -> str:
    return "" if text.startswith(NEVER) else text


def _policy(policy: _Policy | None) -> str:
    if policy is None or policy.name in ("", "no"):
        return "no"
    return f"{policy.name}:{policy.maximum_retry_count}" if policy.maximum_retry_count else policy.name


def _health(health: _Health | None) -> Health | None:
    if health is None or health.status in ("", "none"):
        return None
    probes = (health.log or [])[-SHOWN_PROBES:]
    log = tuple(HealthProbe(each.start, each.exit_code, redact(each.output)[:400]) for each in probes)
    return Health(health.status, health.failing_streak, log)


def _healthcheck(test: _Test | None) -> Healthcheck | None:
    words = (test.test if test else None) or []
    return Healthcheck(redact_words(words)) if words else None


def _limits(host: _HostConfig) -> Limits:
    processors: float | None = host.nano_cpus / 1e9 if host.nano_cpus else None
    if processors is None and host.cpu_quota > 0:
        processors = host.cpu_quota / (host.cpu_period or 100_000)
    processes = host.pids_limit if (host.pids_limit or 0) > 0 else None
    return Limits(host.memory or None, processors, processes)


def _variable(text: str) -> tuple[str, str | None]:
    name, _, value = text.partition("=")
    return name, value if keeps_value(name, value) else None
