"""The second document: what is said about the two sides (``schemas/report-1.json``)."""

from collections import Counter
from collections.abc import Iterable
from typing import Any, Literal

import msgspec

from paritycheck import __version__
from paritycheck.errors import DocumentError
from paritycheck.model.journey import Gate, ItemKind, Verdict
from paritycheck.model.location import Location
from paritycheck.model.schema import document_schema
from paritycheck.model.snapshot import Origin
from paritycheck.model.source import ImportContext

Severity = Literal["error", "warning", "note"]
BaselineState = Literal["new", "unchanged", "gone"]
Threshold = Severity | Literal["never"]
REPORT_VERSION = "1.0"
_ANEW = "write it anew with `paritycheck check --format json -o FILE`"
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")


class Rule(msgspec.Struct, frozen=True):
    """A kind of finding: stable ``code`` and ``slug``, the usual severity, one line, and how to repair it."""

    code: str
    slug: str
    severity: Severity
    summary: str
    help: str


class ReportItem(msgspec.Struct, frozen=True):
    """A lost thing and, for readers who want the whole story, its journey."""

    kind: ItemKind
    name: str
    path: str = ""
    journey: tuple[Verdict, ...] = ()


class Importer(msgspec.Struct, frozen=True):
    """Who needs the item: the statement, and the modules that lead to it from the start command."""

    path: str
    line: int
    context: ImportContext
    chain: tuple[str, ...] = ()

    @property
    def place(self) -> Location:
        """The statement's line; the start command's may have none (0)."""
        return Location(self.path, self.line)


class Finding(msgspec.Struct, frozen=True):
    """One cause, with every item it cost. The first of ``locations`` is the cause.

    ``suppressed_by`` says who decided that it does not count, and why; ``image`` names the image of
    several; ``baseline_state`` is set where something was known before: only what is ``new`` counts.
    """

    code: str
    slug: str
    severity: Severity
    gate: Gate | None
    message: str
    hint: str
    items: tuple[ReportItem, ...]
    locations: tuple[Location, ...]
    imported_by: tuple[Importer, ...]
    fingerprint: str
    suppressed_by: str | None = None
    image: str = ""
    baseline_state: BaselineState | None = None

    @property
    def counts(self) -> bool:
        """Whether it is neither suppressed nor known from before."""
        return not self.suppressed_by and self.baseline_state in (None, "new")


class Tool(msgspec.Struct, frozen=True):
    """Who wrote the report."""

    name: str
    version: str


class Summary(msgspec.Struct, frozen=True):
    """What was looked at, and what came of it. ``arrived + lost + unknown`` are the items judged.

    ``errors``, ``warnings`` and ``notes`` are the findings that count; beside them stand how many are
    ``suppressed``, and how many ``known`` from before.
    """

    modules: int
    files: int
    distributions: int
    arrived: int
    lost: int
    unknown: int
    errors: int
    warnings: int
    notes: int
    suppressed: int = 0
    known: int = 0


class Looked(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the answer rests on, beside the counts; ``""`` where there is none, or none is known.

    ``containerfile`` and ``ignorefile`` relative to the repository root, ``interpreter`` the container's:
    ``cpython 3.12.4 (/usr/local/bin/python3)``. An image's digest is in its origin.
    """

    containerfile: str = ""
    ignorefile: str = ""
    interpreter: str = ""


class CheckedImage(msgspec.Struct, frozen=True):
    """One of several images: its own side of the answer; its findings are among the report's.

    ``used`` are the lines of the ignores that hid something of it, ``idle`` the findings (PC902) about
    those that did not: whether another image needs them is known when all images are checked.
    """

    name: str
    container: Origin
    summary: Summary
    looked: Looked = Looked()
    remarks: tuple[str, ...] = ()
    fail_on: Threshold = "error"
    used: tuple[str, ...] = ()
    idle: tuple[Finding, ...] = ()


class UncheckedImage(msgspec.Struct, frozen=True):
    """One of several images that could not be checked, and the error."""

    name: str
    message: str
    hint: str = ""


class Report(msgspec.Struct, frozen=True):
    """The whole answer. ``remarks`` are facts that were not to be had, and why.

    With several images, ``images`` are those that were checked, in order of their names, ``unchecked``
    those that could not be, and ``awaited`` those that this run was not asked for. ``gone`` are findings
    that a baseline or an earlier report has and this one has not.
    """

    schema_version: str
    tool: Tool
    local: Origin
    container: Origin
    summary: Summary
    findings: tuple[Finding, ...]
    remarks: tuple[str, ...] = ()
    looked: Looked = Looked()
    images: tuple[CheckedImage, ...] = ()
    unchecked: tuple[UncheckedImage, ...] = ()
    awaited: tuple[str, ...] = ()
    gone: tuple[Finding, ...] = ()


def rank_finding(finding: Finding) -> tuple[int, str, str, str, str, str]:
    """Return the key that sorts findings: the gravest first, then by rule and cause."""
    cause = str(finding.locations[0]) if finding.locations else ""
    severity = SEVERITIES.index(finding.severity)
    return severity, finding.code, cause, finding.message, finding.image, finding.fingerprint


def count_findings(summary: Summary, findings: Iterable[Finding]) -> Summary:
    """Return the summary with the counts of these findings."""
    listed = tuple(findings)
    counts = Counter(finding.severity for finding in listed if finding.counts)
    suppressed = sum(bool(finding.suppressed_by) for finding in listed)
    return msgspec.structs.replace(
        summary,
        errors=counts["error"],
        warnings=counts["warning"],
        notes=counts["note"],
        suppressed=suppressed,
        known=len(listed) - suppressed - counts.total(),
    )


def recounted(report: Report) -> Report:
    """Return the report with summaries, the images' own as well, that count the findings it has."""
    per_image: dict[str, list[Finding]] = {}
    for finding in report.findings:
        per_image.setdefault(finding.image, []).append(finding)
    return msgspec.structs.replace(
        report,
        summary=count_findings(report.summary, report.findings),
        images=tuple(
            msgspec.structs.replace(each, summary=count_findings(each.summary, per_image.get(each.name, ())))
            for each in report.images
        ),
    )


class _Header(msgspec.Struct):
    schema_version: str


def decode_report(data: bytes, name: str) -> Report:
    """Return the report in the document ``data``; ``name`` is its file, for messages.

    Raises DocumentError, which says where in the document something is not what the schema says.
    """
    _check_version(data, name)
    try:
        return msgspec.json.decode(data, type=Report)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DocumentError(f"{name}: not a report: {error}", _ANEW) from error


def _check_version(data: bytes, name: str) -> None:
    try:
        version = msgspec.json.decode(data, type=_Header).schema_version
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return  # decoding the whole says more about what is wrong
    if version != REPORT_VERSION:
        raise DocumentError(
            f"{name}: at `$.schema_version`: the report is of schema {version!r}, "
            f"and paritycheck {__version__} reads {REPORT_VERSION!r}",
            "use the version of paritycheck that wrote it, or write it anew",
        )


def report_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document, as ``schemas/report-1.json`` stores it."""
    return document_schema(
        Report, REPORT_VERSION, "report-1", "What a container lacks of a checkout, who needs it, and why."
    )
