"""The gates in order, thin: each asks what is known of one item and wraps the answer as a verdict."""

from __future__ import annotations

from paritycheck.gates.comparable import require_comparable
from paritycheck.gates.distributions import DISTRIBUTION_GATES
from paritycheck.gates.facts import Facts
from paritycheck.gates.files import FILE_GATES, ignored_by
from paritycheck.gates.libraries import package_lines, pass_library
from paritycheck.gates.subjects import find_items
from paritycheck.model.journey import GATE_ORDER, Item, Journey

__all__ = ["Facts", "find_items", "ignored_by", "package_lines", "require_comparable", "travel"]


def travel(item: Item, facts: Facts) -> Journey:
    """Take one item through every gate."""
    if item.kind == "library":
        return Journey(item, tuple(pass_library(gate, item, facts) for gate in GATE_ORDER))
    gates = DISTRIBUTION_GATES if item.kind == "distribution" else FILE_GATES
    return Journey(item, tuple(gates[gate](item, facts) for gate in GATE_ORDER))
