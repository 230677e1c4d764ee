"""Hand-made documents, among them names that would steer a terminal."""

from __future__ import annotations

from paritycheck.model.contextreport import Alarming, ContextReport, DeadLine, LeftOut, Weight
from paritycheck.model.difference import Changed, Difference, Section
from paritycheck.model.journey import GATE_ORDER, Explanation, Item, Journey, Outcome, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, Looked, Report, ReportItem, Summary, Tool
from paritycheck.model.snapshot import Origin

EVIL = "a\x1b[2J\r\u202egpj.py"  # clears the screen, goes back to the line's begin, writes backwards
EVIL_SHOWN = r"a\x1b[2J\r\u202egpj.py"
IGNORED = Location(".dockerignore", 4, "**/monitoring")


def verdicts(lost: str = "context", *locations: Location) -> tuple[Verdict, ...]:
    """Every gate: passed before ``lost``, skipped after it, unknown at the last."""
    outcomes: dict[str, Outcome] = {"importable": "unknown"}
    found = []
    seen = False
    for gate in GATE_ORDER:
        seen = seen or gate == lost
        outcome: Outcome = "lost" if gate == lost else "skipped" if seen else "passed"
        outcome = outcomes.get(gate, outcome)
        found.append(Verdict(gate, outcome, f"{gate} says {outcome}", locations if gate == lost else ()))
    return tuple(found)


LOSS = Finding(
    code="PC103",
    slug="ignored",
    severity="error",
    gate="context",
    message="app.monitoring is missing in the container: left out of the context",
    hint="add `!app/monitoring/` after .dockerignore:4",
    items=(ReportItem("module", "app.monitoring", "app/monitoring/__init__.py", verdicts()),),
    locations=(IGNORED,),
    imported_by=(
        Importer("app/main.py", 14, "module", ("app.main", "app.routes")),
        Importer("app/late.py", 3, "function"),
        Importer("app/tried.py", 5, "guarded"),
        Importer("app/more.py", 7, "module"),
    ),
    fingerprint="0" * 16,
)
HOSTILE = Finding(
    code="PC401",
    slug="stale-content",
    severity="warning",
    gate="image",
    message=f"{EVIL} differs",
    hint=f"rebuild {EVIL}",
    items=tuple(ReportItem("data", f"{EVIL}{number}", f"{EVIL}{number}") for number in range(14)),
    locations=(Location(EVIL, 2, f"  {EVIL}  "),),
    imported_by=(Importer(EVIL, 1, "module", (EVIL,)),),
    fingerprint="1" * 16,
    suppressed_by=EVIL,
)


def report(*findings: Finding, remarks: tuple[str, ...] = (), reference: str = "web") -> Report:
    """A report of these findings."""
    severities = [finding.severity for finding in findings]
    summary = Summary(
        12, 20, 3, 10, 1, 1, severities.count("error"), severities.count("warning"), severities.count("note")
    )
    return Report(
        "1.0",
        Tool("paritycheck", "1"),
        Origin("checkout", "."),
        Origin("image", reference, digest="sha256:0123456789abcdef"),
        summary,
        findings,
        remarks,
        Looked("deploy/Containerfile", ".dockerignore", "cpython 3.12.4 (/usr/local/bin/python3)"),
    )


DIFFERENCE = Difference(
    "1.0",
    Origin("checkout", "."),
    Origin("image", EVIL),
    files=Section((EVIL, "b.py"), ("c.py",), (Changed("d.py", "0" * 64, "f" * 64),), 5),
    modules=Section(same=7),
    distributions=Section(changed=(Changed("idna", "3.6", "3.7"),)),
    sys_path=Section(only_right=("/app",)),
    interpreter=Section(),
    config=Section(only_right=tuple(f"env V{number:02}" for number in range(42))),
)
EXPLANATION = Explanation(
    "1.0",
    "app.monitoring",
    (
        Journey(Item("module", "app.monitoring", "app/monitoring/__init__.py"), verdicts("context", IGNORED)),
        Journey(Item("data", EVIL, EVIL), (Verdict("image", "passed", f"there: {EVIL}"),)),
        Journey(Item("distribution", "idna"), (Verdict("worktree", "unknown", "nobody knows"),)),
    ),
)
CONTEXT = ContextReport(
    "1.0",
    "podman",
    "services/web",
    "services/web/.containerignore",
    Weight(".", 30, 3_500_000),
    (Weight("data", 20, 3_000_000), Weight(EVIL, 1, 999), *(Weight(f"f{n:02}", 1, 1) for n in range(19))),
    (Weight("data/big.bin", 1, 2_000_000),),
    (LeftOut("node_modules", 900, 5 << 30, Location("services/web/.containerignore", 2, "node_modules")),),
    (Alarming(EVIL, 999, "it looks like a secret"),),
    (DeadLine(Location("services/web/.containerignore", 7, EVIL), "matches nothing"),),
)
# One report with every kind of place: a cause in the checkout, one in the container alone, none at all.
SHARED = report(
    LOSS,
    Finding(
        code="PC201",
        slug="missing-distribution",
        severity="error",
        gate="image",
        message="idna is not installed in the container",
        hint="declare `idna` in pyproject.toml, and rebuild",
        items=(ReportItem("distribution", "idna"),),
        locations=(Location("/usr/local/lib/python3.12/site-packages/requests/models.py", 7, "import idna"),),
        imported_by=(Importer("localhost/web:latest", 0, "module", ("gunicorn",)),),
        fingerprint="2" * 16,
    ),
    Finding(
        code="PC102",
        slug="untracked",
        severity="warning",
        gate="tracked",
        message="2 modules are missing in the container: never added to git",
        hint="`git add` them",
        items=(
            ReportItem("module", "app.<b>", "app/<b>.py", verdicts("tracked")),
            ReportItem("module", "app.größe", "app/größe.py", verdicts("tracked")),
        ),
        locations=(Location("app/<b>.py"), Location("app/größe.py")),
        imported_by=(Importer("app/main.py", 2, "guarded", ("app.main",)),),
        fingerprint="3" * 16,
    ),
    HOSTILE,
    Finding(
        code="PC301",
        slug="different-interpreter",
        severity="note",
        gate=None,
        message="the container runs Python 3.12, the local environment 3.13",
        hint="Use the same minor version on both sides.",
        items=(),
        locations=(),
        imported_by=(),
        fingerprint="4" * 16,
    ),
    remarks=("the base image docker.io/library/python:3.12-slim is not at hand", f"{EVIL}: denied"),
)
