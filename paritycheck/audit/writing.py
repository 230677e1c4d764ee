"""The audit put together: from the status over the whys to the checklist and the raw evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paritycheck import __version__
from paritycheck.audit.acting import REBUILD, covers, recommend
from paritycheck.audit.checklist import tick_off
from paritycheck.audit.dossier import Dossier
from paritycheck.audit.failing import is_past, read_failures
from paritycheck.audit.pipelines import read_pipelines
from paritycheck.audit.raw import quote_raw
from paritycheck.audit.risks import weigh
from paritycheck.audit.standing import (
    count,
    describe_state,
    has_given_up,
    judge_status,
    seconds,
    sentence,
    standing_statements,
    state_evidence,
)
from paritycheck.audit.whys import ask_whys, log_evidence, log_line
from paritycheck.audit.withholding import without_secrets
from paritycheck.model.audit import AUDIT_VERSION, Action, Audit, Evidence, Failure, Statement, Status
from paritycheck.model.report import Severity, Tool

HEADLINES: dict[Status, str] = {
    "healthy": "{name} runs, and lacks nothing of the checkout",
    "crash-loop": "{name} crashes and is restarted over and over",
    "crashed": "{name} has crashed",
    "unhealthy": "{name} runs, and its health check fails",
    "troubled": "{name} has findings",
    "stopped": "{name} is not running",
    "unknown": "how {name} runs is not known",
}
SHOWN_EVENTS = 8
ENDS = {"died": "died", "killed": "was killed", "gave-up": "was not started again"}


def write_audit(dossier: Dossier) -> Audit:
    """Return the audit of what the dossier holds."""
    failures = read_failures(dossier)
    current = tuple(failure for failure in failures if not is_past(failure.incident, dossier))
    pipelines = read_pipelines(dossier.pipelines)
    status = judge_status(dossier, failures)
    main = current[0] if current else None
    actions = recommend(current, dossier, pipelines)
    report = Audit(
        schema_version=AUDIT_VERSION,
        tool=Tool("paritycheck", __version__),
        subject=dossier.subject,
        written=dossier.written,
        status=status,
        headline=_headline(status, main, dossier),
        container=dossier.container,
        log=dossier.log,
        summary=tuple(_summary(status, main, actions, dossier)),
        problem=tuple(_problem(current, dossier)),
        failures=failures,
        whys=ask_whys(main, dossier, pipelines) if main else (),
        findings=dossier.report.findings,
        further=(*standing_statements(dossier), *_past(failures, dossier)),
        risks=tuple(weigh(status, current, dossier, pipelines)),
        actions=actions,
        checklist=tick_off(main, dossier, pipelines),
        raw=tuple(quote_raw(dossier)),
        remarks=_remarks(dossier),
        unjudged=dossier.unjudged,
    )
    return without_secrets(report)


def fails(audit: Audit) -> bool | None:
    """Tell whether it crashes, its health check fails, or something is missing.

    ``None``: nothing fails as far as is known, and nothing could be compared.
    """
    if any(finding.severity == "error" and finding.counts for finding in audit.findings):
        return True
    if audit.status not in ("healthy", "stopped", "unknown"):
        return True
    return None if audit.unjudged else False


def _name(dossier: Dossier) -> str:
    return dossier.container.name if dossier.container else dossier.subject


def _headline(status: Status, main: Failure | None, dossier: Dossier) -> str:
    said = HEADLINES[status].format(name=_name(dossier))
    if status == "crash-loop" and dossier.container is not None and has_given_up(dossier.container):
        said = f"{_name(dossier)} has crashed until its restart policy gave up"
    if status == "crashed" and dossier.container is None:
        said = f"{dossier.subject} tells of a crash"
    if status == "unknown" and dossier.unjudged and dossier.container is not None:
        said = f"{_name(dossier)} is {dossier.container.state}; what it lacks is not known"
    return f"{said}: {main.headline}" if main and status != "healthy" else said


def _summary(
    status: Status, main: Failure | None, actions: Sequence[Action], dossier: Dossier
) -> Iterator[Statement]:
    container = dossier.container
    if container is not None:
        grave: Severity = "error" if status in ("crash-loop", "crashed") else "note"
        yield Statement(describe_state(container), (state_evidence(container),), "State", grave)
    if main is not None:
        yield Statement(_cause(main), _cause_evidence(main), "Cause", "error")
        if main.repair:
            first = actions[0]
            proofs = [each.proof for each in actions if each.horizon == "now" and each.proof]
            checked = tuple(Evidence("prediction", proof) for proof in proofs or ["not checked"])
            said = sentence(first.edit or first.title)
            if any(each.title == REBUILD for each in actions):
                said += " Then rebuild the image, and recreate the container from it."
            yield Statement(said, checked, "Repair")
    yield _parity([main] if main else [], dossier)
    if status == "healthy" and dossier.log is not None:
        yield Statement(
            f"Its log holds no traceback since its last start ({count(dossier.log.lines, 'line')} read).",
            (Evidence("log", dossier.log.asked or "the whole log"),),
            "Log",
        )


def _parity(failures: Sequence[Failure], dossier: Dossier) -> Statement:
    """Say what the check finds beside the failure."""
    if dossier.unjudged:
        return Statement(
            f"What else the container lacks was not checked: {dossier.unjudged}.",
            (Evidence("check", dossier.unjudged),),
            "Parity",
            "warning",
        )
    looked = dossier.report.summary
    counts = (
        f"of what the code of {count(looked.modules, 'module')} needs, {looked.arrived} arrived, "
        f"{looked.lost} lost, {looked.unknown} unknown"
    )
    evidence = (Evidence("check", counts),)
    errors = [each for each in dossier.errors if not covers(failures, each)]
    if errors:
        word = "further error" if len(errors) < len(dossier.errors) else "error"
        text = f"The check finds {count(len(errors), word)}: {errors[0].message}."
        return Statement(text, evidence, "Parity", "error")
    if dossier.errors or any(failure.explained == "parity" for failure in failures):
        return Statement("The check finds nothing else that keeps it from starting.", evidence, "Parity")
    return Statement("The container lacks nothing that its code imports.", evidence, "Parity")


def _cause(main: Failure) -> str:
    match main.explained:
        case "parity":
            return _lacking(main)
        case "both-sides":
            return f"What is missing is missing on both sides: {main.reason}."
        case "none-of-ours":
            return f"Parity does not explain the failure: {main.reason}."
        case "unknown":
            return f"The cause is unknown: {main.reason}."


def _lacking(main: Failure) -> str:
    journey, lost = main.journey, main.journey.lost_at if main.journey else None
    by = f", which {main.origin} needs" if main.origin else ""
    if journey is None or lost is None:
        return f"The container lacks what it needs: {main.reason}."
    item = journey.item
    if item.kind == "distribution":
        why = main.reason.removeprefix(f"{item.name} is not installed: ")
        return f"The container lacks the distribution {item.name}{by}: {why}."
    name = item.path or item.name
    if lost.gate in ("mounted", "syspath", "importable"):
        return f"The image has {name}{by}, and the program does not get it: {main.reason}."
    return f"The container lacks {name}{by}: {main.reason}."


def _cause_evidence(main: Failure) -> tuple[Evidence, ...]:
    lost = main.journey.lost_at if main.journey else None
    found = [log_line(main)]
    if lost is not None:
        found.append(Evidence(f"gate {lost.gate}", lost.reason, lost.locations))
    return tuple(found)


def _problem(failures: Sequence[Failure], dossier: Dossier) -> Iterator[Statement]:
    for failure in failures:
        incident = failure.incident
        many = count(incident.count, "time") if incident.count > 1 else "once"
        span = (
            f" between {incident.first} and {incident.last}" if incident.first and incident.count > 1 else ""
        )
        every = f", every {seconds(incident.period)}" if incident.period else ""
        by = f", by the processes {', '.join(incident.processes[:8])}" if incident.processes else ""
        cut = "; its beginning or end is not in the log" if incident.cut else ""
        yield Statement(
            f"{failure.headline} — {many} in the log{span}{every}{by}{cut}.",
            (log_evidence(failure),),
            "Failure",
            "error",
        )
    for event in (dossier.log.events if dossier.log else ())[:SHOWN_EVENTS]:
        if event.kind in ENDS:
            by = f" (processes {', '.join(event.processes[:8])})" if event.processes else ""
            yield Statement(
                f"The log says {count(event.count, 'time')} that a process {ENDS[event.kind]}{by}.",
                (Evidence("log", event.text),),
                "Processes",
                "error",
            )


def _past(failures: Sequence[Failure], dossier: Dossier) -> Iterator[Statement]:
    for failure in failures:
        if is_past(failure.incident, dossier):
            yield Statement(
                f"Before the last start the log has {failure.headline}, "
                f"{count(failure.incident.count, 'time')}, the last at {failure.incident.last}.",
                (log_evidence(failure),),
                "Earlier failures",
            )


def _remarks(dossier: Dossier) -> tuple[str, ...]:
    container, log = dossier.container, dossier.log
    remarks = list(container.remarks if container else ("there is no container: its state is not known",))
    remarks += log.remarks if log else ("there is no log: whether anything fails is not known",)
    if log is not None and not log.lines and not log.remarks:
        remarks.append(f"the log is empty ({log.asked}): what the program said is not known")
    remarks += dossier.report.remarks
    remarks += dossier.remarks
    if dossier.facts.plan is None and not dossier.remarks:
        remarks.append("no Containerfile was found: which of its lines lost something is not known")
    return tuple(dict.fromkeys(remarks))
