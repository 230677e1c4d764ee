"""What to do now, this day and this sprint: commands and edits, with the proof that prediction gives."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.failing import absence_of
from paritycheck.audit.pipelines import Pipelines, import_checks
from paritycheck.audit.standing import count, sentence
from paritycheck.audit.trying import arrival, errors_of, plan_with_tracked, prove_declared
from paritycheck.model.audit import Action, Failure, Horizon
from paritycheck.model.report import Finding

MOST_REPAIRS = 5
REBUILD = "Rebuild the image, then recreate the container from it"


def recommend(failures: Sequence[Failure], dossier: Dossier, pipelines: Pipelines) -> tuple[Action, ...]:
    """Return what to do, the most urgent first."""
    return (
        *_now(failures, dossier),
        *_today(failures, dossier),
        *_sprint(failures, dossier, pipelines),
    )


def _now(failures: Sequence[Failure], dossier: Dossier) -> Iterator[Action]:
    repaired = [failure for failure in failures if failure.repair][:MOST_REPAIRS]
    seen: set[str] = set()
    for failure in repaired:
        if failure.repair not in seen:
            seen.add(failure.repair)
            yield _repair(failure, dossier)
    for failure in failures[:MOST_REPAIRS]:
        if failure.explained == "none-of-ours" and failure.origin is not None and not failure.repair:
            yield Action(
                "now",
                f"Repair the program at {failure.origin}",
                edit=failure.origin.text,
                reason=failure.headline,
            )
    for finding in dossier.errors:
        if finding.hint not in seen and not covers(failures, finding):
            seen.add(finding.hint)
            yield _from_finding("now", finding)
    if any(failure.code and failure.code != "PC106" for failure in repaired):
        yield Action(
            "now",
            REBUILD,
            (build_command(dossier),),
            reason="a container keeps the image that it was made from",
            proof=_prove_rebuild(repaired, dossier),
        )


def covers(failures: Sequence[Failure], finding: Finding) -> bool:
    """Tell whether a finding is about what one of the failures misses: the same cause, told already."""
    names = {failure.journey.item.name for failure in failures if failure.journey}
    return bool(names & {item.name for item in finding.items})


def _from_finding(horizon: Horizon, finding: Finding) -> Action:
    """Make the first sentence of the advice the title."""
    first, _, rest = finding.hint.partition(". ")
    title = sentence(first).rstrip(".:")
    where = f" ({finding.locations[0]})" if finding.locations else ""
    return Action(horizon, title, edit=rest, reason=f"{finding.code} {finding.message}{where}")


def _is_untracked(failure: Failure) -> bool:
    lost = failure.journey.lost_at if failure.journey else None
    return lost is not None and lost.gate == "tracked" and failure.repair.startswith("git add")


def _repair(failure: Failure, dossier: Dossier) -> Action:
    item = failure.journey.item if failure.journey else None
    if item is None:
        return Action("now", "Repair the cause", edit=sentence(failure.repair), reason=failure.reason)
    if _is_untracked(failure):
        path = shlex.quote(item.path)
        there = arrival(item.path, plan_with_tracked([item.path], dossier))
        return Action(
            "now",
            f"Add {item.path} to git",
            (f"git add {path}", f"git commit -m {shlex.quote(f'Add {item.path}')} -- {path}"),
            reason=failure.reason,
            proof=f"the build was predicted with the file in git: it arrives at {there}" if there else "",
        )
    proof = ""
    if item.kind == "distribution":
        places = absence_of(item, failure.origin, dossier).locations
        proof = prove_declared(item.name, places[0].path, dossier) if places else ""
    elif item.path and failure.repair.startswith(("add `", "write `")):
        proof = "the build was predicted with this edit: the file arrives where it is looked for"
    edit = sentence(failure.repair)
    return Action(
        "now", f"Bring {item.name} into the container", edit=edit, reason=failure.reason, proof=proof
    )


def _prove_rebuild(repaired: Sequence[Failure], dossier: Dossier) -> str:
    """Say what the check finds in the predicted image once git has all that it lacks."""
    paths = [failure.journey.item.path for failure in repaired if failure.journey and _is_untracked(failure)]
    if len(paths) < len(repaired):
        return ""
    errors = errors_of(plan_with_tracked(paths, dossier), dossier)
    if errors is None:
        return ""
    found = f"{count(len(errors), 'error')}, the first {errors[0].message}" if errors else "no error any more"
    return f"the check of the build that was predicted with it finds {found}"


def build_command(dossier: Dossier) -> str:
    """Return the command that builds the image from this checkout."""
    plan = dossier.facts.plan
    engine = dossier.engine
    words = [engine, "build"]
    if engine == "podman" and plan is not None and plan.lines_of("HEALTHCHECK"):
        words += ["--format", "docker"]
    if plan is not None:
        words += ["-f", plan.containerfile.path]
        words += ["--target", plan.options.target] if plan.options.target else []
    if dossier.image and not dossier.image.startswith(("sha256:", "docker-archive:", "oci")):
        words += ["-t", dossier.image]
    return shlex.join([*words, dossier.facts.context_root or "."])


def _today(failures: Sequence[Failure], dossier: Dossier) -> Iterator[Action]:
    for finding in dossier.report.findings:
        if finding.severity == "warning" and not covers(failures, finding):
            yield _from_finding("today", finding)
    predicted = dossier.predicted
    if predicted is not None and any(failure.explained == "parity" for failure in failures):
        caught = [each for each in predicted.findings if each.severity == "error"]
        if caught:
            file = f" -f {shlex.quote(dossier.containerfile)}"
            yield Action(
                "today",
                "Check parity before every push",
                (f"paritycheck check {shlex.quote(dossier.facts.context_root or '.')}{file}",),
                reason="it needs no build",
                proof=f"asked for this report, it finds {caught[0].code} {caught[0].message}",
            )


def _sprint(failures: Sequence[Failure], dossier: Dossier, pipelines: Pipelines) -> Iterator[Action]:
    if not pipelines.of("starts") and failures:
        why = "no CI file starts the image" if pipelines.files else "the repository has no CI files"
        image = dossier.image or "IMAGE"
        yield Action(
            "sprint",
            "Let CI import what the image starts, after each build",
            (f"paritycheck smoke {shlex.quote(image)}",),
            reason=why,
        )
    plan = dossier.facts.plan
    if plan is None:
        return
    if failures and not import_checks(plan):
        roots = [
            root.name for root in dossier.facts.view.start.roots if root.name and root.name != "__main__"
        ]
        if roots:
            yield Action(
                "sprint",
                "Let the build fail where the start would",
                edit=f'Add `RUN python -c "import {roots[0]}"` at the end of {plan.containerfile.path}.',
                reason="no RUN step imports the application",
                proof=_prove_step(roots[0], dossier),
            )
    container = dossier.container
    if container is None:
        return
    if container.healthcheck is None and not plan.lines_of("HEALTHCHECK"):
        yield Action(
            "sprint",
            "Declare a health check",
            edit=f"Add a HEALTHCHECK line to {plan.containerfile.path}.",
            reason="neither the Containerfile nor the container has one",
        )
    if container.user in ("", "0", "root") and not plan.lines_of("USER"):
        yield Action(
            "sprint",
            "Run as another user than root",
            edit=f"Add a USER line to {plan.containerfile.path}.",
            reason="the Containerfile has no USER line; which files the program writes is not known",
        )


def _prove_step(root: str, dossier: Dossier) -> str:
    """Say which loss an import of ``root`` in the predicted image leads to."""
    for finding in dossier.predicted.findings if dossier.predicted else ():
        if finding.severity == "error" and any(root in each.chain[:1] for each in finding.imported_by):
            return (
                f"in the predicted image the imports of {root} lead to {finding.items[0].name}, which is lost"
            )
    return ""
