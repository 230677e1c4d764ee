"""What the repository's own checks would have seen: CI files, RUN steps, the health check.

A line that builds, starts or imports is evidence; what no line does is said of all the files that were read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Literal

import msgspec

from paritycheck.model.location import Location
from paritycheck.parse.logs.redaction import redact
from paritycheck.predict.planning.plan import Plan

Kind = Literal["parity", "builds", "starts", "tests"]
_PATTERNS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("parity", re.compile(r"\bparitycheck\b[\w\s.-]*\b(?:check|smoke|why|audit)\b")),
    (
        "builds",
        re.compile(
            r"\b(?:podman|docker|buildah|nerdctl)\b[^#\n]*\b(?:build|bud)\b|docker/build-push-action"
            r"|redhat-actions/buildah-build|\bkaniko\b"
        ),
    ),
    (
        "starts",
        re.compile(
            r"\b(?:podman|docker|nerdctl)(?:[- ]compose)?\b[^#\n]*\s(?:run|up|start)\b"
            r"|container-structure-test\b|\bdgoss\b"
        ),
    ),
    ("tests", re.compile(r"\b(?:pytest|tox|nox|unittest|manage\.py test|make test)\b")),
)
_IMPORTS = re.compile(
    r"\bpython[\d.]*\s[^|;&]*-c\s*['\"][^'\"]*\b(?:import|from)\b|\bpytest\b|-m\s+unittest"
    r"|\bmanage\.py check\b|\bparitycheck\b"
)


class Pipelines(msgspec.Struct, frozen=True):
    """The files that were read, and the lines in them that do something of each kind."""

    files: tuple[str, ...]
    lines: dict[Kind, tuple[Location, ...]]

    def of(self, kind: Kind) -> tuple[Location, ...]:
        """Return the lines of one kind."""
        return self.lines.get(kind, ())


def read_pipelines(texts: Mapping[str, str]) -> Pipelines:
    """Return what the CI files do, line by line; comments do nothing."""
    found: dict[Kind, list[Location]] = {}
    for path, text in texts.items():
        for number, line in enumerate(text.splitlines(), 1):
            if line.lstrip().startswith("#"):
                continue
            for kind, pattern in _PATTERNS:
                if pattern.search(line[:2000]):
                    found.setdefault(kind, []).append(
                        Location(path, number, redact(line.strip()[:400])[:200])
                    )
    return Pipelines(tuple(texts), {kind: tuple(lines) for kind, lines in found.items()})


def import_checks(plan: Plan) -> tuple[Location, ...]:
    """Return the RUN steps of the Containerfile that import or test the application."""
    return tuple(_runs(plan))


def _runs(plan: Plan) -> Iterator[Location]:
    for instruction in plan.containerfile.instructions:
        if instruction.keyword == "RUN" and _IMPORTS.search(instruction.location.text[:4000]):
            yield _withheld(instruction.location)


def _withheld(line: Location) -> Location:
    return Location(line.path, line.line, redact(line.text)[:400])
