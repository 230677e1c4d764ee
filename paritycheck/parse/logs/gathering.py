"""The same incident many times -> once, with its count and its period; memory does not grow with the log."""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

from paritycheck.model.incident import Incident, LogEvent
from paritycheck.model.smoke import Raised
from paritycheck.parse.logs.exceptions import withhold
from paritycheck.parse.logs.redaction import redact
from paritycheck.parse.logs.times import seconds_of

MOST_KINDS = 200  # different incidents that are kept; what follows is counted only
MOST_GAPS = 400
MOST_PROCESSES = 40
COARSE = 3.0  # seconds
_VARYING = re.compile(r"0x[0-9a-fA-F]+|\d+")


@dataclass
class _Seen:
    """What is known of one incident or event so far."""

    line: int
    count: int = 0
    first: str = ""
    last: str = ""
    gaps: list[float] = field(default_factory=list)
    processes: dict[str, None] = field(default_factory=dict)

    def add(self, time: str, process: str) -> None:
        """Count one more, at a time as the log writes it."""
        self.count += 1
        if process and len(self.processes) < MOST_PROCESSES:
            self.processes[process] = None
        if not time:
            return
        if self.last and len(self.gaps) < MOST_GAPS:
            before, now = seconds_of(self.last), seconds_of(time)
            if before is not None and now is not None:
                self.gaps.append(max(0.0, now - before))
        self.first = self.first or time
        self.last = time

    @property
    def period(self) -> float | None:
        """The usual number of seconds between two, if there are two gaps at least."""
        if len(self.gaps) < 2:
            return None
        median = statistics.median(self.gaps)
        # Some logs know whole seconds only: then the mean says more about short periods.
        return round(median if median >= COARSE else statistics.mean(self.gaps), 3)


@dataclass
class _Kind:
    incident: Incident
    seen: _Seen


class Gathering:
    """All incidents and events of one log."""

    def __init__(self) -> None:
        self._incidents: dict[tuple[object, ...], _Kind] = {}
        self._events: dict[object, tuple[LogEvent, _Seen]] = {}
        self.dropped = 0

    def add_incident(
        self, raised: tuple[Raised, ...], describe: Callable[[], Incident], time: str, process: str
    ) -> None:
        """Count an incident; ``describe`` is asked for the first of its kind only."""
        identity = tuple(_identity(each) for each in raised)
        kind = self._incidents.get(identity)
        if kind is None:
            if len(self._incidents) >= MOST_KINDS:
                self.dropped += 1
                return
            incident = describe()
            kind = self._incidents[identity] = _Kind(incident, _Seen(incident.line))
        kind.seen.add(time, process)

    def add_event(self, event: LogEvent, time: str, process: str) -> None:
        """Count an event; of one kind the first is kept."""
        _, seen = self._events.setdefault(event.kind, (event, _Seen(event.line)))
        seen.add(time, process)

    def incidents(self) -> tuple[Incident, ...]:
        """Return every incident once, in the order of their first lines."""
        return tuple(
            Incident(
                raised=tuple(withhold(raised) for raised in kind.incident.raised),
                count=kind.seen.count,
                line=kind.seen.line,
                first=kind.seen.first,
                last=kind.seen.last,
                period=kind.seen.period,
                processes=tuple(kind.seen.processes),
                cut=kind.incident.cut,
                excerpt=tuple(redact(line)[:400] for line in kind.incident.excerpt),
                origin=kind.incident.origin,
            )
            for kind in sorted(self._incidents.values(), key=lambda kind: kind.seen.line)
        )

    def events(self) -> tuple[LogEvent, ...]:
        """Return every kind of event once."""
        return tuple(
            LogEvent(
                event.kind,
                redact(event.text)[:400],
                seen.count,
                seen.line,
                tuple(seen.processes),
                seen.first,
                seen.last,
            )
            for event, seen in self._events.values()
        )


def _identity(raised: Raised) -> tuple[object, ...]:
    """Return what two occurrences of one failure share: not addresses, counters, process ids."""
    last = raised.frames[-1] if raised.frames else None
    message = _VARYING.sub("0", raised.message[:200])
    return raised.type, message, raised.name, raised.file, last and (last.file, last.line)
