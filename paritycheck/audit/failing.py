"""What the log's incidents mean: which of them ended the container, what each misses, where that was lost."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

import msgspec

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.mounting import follow
from paritycheck.audit.searching import repair_path
from paritycheck.audit.unexplained import explain_otherwise
from paritycheck.findings.distributions import CODE_OF_ABSENCE
from paritycheck.findings.libraries import system_of
from paritycheck.findings.raised import missed_item, own_file
from paritycheck.model.audit import Failure
from paritycheck.model.incident import Incident
from paritycheck.model.journey import Item, Journey, Verdict
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Importer
from paritycheck.model.smoke import Raised
from paritycheck.parse.logs.exceptions import missing_program
from paritycheck.parse.logs.times import seconds_of
from paritycheck.predict.judging.absence import Absence, explain_absence
from paritycheck.predict.linking.packages import install_hint
from paritycheck.predict.planning.repairing import repair_copy, repair_ignore, repair_placing
from paritycheck.rules import RULE_OF_GATE, RULES

KINDS = {"data": "PC109", "library": "PC207"}

# Rules that tell of a distribution which is installed, and not as the checkout needs it.
INCOMPLETE = ("PC202", "PC205")


def read_failures(dossier: Dossier) -> tuple[Failure, ...]:
    """Return every incident of the log, explained; what is missing first, then what happens most often."""
    if dossier.log is None:
        return ()
    failures = [_explain(incident, dossier) for incident in dossier.log.incidents if incident.raised]
    rank = {"parity": 0, "both-sides": 1, "none-of-ours": 2, "unknown": 3}
    return tuple(
        sorted(
            failures,
            key=lambda one: (
                is_past(one.incident, dossier),
                rank[one.explained],
                -one.incident.count,
                one.incident.line,
            ),
        )
    )


def is_past(incident: Incident, dossier: Dossier) -> bool:
    """Tell whether an incident was over before the container's last start, and it is running since."""
    container = dossier.container
    if container is None or container.state != "running" or not incident.last:
        return False
    last, started = seconds_of(incident.last), seconds_of(container.started)
    # Logs may know whole seconds only.
    return last is not None and started is not None and last < started - 1


def decisive(raised: Sequence[Raised]) -> Raised:
    """Return the exception that explains the others: a failed import, a file that is not there, the last."""
    first = next((each for each in raised if each.imports), None)
    return first or next((each for each in raised if each.file), raised[0])


def _explain(incident: Incident, dossier: Dossier) -> Failure:
    facts = dossier.facts
    raised = decisive(incident.raised)
    frames = [(frame, path) for frame in raised.frames if (path := own_file(frame, facts))]
    origin = Location(frames[-1][1], frames[-1][0].line, frames[-1][0].text) if frames else None
    headline = (
        f"{raised.type or 'an exception'}: {raised.message}".rstrip(": ") if raised.type else _cut(raised)
    )
    item = None if missing_program(raised) else _item(raised, origin, dossier)
    journey = follow(item, facts, dossier.container) if item else None
    lost = journey.lost_at if journey else None
    finding = _finding_about(item, dossier) if item else None
    if item is None or journey is None or lost is None:
        explained, reason, repair = explain_otherwise(raised, item, journey, origin, dossier)
        code = ""
        if finding is not None and finding.code in INCOMPLETE:
            explained, reason, repair, code = "parity", finding.message, finding.hint, finding.code
        return Failure(headline, incident, explained, reason, code, journey, repair, origin)
    told = Failure(
        headline, incident, "parity", lost.reason, finding.code if finding else "", journey, origin=origin
    )
    if item.kind == "distribution":
        return _without_distribution(told, item, lost, finding, dossier)
    words = item.name.rpartition(".")[2] if item.kind == "module" else item.path.rpartition("/")[2]
    needed_by = origin.path if origin else ""
    code = "PC106" if lost.gate == "mounted" else told.code or KINDS.get(item.kind) or RULE_OF_GATE[lost.gate]
    return msgspec.structs.replace(
        told,
        code=code,
        repair=_repair(item, journey, finding, dossier),
        history=dossier.history(item.path, needed_by, words) if item.path else None,
    )


def _finding_about(item: Item, dossier: Dossier) -> Finding | None:
    about = (each for each in dossier.report.findings if item.name in {one.name for one in each.items})
    return min(about, key=lambda each: (each.severity != "error", each.code), default=None)


def _without_distribution(
    told: Failure, item: Item, lost: Verdict, finding: Finding | None, dossier: Dossier
) -> Failure:
    """Say which line should have brought a distribution; it has no path, so git is not asked."""
    absence = absence_of(item, told.origin, dossier)
    known = finding is not None and finding.code in CODE_OF_ABSENCE.values()
    reason = f"{item.name} is not installed: {absence.reason}"
    if lost.gate == "worktree":
        reason = f"{reason}; the local environment does not have it either"
    return msgspec.structs.replace(
        told,
        explained="both-sides" if lost.gate == "worktree" else "parity",
        reason=reason,
        code=finding.code if known and finding else CODE_OF_ABSENCE[absence.kind],
        repair=absence.hint or (finding.hint if known and finding else ""),
    )


