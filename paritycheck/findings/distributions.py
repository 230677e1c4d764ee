"""What the container needs of outside and lacks: distributions, modules of the standard library."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import msgspec

from paritycheck.findings.strays import stray_finding
from paritycheck.gates import Facts, travel
from paritycheck.model.environment import Distribution
from paritycheck.model.journey import Item
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer, ReportItem, Severity
from paritycheck.predict.judging.absence import Absence, Kind, explain_absence
from paritycheck.predict.judging.declarations import is_for_development
from paritycheck.predict.judging.losses import Loss, Losses, in_order
from paritycheck.predict.judging.thirdparty import Wanted
from paritycheck.rules import RULES, make_finding

CODE_OF_ABSENCE: dict[Kind, str] = {
    "missing": "PC201",
    "undeclared": "PC203",
    "not-selected": "PC204",
    "marker": "PC206",
    "elsewhere": "PC209",
}


class _Judged(msgspec.Struct, frozen=True):
    loss: Loss
    wanted: Wanted
    absence: Absence
    severity: Severity


def distribution_findings(losses: Losses, facts: Facts) -> Iterator[Finding]:
    """Return a finding for every cause that cost the container something of outside that it needs."""
    for loss in losses.losses:
        wanted = loss.wanted
        if wanted is not None and wanted.since is not None:
            yield _not_standard(loss, wanted, facts)
        elif wanted is not None and wanted.installed is not None:
            yield _incomplete(loss, wanted, wanted.installed, facts)
        elif wanted is not None and wanted.stray is not None:
            yield stray_finding(loss, wanted, wanted.stray)
    yield from missing_distributions(losses.losses, facts)


def missing_distributions(losses: Iterable[Loss], facts: Facts, when: str = "") -> Iterator[Finding]:
    """Return a finding for every cause of a missing distribution; ``when`` is the moment if not the start."""
    causes: dict[tuple[str, str, Severity], list[_Judged]] = defaultdict(list)
    for loss in losses:
        wanted = loss.wanted
        if wanted is None or wanted.since is not None or wanted.installed or wanted.stray:
            continue
        judged = _judge(loss, wanted, facts)
        if _is_telling(judged, facts):
            causes[CODE_OF_ABSENCE[judged.absence.kind], _cause(judged, facts), judged.severity].append(
                judged
            )
    for (code, _, severity), alike in sorted(causes.items()):
        sure = any(judged.loss.sure for judged in alike)
        yield _finding(code, severity if sure else "warning", alike, facts, when)


def _cause(judged: _Judged, facts: Facts) -> str:
    """Return what several have in common: the line to change; the file that nothing installs from."""
    first = next(iter(judged.absence.locations), None)
    if not facts.supply.installs:
        return first.path if first is not None else ""
    return str(first) if first is not None else judged.loss.item.name


def _judge(loss: Loss, wanted: Wanted, facts: Facts) -> _Judged:
    absence = explain_absence(loss.item.name, facts.supply, loss.importers[0].path)
    return _Judged(loss, wanted, absence, _severity(loss, wanted, absence, facts))


def _is_telling(judged: _Judged, facts: Facts) -> bool:
    """Tell whether a cause is worth a line.

    What nobody asks for and somebody tries is an option, and so is what a marker leaves out. What may be
    there after all, and is declared, comes most likely with the install that is not understood.
    """
    loss, wanted, kind = judged.loss, judged.wanted, judged.absence.kind
    if kind == "marker":
        return loss.breaks and not loss.late
    tried = all(each.context == "guarded" for each in loss.importers)
    if tried and wanted.local is None and kind in ("missing", "undeclared"):
        return False
    declared = facts.supply.declarations.of(loss.item.name)
    selected = list(facts.supply.selecting(loss.item.name))
    tools = bool(declared) and all(map(is_for_development, declared))
    if tried and tools and kind == "not-selected" and not selected:
        return False  # a tool of the developers, and the code is ready to run without it
    if not loss.breaks and not any(each.chain for each in loss.importers):
        optional = [each for each in declared if each.section.startswith("extra") or is_for_development(each)]
        if declared and optional == list(declared) and not selected:
            return False  # nothing that is started asks for an option
    if not wanted.doubt:
        return True
    unsure = facts.view.unseen or not facts.view.start.resolved
    if kind == "elsewhere":
        left = facts.container.tree.get(selected[-1].site) is None
        if unsure or left or not selected[-1].certain:
            return False  # its environment may be the one that is used, or only helped to build
    if next(facts.supply.skipping(loss.item.name), None) is not None:
        return True
    known = facts.view.environment.interpreter is not None
    if known and selected:
        return True  # it was installed, and is not found
    understood = any(install.selection.selected for install in facts.supply.installs)
    return known and (kind == "undeclared" or (kind == "not-selected" and understood))


def _severity(loss: Loss, wanted: Wanted, absence: Absence, facts: Facts) -> Severity:
    """An error is certain to happen.

    What is optional may be imported in a function because it is, and what only developers need by a program
    of theirs: where nobody knows what is started, every module counts as reached.
    """
    left_out = absence.kind == "not-selected"
    declared = facts.supply.declarations.of(loss.item.name)
    tool = left_out and not facts.view.start.resolved and all(map(is_for_development, declared))
    optional = tool or (left_out and loss.late) or (absence.optional and loss.called)
    return "error" if loss.breaks and not wanted.doubt and not optional else "warning"


def _finding(code: str, severity: Severity, alike: list[_Judged], facts: Facts, when: str) -> Finding:
    first = alike[0]
    importers = in_order(each for judged in alike for each in judged.loss.importers)
    locations = [place for judged in alike for place in judged.absence.locations]
    locations += [Location(each.path, each.line) for each in importers[:1]]
    verb = "is" if len(alike) == 1 else "are"
    doubts = dict.fromkeys(judged.wanted.doubt for judged in alike if judged.wanted.doubt)
    doubt = f"; it may be there after all: {next(iter(doubts))}" if doubts else ""
    return make_finding(
        code,
        f"{_names(alike)} {verb} imported and not installed {when or 'in the container'}: "
        f"{first.absence.reason}{doubt}",
        gate="image",
        severity=severity,
        items=[item for judged in alike for item in _items(judged.loss, judged.wanted, facts)],
        locations=dict.fromkeys(locations),
        imported_by=importers,
        hint=_hint(alike) or RULES[code].help,
    )


def _names(alike: list[_Judged]) -> str:
    shown = [judged.loss.item.name + _version(judged.wanted) for judged in alike[:4]]
    return ", ".join(shown) + (f" and {len(alike) - 4} more" if len(alike) > 4 else "")


def _version(wanted: Wanted) -> str:
    return f" {wanted.local.version}" if wanted.local is not None and wanted.local.version else ""


def _items(loss: Loss, wanted: Wanted, facts: Facts) -> Iterator[ReportItem]:
    """The distribution with its journey, and the names that the code imports."""
    journey = travel(Item("distribution", loss.item.name), facts)
    yield ReportItem("distribution", loss.item.name, "", journey.verdicts)
    for module in wanted.modules:
        if module != loss.item.name:
            yield ReportItem("module", module)


def _hint(alike: list[_Judged]) -> str:
    hints = list(dict.fromkeys(judged.absence.hint for judged in alike if judged.absence.hint))
    return "; ".join(hints[:6]) + (" ..." if len(hints) > 6 else "")


def _incomplete(loss: Loss, wanted: Wanted, there: Distribution, facts: Facts) -> Finding:
    """The distribution is there, and what is imported of it is not."""
    names = ", ".join(wanted.modules)
    gone = there.editable and facts.container.tree.resolve(there.editable) is None
    code = "PC205" if gone else "PC202"
    local = f", which the local {wanted.local.version} has" if wanted.local is not None else ""
    message = (
        f"{there.name} is installed from {there.editable}, which is not in the container"
        if gone
        else f"{there.name} {there.version} in the container has no {names}{local}"
    )
    return make_finding(
        code,
        message,
        gate="importable",
        severity="error" if loss.breaks and loss.sure and not wanted.doubt else "warning",
        items=_items(loss, wanted, facts),
        locations=dict.fromkeys((*facts.supply.declared_at(there.name), *_lines(loss.importers[:1]))),
        imported_by=loss.importers,
    )


def _not_standard(loss: Loss, wanted: Wanted, facts: Facts) -> Finding:
    """A module of the standard library that the container's Python has no more, or not yet."""
    since = ".".join(map(str, wanted.since or ()))
    interpreter = facts.view.environment.interpreter
    version = interpreter.version if interpreter else ""
    helper = explain_absence("setuptools", facts.supply, loss.importers[0].path)
    places: Iterable[Location] = _base_lines(facts)
    what = "name" if loss.miss.reason == "no-name" else "module"
    hint = f"Stay on an older Python, or import what replaced the {what}."
    if not wanted.dropped:
        hint = "Take the Python that has it, or a distribution that brings it to older ones."
    if wanted.name == "distutils":
        places, hint = (*helper.locations[:1], *places), helper.hint or hint
    verb = f"left the standard library with Python {since}" if wanted.dropped else f"is new in Python {since}"
    doubt = f"; a distribution may bring it: {wanted.doubt}" if wanted.doubt else ""
    return make_finding(
        "PC304",
        f"{loss.miss.name} {verb}, the container runs {version}{doubt}",
        gate="importable",
        severity="error" if loss.breaks and loss.sure and not wanted.doubt else "warning",
        items=[ReportItem("module", name) for name in wanted.modules],
        locations=dict.fromkeys((*places, *_lines(loss.importers[:1]))),
        imported_by=loss.importers,
        hint=hint,
    )


def _base_lines(facts: Facts) -> tuple[Location, ...]:
    """The FROM line of the target stage, where it is known."""
    if facts.plan is None:
        return ()
    prediction = facts.plan.prediction
    return (prediction.stages[prediction.target].location,)


def _lines(importers: Iterable[Importer]) -> tuple[Location, ...]:
    return tuple(Location(each.path, each.line) for each in importers)
