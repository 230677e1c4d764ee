"""The program as others run it: streams, signals, colours and locales."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.commandline import (
    Place,
    Ran,
    check_refusal,
    environment,
    hear_interrupts,
    run_program,
    write_image,
)
from tests.scenario import git

COLOUR = "\x1b["


def start(place: Place, *words: str, **variables: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "paritycheck", *words],
        cwd=place.checkout,
        env=environment(place.temporary, **variables),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=hear_interrupts,
    )


@pytest.mark.parametrize(
    "words", [("check",), ("snapshot", ".", "-o", "-"), ("--help",), ("check", "--help")]
)
def test_a_reader_that_goes_away(words: tuple[str, ...], place: Place) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-m", "paritycheck", *words],
        cwd=place.checkout,
        env=environment(place.temporary),
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
        timeout=60,
    )
    os.close(write)
    assert done.stderr == b""
    assert done.returncode == 2
    assert list(place.temporary.iterdir()) == []


def test_interrupted_while_an_engine_is_silent(place: Place) -> None:
    with socket.socket(socket.AF_UNIX) as silent:
        silent.bind(str(place.root / "s"))
        silent.listen()
        silent.settimeout(30)
        process = start(place, "check", "-i", "localhost/web", CONTAINER_HOST=f"unix://{place.root / 's'}")
        connection, _ = silent.accept()
        with connection:
            time.sleep(0.2)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=30)
    assert (process.returncode, out) == (2, b"")
    assert err == b"paritycheck: interrupted\n"
    assert list(place.temporary.iterdir()) == []


def test_interrupted_while_a_service_of_our_own_starts(place: Place) -> None:
    """The service that was started for this run ends with it."""
    if Path("/run/podman/podman.sock").exists():
        pytest.skip("a service of the system answers first")
    programs = place.root / "programs"
    programs.mkdir()
    (programs / "podman").write_text(f"#!/bin/sh\necho $$ > {programs}/pid\nexec sleep 60\n")
    (programs / "podman").chmod(0o755)
    process = start(
        place,
        "check",
        "-i",
        "localhost/web",
        CONTAINER_HOST="",
        XDG_RUNTIME_DIR=str(place.root),
        PATH=f"{programs}:{os.environ['PATH']}",
    )
    deadline = time.monotonic() + 30
    while not (programs / "pid").exists() or not (programs / "pid").read_text():
        assert time.monotonic() < deadline
        time.sleep(0.02)
    pid = int((programs / "pid").read_text())
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (2, b"", b"paritycheck: interrupted\n")
    assert list(place.temporary.iterdir()) == []
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


@pytest.mark.parametrize(
    ("variables", "flags", "coloured"),
    [
        ({}, (), False),
        ({"FORCE_COLOR": "1"}, (), True),
        ({"FORCE_COLOR": "1", "NO_COLOR": "1"}, (), False),
        ({"FORCE_COLOR": "1"}, ("--format", "json"), False),
        ({"FORCE_COLOR": "1"}, ("-o", "/dev/stdout"), False),
    ],
)
def test_colours(variables: dict[str, str], flags: tuple[str, ...], coloured: bool, place: Place) -> None:
    ran = run_program("check", *flags, cwd=place.checkout, temporary=place.temporary, **variables)
    assert ran.code == 0
    assert (COLOUR in ran.out) is coloured


def test_errors_have_no_colours(place: Place) -> None:
    for words in (("check", "-i", "oci:none"), ("check", "--wrong")):
        ran = run_program(*words, cwd=place.checkout, temporary=place.temporary, FORCE_COLOR="1")
        check_refusal(ran)
        assert COLOUR not in ran.err


LOCALES = [
    {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "latin-1"},
]


@pytest.mark.parametrize("variables", LOCALES)
def test_locales_that_cannot_say_everything(variables: dict[str, str], place: Place) -> None:
    name = "app/größe_日本.py"
    place.write({name: "x = 1\n", "app/main.py": "from app import größe_日本\n"})
    git(place.checkout, "add", "-A")
    git(place.checkout, "commit", "-qm", "names")
    files = {f"srv/{path}": b"" for path in ("app/__init__.py",)} | {
        "srv/app/main.py": "from app import größe_日本\n".encode()
    }
    write_image(place.root / "image.tar", files)

    def started(*words: str) -> Ran:
        return run_program(*words, cwd=place.checkout, temporary=place.temporary, **variables)

    text = started("check", "-i", place.image)
    assert (text.code, text.err) == (1, "")
    assert "app.größe_日本" in text.out
    report = started("check", "-i", place.image, "--format", "json")
    assert [item["path"] for item in json.loads(report.out)["findings"][0]["items"]] == [name]
    lost = started("check", "-i", "oci:größe")
    check_refusal(lost)
    for words in (("check", "--help"), ("why", name)):
        ran = started(*words)
        assert "Traceback" not in ran.err
        assert ran.code in (0, 1)
        assert ran.err == ""


def test_names_that_are_no_utf8_can_be_given(place: Place) -> None:
    (place.checkout / os.fsdecode(b"app/n\xff.py")).write_text("x = 1\n")
    words = ["why", os.fsdecode(b"app/n\xff.py")]
    done = subprocess.run(
        [sys.executable, "-m", "paritycheck", *words],
        cwd=place.checkout,
        env=environment(place.temporary),
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"Traceback" not in done.stderr
    assert b"a bug" not in done.stderr


def test_nothing_on_stderr_when_nobody_watches(place: Place) -> None:
    ran = run_program("check", "-i", place.image, cwd=place.checkout, temporary=place.temporary)
    assert (ran.code, ran.err) == (0, "")
    assert re.search(r"^parity: ", ran.out, re.MULTILINE)
