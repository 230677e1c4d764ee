"""What engines answer about containers, read; their logs taken apart; what lies in a mount."""

from __future__ import annotations

import io
import struct
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from paritycheck.capture.container.inspecting import container_facts, decode_inspected
from paritycheck.capture.container.logs import parse_since, parse_tail, split_frames
from paritycheck.capture.container.mounts import with_listings
from paritycheck.capture.container.running import read_changes, read_events, use_of, with_events
from paritycheck.errors import SourceError, UsageError
from paritycheck.model.container import Change, ContainerMount

ANSWER: dict[str, Any] = {
    "Id": "c0ffee",
    "Name": "/web",
    "Image": "sha256:feed",
    "Created": "2026-11-22T10:00:00Z",
    "Path": "python3",
    "Args": ["-m", "app", "--api-token", "t0ken"],
    "RestartCount": 4,
    "State": {
        "Status": "exited",
        "ExitCode": 137,
        "OOMKilled": True,
        "StartedAt": "2026-11-22T10:01:00Z",
        "FinishedAt": "2026-11-22T10:01:05Z",
        "Health": {
            "Status": "unhealthy",
            "FailingStreak": 3,
            "Log": [{"Start": "x", "ExitCode": 1, "Output": "password=abc refused"}],
        },
    },
    "Config": {
        "Image": "localhost/web",
        "Env": ["PATH=/bin", "API_TOKEN=t0ken", "PYTHONPATH=/app"],
        "User": "1000",
        "WorkingDir": "/app",
        "Healthcheck": {"Test": ["CMD", "true"]},
    },
    "HostConfig": {
        "RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 5},
        "Memory": 1000,
        "NanoCpus": 1_500_000_000,
        "PidsLimit": -1,
    },
    "Mounts": [{"Type": "bind", "Source": "/x", "Destination": "/app/data", "RW": False}],
}


def test_an_answer_of_inspect() -> None:
    facts = container_facts(decode_inspected(ANSWER, "web"), "docker", "2026-11-22T11:00:00Z")
    assert (facts.name, facts.state, facts.exit_code, facts.restarts) == ("web", "exited", 137, 4)
    assert facts.restart_policy == "on-failure:5"
    assert facts.out_of_memory
    assert facts.health is not None
    assert (facts.health.status, facts.health.failing) == ("unhealthy", 3)
    assert facts.limits.processors == 1.5
    assert facts.limits.processes is None
    assert facts.environment == {"PATH": "/bin", "API_TOKEN": None, "PYTHONPATH": "/app"}
    assert facts.mounts == (ContainerMount("bind", "/app/data", "/x", "", read_only=True),)
    assert "t0ken" not in repr(facts)
    assert "abc" not in facts.health.log[0].output


def test_a_running_container_has_no_exit_code_but_its_events_do() -> None:
    running = {**ANSWER, "State": {"Status": "running", "StartedAt": "2026-11-22T10:01:00Z", "ExitCode": 0}}
    facts = container_facts(decode_inspected(running, "web"), "podman", "")
    assert facts.exit_code is None
    events = (
        b'{"Action": "start", "timeNano": 1795379148606935382}\n'
        b"no JSON\n"
        b'{"Action": "died", "time": 1795379150, "Actor": {"Attributes": {"containerExitCode": "3"}}}\n'
    ).splitlines()
    told = with_events(facts, read_events(events))
    assert told.starts == ("2026-11-22T20:25:48.606935382Z",)
    assert told.deaths == ("2026-11-22T20:25:50.000000000Z",)
    assert told.exit_code == 3


def test_an_answer_that_is_no_container_is_refused() -> None:
    with pytest.raises(SourceError):
        decode_inspected({"State": 3}, "web")


def framed(pieces: list[bytes]) -> bytes:
    return b"".join(
        struct.pack(">BxxxL", 1 + number % 2, len(piece)) + piece for number, piece in enumerate(pieces)
    )


@given(st.lists(st.binary(max_size=300)), st.integers(0, 12))
def test_frames_are_taken_apart_and_a_cut_one_ends_it(pieces: list[bytes], missing: int) -> None:
    data = framed(pieces)
    whole = b"".join(split_frames(io.BytesIO(data).read, terminal=False))
    assert whole == b"".join(pieces)
    cut = b"".join(split_frames(io.BytesIO(data[: len(data) - missing]).read, terminal=False))
    assert whole.startswith(cut)
    assert b"".join(split_frames(io.BytesIO(data).read, terminal=True)) == data


def test_windows_of_time() -> None:
    assert parse_since("1h30m", 10_000.0) == 10_000 - 5400
    assert parse_since("2026-11-22T00:00:00+00:00", 0) == 1795305600
    assert parse_since("", 5.0) is None
    assert (parse_tail("all"), parse_tail("12")) == (None, 12)
    for wrong in ("-1", "x", "1.5"):
        with pytest.raises(UsageError):
            parse_tail(wrong)
    with pytest.raises(UsageError):
        parse_since("soon", 0)


def test_mounts_are_listed_as_far_as_they_are_here(tmp_path: Path) -> None:
    (tmp_path / "full/sub").mkdir(parents=True)
    (tmp_path / "full/sub/a.txt").touch()
    (tmp_path / "empty").mkdir()
    (tmp_path / "full/link").symlink_to(tmp_path)
    sources = (
        str(tmp_path / "full"),
        str(tmp_path / "empty"),
        str(tmp_path / "gone"),
        str(tmp_path / "full/sub/a.txt"),
    )
    mounts = with_listings(tuple(ContainerMount("bind", "/x", source) for source in sources))
    assert [mount.holds for mount in mounts] == [
        frozenset({"sub", "sub/a.txt", "link"}),
        frozenset(),
        None,
        frozenset({""}),
    ]


def test_changes_and_use() -> None:
    answer = [{"Path": "/b", "Kind": 1}, {"Path": "/a", "Kind": 2}, {"Path": "/c", "Kind": 9}, 3]
    assert read_changes(answer) == (Change("/a", "deleted"), Change("/b", "added"))
    assert read_changes(None) == ()
    assert read_changes({"message": "no"}) is None
    use = use_of({"memory_stats": {"usage": 5}, "pids_stats": {"current": 2}, "cpu_stats": {}})
    assert use is not None
    assert (use.memory, use.processes, use.processor) == (5, 2, None)
    assert use_of([]) is None
