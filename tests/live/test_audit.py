"""Audits of real containers: restarting, crashed, healthy, of Podman and of Docker."""

from __future__ import annotations

import json
import re
import subprocess
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest

from paritycheck.cli import run
from paritycheck.model.audit import Audit, audit_schema
from paritycheck.output.audit import render_audit_markdown
from tests.live.auditcases import CASES, Case
from tests.live.conftest import build, run_docker, run_podman
from tests.scenario import commit, git, lay_out_checkout, scenarios

GOLDEN = Path(__file__).parent / "golden" / "incident-audit.md"
MODULE = "backend.app.core.security_monitoring"
FILE = "backend/app/core/security_monitoring.py"
SHORT = "localhost/paritycheck-live/audit"

Start = Callable[..., str]


@pytest.fixture
def start(monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    """What starts a container of an image and waits until it has failed often enough; all are removed."""
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    started: list[tuple[Callable[..., str], str]] = []

    def begin(
        image: str, name: str, *flags: str, restarts: int = 0, running: bool = False, docker: bool = False
    ) -> str:
        engine = run_docker if docker else run_podman
        subprocess.run(
            [*(["docker"] if docker else ["podman"]), "rm", "-f", name], capture_output=True, check=False
        )
        started.append((engine, name))
        engine("run", "-d", "--network", "none", "--name", name, *flags, image)
        deadline = time.monotonic() + 60
        facts: Any = {"State": "unknown"}
        while time.monotonic() < deadline:
            try:
                facts = json.loads(engine("inspect", name))[0]
            except pytest.fail.Exception:
                continue  # its process ended while Podman looked at it
            status = facts["State"]["Status"]
            if running and status == "running":
                return name
            if not running and facts["RestartCount"] >= restarts and (restarts or status == "exited"):
                return name
            time.sleep(0.2)
        pytest.fail(f"{name} did not come that far: {facts['State']}")

    yield begin
    for engine, name in started:
        # Podman gives a process time to end; Docker does not when forced.
        engine("rm", "-f", *(["-t", "0"] if engine is run_podman else []), name)


def audit(output: Path, *words: str) -> tuple[int, Any]:
    code = run(["audit", *words, "--format", "json", "--output", str(output)])
    document = json.loads(output.read_text()) if output.exists() else None
    if document is not None:
        jsonschema.validate(document, audit_schema())
    return code, document


def make_incident(root: Path) -> Path:
    """The checkout of the incident, whose program goes on running once it has started."""
    incident = next(scenario for scenario in scenarios() if scenario.name == "incident")
    checkout = lay_out_checkout(incident, root / "checkout")
    main = checkout / "backend/app/main.py"
    # It takes a second to come to its end, so that it is mostly seen running.
    text = "import time\n\ntime.sleep(1)\n" + main.read_text() + "\n    time.sleep(600)\n"
    main.write_text(text)
    git(checkout, "commit", "-qam", "serve")
    return checkout


def build_clone(checkout: Path, clone: Path, image: str) -> None:
    git(checkout, "clone", "-q", str(checkout), str(clone))
    build(clone, image)


def masked(report: str) -> str:
    """The report without what differs between two runs: times, ids, counts of restarts, versions."""
    report = re.sub(r"\d{4}-\d\d-\d\dT[\d:.]+Z?", "TIME", report)
    report = re.sub(r"\b\d{4}-\d\d-\d\d\b", "DATE", report)
    report = re.sub(r"\b(?=[0-9a-f]*\d)[0-9a-f]{10,64}\b", "ID", report)
    report = re.sub(
        r"\b\d+(?= (?:restarts|times|lines|bytes)\b)|(?<=RestartCount: )\d+|(?<=restarts )\d+", "N", report
    )
    report = re.sub(r"\b\d+\.\d s\b", "N s", report)
    report = re.sub(r"(?<=paritycheck )\d[\w.]*", "VERSION", report)
    report = re.sub(
        r"(?<=use: memory )[\w.]+ MiB, processes \d+, processor [\w. %]+",
        "N MiB, processes N, processor N",
        report,
    )
    # The end of the log begins anywhere in the repeated traceback.
    return re.sub(r"(?s)log, its end:\n\n```\n.*?\n```", "log, its end: ...", report)


def test_the_incident_is_explained_and_its_repair_is_seen(tmp_path: Path, start: Start) -> None:
    image = f"{SHORT}-incident:latest"
    checkout = make_incident(tmp_path)
    build_clone(checkout, tmp_path / "clone", image)
    name = start(image, "audit-incident", "--restart", "always", restarts=5)
    context = ("--context", str(checkout))

    for _ in range(20):
        code, report = audit(tmp_path / "before.json", name, *context)
        if report["container"]["state"] == "running" and report["container"].get("use"):
            break

    assert code == 1
    assert report["status"] == "crash-loop"
    failure = report["failures"][0]
    assert (failure["explained"], failure["code"]) == ("parity", "PC102")
    assert failure["journey"]["item"]["name"] == MODULE
    assert failure["origin"]["path"] == "backend/app/routes/metrics_api.py"
    assert failure["origin"]["line"] == 3
    assert failure["history"]["in_head"] is False
    assert "last_there" not in failure["history"]
    assert failure["repair"].startswith(f"git add {FILE}")
    assert report["container"]["restarts"] >= 5
    assert len(report["container"]["starts"]) >= 5
    assert failure["incident"]["count"] >= 5
    said = json.dumps(report)
    assert "the health check that Containerfile:6 declares is not in the image" in said
    proofs = [action.get("proof", "") for action in report["actions"]]
    assert any(f"arrives at /app/{FILE}" in proof for proof in proofs)

    document = msgspec.json.decode((tmp_path / "before.json").read_bytes(), type=Audit)
    text = masked(render_audit_markdown(document))
    if not GOLDEN.exists():  # a new one is to be read before it is committed
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text)
    assert text == GOLDEN.read_text()

    git(checkout, "add", FILE)
    git(checkout, "commit", "-qm", "add the module")
    build_clone(checkout, tmp_path / "repaired", image)
    healthy = start(image, "audit-repaired", "--restart", "always", running=True)
    time.sleep(2)

    code, report = audit(tmp_path / "after.json", healthy, *context)

    assert code == 0, report["headline"]
    assert report["status"] == "healthy"
    assert report["container"].get("restarts", 0) == 0
    assert not report.get("failures")
    assert "runs, and lacks nothing" in report["headline"]


