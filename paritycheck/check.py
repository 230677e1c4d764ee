"""The product in one short function: two sides and what the build says, in; the report, out."""

from __future__ import annotations

import msgspec

from paritycheck import __version__
from paritycheck.composite import as_named
from paritycheck.config import Config
from paritycheck.errors import NothingCompared, UsageError
from paritycheck.findings import (
    build_findings,
    data_findings,
    dependency_findings,
    distribution_findings,
    image_findings,
    let_pass,
    library_findings,
    loss_findings,
    mount_findings,
    platform_findings,
    refusal_findings,
    shipped_findings,
    smoke_findings,
    start_findings,
    step_findings,
    traceback_lines,
    version_findings,
)
from paritycheck.gates import Facts, find_items, require_comparable, travel
from paritycheck.model.journey import Explanation
from paritycheck.model.location import Location
from paritycheck.model.report import (
    Finding,
    Importer,
    Looked,
    Report,
    Summary,
    Tool,
    count_findings,
    rank_finding,
)
from paritycheck.model.smoke import Attempt
from paritycheck.model.snapshot import ImageConfig, Snapshot, Unknown
from paritycheck.predict.importing.deferred import with_deferred_imports
from paritycheck.predict.judging.losses import Losses, find_losses
from paritycheck.predict.judging.placement import Placement, place_by_likeness
from paritycheck.predict.judging.supply import Supply
from paritycheck.predict.judging.views import view_container, view_local
from paritycheck.predict.planning.composing import place_mounts, run_as, service_lines, steering_changes
from paritycheck.predict.planning.plan import Plan
from paritycheck.predict.starting.projectscripts import project_scripts
from paritycheck.predict.starting.scripts import with_scripts
from paritycheck.predict.starting.start import resolve_start

SCHEMA_VERSION = "1.0"


def compare(local: Snapshot, image: Snapshot | None, plan: Plan | None, config: Config) -> Report:
    """Judge what the container lacks of the checkout.

    ``image`` is the actual container side; without one it is the plan's prediction. Raises
    :class:`NothingCompared` when there is no container side, or nothing on either side to judge.
    """
    facts = gather_facts(local, image, plan, config)
    started = list(start_findings(facts))
    require_comparable(facts, started)
    losses = find_losses(facts.container, facts.view, facts.local_view, facts.placement, _command(facts))
    findings = [
        *loss_findings(losses, facts),
        *distribution_findings(losses, facts),
        *refusal_findings(losses, facts),
        *dependency_findings(facts, _command(facts)),
        *version_findings(losses, facts),
        *shipped_findings(losses, facts),
        *platform_findings(facts),
        *library_findings(losses, facts),
        *data_findings(losses, facts),
        *started,
        *step_findings(losses, facts),
        *build_findings(losses, facts),
        *image_findings(losses, facts),
        *mount_findings(facts, _command(facts)),
    ]
    passed = let_pass(findings, facts, config)
    # Among several images, another one may have what an ignore hides.
    alone = () if config.image else passed.idle
    kept = sorted((*passed.findings, *alone), key=rank_finding)
    report = Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool("paritycheck", __version__),
        local=local.origin,
        container=facts.container.origin,
        summary=_summary(facts.container, losses, kept),
        findings=tuple(kept),
        remarks=(*(config.service.remarks if config.service else ()), *_remarks(facts, losses)),
        looked=_looked(facts),
    )
    if not config.image:
        return report
    return as_named(report, config.image, config.fail_on, passed)


def explain(
    subject: str, local: Snapshot, image: Snapshot | None, plan: Plan | None, config: Config
) -> Explanation:
    """Take everything that ``subject`` may mean through the gates.

    A subject is a path (below the repository root or the build context), an import name or a
    distribution. Raises :class:`UsageError` if neither side knows it.
    """
    facts = gather_facts(local, image, plan, config)
    items = find_items(subject, facts)
    if not items:
        raise UsageError(
            f"nothing is called {subject} in the checkout, and no distribution is",
            "name a path below the repository root, a module as it is imported, or a distribution",
        )
    return Explanation(SCHEMA_VERSION, subject, tuple(travel(item, facts) for item in items))


def judge_attempts(attempts: tuple[Attempt, ...], facts: Facts) -> Report:
    """Report what importing the start modules inside the real container showed."""
    missing = (finding for finding in start_findings(facts) if finding.severity == "error")
    findings = sorted((*smoke_findings(attempts, facts), *missing), key=rank_finding)
    imported = {each.root: each for each in attempts if each.outcome == "imported"}
    losses = Losses((), dict.fromkeys(imported, _command(facts)), {})
    summary = _summary(facts.container, losses, findings)
    late = [each for each in attempts if each.outcome == "late"]
    remarks = tuple(f"importing {each.root} did not end in time{_where(each)}" for each in late)
    return Report(
        schema_version=SCHEMA_VERSION,
        tool=Tool("paritycheck", __version__),
        local=facts.local.origin,
        container=facts.container.origin,
        summary=msgspec.structs.replace(summary, lost=len(findings), unknown=len(late)),
        findings=tuple(findings),
        remarks=remarks,
        looked=_looked(facts),
    )


