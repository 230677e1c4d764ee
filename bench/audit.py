"""A whole audit of a restarting container beside its parts, and logs of 200 MB of four makes.

The container is the incident's: an image built from a clean clone that lacks a module, under a restart
policy. The parts are what nobody could leave out: asking the engine, its log, the check of the same image.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from run import Contest, Settings

sys.path.insert(0, str(Path(__file__).parent.parent))

from paritycheck.parse.logs.reading import read_log
from tests.scenario import git, lay_out_checkout, scenarios

PODMAN = ("podman", "--remote=false")
IMAGE = "localhost/paritycheck-bench/incident:latest"
NAME = "paritycheck-bench-audit"
SIZE = 200 << 20
CALM = b'2026-11-22T20:08:20.123Z INFO:     127.0.0.1:4242 - "GET /health HTTP/1.1" 200 OK\n'
CRASH = b"""2026-11-22T20:08:20.123Z Traceback (most recent call last):
2026-11-22T20:08:20.123Z   File "/app/backend/app/main.py", line 5, in <module>
2026-11-22T20:08:20.123Z     app = create_app()
2026-11-22T20:08:20.123Z           ^^^^^^^^^^^^
2026-11-22T20:08:20.123Z   File "/app/backend/app/routes/metrics_api.py", line 3, in <module>
2026-11-22T20:08:20.123Z     from backend.app.core.security_monitoring import refused_logins
2026-11-22T20:08:20.123Z ModuleNotFoundError: No module named 'backend.app.core.security_monitoring'
"""
LOGS = {
    "no traceback": CALM,
    "a traceback in a thousand lines": CALM * 1000 + CRASH,
    "tracebacks only": CRASH,
    "every byte there is": bytes(range(256)),
}


def run(*command: str, codes: tuple[int, ...] = (0,)) -> None:
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    if done.returncode not in codes:
        raise RuntimeError(f"{shlex.join(command)} ended with {done.returncode}")


def make_container(root: Path) -> Path:
    """Build the incident from a clean clone, start it, and wait until it has been restarted five times."""
    incident = next(scenario for scenario in scenarios() if scenario.name == "incident")
    checkout = lay_out_checkout(incident, root / "checkout")
    git(checkout, "clone", "-q", str(checkout), str(root / "clone"))
    flags = shlex.split(os.environ["PARITYCHECK_BUILD_FLAGS"])
    run(*PODMAN, "build", *flags, "-q", "-t", IMAGE, str(root / "clone"))
    run(*PODMAN, "rm", "-f", "-i", NAME)
    run(*PODMAN, "run", "-d", "--network", "none", "--name", NAME, "--restart", "on-failure:5", IMAGE)
    time.sleep(5)
    return checkout


def read(unit: bytes) -> None:
    """Read a log of 200 MB that repeats `unit`."""
    block = unit * max(1, (1 << 20) // len(unit))
    read_log(block for _ in range(SIZE // len(block)))


def count_lines(unit: bytes) -> None:
    """What nobody can read a log in less time than."""
    block = unit * max(1, (1 << 20) // len(unit))
    sum(block.count(b"\n") for _ in range(SIZE // len(block)))


def contests(_settings: Settings) -> Iterator[Contest]:
    with tempfile.TemporaryDirectory(prefix="paritycheck-bench-") as directory:
        checkout = str(make_container(Path(directory)))
        ours = ("paritycheck", "audit", NAME, "--context", checkout, "-o", os.devnull)
        check = ("paritycheck", "check", checkout, "-i", f"container:{NAME}", "-o", os.devnull)
        try:
            yield Contest(
                "an audit of the incident's container, and its parts",
                {
                    "paritycheck audit": lambda: run(*ours, codes=(1,)),
                    "paritycheck check -i container:": lambda: run(*check, codes=(1,)),
                    "paritycheck --version": lambda: run("paritycheck", "--version"),
                    "podman inspect": lambda: run(*PODMAN, "inspect", NAME),
                    "podman logs": lambda: run(*PODMAN, "logs", NAME),
                    "podman diff": lambda: run(*PODMAN, "diff", NAME),
                },
            )
        finally:
            run(*PODMAN, "rm", "-f", NAME)
    for make, unit in LOGS.items():
        yield Contest(
            f"a log of 200 MB: {make}",
            {
                "read_log": lambda unit=unit: read(unit),  # type: ignore[misc]
                "counting its lines": lambda unit=unit: count_lines(unit),  # type: ignore[misc]
            },
        )
