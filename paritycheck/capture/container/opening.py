"""A container by its name, whichever engine has it; or the one of a compose service."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime

from paritycheck.capture.container.opened import OpenedContainer
from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.errors import SourceError, UsageError

LABELS = ("com.docker.compose.service", "io.podman.compose.service")
ENGINES: tuple[str, ...] = ("podman", "docker")


@contextlib.contextmanager
def open_container(reference: str, hosts: EngineHosts, now: datetime) -> Iterator[OpenedContainer]:
    """Yield the container that ``reference`` names: ``podman:NAME``, ``docker:NAME``, or of either engine.

    Raises SourceError that says which engines were asked and what each answered.
    """
    engine, colon, rest = reference.partition(":")
    asked, name = ENGINES, reference
    if colon and engine in ("container", *ENGINES):
        asked, name = ("podman" if engine == "container" else engine,), rest
    if not name:
        raise UsageError(f"{reference!r} names no container", "podman ps --all lists what there is")
    refusals: list[SourceError] = []
    with contextlib.ExitStack() as stack:
        for each in asked:
            try:
                opened = stack.enter_context(_open(each, name, hosts, now))
            except SourceError as error:
                refusals.append(error)
                continue
            yield opened
            return
    raise SourceError(
        f"no container {name} can be audited: " + "; ".join(error.message for error in refusals),
        refusals[0].hint if len(refusals) == 1 else "podman ps --all and docker ps --all list what there is",
    )


def find_service_container(service: str, hosts: EngineHosts) -> str:
    """Return the reference of the one container of a compose service; UsageError for none or several."""
    found: dict[str, None] = {}
    reasons: list[str] = []
    for engine in ENGINES:
        for label in LABELS:
            try:
                found.update(
                    dict.fromkeys(f"{engine}:{each}" for each in _list(engine, f"{label}={service}", hosts))
                )
            except SourceError as error:
                reasons.append(error.message)
    if len(found) == 1:
        return next(iter(found))
    if not found:
        why = f" ({'; '.join(dict.fromkeys(reasons))})" if reasons else ""
        raise UsageError(
            f"no container belongs to the compose service {service}{why}", "name the container itself"
        )
    shown = ", ".join(each[:20] for each in found)
    raise UsageError(
        f"several containers belong to the compose service {service}: {shown}", "name one of them"
    )


# Each engine brings an HTTP library: its module is imported by those who ask it.


def _open(
    engine: str, name: str, hosts: EngineHosts, now: datetime
) -> contextlib.AbstractContextManager[OpenedContainer]:
    written = now.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if engine == "docker":
        from paritycheck.capture.container.docker import open_docker

        return open_docker(name, hosts, written, int(now.timestamp()))
    from paritycheck.capture.container.podman import open_podman

    return open_podman(name, hosts, written)


def _list(engine: str, label: str, hosts: EngineHosts) -> list[str]:
    if engine == "docker":
        from paritycheck.capture.container.docker import list_docker

        return list_docker(hosts, label)
    from paritycheck.capture.container.podman import list_podman

    return list_podman(hosts, label)
