"""What a container's log tells: the exceptions that ended its processes, how often, and since when."""

from typing import Literal

import msgspec

from paritycheck.model.smoke import Raised

EventKind = Literal["started", "booted", "died", "killed", "gave-up"]


class Incident(msgspec.Struct, frozen=True, omit_defaults=True):
    """An exception as the log has it, once for all its repetitions.

    ``raised``: the exception and then what caused it, or the exceptions of its group. ``count`` times,
    first in line ``line`` (from 1), at times ``first`` and ``last`` as the log writes them (``""``: it does
    not). ``period``: the usual number of seconds between two. ``processes``: the ids that the lines name.
    ``cut``: its beginning or end is not in the log. ``excerpt``: its first lines and its last, secrets
    withheld. ``origin``: from what it was read.
    """

    raised: tuple[Raised, ...]
    count: int = 1
    line: int = 0
    first: str = ""
    last: str = ""
    period: float | None = None
    processes: tuple[str, ...] = ()
    cut: bool = False
    excerpt: tuple[str, ...] = ()
    origin: Literal["traceback", "sentence"] = "traceback"


class LogEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """What servers say of their processes: ``text`` of the first line that says it, ``count`` of all."""

    kind: EventKind
    text: str
    count: int = 1
    line: int = 0
    processes: tuple[str, ...] = ()
    first: str = ""
    last: str = ""


class LogReading(msgspec.Struct, frozen=True, omit_defaults=True):
    """A log, read once: ``incidents`` in the order of their first line, ``tail`` its last lines.

    ``lines`` and ``size`` (bytes) are what was read; ``asked`` says which part of the log that is.
    """

    lines: int = 0
    size: int = 0
    first: str = ""
    last: str = ""
    incidents: tuple[Incident, ...] = ()
    events: tuple[LogEvent, ...] = ()
    tail: tuple[str, ...] = ()
    asked: str = ""
    remarks: tuple[str, ...] = ()
