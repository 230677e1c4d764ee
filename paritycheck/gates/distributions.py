"""The gates of a distribution, which has no path in the checkout.

Its way is another: installed locally, declared in a file that git tracks, which the installer gets to
read, whose command selects it, and installed where the interpreter looks.
"""

from __future__ import annotations

from collections.abc import Callable

from packaging.utils import canonicalize_name

from paritycheck.gates.facts import Facts, verdict
from paritycheck.model.environment import Distribution
from paritycheck.model.journey import Gate, Item, Verdict
from paritycheck.model.location import Location
from paritycheck.predict.importing.outcome import Doubtful, Found
from paritycheck.predict.judging.absence import explain_absence
from paritycheck.predict.judging.openparts import open_part


def pass_worktree(item: Item, facts: Facts) -> Verdict:
    """Gate 1: is it installed in the local environment?"""
    if facts.local.environment.interpreter is None:
        return verdict("worktree", "unknown", "there is no local environment to look into")
    here = _installed(item, facts.local.environment.distributions)
    if here is not None:
        return verdict("worktree", "passed", f"{_in_words(here)} is installed locally")
    return verdict("worktree", "lost", "not installed locally")


def pass_tracked(item: Item, facts: Facts) -> Verdict:
    """Gate 2: does a dependency file that git tracks declare it?"""
    supply = facts.supply
    declared = supply.declarations.of(item.name)
    tracked = [each for each in declared if each.location.path not in supply.declarations.untracked]
    if tracked:
        lines = tuple(each.location for each in tracked)
        verb = "declares" if len(lines) == 1 else "declare"
        return verdict("tracked", "passed", f"{_listed(lines)} {verb} it", *lines)
    if declared:
        path = declared[0].location.path
        return verdict(
            "tracked", "lost", f"git does not track {path}, which declares it", declared[0].location
        )
    locked = supply.declarations.locked(item.name)
    if locked is not None:
        return verdict("tracked", "skipped", f"only {locked.location} has it, for others", locked.location)
    if not supply.declarations.files:
        return verdict("tracked", "unknown", "the checkout has no dependency file that is understood")
    return verdict("tracked", "lost", "no dependency file declares it")


def pass_context(item: Item, facts: Facts) -> Verdict:
    """Gate 3: does a file that declares it reach the installer?"""
    supply = facts.supply
    if facts.plan is None:
        return verdict("context", "unknown", "no Containerfile was found, so what is installed is not known")
    if not supply.installs:
        return verdict("context", "unknown", "the build runs no installer that is understood")
    selecting = [install.location for install in supply.selecting(item.name)]
    declared = supply.declarations.of(item.name)
    read = {file.path for file in supply.read}
    reaching = [each.location for each in declared if each.location.path in read]
    if reaching:
        return verdict("context", "passed", f"an installer reads {_listed(reaching)}", *reaching)
    if selecting:
        return verdict("context", "passed", f"{selecting[0]} asks for it or what requires it", *selecting)
    if declared:
        absent = [(path, each) for each in supply.installs for path in each.absent]
        for path, install in absent:
            return verdict("context", "lost", f"{path} is not there at {install.location}", install.location)
        lines = tuple(each.location for each in declared)
        return verdict("context", "lost", f"no installer reads {_listed(lines)}", *lines)
    return verdict("context", "skipped", "nothing declares it")


def pass_copied(item: Item, facts: Facts) -> Verdict:
    """Gate 4: does the installer's command select it?"""
    supply = facts.supply
    for install in supply.selecting(item.name):
        chosen = next(
            each for each in install.selection.selected if each.name == canonicalize_name(item.name)
        )
        by = f", because {chosen.required_by} requires it" if chosen.required_by else ""
        version = f" in version {chosen.version}" if chosen.version else ""
        lines = (install.location, *([chosen.location] if chosen.location else []))
        return verdict("copied", "passed", f"`{install.command}` selects it{version}{by}", *lines)
    for install, skipped in supply.skipping(item.name):
        lines = (install.location, supply.rooted(skipped.declaration.location))
        return verdict("copied", "lost", f"`{install.command}` leaves it out: {skipped.why}", *lines)
    opened = [install for install in supply.installs if install.selection.open]
    if opened:
        reason = opened[0].selection.open
        return verdict(
            "copied", "unknown", f"{opened[0].location} may bring it: {reason}", opened[0].location
        )
    if supply.installs:
        lines = tuple(install.location for install in supply.installs)
        return verdict("copied", "lost", "no installer selects it", *lines)
    return verdict("copied", "unknown", "the build runs no installer that is understood")


