"""A shared library that could not be loaded: whether the container has it, which package would bring it."""

from __future__ import annotations

from paritycheck.audit.pipelines import package_steps
from paritycheck.gates import Facts
from paritycheck.model.journey import GATE_ORDER, Item, Journey, Verdict
from paritycheck.model.location import Location
from paritycheck.predict.linking.packages import install_hint


def library_journey(library: str, facts: Facts) -> tuple[Item, Journey]:
    """Return the library as an item; only the image is asked, no checkout brings it."""
    name = library.rpartition("/")[2]
    item = Item("library", name)
    found = next((path for path in facts.container.tree.paths() if path.rpartition("/")[2] == name), "")
    if found:
        seen = Verdict("image", "passed", f"the container has /{found}, but the loader does not accept it")
    else:
        seen = Verdict("image", "lost", f"no directory of the container holds {name}", package_lines(facts))
    verdicts = (
        seen if gate == "image" else Verdict(gate, "skipped", "a library of the operating system")
        for gate in GATE_ORDER
    )
    return item, Journey(item, tuple(verdicts))


def package_lines(facts: Facts) -> tuple[Location, ...]:
    """Return the lines that install packages of the system: one of them would have to name it."""
    return package_steps(facts.plan)[:4] if facts.plan else ()


def library_repair(name: str, facts: Facts) -> str:
    """Return which package to install, by the system that the container is of."""
    release = (facts.container.texts.get("etc/os-release") or "").lower()
    if "alpine" in release:
        return install_hint([name], "alpine")
    return install_hint([name], "debian" if "debian" in release or "ubuntu" in release else "")
