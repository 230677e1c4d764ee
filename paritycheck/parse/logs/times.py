"""Times as loggers and engines write them: how to know one, and how many seconds lie between two.

Facts: RFC 3339 (Docker, Podman, journald), Python's ``logging`` (a comma before the milliseconds), RFC 3164
(syslog), Common Log Format, gunicorn (a blank before the zone).
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

TIME = (
    r"(?:\d{4}[-/]\d\d[-/]\d\d[T _]\d\d:\d\d:\d\d(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d(?:\.\d+)?"
    r"|\d\d/[A-Z][a-z]{2}/\d{4}[: ]\d\d:\d\d:\d\d(?: [+-]\d{4})?"
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)?"
    r"|\b1[5-9]\d{8}(?:\.\d+)?)"
)
ANY_TIME = re.compile(TIME)
DATED = re.compile(
    r"(\d{4})[-/](\d\d)[-/](\d\d)[T _](\d\d):(\d\d):(\d\d)(?:[.,](\d+))? ?(Z|UTC|GMT|[+-]\d\d:?\d\d)?"
)
SEARCHED = 160  # characters of a line in which its time is looked for


def find_time(line: str) -> str:
    """Return the first full date and time that ``line`` begins with, as written; ``""`` if it has none."""
    found = DATED.search(line, 0, SEARCHED)
    return found.group() if found else ""


def seconds_of(time: str) -> float | None:
    """Return the seconds since 1970 of a time with a date; without a zone it is taken for UTC."""
    found = DATED.search(time)
    if found is None:
        return None
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    try:
        moment = datetime(year, month, day, hour, minute, min(second, 59), tzinfo=UTC).timestamp()
    except (ValueError, OverflowError, OSError):
        return None
    zone = found[8] or "Z"
    shift = 0
    if zone[0] in "+-":
        shift = int(zone[1:3]) * 3600 + int(zone[-2:]) * 60
        shift = -shift if zone[0] == "-" else shift
    return moment - shift + float(f"0.{found[7] or 0}")
