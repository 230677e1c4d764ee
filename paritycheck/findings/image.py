"""What an actual image shows beside missing imports."""

from __future__ import annotations

from collections.abc import Iterator

from paritycheck.gates import Facts, ignored_by
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.predict.judging.losses import Losses, in_order
from paritycheck.rules import make_finding


def image_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return what an actual image shows beside missing imports."""
    if not facts.actual:
        return
    yield from _stale(facts)
    yield from _outdated(losses)
    yield from _shipped_untracked(losses, facts)
    yield from _prediction_differs(facts)
    yield from _healthcheck(facts)
    yield from _python_path(facts)


def _stale(facts: Facts) -> Iterator[Finding]:
    stale = []
    for path, source in facts.placement.local_of.items():
        here, there = facts.local.digests.get(source), facts.container.digests.get(path)
        if here is not None and there is not None and here != there:
            stale.append(source)
    if stale:
        paths = sorted(set(stale))
        shown = ", ".join(paths[:3]) + (f" and {len(paths) - 3} more" if len(paths) > 3 else "")
        verb = "differs" if len(paths) == 1 else "differ"
        yield make_finding(
            "PC401",
            f"{shown} {verb} between the checkout and the image",
            gate="image",
            items=[ReportItem("module" if path.endswith(".py") else "data", path, path) for path in paths],
            locations=[Location(path) for path in paths],
        )


def _outdated(losses: Losses) -> Iterator[Finding]:
    """Report names that are imported and that only the checkout's newer version of the file has."""
    by_path: dict[str, list[str]] = {}
    for path, name in sorted(losses.outdated):
        by_path.setdefault(path, []).append(name)
    for path, names in by_path.items():
        needs = [need for name in names for need in losses.outdated[path, name]]
        yield make_finding(
            "PC401",
            f"the image's {path} is not the checkout's: it has no {', '.join(names)}",
            gate="image",
            severity="error" if any(need.breaks for need in needs) else "warning",
            items=[ReportItem("module", path, path)],
            locations=[Location(path)],
            imported_by=in_order(need.importer for need in needs),
        )


def _shipped_untracked(losses: Losses, facts: Facts) -> Iterator[Finding]:
    git = facts.local.git
    if git is None or git.state != "repository":
        return
    for path, importer in sorted(losses.arrived.items()):
        if path not in git.tracked and path in facts.local.tree:
            rule = ignored_by(git, path)
            why = f"git ignores it because of {rule}" if rule else "git does not track it"
            yield make_finding(
                "PC402",
                f"{path} is in the image, but {why}",
                gate="tracked",
                items=[ReportItem("module", path, path)],
                locations=[rule, Location(path)] if rule else [Location(path)],
                imported_by=[importer],
            )


def _prediction_differs(facts: Facts) -> Iterator[Finding]:
    """Only files of the checkout count: what RUN steps and base images bring is not predicted."""
    if facts.plan is None:
        return
    plan, tree = facts.plan, facts.container.tree
    built = {local for path, local in plan.landings.local_of.items() if tree.find(path) is None}
    there = {
        local
        for path, local in facts.placement.local_of.items()
        if local in plan.clone.tree
        and not plan.landings.container_of(local)
        and not plan.snapshot.project_doubt(path)
    }
    for paths, words in (
        (built, "not in the image, though the build copies it"),
        (there, "in the image, though no instruction copies it"),
    ):
        if paths:
            names = sorted(paths)
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            yield make_finding(
                "PC403",
                f"{names[0]}{more}: {words}",
                gate="image",
                items=[
                    ReportItem("module" if name.endswith(".py") else "data", name, name) for name in names
                ],
                locations=[Location(plan.containerfile.path)],
            )


def _healthcheck(facts: Facts) -> Iterator[Finding]:
    lines = facts.plan.lines_of("HEALTHCHECK") if facts.plan else ()
    config = facts.container.config
    for line in lines[-1:] if config is not None and config.healthcheck is None else ():
        yield make_finding(
            "PC404",
            f"{line.path} declares a HEALTHCHECK that the image does not have: "
            "Podman's default OCI format drops it",
            gate="image",
            items=[ReportItem("setting", "HEALTHCHECK", line.path)],
            locations=[line],
        )


def _python_path(facts: Facts) -> Iterator[Finding]:
    config = facts.container.config
    value = config.env.get("PYTHONPATH") if config else None
    if not config or not value:
        return
    elements, tree = value.split(":"), facts.container.tree
    wrong = [f"{item} does not exist" for item in elements if item and tree.resolve(item) is None]
    if "" in elements:
        wrong.append("an empty element means the current directory, whatever that is")
    if wrong:
        yield make_finding(
            "PC302",
            f"PYTHONPATH is “{value}”: {'; '.join(wrong)}",
            gate="syspath",
            items=[ReportItem("setting", "PYTHONPATH")],
            locations=facts.plan.lines_of("ENV", "PYTHONPATH")[-1:] if facts.plan else (),
        )
