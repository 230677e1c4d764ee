"""Logs as servers write them, and logs that nobody wrote: tables of values."""

from __future__ import annotations

import json
import tracemalloc

import pytest

from paritycheck.model.incident import Incident, LogReading
from paritycheck.parse.logs.exceptions import is_circular, missing_library
from paritycheck.parse.logs.reading import BLOCK, read_log

TRACEBACK = """Traceback (most recent call last):
  File "/app/shop/main.py", line 3, in <module>
    import shop.prices
ModuleNotFoundError: No module named 'shop.prices'
"""
GUNICORN = """[2026-11-22 10:00:00 +0000] [1] [INFO] Starting gunicorn 22.0.0
[2026-11-22 10:00:00 +0000] [7] [INFO] Booting worker with pid: 7
[2026-11-22 10:00:01 +0000] [7] [ERROR] Exception in worker process
Traceback (most recent call last):
  File "/app/shop/wsgi.py", line 1, in <module>
    import shop.prices
ModuleNotFoundError: No module named 'shop.prices'
[2026-11-22 10:00:01 +0000] [7] [INFO] Worker exiting (pid: 7)
[2026-11-22 10:00:02 +0000] [1] [ERROR] Worker (pid:7) exited with code 3
[2026-11-22 10:00:02 +0000] [1] [ERROR] Reason: Worker failed to boot.
"""
GROUP = """  + Exception Group Traceback (most recent call last):
  |   File "/app/a.py", line 9, in <module>
  |     run()
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/app/a.py", line 3, in left
    |     open("x")
    | FileNotFoundError: [Errno 2] No such file or directory: 'x'
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/app/a.py", line 6, in right
    |     import y
    | ModuleNotFoundError: No module named 'y'
    +------------------------------------
"""
SYNTAX = """  File "/app/shop/main.py", line 2
    match x:
          ^
SyntaxError: invalid syntax
"""
DEEP = (
    'Traceback (most recent call last):\n  File "/app/a.py", line 2, in f\n    f()\n'
    + '  File "/app/a.py", line 2, in f\n    f()\n' * 3
    + "  [Previous line repeated 993 more times]\nRecursionError: maximum recursion depth exceeded\n"
)


def read(text: str | bytes) -> LogReading:
    return read_log([text.encode() if isinstance(text, str) else text])


def only(text: str | bytes) -> Incident:
    (incident,) = read(text).incidents
    return incident


def test_workers_of_gunicorn() -> None:
    reading = read(GUNICORN)
    (incident,) = reading.incidents
    assert incident.raised[0].name == "shop.prices"
    assert incident.processes == ("7",)
    assert incident.first == "2026-11-22 10:00:01 +0000"
    assert {event.kind: event.processes for event in reading.events} == {
        "booted": ("7",),
        "died": ("7",),
        "gave-up": ("1",),
    }


def test_the_children_of_uvicorn_die_in_a_storm() -> None:
    one = "INFO:     Waiting for child process [{pid}]\nINFO:     Child process [{pid}] died\n" + TRACEBACK
    reading = read("".join(one.replace("{pid}", str(pid)) for pid in (20, 21, 22)))
    (event,) = reading.events
    assert (event.kind, event.count, event.processes) == ("died", 3, ("20", "21", "22"))
    assert reading.incidents[0].count == 3


def test_a_group_tells_of_all_its_exceptions() -> None:
    incident = only(GROUP)
    assert [raised.type for raised in incident.raised] == [
        "ExceptionGroup",
        "FileNotFoundError",
        "ModuleNotFoundError",
    ]
    assert incident.raised[1].file == "x"
    assert incident.raised[2].frames[-1].line == 6


def test_a_syntax_error_needs_no_header() -> None:
    incident = only(SYNTAX)
    assert incident.raised[0].type == "SyntaxError"
    assert (incident.raised[0].frames[-1].file, incident.raised[0].frames[-1].line) == (
        "/app/shop/main.py",
        2,
    )


def test_the_frames_of_a_recursion_are_not_all_kept() -> None:
    assert only(DEEP).raised[0].type == "RecursionError"
    frames = '  File "/app/a.py", line 2, in f\n    f()\n' * 50_000
    incident = only(f"Traceback (most recent call last):\n{frames}RuntimeError: deep\n")
    assert len(incident.raised[0].frames) <= 40
    assert len(incident.excerpt) <= 30


@pytest.mark.parametrize(
    ("text", "cut", "name"),
    [
        (TRACEBACK.partition("\n")[2], True, "shop.prices"),  # the log begins in the middle
        ("".join(TRACEBACK.splitlines(keepends=True)[:3]), True, ""),  # it ends there
        (TRACEBACK, False, "shop.prices"),
    ],
)
def test_a_traceback_that_is_cut_is_said_to_be(text: str, cut: bool, name: str) -> None:
    incident = only(text)
    assert (incident.cut, incident.raised[0].name) == (cut, name)


