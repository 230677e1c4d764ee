"""The gates of a shared library: no checkout brings one, so that only the container is asked."""

from __future__ import annotations

from paritycheck.gates.facts import Facts, verdict
from paritycheck.model.journey import Gate, Item, Verdict
from paritycheck.model.location import Location

MOST_LINES = 4


def pass_library(gate: Gate, item: Item, facts: Facts) -> Verdict:
    """Return what a gate says of a library; all but the gate ``image`` have no say."""
    if gate != "image":
        return verdict(gate, "skipped", "a library of the operating system")
    name = item.name.rpartition("/")[2]
    found = next((path for path in facts.container.tree.paths() if path.rpartition("/")[2] == name), "")
    if found:
        return verdict(gate, "passed", f"the container has /{found}")
    if not facts.actual and facts.container.unknown:
        return verdict(gate, "unknown", facts.container.unknown[0].reason)
    return verdict(gate, "lost", f"no directory of the container holds {name}", *package_lines(facts))


def package_lines(facts: Facts) -> tuple[Location, ...]:
    """Return the lines that install packages of the system: one of them would have to name it."""
    steps = facts.plan.prediction.packages if facts.plan else ()
    lines = dict.fromkeys(step.location for step in steps if step.action == "install")
    return tuple(lines)[:MOST_LINES]