def _where(attempt: Attempt) -> str:
    lines = traceback_lines(attempt.raised[0]) if attempt.raised else ()
    return f", it was at {lines[-1]}" if lines else ""


def gather_facts(local: Snapshot, image: Snapshot | None, plan: Plan | None, config: Config) -> Facts:
    """Put together all that the gates may ask."""
    service = config.service
    side = image or (plan.snapshot if plan else None)
    if side is None:
        raise NothingCompared(
            "there is neither an image nor a Containerfile to predict one from",
            "name an image with -i, or a Containerfile with -f",
        )
    container = with_deferred_imports(run_as(service, side))
    placement = _place(container, local, image, plan)
    start = resolve_start(container, config.start, project_scripts(plan.clone) if plan else None)
    container = with_scripts(container, start)
    if service is not None:
        changes = steering_changes(service, side.config or ImageConfig())
        start = msgspec.structs.replace(start, env={**changes, **start.env})
    lines = (*(service_lines(service) if service else ()), *_path_lines(plan))
    view = view_container(container, start, lines)
    local_view = view_local(local, view, placement, config.context)
    return Facts(
        local=local,
        container=container,
        actual=image is not None,
        view=view,
        local_view=local_view,
        placement=placement,
        context_root=config.context,
        plan=plan,
        mounts=place_mounts(service, container.tree) if service else None,
        supply=Supply(
            local_view.declarations(),
            plan.prediction.installs if plan else (),
            view.certain,
            config.context,
            plan.snapshot.environment.distributions if plan else (),
            image is not None,
        ),
        service=f"{service.name} ({service.location})" if service else "",
    )


def _path_lines(plan: Plan | None) -> tuple[Location, ...]:
    """Return the lines that decide about sys.path: the command, PYTHONPATH, the working directory."""
    if plan is None:
        return ()
    lines = (
        *plan.lines_of("CMD")[-1:],
        *plan.lines_of("ENTRYPOINT")[-1:],
        *plan.lines_of("ENV", "PYTHONPATH")[-1:],
        *plan.lines_of("WORKDIR")[-1:],
    )
    return tuple(lines)


def _command(facts: Facts) -> Importer:
    """Return the start command as the importer of the modules that it names."""
    start = facts.view.start
    line = start.location or next(iter(facts.view.path_lines), None)
    if line is None or (not line.line and facts.plan is not None):
        return Importer(facts.container.origin.reference, 0, "module", start.command[:1])
    return Importer(line.path, line.line, "module", ())


def _place(container: Snapshot, local: Snapshot, image: Snapshot | None, plan: Plan | None) -> Placement:
    """Prefer what the build says over likeness, as far as the image really has the path."""
    if image is None and plan is not None:
        return plan.landings
    alike = place_by_likeness(container, local, container.application_files)
    built = plan.landings.local_of if plan else {}
    there = {path: source for path, source in built.items() if path in container.tree}
    return Placement({**alike.local_of, **there})


def _summary(container: Snapshot, losses: Losses, findings: list[Finding]) -> Summary:
    summary = Summary(
        modules=len(container.application_modules),
        files=len(container.application_files),
        distributions=len(container.environment.distributions),
        arrived=len(losses.arrived),
        lost=len(losses.losses),
        unknown=len(losses.doubtful),
        errors=0,
        warnings=0,
        notes=0,
    )
    return count_findings(summary, findings)


def _looked(facts: Facts) -> Looked:
    plan, interpreter = facts.plan, facts.container.environment.interpreter
    return Looked(
        containerfile=plan.containerfile.path if plan else "",
        ignorefile=plan.context.ignore.path if plan and plan.context.ignore else "",
        interpreter=" ".join(
            filter(None, (interpreter.implementation, interpreter.version, f"({interpreter.executable})"))
        )
        if interpreter
        else "",
    )


def _remarks(facts: Facts, losses: Losses) -> tuple[str, ...]:
    local, container = facts.local, facts.container
    remarks = [*local.environment.problems, *container.environment.problems]
    if local.git is not None and local.git.state != "repository":
        remarks.append(f"what git tracks is not known: {local.git.reason}")
    if local.git is not None and local.git.shallow:
        remarks.append("the clone is shallow: nothing is said about earlier commits")
    remarks += _unknown_parts((*local.unknown, *container.unknown))
    presumed = facts.plan.prediction.problems if facts.plan else ()
    remarks += [problem.message for problem in presumed if problem.presumed]
    if losses.doubtful:
        names = sorted({name.partition(".")[0] for name in losses.doubtful})
        shown = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
        remarks.append(f"whether the container has {shown} is not known")
    return tuple(dict.fromkeys(remarks))


def _unknown_parts(parts: tuple[Unknown, ...]) -> list[str]:
    """Say each reason once, with the paths that it concerns."""
    places: dict[str, list[str]] = {}
    for part in parts:
        places.setdefault(part.reason, []).append(f"/{part.path}")
    return [
        reason if "/" in paths else f"{reason}: {', '.join(dict.fromkeys(paths))}"
        for reason, paths in places.items()
    ]
