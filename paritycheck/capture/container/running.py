"""What an engine tells of a container beside ``inspect``: when it started and died, its changes, its use.

Facts: Docker Engine API, "SystemEvents", "ContainerStats", "ContainerChanges"; Podman answers in its words.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from paritycheck.model.container import Change, ChangeKind, ContainerFacts, Use

MOST_EVENTS = 2_000
KEPT_TIMES = 100
MOST_CHANGES = 20_000
CHANGES: dict[int, ChangeKind] = {0: "changed", 1: "added", 2: "deleted"}


def with_events(facts: ContainerFacts, events: Iterable[dict[str, Any]]) -> ContainerFacts:
    """Return the facts with the times at which the container started and died, and its last exit code."""
    starts: list[str] = []
    deaths: list[str] = []
    code = None
    for event in events:
        action = event.get("Action") or event.get("status")
        moment = _moment(event)
        if moment and action == "start":
            starts.append(moment)
        elif moment and action in ("died", "die"):
            deaths.append(moment)
            attributes = (event.get("Actor") or {}).get("Attributes") or {}
            told = str(attributes.get("containerExitCode") or attributes.get("exitCode") or "")
            code = int(told) if told.isdecimal() else code
    return msgspec.structs.replace(
        facts,
        starts=tuple(starts[-KEPT_TIMES:]),
        deaths=tuple(deaths[-KEPT_TIMES:]),
        exit_code=code if facts.exit_code is None else facts.exit_code,
    )


def read_events(lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """Yield the events of an answer, one JSON text a line."""
    for line in deque(lines, MOST_EVENTS):  # the last ones
        try:
            event = json.loads(line)
        except ValueError:
            continue
        if isinstance(event, dict):
            yield event


def _moment(event: dict[str, Any]) -> str:
    nanoseconds = event.get("timeNano") or (event.get("time") or 0) * 10**9
    if not isinstance(nanoseconds, int) or not nanoseconds:
        return ""
    moment = datetime.fromtimestamp(nanoseconds // 10**9, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{nanoseconds % 10**9:09d}Z"


def read_use(answer: Any) -> Use | None:
    """Return what an answer says; it is empty where the container has ended in the meantime."""
    return use_of(answer.json()) if answer.content.strip() else None


def use_of(stats: Any) -> Use | None:
    """Return what ``stats`` says a running container uses; ``None`` if it says nothing."""
    if not isinstance(stats, dict):
        return None
    memory = (stats.get("memory_stats") or {}).get("usage")
    processes = (stats.get("pids_stats") or {}).get("current")
    if not memory and not processes:
        return None
    return Use(memory or None, processes or None, _processor(stats))


def _processor(stats: dict[str, Any]) -> float | None:
    now, before = stats.get("cpu_stats") or {}, stats.get("precpu_stats") or {}
    try:
        used = now["cpu_usage"]["total_usage"] - before["cpu_usage"]["total_usage"]
        passed = now["system_cpu_usage"] - before["system_cpu_usage"]
    except (KeyError, TypeError):
        return None
    if passed <= 0 or used < 0 or not before.get("system_cpu_usage"):
        return None
    return float(round(100 * used / passed * (now.get("online_cpus") or 1), 1))


def read_changes(answer: Any) -> tuple[Change, ...] | None:
    """Return the paths of the container's own layer; ``None`` if the answer is not one."""
    if not isinstance(answer, list):
        return () if answer is None else None
    found = (
        Change(str(each["Path"]), CHANGES[each["Kind"]])
        for each in answer[:MOST_CHANGES]
        if isinstance(each, dict) and each.get("Kind") in CHANGES and "Path" in each
    )
    return tuple(sorted(found))
