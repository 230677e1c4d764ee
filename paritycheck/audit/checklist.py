"""The validation checklist: what a careful person would look up, each line answered from a fact."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

import msgspec

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.failing import decisive, importers
from paritycheck.audit.pipelines import Pipelines, import_checks
from paritycheck.audit.standing import count
from paritycheck.audit.trying import arrival, plan_with_tracked
from paritycheck.model.audit import Check, Evidence, Failure, Tick
from paritycheck.model.journey import Gate, Item, Verdict
from paritycheck.model.location import Location
from paritycheck.predict.importing.outcome import Found

MOST_LINES = 6

_TICKS: dict[str, Tick] = {"passed": "good", "lost": "bad", "unknown": "unknown", "skipped": "neutral"}
_DISTRIBUTION: tuple[tuple[Gate, str], ...] = (
    ("worktree", "Is {name} installed outside of the container?"),
    ("tracked", "Does a dependency file that git tracks declare it?"),
    ("context", "Does the installer read that file?"),
    ("copied", "Does the installer's command select it?"),
    ("image", "Is it installed in the image that runs?"),
    ("syspath", "Is it where the interpreter looks?"),
)
_CONTEXTS = {
    "module": ("no: it runs as soon as the file is imported", "bad"),
    "function": ("no: it is reached through a function, and the start calls that", "bad"),
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
            f"no: {failure.reason}",
            "unknown" if failure.explained == "unknown" else "neutral",
            (Evidence("log", failure.headline),),
        )
        yield _reproduction(failure, dossier)
        return
    verdicts: dict[Gate, Verdict] = {verdict.gate: verdict for verdict in journey.verdicts}
    kind = journey.item.kind
    if kind == "distribution":
        for gate, question in _DISTRIBUTION:
            yield _ask(question.format(name=journey.item.name), verdicts[gate])
    elif kind == "library":
        yield _ask(f"Does the container have {journey.item.name}?", verdicts["image"])
    else:
        yield from _of_file(journey.item, verdicts, dossier)
    if kind == "module":
        yield _local_import(journey.item.name, failure, dossier)
    if kind in ("module", "distribution"):
        yield _optional(failure, dossier)
    if kind in ("module", "data"):
        yield _commits(failure)
    yield _reproduction(failure, dossier)


def _ask(question: str, verdict: Verdict) -> Check:
    evidence = (Evidence(verdict.gate, verdict.reason, verdict.locations),)
    return Check(question, verdict.reason, _TICKS[verdict.outcome], evidence)


def _of_file(item: Item, verdicts: dict[Gate, Verdict], dossier: Dossier) -> Iterator[Check]:
    """What lies between the checkout and the program, for something with a path."""
    there = arrival(item.path, dossier.facts.plan)
    if not there:
        there = arrival(item.path, plan_with_tracked([item.path], dossier))
    yield _ask(f"Does {item.name} exist in the codebase?", verdicts["worktree"])
    yield _ask("Does git track it?", verdicts["tracked"])
    yield _let_in(verdicts["context"], dossier)
    yield _copied(verdicts["copied"], there, dossier)
    yield _ask("Is it in the image that runs?", verdicts["image"])
    if verdicts["mounted"].locations:
        yield _ask("Is it visible beside the mounts?", verdicts["mounted"])
    if item.kind == "module":
        yield _searched(item, verdicts["syspath"], there, dossier)


def _let_in(verdict: Verdict, dossier: Dossier) -> Check:
    check = _ask("Does the ignore file let it into the build context?", verdict)
    plan = dossier.facts.plan
    if verdict.outcome != "passed" or plan is None:
        return check
    ignore = plan.context.ignore
    answer = f"yes: no line of {ignore.path} keeps it out" if ignore else "yes: there is no ignore file"
    return msgspec.structs.replace(check, answer=answer)


def _copied(verdict: Verdict, there: str, dossier: Dossier) -> Check:
    """A file that a clean clone lacks is copied by no line; the line that would copy it is a fact as well."""
    plan = dossier.facts.plan
    lines = (*plan.lines_of("COPY"), *plan.lines_of("ADD"))[:MOST_LINES] if plan else ()
    question = "Does a COPY line put it into the image?"
    evidence = (Evidence("Containerfile", f"{count(len(lines), 'line')}", verdict.locations or lines),)
    if verdict.outcome == "skipped" and there:
        return Check(
            question, f"yes, once git has it: the predicted build puts it at {there}", "good", evidence
        )
    return Check(question, verdict.reason, _TICKS[verdict.outcome], evidence)


def _searched(item: Item, verdict: Verdict, there: str, dossier: Dossier) -> Check:
    question = "Does the Python path lead to it?"
    if verdict.outcome != "skipped" or not there:
        return msgspec.structs.replace(_ask(question, verdict), question=question)
    if dossier.facts.view.reaches(there.lstrip("/"), item.name):
        evidence = (Evidence("prediction", f"{there} is {item.name}", dossier.facts.view.path_lines[:3]),)
        return Check(question, f"yes: at {there} it would be found under its name", "good", evidence)
    return Check(question, f"no: at {there} it would be found under no such name", "bad")


def _local_import(name: str, failure: Failure, dossier: Dossier) -> Check:
    question = "Does the import work outside of the container?"
    found = dossier.facts.local_view.find(name, failure.origin.path if failure.origin else "")
    command = f'python -c "import {name}"'
    if isinstance(found, Found):
        answer = f"yes, by the files: the checkout's search path finds {found.path or name}; nothing was run"
        return Check(question, answer, "good", command=command)
    return Check(question, "no: the checkout's search path does not find it", "bad", command=command)


def _optional(failure: Failure, dossier: Dossier) -> Check:
    question = "Is the import optional, or guarded by a flag?"
    needed = importers(failure, dossier)
    if not needed:
        return Check(question, "unknown: the statement was not found in the sources", "unknown")
    first = needed[0]
    answer, tick = _CONTEXTS[first.context]
    place = Location(first.path, first.line)
    if failure.origin is not None and (failure.origin.path, failure.origin.line) == (first.path, first.line):
        place = failure.origin
    return Check(
        question, answer, "bad" if tick == "bad" else "good", (Evidence("imports", f"{place}", (place,)),)
    )


def _commits(failure: Failure) -> Check:
    question = "Which recent commits touched it?"
    history = failure.history
    if history is None:
        return Check(question, "unknown: git was not asked", "unknown")
    if history.touched:
        shown = "; ".join(str(commit) for commit in history.touched)
        return Check(question, shown, "good", (Evidence("git log", shown),))
    if history.remarks:
        return Check(question, f"unknown: {history.remarks[0]}", "unknown")
    return Check(
        question, "none: no commit of HEAD's history ever had it", "bad", (Evidence("git log", "no commit"),)
    )


def _reproduction(failure: Failure, dossier: Dossier) -> Check:
    question = "Is there a smaller reproduction than the start?"
    image = shlex.quote(dossier.image or "IMAGE")
    run = f"{dossier.engine} run --rm --network none --entrypoint"
    raised = decisive(failure.incident.raised)
    module = raised.name if raised.imports else ""
    item = failure.journey.item if failure.journey else None
    if item is not None and item.kind == "module":
        module = item.name
    library = item.name if item is not None and item.kind == "library" else ""
    if module or library:
        interpreter = dossier.facts.container.environment.interpreter
        program = interpreter.executable if interpreter else "python3"
        said = f"import ctypes; ctypes.CDLL({library!r})" if library else f"import {module}"
        command = f"{run} {shlex.quote(program)} {image} -c {shlex.quote(said)}"
    else:
        file = next((raised.file for raised in failure.incident.raised if raised.file), "")
        command = f"{run} ls {image} -l {shlex.quote(file)}" if file else ""
    if not command:
        return Check(question, "unknown: the failure names nothing that could be asked for alone", "unknown")
    return Check(question, "yes, below to be pasted; it was not run", "good", command=command)


def _of_container(dossier: Dossier) -> Iterator[Check]:
    container, plan = dossier.container, dossier.facts.plan
    path = dossier.facts.container.config.env.get("PYTHONPATH") if dossier.facts.container.config else None
    wrong = next((each for each in dossier.report.findings if each.code == "PC302"), None)
    yield Check(
        "Is PYTHONPATH in order?",
        f"no: {wrong.message}"
        if wrong
        else f"yes: every entry of {path} exists"
        if path
        else "yes: it is not set",
        "bad" if wrong else "good",
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
            f"{'yes' if has else 'no'}: {where if plan else 'no Containerfile was found'}, {image}, "
            f"the container has {'one' if has else 'none'}; {result}",
            "good" if has else "bad",
            (Evidence(f"{container.engine} inspect", "Healthcheck", declared),),
        )
    if dossier.unjudged:
        yield Check("Is the image what this checkout builds?", f"unknown: {dossier.unjudged}", "unknown")
        return
    stale = [each for each in dossier.report.findings if each.code in ("PC401", "PC403")]
    yield Check(
        "Is the image what this checkout builds?",
        "; ".join(each.message for each in stale) or "yes: no file of the application differs",
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
            f"yes: {steps[0]}" if steps else "no: no RUN step does",
            "good" if steps else "bad",
            (Evidence("Containerfile", "RUN", steps),),
        )
    for kind, question in (("starts", "Does CI start the image?"), ("parity", "Does CI check parity?")):
        lines = pipelines.of("starts" if kind == "starts" else "parity")
        answer = (
            f"yes: {lines[0]}"
            if lines
            else f"no: no line in {files}"
            if files
            else "no: there are no CI files"
        )
        yield Check(
            question, answer, "good" if lines else "bad", (Evidence("CI files", files or "none", lines[:3]),)
        )
