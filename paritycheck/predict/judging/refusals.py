"""Modules that are found and raise as soon as they are imported, as their text says.

Parity is the filter here, too: what raises in the checkout's own interpreter as well is no difference.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache

import msgspec

from paritycheck.model.environment import Distribution, Environment
from paritycheck.model.report import Importer
from paritycheck.model.source import Raise
from paritycheck.predict.importing.conditions import Fact, holds
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.importing.statements import parents
from paritycheck.predict.judging.needs import Need
from paritycheck.predict.judging.thirdparty import Outside

_VERSION = "sys.version_info"


class Refusal(msgspec.Struct, frozen=True):
    """A module that raises: ``path`` is its file in the container, ``local_path`` that of the checkout.

    ``owner`` is the distribution that it belongs to, if it is one of outside.
    """

    module: str
    path: str
    raised: Raise
    local_path: str = ""
    owner: Distribution | None = None


class Refused(msgspec.Struct, frozen=True):
    """A refusal, and the statements that run into it; ``breaks``: starting the container does, unguarded."""

    refusal: Refusal
    importers: tuple[Importer, ...]
    breaks: bool


class Refusals:
    """What the modules of a container raise when they are imported.

    ``of(name, path)`` is what running a file as a module raises in the container and not in the checkout;
    ``on_the_way(name)`` what importing a module does: that of the first package on the way to it.
    """

    def __init__(self, outside: Outside) -> None:
        view, local = outside.view, outside.local
        self._outside = outside
        self._modules = outside.container.modules
        self._view = view
        self._local = local
        self._placement = outside.placement
        self._facts = _exact(view.facts)
        self._local_facts = _at_home(view.facts, local.environment)
        self._programs = {root.path or root.name for root in view.start.roots if root.main}
        self._met: dict[Refusal, list[Importer]] = defaultdict(list)
        self._fatal: set[Refusal] = set()
        self.of: Callable[[str, str], Refusal | None] = cache(self._of)
        self.on_the_way: Callable[[str], Refusal | None] = cache(self._on_the_way)

    def meet(self, name: str, need: Need) -> None:
        """Note what importing the module ``name`` raises, unless the statement's guard catches it."""
        refusal = self.on_the_way(name)
        if refusal is None:
            return
        ends = need.ends(refusal.raised.exception)
        if need.context != "guarded" or ends:
            self._met[refusal].append(need.importer)
            # A condition that is open may well ask for the release.
            if ends and need.surely_runs(self._view.facts, strict=True):
                self._fatal.add(refusal)

    def meet_programs(self, command: Importer) -> None:
        """Note what the files raise that the start command runs: ``python file`` imports nothing."""
        for root in self._view.start.roots if self._view.start.resolved else ():
            refusal = self.of(root.name, root.path) if root.path else None
            if refusal is not None:
                self._met[refusal].append(msgspec.structs.replace(command, context=root.context))
                self._fatal.add(refusal)

    def met(self) -> Iterator[tuple[Refusal, list[Importer], bool]]:
        """Yield what was noted: each refusal, what runs into it, whether starting the container does."""
        for refusal, importers in self._met.items():
            yield refusal, importers, refusal in self._fatal

    def _on_the_way(self, name: str) -> Refusal | None:
        for each in (*parents(name), name):
            found = self._view.finder.find(each)
            if isinstance(found, Found) and found.kind in ("source", "package") and found.path:
                refusal = self.of(each, found.path)
                if refusal is not None:
                    return refusal
        return None

    def _of(self, name: str, path: str) -> Refusal | None:
        local = self._placement.local_of.get(path, "")
        owner = None if local else self._owner(name)
        says = self._modules.get(path) if local or owner is not None else None
        own_name = "__main__" if self._programs & {name, path} else name
        raised = next((each for each in says.raises if self._happens(each, own_name)), None) if says else None
        if raised is None or (local and all(_holds(raised, own_name, each) for each in self._local_facts)):
            return None
        return Refusal(name, path, raised, local, owner)

    def _happens(self, raised: Raise, own_name: str) -> bool:
        return all(_holds(raised, own_name, facts) for facts in self._facts)

    def _owner(self, name: str) -> Distribution | None:
        """Return the distribution of a module, unless the local one is the same and raises the same."""
        owner = self._outside.owner(name)
        if owner is None or self._local.environment.interpreter is None:
            return owner
        local = self._local.provider(name)
        return owner if local is not None and local.version != owner.version else None


def _holds(raised: Raise, own_name: str, facts: Mapping[str, Fact]) -> bool:
    return holds(raised.condition, {**facts, "__name__": own_name}) is True


def _exact(facts: Mapping[str, Fact]) -> tuple[dict[str, Fact], ...]:
    """Return facts for all that the version may be: of ``3.12`` every micro release is possible."""
    numbers = facts.get(_VERSION)
    if not isinstance(numbers, tuple) or len(numbers) > 3:
        return (dict(facts),)
    micros = numbers[2:] or (0, 99)
    return tuple({**facts, _VERSION: (*numbers[:2], micro, "final", 0)} for micro in micros)


def _at_home(facts: Mapping[str, Fact], local: Environment) -> tuple[dict[str, Fact], ...]:
    """Return the facts with the local interpreter's version, as far as that is known."""
    here = {name: value for name, value in facts.items() if name != _VERSION}
    if local.interpreter is not None:
        here[_VERSION] = tuple(int(part) for part in local.interpreter.version.split(".") if part.isdecimal())
    return _exact(here)
