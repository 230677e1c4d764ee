"""What servers and supervisors say of the processes that they keep.

Sources: the words of uvicorn (``supervisors/multiprocess.py``, ``supervisors/statreload.py``), gunicorn
(``arbiter.py``), Celery (billiard ``pool.py``), supervisord, and the shell's ``Killed``.
"""

from __future__ import annotations

import re

from paritycheck.model.incident import EventKind

# What has to stand in a line, the sentence (its group: a process id, if it names one), what it tells.
EVENTS: tuple[tuple[str, re.Pattern[str], EventKind], ...] = (
    ("hild process", re.compile(r"[Cc]hild process \[?(\d+)?\]? ?(?:died|exited)"), "died"),
    ("Started ", re.compile(r"Started (?:server|parent|reloader) process \[?(\d+)"), "started"),
    ("Booting worker", re.compile(r"Booting worker with pid:? ?\[?(\d+)"), "booted"),
    ("Worker ", re.compile(r"Worker \(pid:(\d+)\) (?:exited|was sent|failed)"), "died"),
    ("Worker failed", re.compile(r"Worker failed to boot"), "gave-up"),
    ("WorkerLost", re.compile(r"Worker exited prematurely|WorkerLostError"), "died"),
    (
        "exited:",
        re.compile(r"INFO exited: \S+ \((?:exit status \d+|terminated by [^)]*); not expected"),
        "died",
    ),
    ("gave up:", re.compile(r"gave up: \S+ entered FATAL state"), "gave-up"),
    ("Killed", re.compile(r"(?:^|\s|:)Killed\s*\Z"), "killed"),
    ("Out of memory", re.compile(r"Perhaps out of memory|Out of memory"), "killed"),
)
_PROCESS = re.compile(
    r"\[(\d{1,7})\]|\bpid[:= ]{1,2}(\d{1,7})|\bPID (\d{1,7})|\b((?:\w+Worker|Process)-\d{1,7})\b"
)


def read_event(line: str) -> tuple[EventKind, str] | None:
    """Return what a line tells of a process, and the process it names (``""``: none)."""
    for word, sentence, kind in EVENTS:
        if word in line:
            found = sentence.search(line)
            if found:
                return kind, (found[1] or "") if sentence.groups else name_process(line)
    return None


def name_process(line: str) -> str:
    """Return the process that a line names in one of the usual ways, ``""`` if none."""
    found = _PROCESS.search(line, 0, 240)
    return next(filter(None, found.groups()), "") if found else ""
