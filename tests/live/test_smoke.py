"""``smoke``: start modules imported inside real containers, by both engines, and nothing left of it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paritycheck.cli import run
from tests.cli.commandline import hear_interrupts
from tests.drawn import write_directory
from tests.live.conftest import build, run_docker, run_podman
from tests.scenario import git, lay_out_checkout, scenarios

IMAGE = "localhost/paritycheck-live/smoke:latest"
INCIDENT = "localhost/paritycheck-live/smoke-incident:latest"
MODULE = "backend.app.core.security_monitoring"
DRAWING = r"""
Containerfile | FROM localhost/python:slim\nWORKDIR /app\nCOPY . .\nUSER 1234\nCMD python -m svc.fine\n
.dockerignore | *.csv\nsvc/ignored.py\n
table.csv | 1,2\n
script.py | import svc.fine\nfrom svc import absent\nopen("/ran", "w")\nraise SystemExit("ran the script")\n
fine.py | from svc import fine\nraise SystemExit("ran the script")\n
svc/
  __init__.py
  __main__.py | from . import fine\nimport svc.sleepy\n
  fine.py | import os, select\nassert os.getuid() == 1234\nprint("x" * 100000)\napp = 1\n
  sleepy.py | import time\ntime.sleep(600)\n
  deaf.py | while True:\n    try:\n        while True: pass\n    except BaseException: pass\n
  crash.py | import os\nos._exit(3)\n
  quits.py | raise SystemExit(0)\n
  wrapped.py | try:\n    import svc.ignored\nexcept ImportError:\n    raise RuntimeError("no ignored")\n
  ignored.py | def f(): pass\n
  data.py | open("/app/table.csv")\n
  net.py | import urllib.request\nurllib.request.urlopen("http://192.0.2.1/", timeout=5)\n
  disk.py | open("/app/new", "w")\n
  tmp.py | open("/tmp/new", "w").write("x")\n
  power.py | import os\nos.chown("/tmp", 0, 0)\n
  forks.py | import os\nfor _ in range(2000):\n    if not os.fork():\n        import time; time.sleep(600)\n
  hungry.py | x = [bytearray(1 << 26) for _ in range(100)]\n
  nowhere.py | import no_such_distribution\n
"""


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A checkout whose image both engines hold."""
    folder = tmp_path_factory.mktemp("smoke")
    write_directory(DRAWING, folder)
    git(folder, "init", "-q")
    git(folder, "add", "--all")
    git(folder, "commit", "-qm", "all")
    build(folder, IMAGE)
    archive = folder.parent / "smoke.tar"
    run_podman("save", "-q", "--format", "docker-archive", "-o", str(archive), IMAGE)
    run_docker("load", "-q", "-i", str(archive))
    yield folder
    run_podman("image", "rm", "-f", IMAGE)
    run_docker("image", "rm", "-f", IMAGE)


def smoke(checkout: Path, report: Path, *flags: str, image: str = IMAGE) -> tuple[int, dict[str, Any]]:
    report.unlink(missing_ok=True)
    words = ["smoke", image, "--context", str(checkout), "--format", "json", "--output", str(report), *flags]
    code = run(words)
    assert containers() == []
    return code, json.loads(report.read_text()) if report.exists() else {}


def containers() -> list[str]:
    """The containers of both engines that a smoke test left."""
    listed = [run("ps", "--all", "--format", "{{.Names}}") for run in (run_podman, run_docker)]
    return [name for name in "".join(listed).split() if name.startswith("paritycheck-")]


@pytest.mark.parametrize("transport", ["", "containers-storage:", "docker-daemon:"])
def test_the_images_own_start_passes(transport: str, checkout: Path, tmp_path: Path) -> None:
    code, report = smoke(checkout, tmp_path / "r.json", image=transport + IMAGE)
    assert (code, report["findings"]) == (0, [])
    assert report["summary"]["arrived"] == 1


@pytest.mark.parametrize("transport", ["", "docker-daemon:"])
@pytest.mark.parametrize(
    ("start", "code", "said", "at"),
    [
        ("python -m svc.wrapped", "PC103", "No module named 'svc.ignored'", "svc/wrapped.py:2"),
        ("python -m svc.data", "PC109", "FileNotFoundError", "svc/data.py:1"),
        ("python -m svc.net", "PC108", "Network is unreachable", "svc/net.py:2"),
        ("python -m svc.disk", "PC108", "Read-only file system", "svc/disk.py:1"),
        ("python -m svc.power", "PC108", "Operation not permitted", "svc/power.py:2"),
        ("python -m svc.quits", "PC108", "SystemExit: 0", "svc/quits.py:1"),
        ("python -m svc.crash", "PC108", "ended the interpreter in the container: exit code 3", ""),
        ("python -m svc.nowhere", "PC108", "No module named 'no_such_distribution'", "svc/nowhere.py:1"),
        ("python script.py", "PC108", "cannot import name 'absent'", "script.py:2"),
        ("gunicorn svc.fine:gone", "PC108", "has no attribute 'gone'", ""),
    ],
)
def test_failures(
    transport: str, start: str, code: str, said: str, at: str, checkout: Path, tmp_path: Path
) -> None:
    exit_code, report = smoke(checkout, tmp_path / "r.json", "--start", start, image=transport + IMAGE)
    assert exit_code == 1
    [finding] = report["findings"]
    assert (finding["code"], finding["severity"]) == (code, "error")
    assert said in finding["message"]
    needed = [f"{each['path']}:{each['line']}" for each in finding["imported_by"]]
    assert needed == ([at] if at else [])


