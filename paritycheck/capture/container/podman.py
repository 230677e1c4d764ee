"""Containers of Podman: asked through the connection that ``capture.image.podman`` makes."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from paritycheck.capture.container.inspecting import Inspected, container_facts, decode_inspected
from paritycheck.capture.container.logs import LogWindow, split_frames
from paritycheck.capture.container.mounts import with_listings
from paritycheck.capture.container.opened import OpenedContainer
from paritycheck.capture.container.running import read_changes, read_events, read_use, with_events
from paritycheck.capture.image.hosts import EngineHosts, is_local
from paritycheck.capture.image.podman import (
    Service,
    first_knowing,
    inspect_container,
    services,
    translated,
)
from paritycheck.errors import SourceError
from paritycheck.model.container import ContainerFacts

ASIDE = 20.0  # seconds for an answer that the audit can do without


@contextlib.contextmanager
def open_podman(name: str, hosts: EngineHosts, now: str) -> Iterator[OpenedContainer]:
    """Yield the container ``name``; ``now`` is the time of asking. Raises SourceError if there is none."""
    with services(hosts) as reachable:
        service, answer = first_knowing(reachable, name, "container", inspect_container)
        found = decode_inspected(answer, name)
        facts = container_facts(found, "podman", now)
        with translated(service, name), service.connect(ASIDE) as client:
            facts = _told_aside(client, found, facts, local=is_local(service.url))
        yield OpenedContainer(
            facts, f"container:{found.id}", lambda window: _log(service, found, window), service.url
        )


def list_podman(hosts: EngineHosts, label: str) -> list[str]:
    """Return the ids of the containers that have ``label`` (``name=value``), of all services."""
    found: dict[str, None] = {}
    with services(hosts) as reachable:
        for service in reachable:
            with translated(service, label), service.connect() as client:
                answer = client.api.get(
                    "/containers/json", params={"all": True, "filters": json.dumps({"label": [label]})}
                )
                answer.raise_for_status()
                found.update(dict.fromkeys(str(each["Id"]) for each in answer.json()))
    return list(found)


def _told_aside(client: Any, found: Inspected, facts: ContainerFacts, *, local: bool) -> ContainerFacts:
    """Ask what is good to know; what does not come is a remark."""
    remarks: list[str] = []
    ask = _asker(client, remarks)
    path = f"/containers/{found.id}"
    events = ask(
        "the times at which it started and died",
        "/events",
        lambda answer: list(read_events(answer.iter_lines())),
        stream="false",
        since="1",
        filters=json.dumps({"container": [found.id], "event": ["start", "died"]}),
    )
    facts = with_events(facts, events or ())
    image = ask("its image's health check", f"/images/{found.image}/json", lambda answer: answer.json()) or {}
    declared = image.get("Healthcheck") or (image.get("Config") or {}).get("Healthcheck")
    use = None
    if facts.state == "running":
        use = ask("what it uses", f"{path}/stats", read_use, stream="false")
    return msgspec.structs.replace(
        facts,
        image_healthcheck=bool(declared),
        use=use,
        changes=ask(
            "the files of its own layer", f"{path}/changes", lambda answer: read_changes(answer.json())
        ),
        mounts=with_listings(facts.mounts) if local else facts.mounts,
        remarks=tuple(remarks),
    )


def _asker(client: Any, remarks: list[str]) -> Callable[..., Any]:
    def ask(what: str, path: str, read: Callable[[Any], Any], **parameters: str) -> Any:
        try:
            answer = client.api.get(path, params=parameters)
            answer.raise_for_status()
            return read(answer)
        except (OSError, ValueError, KeyError, TypeError) as error:
            # The container may end while it is asked about.
            remarks.append(f"podman does not tell {what}: {str(error)[:200]}")
            return None

    return ask


def _log(service: Service, found: Inspected, window: LogWindow) -> Iterator[bytes]:
    parameters: dict[str, Any] = {"stdout": True, "stderr": True, "timestamps": True, "follow": False}
    if window.tail is not None:
        parameters["tail"] = str(window.tail)
    if window.since is not None:
        parameters["since"] = str(window.since)
    with translated(service, f"the log of {found.name}"), service.connect(ASIDE) as client:
        answer = client.api.get(f"/containers/{found.id}/logs", params=parameters, stream=True)
        if answer.status_code >= 400:
            raise SourceError(
                f"podman has no log of {found.name}: {answer.text[:300]}",
                "save the log where it is written, and name the file with --logs",
            )
        yield from split_frames(answer.raw.read, terminal=found.config.tty)
