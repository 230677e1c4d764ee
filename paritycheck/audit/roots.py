"""What let a thing be lost at its gate: the fifth why, from the line or the file that did it."""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.failing import absence_of
from paritycheck.audit.pipelines import Pipelines
from paritycheck.audit.standing import sentence
from paritycheck.model.audit import Evidence, Failure
from paritycheck.model.journey import Gate, Verdict

UNKNOWN = "Unknown: no fact at hand answers it."


def find_root(
    lost: Verdict, failure: Failure, dossier: Dossier, pipelines: Pipelines
) -> tuple[str, tuple[Evidence, ...], bool]:
    """Return the last answer, its evidence, and whether it is known."""
    item = failure.journey.item if failure.journey else None
    tell = _BY_KIND.get(item.kind) if item is not None else None
    tell = tell or ROOTS.get(lost.gate)
    told = tell(lost, failure, dossier) if tell else ""
    if not told:
        return UNKNOWN, (), False
    gate = " No CI file compares the two." if pipelines.files and not pipelines.of("parity") else ""
    return f"{told}{gate}", (Evidence(lost.gate, lost.reason, lost.locations),), True


def _untracked(lost: Verdict, failure: Failure, _dossier: Dossier) -> str:
    path = failure.journey.item.path if failure.journey else ""
    line = next((place for place in lost.locations if place.line), None)
    if line is not None:
        return f"The line {line} ({line.text}) covers more than it is meant for: it hides {path} from git."
    return f"{path} lies in the working tree untracked: the author's disk has it, a clone has not."


def _ignored(lost: Verdict, failure: Failure, _dossier: Dossier) -> str:
    path = failure.journey.item.path if failure.journey else ""
    line = next((place for place in lost.locations if place.line), None)
    if line is None:
        return f"{path} lies outside of the build context."
    return (
        f"The line {line} ({line.text}) covers more than it is meant for: it keeps {path} from the builder."
    )


def _not_copied(_lost: Verdict, _failure: Failure, dossier: Dossier) -> str:
    plan = dossier.facts.plan
    lines = plan.lines_of("COPY") if plan else ()
    if len(lines) < 2:
        return "What the image gets is named path by path in the Containerfile, and this path is not."
    first, last = lines[0], lines[-1]
    return f"The COPY list is kept by hand: {len(lines)} lines ({first} to {last}) name paths, none this one."


def _not_installed(lost: Verdict, failure: Failure, dossier: Dossier) -> str:
    if dossier.facts.plan is None:
        return ""
    name = failure.journey.item.name if failure.journey else "it"
    if not lost.locations:
        file = dossier.containerfile
        return f"{file} installs no package of the operating system, and its base has no {name}."
    lines = ", ".join(str(place) for place in lost.locations)
    return f"The packages are named by hand ({lines}), and none of them brings {name}."


def _not_declared(_lost: Verdict, failure: Failure, dossier: Dossier) -> str:
    item = failure.journey.item if failure.journey else None
    if item is None:
        return ""
    absence = absence_of(item, failure.origin, dossier)
    at = f" ({absence.locations[0]})" if absence.locations else ""
    match absence.kind:
        case "undeclared":
            return f"What is installed is listed by hand{at}, and nothing holds the list to the imports."
        case "not-selected":
            return f"What is installed is chosen by hand{at}, and nothing holds the choice to the imports."
        case "marker":
            return f"The marker{at} was written for another Python than the container's."
        case "elsewhere":
            return f"The environment that is installed into{at} is another than the one that is started."
    return ""


def _gone(_lost: Verdict, failure: Failure, dossier: Dossier) -> str:
    path = failure.journey.item.path if failure.journey else ""
    plan = dossier.facts.plan
    if plan is not None and plan.landings.container_of(path):
        return "The image is not what this checkout builds: it was built before, or from other files."
    return ""


def _hidden(lost: Verdict, _failure: Failure, _dossier: Dossier) -> str:
    where = lost.locations[0] if lost.locations else None
    return f"The mount at {where} covers files that the image brings." if where else ""


def _off_path(lost: Verdict, _failure: Failure, dossier: Dossier) -> str:
    searched = ", ".join(f"/{path}" for path in dossier.facts.view.certain[:6])
    lines = ", ".join(str(place) for place in lost.locations)
    by = f", as {lines} say" if lines else ""
    return f"The interpreter searches {searched}{by}; the module lies in none of them under this name."


def _outside(_lost: Verdict, failure: Failure, _dossier: Dossier) -> str:
    name = failure.journey.item.name if failure.journey else ""
    return f"{name} works on the author's machine because something outside of the checkout provides it."


ROOTS: dict[Gate, Callable[[Verdict, Failure, Dossier], str]] = {
    "worktree": _outside,
    "tracked": _untracked,
    "context": _ignored,
    "copied": _not_copied,
    "image": _gone,
    "mounted": _hidden,
    "syspath": _off_path,
    "importable": lambda lost, _failure, _dossier: sentence(lost.reason),
}


_BY_KIND: dict[str, Callable[[Verdict, Failure, Dossier], str]] = {
    "library": _not_installed,
    "distribution": _not_declared,
}
