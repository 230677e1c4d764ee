"""What the container's code imports, does not find there, and would find in the checkout.

Parity is the filter: an import that fails on both sides is no loss, one that only fails in the
container is. A lost file's own imports are followed in the checkout: they would fail next.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution
from paritycheck.model.journey import Item
from paritycheck.model.report import Importer
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.source import ANY_SUBMODULE
from paritycheck.predict.importing.closure import Closure
from paritycheck.predict.importing.knownnames import NAMESPACES
from paritycheck.predict.importing.outcome import Doubtful, Found, NotFound
from paritycheck.predict.importing.statements import Target, parents, resolve_import
from paritycheck.predict.judging.needs import CAUTION, Need, follow_start, list_needs
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.refusals import Refusals, Refused
from paritycheck.predict.judging.standard import judge_standard_name
from paritycheck.predict.judging.thirdparty import Outside, Wanted
from paritycheck.predict.judging.views import ContainerView, LocalView


class Loss(msgspec.Struct, frozen=True):
    """One item that does not arrive, and every statement that needs it, the least cautious first.

    ``breaks``: something that runs needs it unguarded, ``late``: every such statement stands in a function or
    under a condition that is open, ``sure``: the way to one is not left to the program, as a condition in a
    function is, ``called``: none runs before a function is called. ``wanted`` says what is known of it where
    it is no file of the checkout.
    """

    item: Item
    miss: NotFound
    importers: tuple[Importer, ...]
    breaks: bool
    wanted: Wanted | None = None
    late: bool = False
    sure: bool = True
    called: bool = False


class Losses(msgspec.Struct, frozen=True):
    """All losses; ``arrived`` are checkout paths that are found, ``doubtful`` the names nobody can tell.

    ``closure`` is what the start command reaches, if it is understood. ``used`` are the container's
    distributions that are imported (names normalised), and by whom; ``outdated`` the names that a file of
    the checkout (path, name) binds and the container's copy of it does not, and what needs them;
    ``refused`` are the modules that raise when they are imported.
    """

    losses: tuple[Loss, ...]
    arrived: dict[str, Importer]
    doubtful: dict[str, str]
    closure: Closure | None = None
    used: dict[str, tuple[Importer, ...]] = {}
    outdated: dict[tuple[str, str], tuple[Need, ...]] = {}
    refused: tuple[Refused, ...] = ()


def find_losses(
    container: Snapshot,
    view: ContainerView,
    local_view: LocalView,
    placement: Placement,
    command: Importer,
    *,
    strict: bool = False,
) -> Losses:
    """Judge every import of every application module that arrived; ``command`` is what starts the first.

    ``strict``: nothing under an open condition is sure.
    """
    search = _Search(container, view, local_view, placement, strict)
    closure = follow_start(container, view, strict=strict)
    search.refusals.meet_programs(command)
    for need in list_needs(container, view, placement, command, closure):
        search.judge(need)
    return msgspec.structs.replace(search.results(), closure=closure)


class _Search:
    """The state of one search: what was lost so far, by item."""

    def __init__(
        self,
        container: Snapshot,
        view: ContainerView,
        local_view: LocalView,
        placement: Placement,
        strict: bool,
    ) -> None:
        self.strict = strict
        self.container = container
        self.view = view
        self.local = local_view
        self.placement = placement
        self.outside = Outside(container, view, local_view, placement)
        self.needed: dict[Item, list[Importer]] = defaultdict(list)
        self.breaking: set[Item] = set()
        self.early: set[Item] = set()
        self.uncalled: set[Item] = set()
        self.sure: set[Item] = set()
        self.misses: dict[Item, NotFound] = {}
        self.wanted: dict[Item, Wanted] = {}
        self.arrived: dict[str, Importer] = {}
        self.doubtful: dict[str, str] = {}
        self.used: dict[str, list[Importer]] = defaultdict(list)
        self.outdated: dict[tuple[str, str], list[Need]] = defaultdict(list)
        self.refusals = Refusals(self.outside)

    def results(self) -> Losses:
        """Return what was found, items in order of name."""
        lost = {item.path for item in self.needed if item.path}
        losses = (
            Loss(
                item,
                self.misses[item],
                in_order(importers, lost),
                item in self.breaking,
                self.wanted.get(item),
                item not in self.early,
                item in self.sure,
                item not in self.uncalled,
            )
            for item, importers in sorted(self.needed.items())
        )
        outdated = {name: tuple(needs) for name, needs in self.outdated.items()}
        used = {name: in_order(importers) for name, importers in self.used.items()}
        refused = tuple(
            Refused(refusal, in_order(importers), fatal) for refusal, importers, fatal in self.refusals.met()
        )
        return Losses(
            tuple(losses), self.arrived, self.doubtful, used=used, outdated=outdated, refused=refused
        )

    def judge(self, first: Need) -> None:
        """Judge one statement, then those of every lost file it leads to."""
        waiting = [first]
        while waiting:
            need = waiting.pop()
            statement = need.statement
            if need.context == "type-checking" or need.runs(self.view.facts) is False:
                continue
            for target in resolve_import(statement, need.module, need.package, self.view.finder):
                waiting.extend(self._weigh(target, need))
            self._lose_standard_names(need)

    def _weigh(self, target: Target, need: Need) -> Iterator[Need]:
        match target.outcome:
            case Found(path=path):
                self.refusals.meet(target.name, need)
                if path in self.placement.local_of:
                    self.arrived.setdefault(self.placement.local_of[path], need.importer)
                elif path:
                    self._use(self.outside.owner(target.name), need)
            case Doubtful() as doubtful:
                self._lose_outside(target.name, doubtful, need)
            case NotFound() as miss if not (target.attribute and self.refusals.on_the_way(target.name)):
                yield from self._lose(target, miss, need)

    def _lose(self, target: Target, miss: NotFound, need: Need) -> Iterator[Need]:
        if target.attribute:
            full = f"{target.name}.{target.attribute}"
            before = len(self.needed)
            yield from self._lose_member(full, need, miss)
            if self._is_outdated(target, miss, need):
                return
            if len(self.needed) == before and (miss.reason == "no-name" or target.name in NAMESPACES):
                self._lose_outside(full, miss, need)
            return
        if miss.reason == "beyond-top-level":
            return
        here = need.local_path if need.reached else ""
        found = [
            self.local.find(name, here, started=need.started) for name in (*parents(target.name), target.name)
        ]
        files = [each for each in found if isinstance(each, Found) and each.path and each.kind != "namespace"]
        if isinstance(found[-1], Found) and (files or found[-1].kind == "namespace"):
            lost = [each for each in files if not isinstance(self.view.finder.find(each.name), Found)]
            for each in lost or files[-1:]:
                yield from self._lose_file(each, miss, need)
            for name in need.statement.names:
                if name not in ("*", ANY_SUBMODULE):
                    yield from self._lose_member(f"{target.name}.{name}", need)
            return
        taken = need.statement.names if target.name in NAMESPACES else ()
        for full in [f"{target.name}.{name}" for name in taken] or [target.name]:
            self._lose_outside(full, miss, need)

    def _is_outdated(self, target: Target, miss: NotFound, need: Need) -> bool:
        """Note a name that only the checkout's version of the file binds."""
        found = self.view.finder.find(target.name)
        local = self.placement.local_of.get(found.path, "") if isinstance(found, Found) else ""
        says = self.local.finder.modules.get(local) if miss.reason == "no-name" and local else None
        if says is None or target.attribute not in says.defines:
            return False
        self.outdated[local, target.attribute].append(need)
        return True

    def _lose_standard_names(self, need: Need) -> None:
        statement = need.statement
        if statement.level or (need.context == "guarded" and not need.ends("ImportError")):
            return
        for name in statement.names:
            wanted = judge_standard_name(self.outside, statement.module, name)
            if wanted is not None:
                item = Item("module", wanted.name)
                self.wanted[item] = wanted
                self._note(item, NotFound(wanted.name, wanted.name, "no-name"), need)

    def _lose_outside(self, name: str, miss: NotFound | Doubtful, need: Need) -> None:
        wanted = self.outside.judge(name, miss)
        if isinstance(wanted, str):
            self.doubtful[name] = wanted
        elif isinstance(wanted, Distribution):
            self._use(wanted, need)
        elif wanted is not None:
            item = Item("module" if wanted.since or wanted.stray else "distribution", wanted.name)
            self.wanted[item] = self.wanted[item].merged(wanted) if item in self.wanted else wanted
            self._note(item, _as_missing(miss), need)

    def _use(self, distribution: Distribution | None, need: Need) -> None:
        if distribution is not None:
            self.used[canonicalize_name(distribution.name)].append(need.importer)

    def _lose_member(self, name: str, need: Need, miss: NotFound | None = None) -> Iterator[Need]:
        """``from package import name``: lost if the checkout has a submodule of that name."""
        here = self.local.find(name, need.local_path if need.reached else "", started=need.started)
        if isinstance(here, Found) and here.path and here.kind in ("source", "package", "extension"):
            there = self.view.finder.find(name)
            if isinstance(there, NotFound):
                yield from self._lose_file(here, miss or there, need)

    def _lose_file(self, here: Found, miss: NotFound, need: Need) -> Iterator[Need]:
        release = self.outside.published(here.name)
        if release is not None:
            self.doubtful[here.name] = f"{release.name} is installed by its name, not from the checkout"
            self._use(release, need)
            return
        item = Item("module", here.name, here.path)
        if self.view.unseen and self.placement.container_of(here.path):
            # An editable install in there puts the project's own directories on the path.
            new = here.name not in self.doubtful
            self.doubtful[here.name] = f"nobody knows what /{self.view.unseen[0]} adds to sys.path"
        else:
            new = item not in self.needed or (need.breaks and item not in self.breaking)
            self._note(item, miss, need)
        says = self.local.finder.modules.get(here.path)
        if new and says is not None:
            chain = (*need.importer.chain, here.name) if need.reached else ()
            for statement in says.imports:
                context = max(need.context, statement.context, key=CAUTION.index)
                yield msgspec.structs.replace(
                    need,
                    statement=statement,
                    module=here.name,
                    package=here.kind == "package",
                    importer=Importer(here.path, statement.line, context, chain),
                    local_path=here.path,
                    own_name=here.name if need.module else "",
                    sure=need.surely_runs(self.view.facts, self.strict),
                )

    def _note(self, item: Item, miss: NotFound, need: Need) -> None:
        self.needed[item].append(need.importer)
        self.misses.setdefault(item, miss)
        wanted = self.wanted.get(item)
        # A condition that is open may well ask for the release: of Python, or of the distribution.
        asked = wanted is not None and (wanted.since is not None or wanted.installed is not None)
        if need.ends("ImportError" if miss.reason == "no-name" else "ModuleNotFoundError"):
            self.breaking.add(item)
            if need.statement.context == "module" and need.surely_runs(self.view.facts, True):
                self.early.add(item)
            if need.context == "module":
                self.uncalled.add(item)
            if need.surely_runs(self.view.facts, self.strict or asked):
                self.sure.add(item)


def _as_missing(miss: NotFound | Doubtful) -> NotFound:
    return miss if isinstance(miss, NotFound) else NotFound(miss.name, miss.missing, "absent")


def in_order(importers: Iterable[Importer], lost: Container[str] = ()) -> tuple[Importer, ...]:
    """Return importers without repeats: those that arrived, what the start reaches, what runs most surely.

    ``lost`` are the paths of files that did not arrive themselves: they would fail only next.
    """

    def rank(one: Importer) -> tuple[bool, bool, int, int, str, int]:
        caution = CAUTION.index(one.context)
        return one.path in lost, not one.chain, caution, len(one.chain), one.path, one.line

    return tuple(sorted(dict.fromkeys(importers), key=rank))