def lay_out(case: Case, root: Path) -> Path:
    checkout = root / "checkout"
    for name, text in case.files.items():
        path = checkout / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    commit(checkout, [])
    return checkout


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_failure_is_explained_rightly(case: Case, tmp_path: Path, start: Start) -> None:
    image = f"{SHORT}-{case.name}:latest"
    checkout = lay_out(case, tmp_path)
    build(checkout, image)
    empty = tmp_path / "empty"
    empty.mkdir()
    flags = [flag.replace("{empty}", str(empty)) for flag in case.flags]
    name = start(image, f"audit-{case.name}", *flags)

    code, report = audit(tmp_path / "audit.json", f"podman:{name}", "--context", str(checkout))

    assert code == 1
    assert report["status"] == "crashed"
    failure = report["failures"][0]
    assert failure["explained"] == case.explained
    assert case.reason in failure["reason"]
    assert failure.get("code", "") == case.code
    if case.lost:
        lost = [one["gate"] for one in failure["journey"]["verdicts"] if one["outcome"] == "lost"]
        assert lost[0] == case.lost
    assert case.repair in failure.get("repair", "")
    run_podman("image", "rm", "-f", image)


def test_a_container_of_docker_is_audited(tmp_path: Path, start: Start) -> None:
    image = f"{SHORT}-docker:latest"
    checkout = make_incident(tmp_path)
    build_clone(checkout, tmp_path / "clone", image)
    archive = tmp_path / "image.tar"
    run_podman("save", "-q", "--format", "docker-archive", "-o", str(archive), image)
    run_docker("load", "-q", "-i", str(archive))
    name = start(image, "audit-docker", "--restart", "on-failure:3", restarts=3, docker=True)

    code, report = audit(tmp_path / "audit.json", f"docker:{name}", "--context", str(checkout))

    assert code == 1
    assert report["container"]["engine"] == "docker"
    assert report["container"]["restarts"] == 3
    assert report["failures"][0]["journey"]["item"]["name"] == MODULE
    assert report["failures"][0]["code"] == "PC102"
    run_docker("rm", "-f", name)
    run_docker("image", "rm", "-f", image)


def test_the_container_of_a_compose_service_is_found(tmp_path: Path, start: Start) -> None:
    case = next(case for case in CASES if case.name == "division")
    image = f"{SHORT}-compose:latest"
    checkout = lay_out(case, tmp_path)
    (checkout / "compose.yaml").write_text("services:\n  till:\n    build: .\n")
    build(checkout, image)
    start(image, "audit-compose", "--label", "com.docker.compose.service=till")

    words = ("--context", str(checkout), "-c", str(checkout / "compose.yaml"), "--service", "till")
    code, report = audit(tmp_path / "audit.json", *words)

    assert code == 1
    assert report["subject"] == "audit-compose"
    assert report["failures"][0]["explained"] == "none-of-ours"
    run_podman("image", "rm", "-f", image)


def test_the_log_is_read_from_the_time_asked_for(tmp_path: Path, start: Start) -> None:
    case = next(case for case in CASES if case.name == "division")
    image = f"{SHORT}-since:latest"
    checkout = lay_out(case, tmp_path)
    build(checkout, image)
    name = start(image, "audit-since")
    time.sleep(2)

    later = datetime.now(UTC).isoformat(timespec="seconds")
    _, report = audit(tmp_path / "audit.json", name, "--context", str(checkout), "--since", later)

    assert report["log"].get("lines", 0) == 0
    assert not report.get("failures")
    assert report["status"] == "crashed"
    run_podman("image", "rm", "-f", image)
