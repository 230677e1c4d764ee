"""How the container stands: its status in one word, and what its own facts tell apart from its log."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.failing import is_past
from paritycheck.audit.mounting import covering, describe
from paritycheck.model.audit import Evidence, Failure, Statement, Status
from paritycheck.model.container import ContainerFacts
from paritycheck.parse.logs.times import seconds_of

LOOP = 2  # restarts after which one speaks of a loop


def judge_status(dossier: Dossier, failures: tuple[Failure, ...]) -> Status:
    """Return the status in one word."""
    container = dossier.container
    errors = bool(dossier.errors)
    if container is None:
        return "crashed" if failures else "troubled" if errors else "unknown"
    broke = container.exit_code not in (None, 0) or container.out_of_memory
    looping = container.restarts >= LOOP and (broke or container.state == "restarting")
    current = any(not is_past(failure.incident, dossier) for failure in failures)
    if looping and (container.state != "running" or current or _is_young(container)):
        return "crash-loop"
    if container.state == "running":
        if container.health is not None and container.health.status == "unhealthy":
            return "unhealthy"
        return "troubled" if errors or current else "unknown" if dossier.unjudged else "healthy"
    if container.state in ("exited", "dead", "stopped") and (broke or container.error):
        return "crashed"
    return "stopped" if container.state in ("exited", "stopped", "created", "paused") else "unknown"


def _is_young(container: ContainerFacts) -> bool:
    up, interval = uptime(container), restart_interval(container)
    return up is not None and up < max(60.0, 2 * (interval or 0))


def uptime(container: ContainerFacts) -> float | None:
    """Return for how many seconds it has been running, or did the last time; ``None``: not known."""
    began = seconds_of(container.started)
    ended = seconds_of(container.asked if container.state == "running" else container.finished)
    return None if began is None or ended is None or ended < began else round(ended - began, 3)


def restart_interval(container: ContainerFacts) -> float | None:
    """Return the mean number of seconds between two starts, by the engine's events."""
    times = [moment for each in container.starts if (moment := seconds_of(each)) is not None]
    if len(times) < 2:
        return None
    return round((times[-1] - times[0]) / (len(times) - 1), 3)


def seconds(number: float) -> str:
    """Return a span as people read it."""
    if number < 0.05:
        return "less than 0.1 s"
    if number < 120:
        return f"{number:.1f} s"
    return f"{number / 60:.0f} min" if number < 7200 else f"{number / 3600:.1f} h"


def to_the_second(time: str) -> str:
    """Return a time of an engine without the fractions that no reader needs."""
    return re.sub(r"\.\d+(?=Z|[+-]|\Z)", "", time)


def has_given_up(container: ContainerFacts) -> bool:
    """Tell whether the engine has used up the restarts that its policy allows."""
    most = container.restart_policy.partition(":")[2]
    return most.isdecimal() and container.restarts >= int(most) and container.state != "running"


def count(number: int, word: str) -> str:
    """Return a number of things in words."""
    return f"{number} {word}{'' if number == 1 else 's'}"


def sentence(text: str) -> str:
    """Return words as a sentence: a capital, a full stop."""
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"


def describe_restarts(container: ContainerFacts) -> str:
    """Return how often it was restarted, how fast, and by which policy, in one sentence."""
    policy = f"restart policy “{container.restart_policy or 'unknown'}”"
    if not container.restarts:
        return f"The container has not been restarted ({policy})."
    every = restart_interval(container)
    often = f", every {seconds(every)}" if every is not None else ""
    engine = container.engine.capitalize()
    return f"{engine} has restarted the container {count(container.restarts, 'time')}{often} ({policy})."


def describe_end(container: ContainerFacts) -> str:
    """Return how its last process ended, in one sentence; ``""`` if none has."""
    killed = ": the kernel killed it for want of memory" if container.out_of_memory else ""
    if container.exit_code is None:
        return f"A process of it was killed{killed}." if killed else ""
    return f"Its last process ended with exit code {container.exit_code}{killed}."


