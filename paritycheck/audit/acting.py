"""What to do now, this day and this sprint: commands and edits, with the proof that prediction gives."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence

import msgspec

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.pipelines import Pipelines, import_checks
from paritycheck.errors import ParityError
from paritycheck.model.audit import Action, Failure
from paritycheck.model.tree import FileTree
from paritycheck.predict.planning.plan import make_plan

MOST_REPAIRS = 5


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
        if finding.hint not in seen and not _covered(finding.items, failures):
            seen.add(finding.hint)
            yield Action("now", finding.message, edit=finding.hint, reason=f"{finding.code} {finding.slug}")
    if any(failure.code and failure.code != "PC106" for failure in repaired):
        yield Action(
            "now",
            "Rebuild the image, and put it in the place of this container's",
            (build_command(dossier),),
            reason="the image of a running container does not change",
        )


def _covered(items: Sequence[object], failures: Sequence[Failure]) -> bool:
    names = {failure.journey.item.name for failure in failures if failure.journey}
    return any(getattr(item, "name", "") in names for item in items)


def _repair(failure: Failure, dossier: Dossier) -> Action:
    item = failure.journey.item if failure.journey else None
    lost = failure.journey.lost_at if failure.journey else None
    name = item.name if item else "it"
    if (
        item is not None
        and lost is not None
        and lost.gate == "tracked"
        and failure.repair.startswith("git add")
    ):
        path = shlex.quote(item.path)
        return Action(
            "now",
            f"Give git {item.path}",
            (f"git add {path}", f"git commit -m {shlex.quote(f'Add {item.path}')} -- {path}"),
            reason=failure.reason,
            proof=prove_tracked(item.path, dossier),
        )
    tried = failure.repair.startswith(("add `", "write `"))
    return Action(
        "now",
        f"Bring {name} into the container",
        edit=failure.repair,
        reason=failure.reason,
        proof="the build was predicted with this edit: the file arrives where it is looked for"
        if tried
        else "",
    )


def prove_tracked(path: str, dossier: Dossier) -> str:
    """Predict the build from a clone that has ``path``; return what is seen, ``""`` if it does not help."""
    plan, local = dossier.facts.plan, dossier.facts.local
    entry = local.tree.get(path)
    if plan is None or entry is None:
        return ""
    needed = [entry]
    above = path.rpartition("/")[0]
    while above:
        directory = local.tree.get(above)
        if directory is not None and above not in plan.clone.tree:
            needed.append(directory)
        above = above.rpartition("/")[0]
    clone = msgspec.structs.replace(plan.clone, tree=FileTree([*plan.clone.tree, *needed]))
    try:
        repaired = make_plan(clone, plan.options)
    except ParityError:
        return ""
    there = repaired.landings.container_of(path) if repaired else ()
    return f"the build was predicted with the file in git: it arrives at /{there[0]}" if there else ""


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
        if finding.code == "PC404":
            yield Action("today", "Keep the health check", edit=finding.hint, reason=finding.message)
        elif finding.severity == "warning" and not _covered(finding.items, failures):
            yield Action("today", finding.message, edit=finding.hint, reason=f"{finding.code} {finding.slug}")
    predicted = dossier.predicted
    if predicted is not None and any(failure.explained == "parity" for failure in failures):
        caught = [each for each in predicted.findings if each.severity == "error"]
        if caught:
            file = f" -f {shlex.quote(dossier.containerfile)}"
            yield Action(
                "today",
                "Check parity before every push",
                (f"paritycheck check {shlex.quote(dossier.facts.context_root or '.')}{file}",),
                reason="no build is needed for it",
                proof=f"the same was asked for this report, and found: {caught[0].code} {caught[0].message}",
            )


def _sprint(failures: Sequence[Failure], dossier: Dossier, pipelines: Pipelines) -> Iterator[Action]:
    if not pipelines.of("starts") and failures:
        why = "no CI file starts the image" if pipelines.files else "the repository has no CI files"
        image = dossier.image or "IMAGE"
        yield Action(
            "sprint",
            "Import in CI what the image starts, after each build",
            (f"paritycheck smoke {shlex.quote(image)}",),
            reason=why,
        )
    plan = dossier.facts.plan
    if plan is not None and failures and not import_checks(plan):
        roots = [
            root.name for root in dossier.facts.view.start.roots if root.name and root.name != "__main__"
        ]
        if roots:
            yield Action(
                "sprint",
                "Let the build fail where the start would",
                edit=f'add `RUN python -c "import {roots[0]}"` at the end of {plan.containerfile.path}',
                reason="no RUN step imports the application",
            )
    container = dossier.container
    if container is None or plan is None:
        return
    if container.healthcheck is None and not plan.lines_of("HEALTHCHECK"):
        yield Action(
            "sprint",
            "Declare a health check",
            edit=f"add a HEALTHCHECK line to {plan.containerfile.path}",
            reason="neither the Containerfile nor the container has one",
        )
    if container.user in ("", "0", "root") and not plan.lines_of("USER"):
        yield Action(
            "sprint",
            "Run as another user than root",
            edit=f"add a USER line to {plan.containerfile.path}",
            reason="the Containerfile has no USER line",
        )
