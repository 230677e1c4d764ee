"""The document of an audit: what crashes, why, since when, and what to do (``schemas/audit-1.json``)."""

from typing import Any, Literal

import msgspec

from paritycheck.model.container import ContainerFacts
from paritycheck.model.history import PathHistory
from paritycheck.model.incident import Incident, LogReading
from paritycheck.model.journey import Journey
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Severity, Tool
from paritycheck.model.schema import document_schema

AUDIT_VERSION = "1.0"

Status = Literal["healthy", "crash-loop", "crashed", "unhealthy", "troubled", "stopped", "unknown"]
Explained = Literal["parity", "both-sides", "none-of-ours", "unknown"]
Horizon = Literal["now", "today", "sprint"]
Tick = Literal["good", "bad", "neutral", "unknown"]


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact: what it was read from (``log``, ``git``, ``Containerfile``, ...), the words, the lines."""

    source: str
    text: str
    locations: tuple[Location, ...] = ()


class Statement(msgspec.Struct, frozen=True, omit_defaults=True):
    """A sentence of the report and the facts behind it; ``title`` in a few words."""

    text: str
    evidence: tuple[Evidence, ...] = ()
    title: str = ""
    severity: Severity = "note"


class Why(msgspec.Struct, frozen=True, omit_defaults=True):
    """One of the five questions; ``known`` is false where no fact answers it."""

    question: str
    answer: str
    evidence: tuple[Evidence, ...] = ()
    known: bool = True


class Action(msgspec.Struct, frozen=True, omit_defaults=True):
    """Something to do: ``commands`` can be pasted, ``edit`` says what to change in a file.

    ``proof`` says how prediction checked that it helps, ``""`` if it did not.
    """

    horizon: Horizon
    title: str
    commands: tuple[str, ...] = ()
    edit: str = ""
    reason: str = ""
    proof: str = ""


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of the validation checklist: the question, the answer in words, whether it is a good one."""

    question: str
    answer: str
    tick: Tick
    evidence: tuple[Evidence, ...] = ()
    command: str = ""


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """An incident, explained as far as facts go.

    ``explained``: ``parity``: the container lacks what the checkout has; ``both-sides``: neither has it;
    ``none-of-ours``: nothing is missing, the program itself fails; ``unknown``: nobody can tell.
    ``journey`` is that of the missing thing, ``code`` the rule that speaks for it, ``repair`` what brings
    it back. ``origin`` is the line of the application's own code that failed.
    """

    headline: str
    incident: Incident
    explained: Explained
    reason: str
    code: str = ""
    journey: Journey | None = None
    repair: str = ""
    origin: Location | None = None
    history: PathHistory | None = None


class Audit(msgspec.Struct, frozen=True, omit_defaults=True):
    """The whole report. ``container`` is missing where only a log and an image were at hand.

    ``summary``, ``problem``, ``whys``, ``further``, ``risks``: nothing in them is without a fact.
    ``findings`` is what the check says of the checkout and this container; ``remarks`` what is not known.
    ``unjudged`` says why the check had nothing to compare.
    """

    schema_version: str
    tool: Tool
    subject: str
    written: str
    status: Status
    headline: str
    container: ContainerFacts | None
    log: LogReading | None
    summary: tuple[Statement, ...] = ()
    problem: tuple[Statement, ...] = ()
    failures: tuple[Failure, ...] = ()
    whys: tuple[Why, ...] = ()
    findings: tuple[Finding, ...] = ()
    further: tuple[Statement, ...] = ()
    risks: tuple[Statement, ...] = ()
    actions: tuple[Action, ...] = ()
    checklist: tuple[Check, ...] = ()
    raw: tuple[Evidence, ...] = ()
    remarks: tuple[str, ...] = ()
    unjudged: str = ""


def audit_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document, as ``schemas/audit-1.json`` stores it."""
    return document_schema(Audit, AUDIT_VERSION, "audit-1", "Why a container fails, and what to do about it.")
