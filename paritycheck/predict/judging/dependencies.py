"""Imports inside distributions that fail as soon as the application imports these.

Only what is certain: every statement of the chain, from the application's own to the one that fails, stands
in the body of its module, and the text of each module was read. A release agrees with itself: what it
takes from its own distribution is believed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Literal

import msgspec

from paritycheck.model.environment import Distribution
from paritycheck.model.report import Importer
from paritycheck.model.snapshot import Snapshot
from paritycheck.parse.python.toplevel import unconditional_imports
from paritycheck.predict.importing.closure import Closure, Failure, Root, import_closure
from paritycheck.predict.importing.outcome import Found, NotFound
from paritycheck.predict.importing.standardlibrary import Release, gone_since, standard_library
from paritycheck.predict.judging.openparts import open_part
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.providers import brings
from paritycheck.predict.judging.views import ContainerView

MANY = 300  # modules of distributions that are read at once
# Signs that a module's names are not only those that it binds, nor its submodules those on the disk.
_MOVING = re.compile(r"sys\.modules|meta_path|path_hooks|__getattr__|__path__|lazy|_vendor|\bvars\(|__dict__")

BreakKind = Literal["dropped", "member", "absent"]


class Break(msgspec.Struct, frozen=True):
    """One import that fails inside a distribution.

    ``name`` is what is missing: of the standard library (``dropped`` with release ``since``), of another
    distribution (``member`` of ``lacking``), or of nothing that is installed (``absent``). ``inside`` is the
    distribution whose module ``module`` imports it in ``line``; ``importer`` the application's own
    statement that leads there, with the whole chain. ``certain``: starting the container runs it,
    and the releases are known: what was left out of a resolution may hold others back.
    """

    kind: BreakKind
    name: str
    module: str
    line: int
    importer: Importer
    inside: Distribution | None
    lacking: Distribution | None = None
    since: Release | None = None
    certain: bool = True


def find_breaks(
    container: Snapshot, view: ContainerView, placement: Placement, command: Importer
) -> tuple[Break, ...]:
    """Return what the application's imports fail on inside distributions, one for each thing missing.

    First what starting the container fails on (``certain``), then what importing one of the other modules
    would. At most ``MANY`` modules of distributions are read for either, those that are imported first.
    """
    own = frozenset(container.application_modules)
    sites = tuple(
        entry.path.strip("/") + "/" for entry in view.environment.sys_path if entry.reason == "site"
    )
    read: set[str] = set()

    def walk(roots: Iterable[Root]) -> Closure:
        limit = len(read) + MANY

        def follow(path: str) -> bool:
            if path in own or path in read:
                return True
            if len(read) < limit and path.startswith(sites) and path.endswith(".py"):
                read.add(path)
            return path in read

        return import_closure(roots, view.finder, container.modules, follow, view.facts)

    found: dict[str, Break] = {}
    reached: frozenset[str] = frozenset()
    if view.start.resolved:
        closure = walk(view.start.roots)
        reached = frozenset(each.path for each in closure.modules.values())
        _collect(found, _Search(container, view, closure, own), placement, command, certain=True)
    others = {names[0]: path for path in sorted(own - reached) if (names := view.names(path))}
    closure = walk(Root(name, path) for name, path in others.items())
    _collect(found, _Search(container, view, closure, own), placement, command, certain=False)
    return tuple(found.values())


def _collect(
    found: dict[str, Break], search: _Search, placement: Placement, command: Importer, *, certain: bool
) -> None:
    for failure in search.closure.failures:
        broken = search.judge(failure)
        if broken is not None and broken.name not in found:
            importer = search.importer(failure, placement.local_of, command)
            found[broken.name] = msgspec.structs.replace(
                broken, importer=importer, certain=certain and not search.open
            )


class _Search:
    def __init__(
        self, container: Snapshot, view: ContainerView, closure: Closure, own: frozenset[str]
    ) -> None:
        self.view = view
        self.closure = closure
        self.own = own
        self.installed = view.environment.distributions
        self.text: Callable[[str], str | None] = cache(container.texts.get)
        self.run: Callable[[str], frozenset[int]] = cache(self._run)
        self.open = open_part(container, view) is not None
        numbers = view.facts.get("sys.version_info")
        known = isinstance(numbers, tuple) and len(numbers) >= 2
        self.release: Release | None = (int(numbers[0]), int(numbers[1])) if known else None  # type: ignore[index]

    def judge(self, failure: Failure) -> Break | None:
        """Say what an import that fails is, if it is one inside a distribution and certain."""
        miss = failure.outcome
        inside = failure.path not in self.own and failure.importer in self.closure.modules
        if not inside or not isinstance(miss, NotFound) or failure.context != "module":
            return None
        if self.release is None:
            return None
        broken = self._judge_name(failure, miss, self.release)
        return broken if broken is not None and self._always_runs(failure) else None

    def _judge_name(self, failure: Failure, miss: NotFound, release: Release) -> Break | None:
        wanted = f"{failure.name}.{failure.attribute}" if failure.attribute else failure.name
        here = self._owner(failure.importer)
        broken = Break("absent", miss.missing, failure.importer, failure.line, _NOBODY, here)
        top = wanted.partition(".")[0]
        since = gone_since(wanted, release)
        if since is not None:
            held = any(brings(each, top) in ("yes", "maybe") for each in self.installed)
            held |= top == "distutils" and any(each.name.lower() == "setuptools" for each in self.installed)
            return None if held else msgspec.structs.replace(broken, kind="dropped", name=top, since=since)
        if top in standard_library(release):
            return None
        if "." in miss.missing:
            lacking = self._owner(miss.parent)
            if lacking is None or lacking is here or here is None or not self._is_plain(miss.parent):
                return None
            return msgspec.structs.replace(broken, kind="member", lacking=lacking)
        may_be = self.open or any(brings(each, wanted) in ("yes", "maybe") for each in self.installed)
        return None if may_be or any(not each.version for each in self.installed) else broken

    def importer(self, failure: Failure, local_of: Mapping[str, str], command: Importer) -> Importer:
        """Return the application's own statement that leads to a failure, with the chain from the start."""
        chain = self.closure.chain(failure.importer)
        reached, line = self.closure.modules[failure.importer], failure.line
        while reached.path not in self.own and reached.via:
            reached, line = self.closure.modules[reached.via], reached.line
        if reached.path not in self.own:
            return msgspec.structs.replace(command, chain=chain)
        return Importer(local_of.get(reached.path, "/" + reached.path), line, "module", chain)

    def _always_runs(self, failure: Failure) -> bool:
        module, path, line = failure.importer, failure.path, failure.line
        while module and path not in self.own:
            if line not in self.run(path):
                return False
            reached = self.closure.modules[module]
            module, line = reached.via, reached.line
            path = self.closure.modules[module].path if module else ""
        return True

    def _run(self, path: str) -> frozenset[int]:
        source = self.text(path)
        return frozenset() if source is None else unconditional_imports(source)

    def _owner(self, module: str) -> Distribution | None:
        return next((each for each in self.installed if brings(each, module) == "yes"), None)

    def _is_plain(self, module: str) -> bool:
        """Tell whether the modules up to ``module`` were read and have only what their text binds."""
        while module:
            found = self.view.finder.find(module)
            source = self.text(found.path) if isinstance(found, Found) and found.path else None
            if source is None or _MOVING.search(source):
                return False
            module = module.rpartition(".")[0]
        return True


_NOBODY = Importer("", 0, "module", ())