@pytest.mark.parametrize(
    ("message", "name", "wanted", "file"),
    [
        ("ModuleNotFoundError: No module named 'a.b'", "a.b", "", ""),
        ("ModuleNotFoundError: No module named 'a.b'; 'a' is not a package", "a.b", "", ""),
        ("ImportError: cannot import name 'f' from 'a.b' (/app/a/b.py)", "a.b", "f", ""),
        ("ImportError: cannot import name 'f' from partially initialized module 'a' (x)", "a", "f", ""),
        (
            "FileNotFoundError: [Errno 2] No such file or directory: '/app/data/x.json'",
            "",
            "",
            "/app/data/x.json",
        ),
        ("PermissionError: [Errno 13] Permission denied: 'logs/app.log'", "", "", "logs/app.log"),
        ("OSError: [Errno 30] Read-only file system: '/app/cache'", "", "", "/app/cache"),
        ("ValueError: nothing", "", "", ""),
    ],
)
def test_what_an_exception_misses(message: str, name: str, wanted: str, file: str) -> None:
    raised = only(f'Traceback (most recent call last):\n  File "/a.py", line 1, in f\n{message}\n').raised[0]
    assert (raised.name, raised.wanted, raised.file) == (name, wanted, file)
    assert raised.imports is ("ImportError" in message or "ModuleNotFound" in message)


def test_libraries_and_circles() -> None:
    text = "ImportError: libGL.so.1: cannot open shared object file: No such file or directory"
    raised = only(f'Traceback (most recent call last):\n  File "/a.py", line 1, in f\n{text}\n').raised[0]
    assert missing_library(raised) == "libGL.so.1"
    assert not is_circular(raised)
    text = "ImportError: cannot import name 'f' from partially initialized module 'a' (most likely a circle)"
    raised = only(f'Traceback (most recent call last):\n  File "/a.py", line 1, in f\n{text}\n').raised[0]
    assert is_circular(raised)


@pytest.mark.parametrize(
    ("line", "name", "file"),
    [
        ("/usr/local/bin/python3: No module named shop.main", "shop.main", ""),
        ('ERROR:    Error loading ASGI app. Could not import module "shop.main".', "shop.main", ""),
        ("Error: Could not import 'shop.main'.", "shop.main", ""),
        ("The module shop.worker was not found.", "shop.worker", ""),
        ("python: can't open file '/app/start.py': [Errno 2] No such file or directory", "", "/app/start.py"),
        ("sh: 1: exec: gunicorn: not found", "", "gunicorn"),
        ("/entrypoint.sh: line 4: uvicorn: command not found", "", "uvicorn"),
        ('exec: "celery": executable file not found in $PATH', "", "celery"),
    ],
)
def test_sentences_without_a_traceback(line: str, name: str, file: str) -> None:
    incident = only(f"2026-11-22T10:00:00Z {line}\n")
    assert incident.origin == "sentence"
    raised = incident.raised[0]
    assert (raised.name, raised.file or raised.message.partition("program: '")[2].strip("'")) == (
        name,
        file,
    ) or (raised.name == name and file in raised.message)


def test_a_traceback_in_one_escaped_line() -> None:
    line = 'level=error msg="boom" error="' + TRACEBACK.replace('"', '\\"').replace("\n", "\\n") + '"'
    assert only(line).raised[0].name == "shop.prices"


def test_the_time_between_two_is_measured() -> None:
    lines = [
        f"2026-11-22T10:0{minute}:00.5Z {line}\n" for minute in range(4) for line in TRACEBACK.splitlines()
    ]
    incident = only("".join(lines))
    assert (incident.count, incident.period) == (4, 60.0)
    assert (incident.first, incident.last) == ("2026-11-22T10:00:00.5Z", "2026-11-22T10:03:00.5Z")


def test_levels_are_no_exceptions() -> None:
    reading = read(TRACEBACK.rsplit("\n", 2)[0] + "\nINFO:     ready\nERROR: late\n")
    assert [raised.type for incident in reading.incidents for raised in incident.raised] == [""]
    assert reading.incidents[0].cut


def test_secrets_are_withheld_everywhere() -> None:
    secret = "hunter2hunter2"
    text = TRACEBACK.replace("import shop.prices", f'connect("postgres://me:{secret}@db/x")').replace(
        "No module named 'shop.prices'", f"password={secret}"
    )
    reading = read(f"{text}token: {secret}\n")
    assert secret not in repr(reading)
    assert "withheld" in repr(reading.incidents[0].excerpt)


def test_a_large_log_is_read_in_little_memory() -> None:
    line = b'2026-11-22T10:00:00Z INFO: 127.0.0.1 - "GET / HTTP/1.1" 200\n'
    block = line * (BLOCK // len(line))

    def stream() -> object:
        for number in range(120):
            yield block
            if number % 40 == 0:
                yield TRACEBACK.encode()

    tracemalloc.start()
    reading = read_log(stream())  # type: ignore[arg-type]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert reading.incidents[0].count == 3
    assert reading.lines == block.count(b"\n") * 120 + 3 * TRACEBACK.count("\n")
    assert peak < 8 << 20


@pytest.mark.parametrize(
    "data",
    [b"", b"\n", b"\0" * 5000, bytes(range(256)) * 50, b"x" * (3 << 20), b'{"log":' * 2000, b"[" * 100_000],
    ids=["nothing", "empty line", "NULs", "every byte", "no line end", "open JSON", "brackets"],
)
def test_what_is_no_log_tells_nothing(data: bytes) -> None:
    reading = read_log([data])
    assert reading.size == len(data)
    assert reading.incidents == ()


def test_escapes_of_terminals_are_left_out() -> None:
    coloured = "".join(f"\x1b[31m{line}\x1b[0m\n" for line in TRACEBACK.splitlines())
    incident = only(coloured)
    assert incident.raised[0].name == "shop.prices"
    assert "\x1b" not in "".join(incident.excerpt)


def test_json_of_other_kinds_is_no_incident() -> None:
    assert read(json.dumps({"message": "all is well", "n": [1, {"a": None}]}) + "\n").incidents == ()
