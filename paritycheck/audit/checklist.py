"""The validation checklist: what a careful person would look up, each line answered from a fact."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.failing import importers
from paritycheck.audit.pipelines import Pipelines, import_checks
from paritycheck.model.audit import Check, Evidence, Failure, Tick
from paritycheck.model.journey import Gate, Verdict
from paritycheck.model.location import Location
from paritycheck.predict.importing.outcome import Found

_TICKS: dict[str, Tick] = {"passed": "good", "lost": "bad", "unknown": "unknown", "skipped": "neutral"}
_QUESTIONS: tuple[tuple[Gate, str], ...] = (
    ("worktree", "Does {name} exist in the codebase?"),
    ("tracked", "Does git track it?"),
    ("context", "Does the ignore file let it into the build context?"),
    ("copied", "Does a COPY line put it into the image?"),
    ("image", "Is it in the image that runs?"),
    ("mounted", "Is it visible beside the mounts?"),
    ("syspath", "Is it below a directory of the Python path?"),
    ("importable", "Would the interpreter import this very file?"),
)
_CONTEXTS = {
    "module": ("no: it runs as soon as the file is imported", "bad"),
    "function": ("it runs when a function is called, and the start calls it", "neutral"),
    "guarded": ("yes: a failing import is caught, or a flag decides", "good"),
    "type-checking": ("yes: it never runs", "good"),
}


def tick_off(failure: Failure | None, dossier: Dossier, pipelines: Pipelines) -> tuple[Check, ...]:
    """Return the checklist: about the failure if there is one, then about the container and its pipelines."""
    return (
        *(_of_failure(failure, dossier) if failure else ()),
        *_of_container(dossier),
        *_of_pipelines(dossier, pipelines),
    )


def _of_failure(failure: Failure, dossier: Dossier) -> Iterator[Check]:
    journey = failure.journey
    if journey is None:
        yield Check(
            "Does the failure name something of the checkout?",
            failure.reason,
            "unknown" if failure.explained == "unknown" else "neutral",
            (Evidence("log", failure.headline),),
        )
        return
    verdicts: dict[Gate, Verdict] = {verdict.gate: verdict for verdict in journey.verdicts}
    for gate, question in _QUESTIONS:
        verdict = verdicts[gate]
        yield Check(
            question.format(name=journey.item.name),
            verdict.reason,
            _TICKS[verdict.outcome],
            (Evidence(gate, verdict.reason, verdict.locations),),
        )
    yield from _copy_lines(dossier)
    if journey.item.kind == "module":
        yield _local_import(journey.item.name, failure, dossier)
        yield _optional(failure, dossier)
    yield _commits(failure)
    yield _reproduction(failure, dossier)


def _copy_lines(dossier: Dossier) -> Iterator[Check]:
    plan = dossier.facts.plan
    if plan is None:
        yield Check("Which COPY lines does the target stage have?", "no Containerfile was found", "unknown")
        return
    lines = (*plan.lines_of("COPY"), *plan.lines_of("ADD"))
    shown = "; ".join(f"{line.line}: {line.text}" for line in lines[:6]) or "none"
    yield Check(
        "Which COPY lines does the target stage have?",
        shown,
        "neutral",
        (Evidence("Containerfile", f"{len(lines)} lines", lines[:6]),),
    )


def _local_import(name: str, failure: Failure, dossier: Dossier) -> Check:
    found = dossier.facts.local_view.find(name, failure.origin.path if failure.origin else "")
    command = f'python -c "import {name}"'
    if isinstance(found, Found):
        answer = f"the checkout's search path finds {found.path or name}; nothing was run"
        return Check("Does the import work outside of the container?", answer, "good", command=command)
    answer = "the checkout's search path does not find it"
    return Check("Does the import work outside of the container?", answer, "bad", command=command)


def _optional(failure: Failure, dossier: Dossier) -> Check:
    question = "Is the import optional, or guarded by a flag?"
    needed = importers(failure, dossier)
    if not needed:
        return Check(question, "unknown: the statement was not found in the sources", "unknown")
    first = needed[0]
    answer, tick = _CONTEXTS[first.context]
    place = Location(first.path, first.line)
    return Check(
        question,
        answer,
        "bad" if tick == "bad" else "good" if tick == "good" else "neutral",
        (Evidence("imports", f"{place}", (place,)),),
    )


def _commits(failure: Failure) -> Check:
    question = "Which recent commits touched it?"
    history = failure.history
    if history is None:
        return Check(question, "git was not asked: it is no file of the checkout", "neutral")
    if history.touched:
        shown = "; ".join(str(commit) for commit in history.touched)
        return Check(question, shown, "neutral", (Evidence("git log", shown),))
    if history.remarks:
        return Check(question, f"unknown: {history.remarks[0]}", "unknown")
    return Check(
        question, "none: no commit of HEAD's history ever had it", "bad", (Evidence("git log", "no commit"),)
    )


def _reproduction(failure: Failure, dossier: Dossier) -> Check:
    image = shlex.quote(dossier.image or "IMAGE")
    run = f"{dossier.engine} run --rm --network none --entrypoint"
    item = failure.journey.item if failure.journey else None
    if item is not None and item.kind == "module":
        interpreter = dossier.facts.container.environment.interpreter
        program = interpreter.executable if interpreter else "python3"
        command = f"{run} {shlex.quote(program)} {image} -c {shlex.quote(f'import {item.name}')}"
    else:
        file = next((raised.file for raised in failure.incident.raised if raised.file), "")
        command = f"{run} ls {image} -l {shlex.quote(file)}" if file else ""
    if not command:
        return Check("What is the smallest reproduction?", "unknown", "unknown")
    return Check(
        "What is the smallest reproduction?", "paste this; it was not run", "neutral", command=command
    )


def _of_container(dossier: Dossier) -> Iterator[Check]:
    container, plan = dossier.container, dossier.facts.plan
    path = dossier.facts.container.config.env.get("PYTHONPATH") if dossier.facts.container.config else None
    wrong = next((each for each in dossier.report.findings if each.code == "PC302"), None)
    yield Check(
        "Is PYTHONPATH right?",
        wrong.message if wrong else f"PYTHONPATH={path}: every entry exists" if path else "it is not set",
        "bad" if wrong else "good" if path else "neutral",
        (Evidence("image", "PYTHONPATH", wrong.locations if wrong else ()),),
    )
    declared = plan.lines_of("HEALTHCHECK")[-1:] if plan else ()
    if container is not None:
        has = container.healthcheck is not None and container.healthcheck.test != ("NONE",)
        where = (
            f"the Containerfile declares one ({declared[0]})"
            if declared
            else "the Containerfile declares none"
        )
        image = "the image has one" if container.image_healthcheck else "the image has none"
        result = f"its result is {container.health.status}" if container.health else "there is no result"
        yield Check(
            "Does a health check run?",
            f"{where if plan else 'no Containerfile was found'}, {image}, "
            f"the container has {'one' if has else 'none'}; {result}",
            "good" if has else "bad",
            (Evidence(f"{container.engine} inspect", "Healthcheck", declared),),
        )
    stale = [each for each in dossier.report.findings if each.code in ("PC401", "PC403")]
    yield Check(
        "Is the image what this checkout builds?",
        "; ".join(each.message for each in stale) or "no file of the application differs",
        "bad" if stale else "good",
        tuple(Evidence(each.code, each.message, each.locations[:3]) for each in stale),
    )


def _of_pipelines(dossier: Dossier, pipelines: Pipelines) -> Iterator[Check]:
    plan = dossier.facts.plan
    files = ", ".join(pipelines.files[:6])
    if plan is not None:
        steps = import_checks(plan)
        yield Check(
            "Does the build import the application?",
            f"yes: {steps[0]}" if steps else "no RUN step does",
            "good" if steps else "bad",
            (Evidence("Containerfile", "RUN", steps),),
        )
    for kind, question in (("starts", "Does CI start the image?"), ("parity", "Does CI check parity?")):
        lines = pipelines.of("starts" if kind == "starts" else "parity")
        answer = (
            f"yes: {lines[0]}" if lines else f"no line in {files} does" if files else "there are no CI files"
        )
        yield Check(
            question, answer, "good" if lines else "bad", (Evidence("CI files", files or "none", lines[:3]),)
        )
