"""Findings made by hand, as reports of one image and of several."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from paritycheck.composite import as_named
from paritycheck.config.suppression import Suppressed
from paritycheck.model.location import Location
from paritycheck.model.report import (
    Finding,
    Importer,
    Report,
    ReportItem,
    Severity,
    Summary,
    Threshold,
    Tool,
    recounted,
)
from paritycheck.model.snapshot import Origin
from paritycheck.rules import make_finding


def finding(
    code: str = "PC103",
    *names: str,
    line: int = 4,
    text: str = "**/monitoring",
    severity: Severity = "error",
    importers: Iterable[tuple[str, int]] = (("app/main.py", 3),),
) -> Finding:
    """A finding that names these modules, whose cause is a line of the ignore file."""
    return make_finding(
        code,
        f"{', '.join(names)} missing",
        items=[ReportItem("module", name, f"{name.replace('.', '/')}.py") for name in names],
        locations=[Location(".dockerignore", line, text)],
        imported_by=[Importer(path, number, "module") for path, number in importers],
        severity=severity,
    )


def report(*findings: Finding, digest: str = "c0ffee") -> Report:
    """A report of one image."""
    made = Report(
        "1.0",
        Tool("paritycheck", "1"),
        Origin("checkout", ".", digest),
        Origin("predicted", "Containerfile"),
        Summary(1, 2, 3, 4, 5, 6, 0, 0, 0),
        findings,
    )
    return recounted(made)


def named(
    name: str,
    *findings: Finding,
    used: tuple[str, ...] = (),
    idle: tuple[Finding, ...] = (),
    fail_on: Threshold = "error",
    remarks: tuple[str, ...] = (),
    digest: str = "c0ffee",
) -> Report:
    """The report of one image among several."""
    single = msgspec.structs.replace(report(*findings, digest=digest), remarks=remarks)
    return as_named(single, name, fail_on, Suppressed(findings, used, idle))