def pass_image(item: Item, facts: Facts) -> Verdict:
    """Gate 5: is it installed in the container?"""
    environment = facts.view.environment
    if environment.interpreter is None:
        return verdict("image", "unknown", "the container's interpreter is not known")
    there = _installed(item, environment.distributions)
    if there is not None:
        where = f" in {there.location}" if there.location else ""
        return verdict("image", "passed", f"{_in_words(there)} is installed{where}")
    part = None if facts.actual else open_part(facts.container, facts.view)
    if part is not None:
        return verdict("image", "unknown", f"not listed, but {part.reason}", *_line(part.location))
    absence = explain_absence(item.name, facts.supply)
    if absence.kind == "elsewhere":
        return verdict("image", "skipped", absence.reason, *absence.locations)
    return verdict("image", "lost", "not installed")


def pass_syspath(item: Item, facts: Facts) -> Verdict:
    """Gate 7: is it where the interpreter of the start command looks?"""
    environment = facts.view.environment
    if environment.interpreter is None:
        return verdict("syspath", "unknown", "the container's interpreter is not known")
    there = _installed(item, environment.distributions)
    if there is not None:
        return verdict(
            "syspath", "passed", f"{there.location} is on the path of {environment.interpreter.executable}"
        )
    absence = explain_absence(item.name, facts.supply)
    if absence.kind == "elsewhere":
        return verdict("syspath", "lost", absence.reason, *absence.locations, *facts.view.path_lines)
    return verdict("syspath", "skipped", "not installed")


def pass_importable(item: Item, facts: Facts) -> Verdict:
    """Gate 8: does an import of what it brings find something?"""
    there = _installed(item, facts.view.environment.distributions)
    if there is None:
        return verdict("importable", "skipped", "not installed")
    if not there.modules:
        return verdict("importable", "skipped", "which modules it brings is not known")
    for name in there.modules:
        outcome = facts.view.finder.find(name)
        if isinstance(outcome, Found):
            return verdict("importable", "passed", f"{name} is imported from /{outcome.path}")
        if isinstance(outcome, Doubtful) or not facts.actual:
            return verdict("importable", "unknown", f"whether {name} can be imported is not known")
    return verdict(
        "importable", "lost", f"nothing of what it brings is there: {', '.join(there.modules[:5])}"
    )


def _not_asked(gate: Gate) -> Callable[[Item, Facts], Verdict]:
    return lambda _item, _facts: verdict(gate, "skipped", "not asked of a distribution")


def _installed(item: Item, distributions: tuple[Distribution, ...]) -> Distribution | None:
    wanted = canonicalize_name(item.name)
    return next((each for each in distributions if canonicalize_name(each.name) == wanted), None)


def _in_words(distribution: Distribution) -> str:
    return f"{distribution.name} {distribution.version}".strip()


def _listed(lines: tuple[Location, ...] | list[Location]) -> str:
    shown = ", ".join(str(line) for line in lines[:3])
    return shown + (f" and {len(lines) - 3} more" if len(lines) > 3 else "")


def _line(location: Location | None) -> tuple[Location, ...]:
    return (location,) if location else ()


DISTRIBUTION_GATES: dict[Gate, Callable[[Item, Facts], Verdict]] = {
    "worktree": pass_worktree,
    "tracked": pass_tracked,
    "context": pass_context,
    "copied": pass_copied,
    "image": pass_image,
    "mounted": _not_asked("mounted"),
    "syspath": pass_syspath,
    "importable": pass_importable,
}