@pytest.mark.parametrize("start", ["python -m svc.tmp", "python fine.py", "uvicorn svc.fine:app"])
def test_successes(start: str, checkout: Path, tmp_path: Path) -> None:
    """The script is not run: it would exit."""
    code, report = smoke(checkout, tmp_path / "r.json", "--start", start)
    assert (code, report["findings"]) == (0, [])


@pytest.mark.parametrize(
    ("start", "where"),
    [
        ("python -m svc.sleepy", "svc/sleepy.py:2"),
        ("python -m svc", "svc/sleepy.py:2"),
        ("python -m svc.deaf", ""),
    ],
)
def test_an_import_that_does_not_end(
    start: str, where: str, checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    began = time.monotonic()
    code, report = smoke(checkout, tmp_path / "r.json", "--start", start, "--timeout", "1")
    assert (code, report) == (2, {})
    said = capsys.readouterr().err
    assert "did not end in time" in said
    assert where in said
    assert time.monotonic() - began < 30


@pytest.mark.parametrize("start", ["python -m svc.hungry", "python -m svc.forks"])
def test_limits(start: str, checkout: Path, tmp_path: Path) -> None:
    code, report = smoke(checkout, tmp_path / "r.json", "--start", start, "--timeout", "30")
    assert code == 1
    assert [finding["code"] for finding in report["findings"]] == ["PC108"]


def test_an_interrupt_leaves_nothing_behind(checkout: Path) -> None:
    words = [
        "-m",
        "paritycheck",
        "smoke",
        IMAGE,
        "--context",
        str(checkout),
        "--start",
        "python -m svc.sleepy",
    ]
    with subprocess.Popen(
        [sys.executable, *words], stderr=subprocess.PIPE, text=True, preexec_fn=hear_interrupts
    ) as process:
        deadline = time.monotonic() + 60
        while not containers() and time.monotonic() < deadline:
            time.sleep(0.2)
        assert containers()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 2
    assert "interrupted" in said
    assert containers() == []


def test_nothing_to_try(checkout: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert smoke(checkout, tmp_path / "r.json", "--start", "nginx -g x")[0] == 2
    assert "--start" in capsys.readouterr().err
    assert smoke(checkout, tmp_path / "r.json", image="docker-archive:x.tar")[0] == 2
    assert smoke(checkout, tmp_path / "r.json", image="localhost/no-such-image")[0] == 2


def test_the_incident(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    incident = next(scenario for scenario in scenarios() if scenario.name == "incident")
    checkout = lay_out_checkout(incident, tmp_path / "checkout")
    git(checkout, "clone", "-q", str(checkout), str(tmp_path / "clone"))
    build(tmp_path / "clone", INCIDENT)
    try:
        code, report = smoke(checkout, tmp_path / "r.json", image=INCIDENT)
        assert code == 1
        [finding] = report["findings"]
        assert (finding["code"], finding["items"][0]["name"]) == ("PC102", MODULE)
        assert f"ModuleNotFoundError: No module named '{MODULE}'" in finding["message"]
        [importer] = finding["imported_by"]
        assert (importer["path"], importer["line"]) == ("backend/app/routes/metrics_api.py", 3)
        assert importer["chain"] == [
            "backend.app.main",
            "backend.app.factory",
            "backend.app.routes.metrics_api",
        ]
        assert {verdict["gate"]: verdict["outcome"] for verdict in finding["items"][0]["journey"]}[
            "tracked"
        ] == "lost"

        git(checkout, "add", "--all")
        git(checkout, "commit", "-qm", "add the module")
        git(checkout, "clone", "-q", str(checkout), str(tmp_path / "repaired"))
        build(tmp_path / "repaired", INCIDENT)
        code, report = smoke(checkout, tmp_path / "r.json", image=INCIDENT)
        assert (code, report["findings"]) == (0, [])
    finally:
        run_podman("image", "rm", "-f", INCIDENT)
