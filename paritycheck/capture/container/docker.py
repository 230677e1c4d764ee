"""Containers of a Docker daemon, through the ``docker`` package (the extra ``paritycheck[docker]``)."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from paritycheck.capture.container.inspecting import Inspected, container_facts, decode_inspected
from paritycheck.capture.container.logs import LogWindow
from paritycheck.capture.container.mounts import with_listings
from paritycheck.capture.container.opened import OpenedContainer
from paritycheck.capture.container.running import read_changes, use_of, with_events
from paritycheck.capture.image.docker import connected
from paritycheck.capture.image.hosts import EngineHosts, is_local
from paritycheck.model.container import ContainerFacts

ASIDE = 20  # seconds for an answer


@contextlib.contextmanager
def open_docker(name: str, hosts: EngineHosts, now: str, seconds: int) -> Iterator[OpenedContainer]:
    """Yield the container ``name``; ``now`` is the time of asking, in ``seconds`` since 1970 as well.

    Raises SourceError if there is no such container, no daemon or no ``docker`` package.
    """
    with _connected(hosts, f"container {name!r}") as (client, url):
        api = client.api
        found = decode_inspected(api.inspect_container(name), name)
        facts = _told_aside(api, found, container_facts(found, "docker", now), seconds, local=is_local(url))
        yield OpenedContainer(
            facts, f"docker-daemon:{found.image}", lambda window: _log(api, found, window), url
        )


def list_docker(hosts: EngineHosts, label: str) -> list[str]:
    """Return the ids of the containers that have ``label`` (``name=value``)."""
    with _connected(hosts, f"containers with the label {label}") as (client, _):
        return [str(each["Id"]) for each in client.api.containers(all=True, filters={"label": label})]


def _connected(hosts: EngineHosts, subject: str) -> contextlib.AbstractContextManager[tuple[Any, str]]:
    return connected(hosts, subject, "docker ps --all", max(ASIDE, hosts.patience))


def _told_aside(
    api: Any, found: Inspected, facts: ContainerFacts, seconds: int, *, local: bool
) -> ContainerFacts:
    remarks: list[str] = []

    def ask(what: str, question: Callable[[], Any]) -> Any:
        try:
            return question()
        except (OSError, ValueError, KeyError, TypeError) as error:
            remarks.append(f"docker does not tell {what}: {str(error)[:200]}")
            return None

    events = ask(
        "the times at which it started and died",
        lambda: list(  # the daemon itself keeps no more than some hundred
            api.events(
                since=1,
                until=seconds,
                filters={"container": found.id, "event": ["start", "die"]},
                decode=True,
            )
        ),
    )
    image = ask("its image's health check", lambda: api.inspect_image(found.image)) or {}
    use = None
    if facts.state == "running":
        use = ask("what it uses", lambda: use_of(api.stats(found.id, stream=False)))
    facts = with_events(facts, events or ())
    return msgspec.structs.replace(
        facts,
        image_healthcheck=bool((image.get("Config") or {}).get("Healthcheck")),
        use=use,
        changes=read_changes(ask("the files of its own layer", lambda: api.diff(found.id))),
        mounts=with_listings(facts.mounts) if local else facts.mounts,
        remarks=tuple(remarks),
    )


def _log(api: Any, found: Inspected, window: LogWindow) -> Iterator[bytes]:
    asked: dict[str, Any] = {
        "stdout": True,
        "stderr": True,
        "timestamps": True,
        "stream": True,
        "follow": False,
    }
    if window.tail is not None:
        asked["tail"] = window.tail
    if window.since:
        asked["since"] = window.since
    yield from api.logs(found.id, **asked)
