"""What the start command itself shows: not understood, or naming a file or interpreter that is not there."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from paritycheck.gates import Facts, travel
from paritycheck.model.journey import Gate, Item
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.model.tree import FileTree
from paritycheck.predict.importing.outcome import Found, NotFound
from paritycheck.rules import RULE_OF_GATE, make_finding

_MOST_LINKS = 40  # Linux gives up there, too


def start_findings(facts: Facts) -> Iterator[Finding]:
    """Return what can be said about the command that the container starts."""
    start = facts.view.start
    if not start.resolved:
        words = " ".join(start.command)
        yield make_finding(
            "PC405",
            f"the start command {words or '(none)'} is not resolved: {start.reason}",
            items=[ReportItem("setting", "start command")],
            locations=_lines(facts),
        )
    yield from _without_interpreter(facts)
    scripts = [root.path for root in start.roots if root.path]
    for path in (*scripts, *(path.lstrip("/") for path in start.data)):
        if facts.container.tree.find(path) is None and facts.container.project_doubt(path) is None:
            yield from _missing(path, facts)
    yield from _nowhere(facts)


def _nowhere(facts: Facts) -> Iterator[Finding]:
    """``python -m`` names a module of a package that is there, and neither side has the module."""
    finder = facts.view.finder
    for root in (each for each in facts.view.start.roots if each.main and each.name):
        miss = finder.find(root.name)
        above = finder.find(miss.parent) if isinstance(miss, NotFound) and miss.parent else None
        if not (isinstance(miss, NotFound) and isinstance(above, Found)):
            continue
        package = facts.placement.local_of.get(above.path)
        own = posixpath.join(posixpath.dirname(package or ""), miss.missing.rpartition(".")[2])
        if package is not None and not any(facts.local.tree.find(each) for each in (own, f"{own}.py")):
            yield make_finding(
                "PC405",
                f"the container starts {root.name}, and neither it nor the checkout has {miss.missing}",
                severity="warning",
                items=[ReportItem("module", miss.missing)],
                locations=_lines(facts),
                hint="Correct the name of the module.",
            )


def _without_interpreter(facts: Facts) -> Iterator[Finding]:
    """The command names an interpreter, itself or by its script's first line, that is not there.

    An environment has it as a link to the Python that made it, and scripts that name it by its path.
    """
    start, container = facts.view.start, facts.container
    if not start.executable.startswith("/") or container.tree.resolve(start.executable) is not None:
        return
    end = _end_of_links(start.executable, container.tree)
    if (
        container.doubt(start.executable.lstrip("/")) is not None
        or container.doubt(end.lstrip("/")) is not None
    ):
        return
    first = start.command[0] if start.command else start.executable
    by = f", which the first line of {first} names" if first != start.executable else ""
    leads = f": it leads to {end}, which is not there" if end != start.executable else ""
    yield make_finding(
        "PC209",
        f"the container starts {start.executable}{by}, and it is not there{leads}",
        gate="image",
        items=[ReportItem("setting", "start command")],
        locations=_lines(facts),
        hint="Copy the environment to the path at which it was made, and with the Python that made it.",
    )


def _end_of_links(path: str, tree: FileTree) -> str:
    """Return where a chain of links ends, which need not be there."""
    for _ in range(_MOST_LINKS):
        entry = tree.get(path.lstrip("/"))
        if entry is None or entry.kind != "link":
            break
        path = posixpath.normpath(posixpath.join("/", posixpath.dirname(path), entry.target))
    return path


def _missing(path: str, facts: Facts) -> Iterator[Finding]:
    """Parity: a file that the checkout does not have either is not the build's fault."""
    source = _counterpart(path, facts)
    if source is None:
        return
    there = facts.placement.container_of(source)
    item = Item("module" if source.endswith(".py") else "data", path.rpartition("/")[2], source)
    journey = travel(item, facts)
    lost = journey.lost_at
    gate: Gate = lost.gate if lost else "image"
    code = RULE_OF_GATE.get(gate, "PC105") if source.endswith(".py") else "PC109"
    locations = (lost.locations if lost else ()) or _lines(facts)
    where = lost.reason if lost else "it is missing"
    if there:
        code, gate, locations = "PC107", "syspath", _lines(facts)
        where = f"{source} is at /{there[0]}"
    yield make_finding(
        code,
        f"the container starts /{path}, which is not there: {where}",
        gate=gate,
        items=[ReportItem(item.kind, item.name, item.path, journey.verdicts)],
        locations=locations,
    )


def _lines(facts: Facts) -> tuple[Location, ...]:
    return (facts.view.start.location,) if facts.view.start.location else facts.view.path_lines


def _counterpart(path: str, facts: Facts) -> str | None:
    """Return the checkout's file whose path ends most like ``path``, of equals one that did arrive.

    What lies in a ``bin`` is a program that an installer made, unless the checkout has such a ``bin``.
    """
    wanted = path.split("/")

    def alike(other: str) -> int:
        parts = other.split("/")
        count = 0
        while count < min(len(parts), len(wanted)) and parts[-1 - count] == wanted[-1 - count]:
            count += 1
        return count

    def rank(other: str) -> tuple[int, bool, int]:
        return alike(other), bool(facts.placement.container_of(other)), -other.count("/")

    tree = facts.plan.clone.tree if facts.plan else facts.local.tree
    name = "/" + "/".join(wanted[-2:] if wanted[-2:-1] in (["bin"], ["sbin"], ["Scripts"]) else wanted[-1:])
    found = [entry.path for entry in tree if entry.kind == "file" and ("/" + entry.path).endswith(name)]
    return max(found, key=rank, default=None)