def absence_of(item: Item, origin: Location | None, dossier: Dossier) -> Absence:
    """Return why the container lacks a distribution, with the line to change."""
    return explain_absence(item.name, dossier.facts.supply, origin.path if origin else "")


def _cut(raised: Raised) -> str:
    where = f" after {raised.frames[-1].file}:{raised.frames[-1].line}" if raised.frames else ""
    return f"an exception whose name is not in the log{where}"


def _item(raised: Raised, origin: Location | None, dossier: Dossier) -> Item | None:
    facts = dossier.facts
    workdir = facts.container.config.workdir if facts.container.config else ""
    if raised.file and not raised.file.startswith("/"):
        # A relative path is seen from the working directory, unless the program left it.
        raised = msgspec.structs.replace(raised, file=posixpath.normpath(f"{workdir or '/'}/{raised.file}"))
    item = missed_item(raised, origin.path if origin else "", facts)
    if item is not None and item.kind == "module" and facts.local.tree.is_dir(item.path):
        return _inside(item, origin, dossier)
    return item if item is not None and (item.path or item.kind in ("distribution", "library")) else None


def _inside(package: Item, origin: Location | None, dossier: Dossier) -> Item | None:
    """Return the module that a package without ``__init__`` was wanted for: no gate knows directories."""
    wanted = [
        Item(item.kind, item.name, item.path)
        for finding in dossier.report.findings
        for item in finding.items
        if item.name.startswith(f"{package.name}.") and item.path.startswith(f"{package.path}/")
        if origin is None or any(each.path == origin.path for each in finding.imported_by)
    ]
    if wanted:
        return wanted[0]
    files = (path for path in dossier.facts.local.tree.paths() if path.startswith(f"{package.path}/"))
    first = min((path for path in files if path.endswith(".py")), default="")
    tail = first[len(package.path) + 1 :].removesuffix(".py").replace("/", ".")
    return Item("module", f"{package.name}.{tail}", first) if first else None


def _repair(item: Item, journey: Journey, finding: Finding | None, dossier: Dossier) -> str:
    """Return what brings the item back: by the finding that names it, else tried here."""
    lost, plan = journey.lost_at, dossier.facts.plan
    if lost is None:
        return ""
    if item.kind == "library":
        # The check knows what else the same module needs: one package after the other helps nobody.
        known = finding is not None and finding.code == "PC207"
        return finding.hint if known and finding else install_hint([item.name], system_of(dossier.facts))
    if lost.gate == "mounted" and lost.locations:
        return f"leave out the {lost.locations[0].text} at {lost.locations[0]}, or put the file into it"
    if lost.gate == "syspath":
        return repair_path(item, dossier) or RULES["PC107"].help
    if finding is not None and finding.gate == lost.gate:
        return finding.hint
    tried = None
    if plan is not None and lost.gate == "context":
        tried = repair_ignore(plan, [item.path])
    elif plan is not None and lost.gate == "copied" and item.kind == "module":
        roots = (*dossier.facts.view.certain, *dossier.facts.view.assumed)
        tried = repair_copy(plan, {item.path: item.name}, lost.locations[:1], roots)
    elif plan is not None and lost.gate == "copied":
        tried = repair_placing(plan, {item.path: _place(item, dossier)}, lost.locations[:1])
    if lost.gate == "tracked" and lost.locations and lost.locations[0].path == item.path:
        return f"git add {item.path} && git commit, then rebuild the image"
    return tried or RULES[KINDS.get(item.kind, "") or RULE_OF_GATE[lost.gate]].help


def _place(item: Item, dossier: Dossier) -> str:
    """Return where the program looks for a data file: as the log names it."""
    workdir = dossier.facts.container.config.workdir if dossier.facts.container.config else ""
    for incident in dossier.log.incidents if dossier.log else ():
        for raised in incident.raised:
            if raised.file and item.path.endswith(raised.file.rpartition("/")[2]):
                return posixpath.normpath(
                    f"{workdir}/{raised.file}" if raised.file[0] != "/" else raised.file
                ).lstrip("/")
    return ""


def importers(failure: Failure, dossier: Dossier) -> tuple[Importer, ...]:
    """Return the statements that need the missing thing, as the check found them."""
    item = failure.journey.item if failure.journey else None
    if item is None:
        return ()
    reports = filter(None, (dossier.report, dossier.predicted))
    findings = (finding for report in reports for finding in report.findings)
    return next(
        (
            each.imported_by
            for each in findings
            if each.imported_by and item.name in {one.name for one in each.items}
        ),
        (),
    )
