"""Libraries of the operating system that compiled modules need and the container lacks: one finding for each
distribution that cannot be imported for want of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from paritycheck.gates import Facts
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.predict.judging.libraries import LibraryLoss, find_library_losses
from paritycheck.predict.judging.losses import Losses, in_order
from paritycheck.predict.judging.presumed import Foundation, presume_losses
from paritycheck.predict.linking.loader import Missing
from paritycheck.predict.linking.packages import install_hint
from paritycheck.predict.linking.systempackages import base_kind
from paritycheck.rules import make_finding

MOST_SHOWN = 4


def library_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for every distribution (or module of the application) that lacks a library."""
    if not facts.actual:
        yield from _presumed(losses, facts)
        return
    found = find_library_losses(facts.container, facts.view, facts.placement, losses.closure)
    causes: dict[str, list[LibraryLoss]] = defaultdict(list)
    for loss in found:
        causes[loss.provider.name if loss.provider else loss.module].append(loss)
    for _, group in sorted(causes.items()):
        yield _finding(sorted(group, key=lambda each: (not each.breaks, each.module, each.line)), facts)


def _presumed(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Without an image nobody can look: names of packages and of the base have to do, for a warning."""
    foundation = _foundation(facts)
    if foundation is None:
        return
    found = presume_losses(
        facts.container, facts.local, facts.view, facts.placement, losses.closure, foundation
    )
    for loss in found:
        names = " and ".join(loss.libraries)
        places = [Location(each.path, each.line) for each in loss.importers[:1]]
        places += [] if places or loss.declared is None else [loss.declared]
        yield make_finding(
            "PC207",
            f"{loss.module} ({loss.distribution}) needs {names}, and neither the base of the final stage "
            "nor a package installed there is known to bring it",
            severity="warning",
            items=[
                *(ReportItem("library", each) for each in loss.libraries),
                ReportItem("distribution", loss.distribution),
                ReportItem("module", loss.module),
            ],
            locations=dict.fromkeys((*library_lines(facts), *places)),
            imported_by=loss.importers,
            hint=install_hint(loss.libraries, "alpine" if foundation.base == "alpine" else "debian"),
        )


def _foundation(facts: Facts) -> Foundation | None:
    if facts.plan is None:
        return None
    prediction = facts.plan.prediction
    stages = prediction.stages
    stage, chain = stages[prediction.target], {prediction.target}
    while (
        parent := next(
            (each for each in reversed(stages[: stage.index]) if each.name and each.name == stage.base), None
        )
    ) is not None:
        stage = parent
        chain.add(parent.index)
    copied = [
        source
        for copy in prediction.copies
        if copy.stage in chain and copy.origin != "context"
        for source in copy.request.sources
    ]
    declared = frozenset(facts.local_view.declarations().by_name)
    kind = base_kind(stage.base)
    return Foundation(kind, prediction.packages, prediction.installs, tuple(copied), declared)


def _finding(group: list[LibraryLoss], facts: Facts) -> Finding:
    first = group[0]
    why = list(dict.fromkeys(each for loss in group for each in loss.why))
    absent = list(dict.fromkeys(each.library for each in why if each.trouble == "absent"))
    provider = first.provider
    whose = f" ({provider.name} {provider.version})" if provider else ""
    items = [ReportItem("library", each.library) for each in _one_each(why)]
    items += [ReportItem("distribution", provider.name)] if provider else []
    items += [ReportItem("module", loss.module, "/" + loss.path) for loss in group[:MOST_SHOWN]]
    importers = in_order(each for loss in group for each in loss.importers)
    unreached = "" if importers else "; nothing that starts is known to import it"
    return make_finding(
        "PC207",
        f"{first.module}{whose} cannot be loaded in the container: {_words(why, first)}{unreached}",
        severity="error" if any(loss.breaks for loss in group) else "warning",
        items=items,
        locations=dict.fromkeys((*library_lines(facts), *_places(first))),
        imported_by=importers,
        hint=_hint(why, absent, facts),
    )


def library_lines(facts: Facts) -> tuple[Location, ...]:
    """Return the line to change: where the final stage installs packages of the system, else its FROM."""
    if facts.plan is None:
        return ()
    prediction = facts.plan.prediction
    own = {instruction.location for instruction in facts.plan.containerfile.instructions}
    begins = prediction.stages[prediction.target].location
    installing = [each.location for each in prediction.packages if each.action == "install"]
    inside = [each for each in installing if each in own and each.line > begins.line]
    return (inside[-1] if inside else installing[-1] if installing else begins,)


def _places(loss: LibraryLoss) -> tuple[Location, ...]:
    places = [Location(each.path, each.line) for each in loss.importers[:1]]
    return (*places, Location("/" + loss.path, loss.line))


def _one_each(why: list[Missing]) -> list[Missing]:
    return list({each.library: each for each in reversed(why)}.values())[::-1]


def _words(why: list[Missing], first: LibraryLoss) -> str:
    texts = dict.fromkeys(_trouble(each, "/" + first.path) for each in why)
    shown = list(texts)[:MOST_SHOWN]
    more = f" and {len(texts) - MOST_SHOWN} more" if len(texts) > MOST_SHOWN else ""
    return "; ".join(shown) + more


def _trouble(missing: Missing, path: str) -> str:
    by = "" if missing.needed_by == path else f", which {missing.needed_by} needs,"
    match missing.trouble:
        case "absent":
            return f"its loader does not find {missing.library}" + by.rstrip(",")
        case "version":
            return f"{missing.library} in the image does not have {missing.detail}" + by.rstrip(",")
        case "machine" | "libc":
            return f"{missing.library} is there{by} but {missing.detail}"


def _hint(why: list[Missing], absent: list[str], facts: Facts) -> str:
    if absent:
        return install_hint(absent, system_of(facts))
    if any(each.trouble == "version" for each in why):
        return "Build it in a stage with the same base as the final one, or take a newer base there."
    return "Install the distribution anew inside the final image's system, or in a stage with the same base."


def system_of(facts: Facts) -> str:
    """Return ``debian`` or ``alpine`` where the container's system is one of them or derived, else ``""``."""
    tree = facts.container.tree
    if tree.find("etc/alpine-release") is not None:
        return "alpine"
    return "debian" if tree.find("etc/debian_version") or tree.find("var/lib/dpkg") else ""
