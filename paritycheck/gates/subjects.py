"""What a word may mean: a file, a module, a distribution."""

from __future__ import annotations

from packaging.utils import canonicalize_name

from paritycheck.gates.facts import Facts
from paritycheck.model.journey import Item
from paritycheck.model.tree import join
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.judging.naming import name_below, package_root
from paritycheck.predict.judging.providers import brings, likely_providers


def find_items(subject: str, facts: Facts) -> tuple[Item, ...]:
    """Return what ``subject`` may mean: a file, a module, a distribution."""
    for path in dict.fromkeys((join("", subject), join(facts.context_root, subject))):
        entry = facts.local.tree.get(path)
        if entry is not None and entry.kind != "dir":
            return (
                (Item("module", _name_of(path, facts), path),)
                if _name_of(path, facts)
                else (Item("data", path, path),)
            )
    found = facts.local_view.finder.find(subject)
    if isinstance(found, Found) and found.path and found.path in facts.local.tree:
        return (Item("module", subject, found.path),)
    return tuple(Item("distribution", name) for name in _distributions(subject, facts))[:1]


def _distributions(subject: str, facts: Facts) -> list[str]:
    """Return the distribution of that name, else the one that brings a module of that name."""
    wanted = canonicalize_name(subject)
    installed = (*facts.local.environment.distributions, *facts.view.environment.distributions)
    names = {each.name for each in installed if canonicalize_name(each.name) == wanted}
    supply = facts.supply
    if not names and (supply.declarations.of(wanted) or supply.declarations.locked(wanted)):
        names = {wanted}
    if not names and next(supply.selecting(wanted), None) is not None:
        names = {wanted}
    names = names or {each.name for each in installed if each.modules and brings(each, subject) == "yes"}
    if not names:
        provision = likely_providers(subject)
        declared = [each for each in provision.names if supply.declarations.of(each)]
        names = {*(declared or provision.names)[:1]} if declared or provision.certainty == "table" else set()
    return sorted(names)


def _name_of(path: str, facts: Facts) -> str:
    """Return the import name of a file of the checkout: where it landed, else from its package's root."""
    for place in facts.placement.container_of(path):
        names = facts.view.names(place)
        if names:
            return names[0]
    return name_below(package_root(facts.local.tree, path), path)
