"""The five whys: each question with the answer that facts give, and the facts; unknown where they end."""

from __future__ import annotations

from paritycheck.audit.dossier import PIPELINE_DIRECTORIES, PIPELINE_FILES, Dossier
from paritycheck.audit.failing import absence_of, decisive, importers
from paritycheck.audit.pipelines import Pipelines, import_checks
from paritycheck.audit.roots import UNKNOWN, find_root
from paritycheck.audit.standing import (
    count,
    describe_end,
    restart_interval,
    seconds,
    sentence,
    state_evidence,
)
from paritycheck.model.audit import Evidence, Failure, Why
from paritycheck.model.journey import GATE_ORDER, Gate, Verdict
from paritycheck.model.location import Location

_THIRD: dict[Gate, str] = {
    "mounted": "Why is {} not visible?",
    "syspath": "Why does the interpreter not look where {} is?",
    "importable": "Why does the interpreter not take {}?",
}


def ask_whys(failure: Failure, dossier: Dossier, pipelines: Pipelines) -> tuple[Why, ...]:
    """Return the five questions about a failure, the first about the crash, the last about its root."""
    lost = failure.journey.lost_at if failure.journey else None
    first = Why(
        "Why does the container fail?",
        _crash(failure, dossier),
        (log_line(failure), *([state_evidence(dossier.container)] if dossier.container else [])),
    )
    if failure.explained != "parity" or failure.journey is None or lost is None:
        return (first, *_otherwise(failure, dossier, pipelines))
    name = failure.journey.item.name
    raised = decisive(failure.incident.raised)
    wanted = raised.name if failure.journey.item.kind == "distribution" and raised.name else name
    return (
        first,
        Why(f"Why is {wanted} not found?", *_missing(failure, dossier)),
        Why(
            _THIRD.get(lost.gate, "Why does the container not have {}?").format(name),
            *_where_lost(failure, lost, dossier),
        ),
        Why("Why was that not seen before the container ran?", *_unseen(dossier, pipelines)),
        Why("What let it be so?", *find_root(lost, failure, dossier, pipelines)),
    )


def log_evidence(failure: Failure) -> Evidence:
    """Return the lines of the log."""
    incident = failure.incident
    return Evidence(
        "log", "\n".join(incident.excerpt), (Location("log", incident.line),) if incident.line else ()
    )


def log_line(failure: Failure) -> Evidence:
    """Return where the log tells of it, in one line."""
    incident = failure.incident
    words = next((line.strip() for line in reversed(incident.excerpt) if line.strip()), failure.headline)
    return Evidence("log", f"from line {incident.line}: {words}" if incident.line else words)


def _crash(failure: Failure, dossier: Dossier) -> str:
    incident, container = failure.incident, dossier.container
    where = f" at {failure.origin}" if failure.origin else ""
    often = f", {count(incident.count, 'time')} in the log" if incident.count > 1 else ""
    every = f", every {seconds(incident.period)}" if incident.period else ""
    said = f"Its program fails{where} with {failure.headline}{often}{every}."
    if container is None:
        return said
    return f"{said} {describe_end(container)}".rstrip()


_VERBS: dict[str, str] = {"module": "imports", "distribution": "imports", "data": "opens", "library": "loads"}


def _missing(failure: Failure, dossier: Dossier) -> tuple[str, tuple[Evidence, ...]]:
    verdicts = failure.journey.verdicts if failure.journey else ()
    raised = decisive(failure.incident.raised)
    needed = importers(failure, dossier)
    kind = failure.journey.item.kind if failure.journey else ""
    asked = (
        f"{failure.origin} {_VERBS.get(kind, 'needs')} it" if failure.origin else f"{raised.type} names it"
    )
    answer = f"{asked}, and "
    side = next((one for one in verdicts if one.gate == "image"), None)
    lost = failure.journey.lost_at if failure.journey else None
    verdict = lost if side is None or side.outcome != "lost" else side
    answer += verdict.reason if verdict else "the container does not have it"
    if kind == "distribution" and failure.journey is not None:
        name = failure.journey.item.name
        brought = "" if name == raised.name else f", which {name} brings"
        answer = f"{failure.origin or 'The program'} imports {raised.name}{brought}: {name} is not installed"
    chain = needed[0].chain if needed else ()
    if chain:
        answer += f". The start command comes to it by way of {', '.join(chain)}"
    origin = failure.origin
    places = tuple(Location(each.path, each.line) for each in needed[:3])
    if origin is not None:
        others = (place for place in places if (place.path, place.line) != (origin.path, origin.line))
        places = (origin, *others)
    evidence = [Evidence("sources", "what needs it", places)] if places else []
    evidence += [
        Evidence(f"gate {one.gate}", one.reason, one.locations)
        for one in verdicts
        if one.outcome == "lost" and one is not lost
    ]
    return f"{answer}.", tuple(evidence)


