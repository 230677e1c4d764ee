"""How containers stand, and what their mounts hide: values of facts, no engine."""

from __future__ import annotations

from pathlib import Path

import pytest

from paritycheck.audit import Dossier, fails, gather, write_audit
from paritycheck.capture.sides import Machine, open_local
from paritycheck.config import Config
from paritycheck.model.audit import Audit
from paritycheck.model.container import ContainerFacts, ContainerMount, Health, HealthProbe
from paritycheck.model.engine import PODMAN
from paritycheck.model.history import PathHistory
from paritycheck.model.incident import LogReading
from paritycheck.model.snapshot import ImageConfig, Origin, Snapshot
from paritycheck.parse.logs.reading import read_log
from paritycheck.predict.planning.plan import BuildOptions, clean_clone, make_plan
from tests.scenario import commit

FILES = {
    "Containerfile": "FROM docker.io/library/python:3.12-slim\nWORKDIR /app\n"
    "ENV API_TOKEN=sw0rdfish-1 PYTHONPATH=/app\n"
    'COPY shop shop\nCMD ["python3", "-m", "shop.main"]\n',
    "shop/__init__.py": "",
    "shop/main.py": "from shop import prices\n",
    "shop/prices.py": "open('/app/shop/data/prices.json')\n",
    "shop/data/prices.json": "{}\n",
}
LOST = """2026-11-22T10:0{n}:00Z Traceback (most recent call last):
2026-11-22T10:0{n}:00Z   File "/app/shop/prices.py", line 1, in <module>
2026-11-22T10:0{n}:00Z     open('/app/shop/data/prices.json')
2026-11-22T10:0{n}:00Z FileNotFoundError: [Errno 2] No such file or directory: '/app/shop/data/prices.json'
"""


def container(**facts: object) -> ContainerFacts:
    known = {"name": "web", "id": "c0ffee", "engine": "podman", "state": "running", "image": "localhost/web"}
    return ContainerFacts(**{**known, **facts})  # type: ignore[arg-type]


def dossier(root: Path, facts: ContainerFacts | None, log: str = "") -> Dossier:
    """The checkout's own prediction stands for the image: whatever fails is the container's doing."""
    if not (root / ".git").exists():
        for name, text in FILES.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        commit(root, [])
    machine = Machine(variables={"PATH": "/usr/bin:/bin", "HOME": str(root)})
    local, _ = open_local(root, None, None, machine, environment=False)
    plan = make_plan(clean_clone(local), BuildOptions(engine=PODMAN))
    assert plan is not None
    image = Snapshot(
        Origin("image", "localhost/web"),
        plan.snapshot.tree,
        plan.snapshot.modules,
        plan.snapshot.texts,
        plan.snapshot.digests,
        plan.snapshot.environment,
        config=plan.snapshot.config or ImageConfig(),
        unknown=plan.snapshot.unknown,
        data=plan.snapshot.data,
    )
    return gather(
        "web",
        "2026-11-22T12:00:00Z",
        facts,
        read_log([log.encode()]) if log else LogReading(),
        local,
        image,
        plan,
        Config(),
        lambda path, _importer, _words: PathHistory(path),
        root=str(root),
    )


def audit(root: Path, facts: ContainerFacts | None, log: str = "") -> Audit:
    return write_audit(dossier(root, facts, log))


@pytest.mark.parametrize(
    ("facts", "log", "status", "failing"),
    [
        (container(started="2026-11-22T09:00:00Z"), "", "healthy", False),
        (container(state="exited", exit_code=0, finished="x"), "", "stopped", False),
        (container(state="exited", exit_code=1, finished="x"), "", "crashed", True),
        (container(state="exited", exit_code=137, out_of_memory=True), "", "crashed", True),
        (container(restarts=9, exit_code=1, restart_policy="always"), LOST, "crash-loop", True),
        (container(state="restarting", restarts=9, exit_code=1), "", "crash-loop", True),
        (container(health=Health("unhealthy", 3)), "", "unhealthy", True),
        # It was restarted long ago, and its log has been quiet since.
        (
            container(restarts=9, exit_code=1, started="2026-11-22T11:00:00Z", asked="2026-11-22T12:00:00Z"),
            LOST,
            "healthy",
            False,
        ),
        (container(started="2026-11-22T09:00:00Z"), LOST, "troubled", True),
        (None, LOST, "crashed", True),
    ],
    ids=[
        "healthy",
        "ended",
        "crashed",
        "memory",
        "loop",
        "between",
        "unhealthy",
        "recovered",
        "traceback",
        "log",
    ],
)
def test_the_status(
    tmp_path: Path, facts: ContainerFacts | None, log: str, status: str, failing: bool
) -> None:
    report = audit(tmp_path, facts, log.replace("{n}", "1"))
    assert (report.status, fails(report)) == (status, failing)


def test_what_was_over_before_the_last_start_is_told_apart(tmp_path: Path) -> None:
    facts = container(restarts=1, started="2026-11-22T11:00:00Z", asked="2026-11-22T12:00:00Z")
    report = audit(tmp_path, facts, LOST.replace("{n}", "1"))
    assert not report.problem
    assert any("Before the last start" in statement.text for statement in report.further)


def test_a_mount_is_judged_by_what_lies_in_it(tmp_path: Path) -> None:
    def lost(holds: frozenset[str] | None) -> str:
        mounts = (ContainerMount("bind", "/app/shop/data", "/srv/data", holds=holds),)
        failure = audit(tmp_path, container(state="exited", exit_code=1, mounts=mounts), LOST).failures[0]
        gate = failure.journey.lost_at if failure.journey else None
        return f"{failure.explained} {gate.gate if gate else ''}".strip()

    assert lost(frozenset({"rates.json"})) == "parity mounted"
    assert lost(frozenset()) == "parity mounted"
    assert lost(frozenset({"prices.json"})) == "none-of-ours"


def test_the_repair_of_a_mount_names_it(tmp_path: Path) -> None:
    mounts = (ContainerMount("volume", "/app/shop/data", "/v/_data", name="prices", holds=frozenset({"x"})),)
    failure = audit(tmp_path, container(state="exited", exit_code=1, mounts=mounts), LOST).failures[0]
    assert failure.code == "PC106"
    assert failure.repair == "leave out the volume mount of prices at /app/shop/data, or put the file into it"


def test_the_last_words_of_a_health_check_are_told(tmp_path: Path) -> None:
    health = Health("unhealthy", 3, (HealthProbe("x", 7, "connection refused\n"),))
    said = [statement.text for statement in audit(tmp_path, container(health=health)).further]
    assert any("3 times in a row, the last said: connection refused (exit code 7)" in text for text in said)


def test_quoted_lines_hold_no_secret(tmp_path: Path) -> None:
    report = audit(tmp_path, container(state="exited", exit_code=1), LOST)
    assert "sw0rdfish" not in repr(report)


def test_every_statement_but_the_unknown_has_evidence(tmp_path: Path) -> None:
    report = audit(tmp_path, container(state="exited", exit_code=1, restarts=3), LOST)
    for statement in (*report.summary, *report.problem, *report.further, *report.risks):
        assert statement.evidence, statement.text
    for why in report.whys:
        assert why.evidence or not why.known, why.question
