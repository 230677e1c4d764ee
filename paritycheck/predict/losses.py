"""What the container's code imports, does not find there, and would find in the checkout.

Parity is the filter: an import that fails on both sides is no loss, one that only fails in the
container is. A lost file's own imports are followed in the checkout: they would fail next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from paritycheck.model.environment import Distribution
from paritycheck.model.journey import Item
from paritycheck.model.report import Importer
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.source import Import, ImportContext
from paritycheck.predict.conditions import holds
from paritycheck.predict.importoutcome import Doubtful, Found, NotFound
from paritycheck.predict.placement import Placement
from paritycheck.predict.statements import Target, parents, resolve_import
from paritycheck.predict.views import ContainerView, LocalView, application_names

_CAUTION: tuple[ImportContext, ...] = ("module", "function", "guarded", "type-checking")


class Loss(msgspec.Struct, frozen=True):
    """One item that does not arrive, and every statement that needs it, the least cautious first.

    ``provider`` is the locally installed distribution where the item is one.
    """

    item: Item
    miss: NotFound
    importers: tuple[Importer, ...]
    provider: Distribution | None = None


class Losses(msgspec.Struct, frozen=True):
    """All losses; ``arrived`` are checkout paths that are found, ``doubtful`` the names nobody can tell."""

    losses: tuple[Loss, ...]
    arrived: dict[str, Importer]
    doubtful: dict[str, str]


class _Need(msgspec.Struct, frozen=True):
    """One statement of one module: ``path`` as the report names it."""

    statement: Import
    module: str
    package: bool
    path: str
    context: ImportContext


def find_losses(
    container: Snapshot, view: ContainerView, local_view: LocalView, placement: Placement
) -> Losses:
    """Judge every import of every application module that arrived."""
    search = _Search(container, view, local_view, placement)
    for path, names in sorted(application_names(container, view).items()):
        says = container.modules.get(path)
        name = names[0] if names else path.rpartition("/")[2].removesuffix(".py")
        for statement in says.imports if says else ():
            shown = placement.local_of.get(path, "/" + path)
            package = path.endswith("/__init__.py")
            search.judge(_Need(statement, name, package, shown, statement.context))
    return search.results()


class _Search:
    """The state of one search: what was lost so far, by item."""

    def __init__(
        self, container: Snapshot, view: ContainerView, local_view: LocalView, placement: Placement
    ) -> None:
        self.container = container
        self.view = view
        self.local = local_view
        self.placement = placement
        self.needed: dict[Item, list[Importer]] = defaultdict(list)
        self.misses: dict[Item, tuple[NotFound, Distribution | None]] = {}
        self.arrived: dict[str, Importer] = {}
        self.doubtful: dict[str, str] = {}

    def results(self) -> Losses:
        """Return what was found, items in order of name."""
        losses = (
            Loss(item, self.misses[item][0], _in_order(importers), self.misses[item][1])
            for item, importers in sorted(self.needed.items())
        )
        return Losses(tuple(losses), self.arrived, self.doubtful)

    def judge(self, first: _Need) -> None:
        """Judge one statement, then those of every lost file it leads to."""
        waiting = [first]
        while waiting:
            need = waiting.pop()
            if need.context == "type-checking" or holds(need.statement.condition, self.view.facts) is False:
                continue
            for target in resolve_import(need.statement, need.module, need.package, self.view.finder):
                waiting.extend(self._weigh(target, need))

    def _weigh(self, target: Target, need: _Need) -> Iterator[_Need]:
        importer = Importer(need.path, need.statement.line, need.context)
        match target.outcome:
            case Found(path=path):
                if path in self.placement.local_of:
                    self.arrived.setdefault(self.placement.local_of[path], importer)
            case Doubtful(unknown=unknown):
                self.doubtful[target.name] = unknown.reason
            case NotFound() as miss:
                yield from self._lose(target, miss, importer, need)

    def _lose(self, target: Target, miss: NotFound, importer: Importer, need: _Need) -> Iterator[_Need]:
        if target.attribute:
            yield from self._lose_attribute(target, miss, importer, need)
            return
        if miss.reason == "beyond-top-level":
            return
        found = [self.local.finder.find(name) for name in (*parents(target.name), target.name)]
        files = [each for each in found if isinstance(each, Found) and each.path and each.kind != "namespace"]
        if found and isinstance(found[-1], Found) and (files or found[-1].kind == "namespace"):
            lost = [each for each in files if not isinstance(self.view.finder.find(each.name), Found)]
            for each in lost or files[-1:]:
                yield from self._lose_file(each, miss, importer, need)
            for name in need.statement.names:
                yield from self._lose_member(f"{target.name}.{name}", importer, need)
            return
        provider = self.local.provider(target.name)
        if provider is not None and self.container.environment.interpreter is None:
            self.doubtful[target.name] = "the container's distributions are not known"
        elif provider is not None:
            item = Item("distribution", provider.name)
            self.needed[item].append(importer)
            self.misses.setdefault(item, (miss, provider))

    def _lose_attribute(
        self, target: Target, miss: NotFound, importer: Importer, need: _Need
    ) -> Iterator[_Need]:
        """``from package import name``: lost if the checkout has a submodule of that name."""
        yield from self._lose_member(f"{target.name}.{target.attribute}", importer, need, miss)

    def _lose_member(
        self, name: str, importer: Importer, need: _Need, miss: NotFound | None = None
    ) -> Iterator[_Need]:
        here = self.local.finder.find(name)
        if isinstance(here, Found) and here.path and here.kind in ("source", "package", "extension"):
            there = self.view.finder.find(name)
            if isinstance(there, NotFound):
                yield from self._lose_file(here, miss or there, importer, need)

    def _lose_file(self, here: Found, miss: NotFound, importer: Importer, need: _Need) -> Iterator[_Need]:
        item = Item("module", here.name, here.path)
        new = item not in self.needed
        self.needed[item].append(importer)
        self.misses.setdefault(item, (miss, None))
        says = self.local.finder.modules.get(here.path)
        if new and says is not None:
            for statement in says.imports:
                context = max(need.context, statement.context, key=_CAUTION.index)
                yield _Need(statement, here.name, here.kind == "package", here.path, context)


def _in_order(importers: list[Importer]) -> tuple[Importer, ...]:
    unique = dict.fromkeys(importers)
    return tuple(sorted(unique, key=lambda each: (_CAUTION.index(each.context), each.path, each.line)))