def _where_lost(failure: Failure, lost: Verdict, dossier: Dossier) -> tuple[str, tuple[Evidence, ...], bool]:
    evidence = [Evidence(f"gate {lost.gate}", lost.reason, lost.locations)]
    number = GATE_ORDER.index(lost.gate) + 1
    answer = f"It is lost at gate {number} of {len(GATE_ORDER)}, “{lost.gate}”: {lost.reason}."
    plan = dossier.facts.plan
    item = failure.journey.item if failure.journey else None
    if item is not None and item.kind == "distribution":
        absence = absence_of(item, failure.origin, dossier)
        if absence.kind == "undeclared":
            evidence.append(Evidence("dependency files", "it belongs here", absence.locations))
        else:
            evidence.append(Evidence("prediction", absence.reason, absence.locations))
        known = absence.reason == lost.reason
        return answer if known else f"{answer} {sentence(absence.reason)}", tuple(evidence), True
    history = failure.history
    if history is not None:
        told = list(_history(failure))
        evidence += [Evidence("git log", text) for text in told[1:] or told]
        if told:
            answer += f" {sentence(told[0])}"
    early = lost.gate in ("tracked", "context", "copied")
    if plan is not None and item is not None and early and not plan.landings.container_of(item.path):
        answer += " Another build from a clean clone lacks it as well."
        evidence.append(
            Evidence("prediction", f"the build of {plan.containerfile.path} puts no {item.path} anywhere")
        )
    return answer, tuple(evidence), True


def _history(failure: Failure) -> list[str]:
    history = failure.history
    if history is None:
        return []
    told = []
    if history.in_head is False and history.last_there is None and not history.remarks:
        told.append(f"no commit of any branch has ever had {history.path}")
    elif history.deleted is not None:
        told.append(f"commit {history.deleted} removed {history.path}")
    elif history.in_head is False and history.last_there is not None:
        told.append(
            f"HEAD does not have {history.path}; commit {history.last_there} of another branch has it"
        )
    elif history.in_head and history.touched:
        told.append(f"HEAD has {history.path}; the last commit that touched it is {history.touched[0]}")
    if history.since is not None:
        told.append(f"{history.importer} has named it since commit {history.since}")
    return [*told, *(f"unknown: {remark}" for remark in history.remarks)]


def unseen_reasons(dossier: Dossier, pipelines: Pipelines) -> list[tuple[str, Evidence]]:
    """Return every check that could have shown the loss and is not there, or was lost."""
    found: list[tuple[str, Evidence]] = []
    plan, container = dossier.facts.plan, dossier.container
    config = dossier.facts.container.config
    declared = plan.lines_of("HEALTHCHECK")[-1:] if plan else ()
    test = container.healthcheck if container else (config.healthcheck if config else None)
    if declared and test is None:
        lost = f"the health check that {declared[0]} declares is not in the image (the OCI format drops it)"
        found.append((lost, Evidence("Containerfile", "a HEALTHCHECK is declared", declared)))
    elif test is None:
        found.append(("no health check is declared", Evidence("image", "Healthcheck: none")))
    if plan is not None and not import_checks(plan):
        steps = sum(each.keyword == "RUN" for each in plan.containerfile.instructions)
        looked = f"{count(steps, 'RUN step')} in {plan.containerfile.path}"
        found.append(("no RUN step imports the application", Evidence("Containerfile", looked)))
    files = ", ".join(pipelines.files[:6])
    if not pipelines.files:
        found.append(
            ("the repository has no CI files", Evidence("checkout", f"there is no {_usual_paths()}"))
        )
    else:
        builds = pipelines.of("builds")
        if not pipelines.of("starts"):
            text = (
                "CI builds the image and never starts it"
                if builds
                else "no CI file builds or starts the image"
            )
            found.append((text, Evidence("CI files", f"looked through {files}", builds[:3])))
        if not pipelines.of("parity"):
            found.append(("no CI file checks parity", Evidence("CI files", f"no line runs it in {files}")))
    return found


def _usual_paths() -> str:
    paths = (*PIPELINE_DIRECTORIES[:2], *sorted(PIPELINE_FILES)[:3])
    others = len(PIPELINE_DIRECTORIES) + len(PIPELINE_FILES) - len(paths)
    return f"{', '.join(paths)}, nor any of {others} other paths"


def _unseen(dossier: Dossier, pipelines: Pipelines) -> tuple[str, tuple[Evidence, ...], bool]:
    reasons = unseen_reasons(dossier, pipelines)
    if not reasons:
        return UNKNOWN, (), False
    text = "; ".join(reason for reason, _ in reasons)
    return sentence(text), tuple(evidence for _, evidence in reasons), True


def _otherwise(failure: Failure, dossier: Dossier, pipelines: Pipelines) -> tuple[Why, ...]:
    """Ask on where no gate lost anything: what is known of the reason, and that the rest is not."""
    words = {
        "parity": "The container lacks it: ",
        "both-sides": "It is missing on both sides: ",
        "none-of-ours": "Parity does not explain it: ",
        "unknown": "Unknown: ",
    }
    interval = restart_interval(dossier.container) if dossier.container else None
    again = f" The engine starts it again every {seconds(interval)}." if interval else ""
    answer = f"{words[failure.explained]}{failure.reason}.{again}"
    places = (failure.origin,) if failure.origin else ()
    evidence = (
        [Evidence("code", failure.origin.text or "the last line of the application", places)]
        if failure.origin
        else []
    )
    evidence += (
        [Evidence("gates", f"{one.gate}: {one.reason}", one.locations) for one in failure.journey.verdicts]
        if failure.journey
        else []
    )
    evidence = evidence or [Evidence("container", failure.reason)]
    unseen = _unseen(dossier, pipelines)
    deeper = "Unknown: why the program comes to this is not in the log."
    if failure.explained == "parity":
        deeper = "Unknown: which build step should have brought it is not declared anywhere."
    return (
        Why("Why does that happen?", answer, tuple(evidence), failure.explained != "unknown"),
        Why("Why is it so?", deeper, (), False),
        Why("Why was that not seen before the container ran?", *unseen),
        Why("What let it be so?", UNKNOWN, (), False),
    )