def describe_state(container: ContainerFacts) -> str:
    """Return restarts, exit code, state and uptime in a few sentences."""
    up = uptime(container)
    if container.state == "running":
        now = "When it was asked about, it was running" + (f", for {seconds(up)}." if up is not None else ".")
    else:
        lived = f", {seconds(up)} after it had started" if up is not None else ""
        ended = f" It ended at {to_the_second(container.finished)}{lived}." if container.finished else ""
        now = f"It is in the state “{container.state}”.{ended}"
    return " ".join(filter(None, (describe_restarts(container), describe_end(container), now)))


def state_evidence(container: ContainerFacts) -> Evidence:
    """Return what the engine says, as evidence."""
    facts = {
        "Status": container.state,
        "ExitCode": container.exit_code,
        "RestartCount": container.restarts,
        "RestartPolicy": container.restart_policy,
        "StartedAt": container.started or None,
    }
    known = (f"{name}: {value}" for name, value in facts.items() if value is not None)
    return Evidence(f"{container.engine} inspect", ", ".join(known))


def standing_statements(dossier: Dossier) -> Iterator[Statement]:
    """Yield what is wrong with how the container is run, whether or not it is why it fails."""
    container = dossier.container
    if container is None:
        return
    said = f"{container.engine} inspect"
    looping = container.restarts >= LOOP and container.exit_code not in (None, 0)
    yield from _health(container, said, {each.code for each in dossier.report.findings})
    if container.out_of_memory:
        limit = f" of {container.limits.memory} bytes" if container.limits.memory else ""
        yield Statement(
            f"The kernel killed a process at the memory limit{limit}.",
            (Evidence(said, "OOMKilled: true"),),
            "Out of memory",
            "error",
        )
    if looping and container.restart_policy != "no":
        yield Statement(
            f"The restart policy “{container.restart_policy}” has started again "
            f"{count(container.restarts, 'time')} what failed: between two failures it looks like running.",
            (
                Evidence(
                    said, f"RestartCount: {container.restarts}, RestartPolicy: {container.restart_policy}"
                ),
            ),
            "Restarts hide the failure",
            "warning",
        )
    if container.user in ("", "0", "root") or container.user.startswith(("0:", "root:")):
        written = container.user or "empty, which means root"
        yield Statement("The process runs as root.", (Evidence(said, f"User: {written}"),), "User", "note")
    if container.privileged:
        yield Statement(
            "The container is privileged.", (Evidence(said, "Privileged: true"),), "Rights", "warning"
        )
    if container.limits.memory is None:
        yield Statement(
            "No memory limit is set: a leak takes the host's memory.",
            (Evidence(said, "Memory: 0"),),
            "Limits",
            "note",
        )
    yield from _mounts(container)
    yield from _changes(dossier, container)


def _health(container: ContainerFacts, said: str, codes: Collection[str]) -> Iterator[Statement]:
    test = container.healthcheck.test if container.healthcheck else ()
    # PC404 says the same, and where it was lost.
    if (not test or test == ("NONE",)) and "PC404" not in codes:
        yield Statement(
            "The container has no health check: its engine calls it running as long as a process exists.",
            (Evidence(said, "Healthcheck: none"),),
            "Health check",
            "warning",
        )
    if container.health is not None and container.health.status == "unhealthy":
        last = container.health.log[-1] if container.health.log else None
        told = f", the last said: {last.output.strip()[:200]} (exit code {last.exit_code})" if last else ""
        yield Statement(
            f"The health check fails, {container.health.failing} times in a row{told}.",
            (Evidence(said, f"Health: {container.health.status}"),),
            "Health",
            "error",
        )


def _mounts(container: ContainerFacts) -> Iterator[Statement]:
    for mount in container.mounts:
        if mount.holds is not None and not mount.holds and mount.kind == "bind":
            yield Statement(
                f"The {describe(mount)} at {mount.target} is empty: whatever the image has there is hidden.",
                (Evidence("mounts", f"{mount.source} has no files"),),
                "Mounts",
                "warning",
            )


def _changes(dossier: Dossier, container: ContainerFacts) -> Iterator[Statement]:
    ours = [
        change.path
        for change in container.changes or ()
        if change.kind != "added"
        and change.path.lstrip("/") in dossier.facts.placement.local_of
        and covering(change.path, container) is None
    ]
    if ours:
        yield Statement(
            f"Files of the application were changed inside the container: {', '.join(ours[:5])}.",
            (Evidence(f"{container.engine} diff", f"{len(ours)} files of the image changed"),),
            "Drift",
            "warning",
        )
