"""Logs drawn at random: nothing raises, and a traceback is found again whatever stands around its lines."""

from __future__ import annotations

import json
import traceback

from hypothesis import given, settings
from hypothesis import strategies as st

from paritycheck.parse.logs.reading import read_log
from paritycheck.parse.logs.redaction import redact

MODULES = st.from_regex(r"[a-z]{1,8}(\.[a-z_]{1,8}){0,3}", fullmatch=True)
TIMES = st.sampled_from(
    ["2026-11-22T20:08:%02d.%dZ", "2026-11-22 20:08:%02d,%d", "Nov 22 20:08:%02d.%d", "20:08:%02d.%d"]
)
# What engines, compose, systemd, supervisors and loggers write before a line; %s is the time.
PREFIXES = st.sampled_from(
    [
        "",
        "%s ",
        "web-1  | ",
        "web-1  | %s ",
        "%s stderr F ",
        "[%s: ERROR/ForkPoolWorker-3] ",
        "[%s] [17] [ERROR] ",
        "%s host app[412]: ",
        "ERROR:app.main:",
        "ERROR    %s app.main:",
        "\x1b[31mERROR\x1b[0m %s | ",
        "<3>",
        "%s | ERROR | [pid 9] - ",
    ]
)
CHUNKS = st.integers(min_value=1, max_value=400)


def render(names: list[str], depth: int) -> str:
    """The traceback of imports that fail one after the other, each while the last one is handled."""

    def fail(left: int, name: str) -> None:
        if left:
            fail(left - 1, name)
        raise ModuleNotFoundError(f"No module named '{name}'", name=name)

    def chain(left: list[str]) -> None:
        try:
            if left[1:]:
                chain(left[1:])
        finally:
            fail(depth, left[0])

    try:
        chain(names)
    except ModuleNotFoundError as error:
        return "".join(traceback.format_exception(error))
    raise AssertionError("nothing was raised")


def wrapped(text: str, prefix: str, time: str) -> list[str]:
    lines = []
    for number, line in enumerate(text.splitlines()):
        stamp = time % (number % 60, number * 37)
        lines.append((prefix % stamp if "%s" in prefix else prefix) + line)
    return lines


def in_chunks(data: bytes, size: int) -> list[bytes]:
    return [data[start : start + size] for start in range(0, len(data), size)]


@given(st.lists(MODULES, min_size=1, max_size=3), st.integers(0, 60), PREFIXES, TIMES, CHUNKS)
@settings(max_examples=150, deadline=None)
def test_a_traceback_is_found_whatever_wraps_it(
    names: list[str], depth: int, prefix: str, time: str, size: int
) -> None:
    lines = wrapped(render(names, depth), prefix, time)
    noise = "2026-11-22T20:07:00Z INFO: all is well"
    data = "\n".join([noise, *lines, noise]).encode()

    (incident,) = read_log(in_chunks(data, size)).incidents

    assert [raised.name for raised in incident.raised] == names
    assert not incident.cut
    assert incident.raised[0].frames[-1].function == "fail"


@given(MODULES, MODULES, st.data())
@settings(max_examples=60, deadline=None)
def test_two_processes_that_write_at_the_same_time_are_told_apart(
    left: str, right: str, data: st.DataObject
) -> None:
    lines = [
        wrapped(render([name], 2), f"[{pid}] %s ", "2026-11-22T20:08:%02d.%dZ")
        for name, pid in ((left, 7), (right, 8))
    ]
    order = data.draw(st.permutations([0] * len(lines[0]) + [1] * len(lines[1])))
    mixed = "\n".join(lines[which].pop(0) for which in order)

    found = read_log([mixed.encode()]).incidents

    names = {incident.raised[0].name for incident in found}
    assert names == {left, right}
    assert sum(incident.count for incident in found) == 2
    assert {process for incident in found for process in incident.processes} == {"7", "8"}


@given(
    st.lists(MODULES, min_size=1, max_size=2),
    st.sampled_from(["exc_info", "exception", "stack_trace", "msg"]),
)
@settings(max_examples=40, deadline=None)
def test_a_traceback_in_json_is_found(names: list[str], key: str) -> None:
    line = json.dumps(
        {"level": "error", "ts": "2026-11-22T20:00:00Z", "event": "boom", key: render(names, 1)}
    )

    (incident,) = read_log([line.encode() + b"\n"]).incidents

    assert [raised.name for raised in incident.raised] == names
    assert incident.first == "2026-11-22T20:00:00Z"


@given(st.lists(MODULES, min_size=1, max_size=2), CHUNKS)
@settings(max_examples=30, deadline=None)
def test_a_traceback_in_the_json_file_of_an_engine_is_found(names: list[str], size: int) -> None:
    data = "".join(
        json.dumps({"log": line + "\n", "stream": "stderr", "time": "2026-11-22T20:00:00.5Z"}) + "\n"
        for line in render(names, 1).splitlines()
    )
    (incident,) = read_log(in_chunks(data.encode(), size)).incidents
    assert [raised.name for raised in incident.raised] == names


PIECES = st.sampled_from(
    [
        b"Traceback (most recent call last):",
        b'  File "/app/a.py", line 3, in f',
        b"    x = 1",
        b"ValueError: no",
        b"  + Exception Group ",
        b"  | ",
        b"  +-+---------------- 1 ----------------",
        b"During handling of the above exception, another exception occurred:",
        b'{"log": "',
        b'"}',
        b"\\n",
        b"\x1b[31m",
        b"\0",
        b"child process [7] died",
        b"",
    ]
)


@given(st.lists(st.one_of(PIECES, st.binary(max_size=40), st.just(b"\n")), max_size=60), CHUNKS)
@settings(max_examples=300, deadline=None)
def test_nothing_that_stands_in_a_log_raises(pieces: list[bytes], size: int) -> None:
    data = b"".join(pieces)
    reading = read_log(in_chunks(data, size))
    assert reading.size == len(data)
    assert reading.lines == data.count(b"\n") + bool(data and not data.endswith(b"\n"))


@given(st.text(max_size=200))
@settings(max_examples=200, deadline=None)
def test_redacting_twice_is_redacting_once(text: str) -> None:
    assert redact(redact(text)) == redact(text)
