"""How losses and differences become findings: one cause, one finding."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from paritycheck.gates import Facts, ignored_by, travel
from paritycheck.model.environment import Distribution
from paritycheck.model.journey import Item, Journey, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem, Severity
from paritycheck.predict.losses import Loss, Losses
from paritycheck.rules import RULE_OF_GATE, RULES, make_finding

Judged = tuple[Loss, Journey, Verdict]


def loss_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for every cause that cost the container something it needs."""
    causes: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for loss in losses.losses:
        if loss.provider is not None:
            yield _missing_distribution(loss, loss.provider)
            continue
        journey = travel(loss.item, facts)
        lost = journey.lost_at
        if lost is not None:
            causes[_cause(lost, loss.item)].append((loss, journey, lost))
    for (code, _), judged in sorted(causes.items()):
        yield _loss_finding(code, judged)


def _cause(lost: Verdict, item: Item) -> tuple[str, str]:
    """What several losses share: a line, or for files without one the directory they lie in."""
    first = lost.locations[0] if lost.locations else None
    if first is None or not first.line:
        return RULE_OF_GATE[lost.gate], f"{lost.gate} {item.path.rpartition('/')[0]}"
    return RULE_OF_GATE[lost.gate], str(first)


def _loss_finding(code: str, judged: list[Judged]) -> Finding:
    first, _, lost = judged[0]
    importers = _merge(loss.importers for loss, _, _ in judged)
    names = ", ".join(loss.item.name for loss, _, _ in judged[:3])
    more = f" and {len(judged) - 3} more" if len(judged) > 3 else ""
    verb = "is" if len(judged) == 1 else "are"
    locations = dict.fromkeys(place for _, _, verdict in judged for place in verdict.locations)
    return make_finding(
        code,
        f"{names}{more} {verb} missing in the container: {lost.reason}",
        gate=lost.gate,
        severity=_severity(importers),
        items=[
            ReportItem(loss.item.kind, loss.item.name, loss.item.path, journey.verdicts)
            for loss, journey, _ in judged
        ],
        locations=locations or (Location(first.item.path),),
        imported_by=importers,
        hint=_hint(code, judged),
    )


def _severity(importers: Iterable[Importer]) -> Severity:
    return "warning" if all(each.context == "guarded" for each in importers) else "error"


def _merge(groups: Iterable[tuple[Importer, ...]]) -> tuple[Importer, ...]:
    order = {"module": 0, "function": 1, "guarded": 2, "type-checking": 3}
    unique = dict.fromkeys(importer for group in groups for importer in group)
    return tuple(sorted(unique, key=lambda each: (order[each.context], each.path, each.line)))


def _hint(code: str, judged: list[Judged]) -> str:
    paths = sorted({loss.item.path for loss, _, _ in judged})
    if code == "PC102" and all(place.path in paths for _, _, lost in judged for place in lost.locations):
        more = " ..." if len(paths) > 5 else ""
        return f"git add {' '.join(paths[:5])}{more} && git commit, then rebuild the image"
    return RULES[code].help


def _missing_distribution(loss: Loss, provider: Distribution) -> Finding:
    version = f" {provider.version}" if provider.version else ""
    first = loss.importers[0]
    return make_finding(
        "PC201",
        f"{loss.item.name}{version} is installed locally but not in the container, "
        f"which imports {loss.miss.name} from it",
        severity=_severity(loss.importers),
        items=[ReportItem("distribution", loss.item.name)],
        locations=[Location(first.path, first.line)],
        imported_by=loss.importers,
    )


def image_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return what an actual image shows beside missing imports."""
    yield from _not_analysed(facts)
    if not facts.actual:
        return
    yield from _stale(facts)
    yield from _shipped_untracked(losses, facts)
    yield from _prediction_differs(facts)
    yield from _healthcheck(facts)
    yield from _python_path(facts)
    yield from _interpreters(facts)


def _not_analysed(facts: Facts) -> Iterator[Finding]:
    for path in facts.container.application_modules:
        says = facts.container.modules.get(path)
        if says is not None and says.problem is not None:
            shown = facts.placement.local_of.get(path, "/" + path)
            yield make_finding(
                "PC901",
                f"{shown} could not be parsed: {says.problem.message}",
                items=[ReportItem("module", shown, shown)],
                locations=[Location(shown, says.problem.line)],
            )


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
        if local in plan.checkout and not plan.landings.container_of(local) and not plan.snapshot.doubt(path)
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
            f"PYTHONPATH={value}: {'; '.join(wrong)}",
            gate="syspath",
            items=[ReportItem("setting", "PYTHONPATH")],
            locations=facts.view.path_lines,
        )


def _interpreters(facts: Facts) -> Iterator[Finding]:
    here, there = facts.local.environment.interpreter, facts.container.environment.interpreter
    if here is None or there is None:
        return
    left = (here.implementation, *here.version.split(".")[:2])
    right = (there.implementation, *there.version.split(".")[:2])
    if left != right:
        yield make_finding(
            "PC301",
            f"the local environment runs {here.implementation} {here.version}, "
            f"the container {there.implementation} {there.version}",
            items=[ReportItem("setting", "python")],
        )
