"""The gates of a distribution, which has no path in the checkout."""

from __future__ import annotations

from collections.abc import Callable

from packaging.utils import canonicalize_name

from paritycheck.gates.facts import Facts, verdict
from paritycheck.model.journey import Gate, Item, Verdict
from paritycheck.model.snapshot import Snapshot


def pass_worktree(item: Item, facts: Facts) -> Verdict:
    """Gate 1: is it installed in the local environment?"""
    if facts.local.environment.interpreter is None:
        return verdict("worktree", "unknown", "there is no local environment to look into")
    here = _installed(item, facts.local)
    if here:
        return verdict("worktree", "passed", f"{here} is installed locally")
    return verdict("worktree", "lost", "not installed locally")


def pass_image(item: Item, facts: Facts) -> Verdict:
    """Gate 5: is it installed in the container?"""
    if facts.container.environment.interpreter is None:
        return verdict("image", "unknown", "the container's interpreter is not known")
    there = _installed(item, facts.container)
    if there:
        return verdict("image", "passed", f"{there} is installed")
    return verdict("image", "lost", "not installed")


def _not_yet(gate: Gate) -> Callable[[Item, Facts], Verdict]:
    return lambda _item, _facts: verdict(gate, "skipped", "not asked of a distribution")


def _installed(item: Item, side: Snapshot) -> str:
    wanted = canonicalize_name(item.name)
    for each in side.environment.distributions:
        if canonicalize_name(each.name) == wanted:
            return f"{each.name} {each.version}"
    return ""


DISTRIBUTION_GATES: dict[Gate, Callable[[Item, Facts], Verdict]] = {
    "worktree": pass_worktree,
    "tracked": _not_yet("tracked"),
    "context": _not_yet("context"),
    "copied": _not_yet("copied"),
    "image": pass_image,
    "mounted": _not_yet("mounted"),
    "syspath": _not_yet("syspath"),
    "importable": _not_yet("importable"),
}
