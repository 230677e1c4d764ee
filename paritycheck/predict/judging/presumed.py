"""Which libraries of the system a predicted image may lack: no file says so, but names do.

A distribution that is known to need a library (or whose compiled modules in the local environment do), a base
image that does not have it, and no package in the final stage that brings it. All of this is a presumption.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.binary import SharedObject
from paritycheck.model.environment import Distribution
from paritycheck.model.location import Location
from paritycheck.model.report import Importer
from paritycheck.model.snapshot import Snapshot, carried_paths
from paritycheck.predict.building.notes import SystemPackage
from paritycheck.predict.importing.closure import Closure
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.judging.needs import CAUTION
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.views import ContainerView
from paritycheck.predict.linking.known import KNOWN, is_built
from paritycheck.predict.linking.systempackages import BaseKind, base_has, is_judged, packages_have, stem_of
from paritycheck.predict.selecting.selection import Installation

MOST_STEPS = 6  # from a distribution up to the one that the application imports


class Foundation(msgspec.Struct, frozen=True):
    """What the final stage stands on: its base, the packages that come and go, and what is installed.

    ``copied`` are the sources of COPY --from another stage or image, ``declared`` the distributions that
    dependency files declare: an installer that is not understood may have taken them.
    """

    base: BaseKind
    packages: tuple[SystemPackage, ...] = ()
    installs: tuple[Installation, ...] = ()
    copied: tuple[str, ...] = ()
    declared: frozenset[str] = frozenset()


class PresumedLoss(msgspec.Struct, frozen=True):
    """``libraries`` that a distribution needs and nothing brings; ``importers`` of it, or its requirer.

    ``declared``: the line of the project that asks for a driver which a setting names, and no import.
    """

    distribution: str
    module: str
    libraries: tuple[str, ...]
    importers: tuple[Importer, ...]
    declared: Location | None = None


def presume_losses(
    container: Snapshot,
    local: Snapshot,
    view: ContainerView,
    placement: Placement,
    closure: Closure | None,
    foundation: Foundation,
) -> tuple[PresumedLoss, ...]:
    """Return what the predicted image probably lacks; nothing if its base is not known."""
    if not foundation.base:
        return ()
    installed = _installed(container, foundation.installs)
    if any(container.doubt(path) is not None for path in view.certain):
        installed |= dict.fromkeys(sorted(foundation.declared - installed.keys()), "")
    lacking = [
        (name, module, missing)
        for name, module, libraries in _needs(local, installed)
        if (missing := tuple(each for each in libraries if _lacks(each, container, foundation)))
    ]
    if not lacking:
        return ()
    importers = _importers(container, view, placement, closure)
    drivers = _drivers(view, foundation.installs)
    losses = (
        PresumedLoss(
            name, module, missing, _leading(name, module, importers, installed, local), drivers.get(name)
        )
        for name, module, missing in lacking
    )
    return tuple(each for each in losses if each.importers or each.declared)


def _drivers(view: ContainerView, installs: Iterable[Installation]) -> dict[str, Location]:
    """Return what the project itself asks for, is there, and was built against libraries of the system.

    Such distributions are mostly drivers, which settings name; who only builds them does not declare them.
    """
    present = {canonicalize_name(each.name) for each in view.environment.distributions}
    return {
        each.name: each.location
        for install in installs
        for each in install.selection.selected
        if each.direct and each.location is not None and each.name in present and is_built(each.name)
    }


def _installed(container: Snapshot, installs: Iterable[Installation]) -> dict[str, str]:
    """Return the distributions of the predicted image by normalised name, and what each is required by."""
    found: dict[str, str] = {}
    for install in installs:
        for each in install.selection.selected:
            if not found.get(each.name):
                found[each.name] = each.required_by
    present = {canonicalize_name(each.name) for each in container.environment.distributions}
    return {name: found.get(name, "") for name in sorted(present | found.keys())}


def _needs(local: Snapshot, installed: Iterable[str]) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield name, import name and libraries; what the local environment's own files say goes first."""
    here: dict[str, Distribution] = {
        canonicalize_name(each.name): each for each in local.environment.distributions
    }
    paths = carried_paths(local.objects)
    for name in installed:
        known, own = KNOWN.get(name), here.get(name)
        linked = _linked(own, local.objects, paths) if own is not None and paths else None
        if linked is not None:
            opened = known.libraries if known is not None and known.how == "loaded" else ()
            yield name, known.module if known else linked[0], tuple(dict.fromkeys((*linked[1], *opened)))
        elif known is not None:
            yield name, known.module, known.libraries


def _linked(
    distribution: Distribution, objects: Mapping[str, SharedObject], paths: tuple[str, ...]
) -> tuple[str, tuple[str, ...]] | None:
    """Return a module of a local distribution and what it needs of the system; ``None`` if it has none."""
    site = posixpath.dirname(distribution.location)
    starts = tuple(
        f"{site}/{top.replace('.', '/')}{end}" for top in distribution.modules for end in ("/", ".")
    )
    brought = {posixpath.basename(path): path for path in paths}
    modules = [
        path
        for path in paths
        if path.startswith(starts) and not posixpath.basename(path).startswith("lib") and path.endswith(".so")
    ]
    waiting, seen, needed = list(modules), set(modules), dict[str, None]()
    while waiting:
        known = objects.get(waiting.pop())
        for name in known.needed if known else ():
            if name not in brought:
                needed[name] = None
            elif brought[name] not in seen:
                seen.add(brought[name])
                waiting.append(brought[name])
    if not modules:
        return None
    top = posixpath.relpath(modules[0], site).partition("/")[0].partition(".")[0]
    return top, tuple(sorted(name for name in needed if is_judged(name)))


def _lacks(library: str, container: Snapshot, foundation: Foundation) -> bool:
    if not is_judged(library) or base_has(library, foundation.base):
        return False
    if packages_have(library, foundation.packages):
        return False
    stem = stem_of(library)
    if any(stem in source or _is_library_directory(source) for source in foundation.copied):
        return False
    stems = (stem, library.partition(".so")[0])
    names = (path.rpartition("/")[2] for path in container.tree.paths() if ".so" in path)
    return not any(name.partition(".so")[0] in stems for name in names)


def _is_library_directory(source: str) -> bool:
    """Tell whether a copied directory is where the system keeps its libraries."""
    parts = source.strip("/").split("/")
    return parts in (["usr"], ["lib"], ["usr", "lib"], [""]) or (
        parts[-1].endswith(("-linux-gnu", "-linux-musl"))
    )


def _importers(
    container: Snapshot, view: ContainerView, placement: Placement, closure: Closure | None
) -> dict[str, list[Importer]]:
    """Return the statements of the application by the top-level name that they import, what starts first."""
    reached = {each.path: each for each in closure.modules.values()} if closure else {}
    found: dict[str, list[Importer]] = defaultdict(list)
    for path in container.application_modules:
        says = container.modules.get(path)
        for statement in says.imports if says else ():
            if statement.level or statement.context == "type-checking":
                continue
            top = statement.module.partition(".")[0]
            own = view.finder.find(top)
            if isinstance(own, Found) and own.path in placement.local_of:
                continue
            step = reached.get(path)
            context = max(step.context if step else "module", statement.context, key=CAUTION.index)
            chain = closure.chain(step.name) if closure and step else ()
            shown = placement.local_of.get(path, "/" + path)
            found[top].append(Importer(shown, statement.line, context, chain))
    for importers in found.values():
        importers.sort(key=lambda each: (not each.chain, CAUTION.index(each.context), each.path, each.line))
    return found


def _leading(
    name: str,
    module: str,
    importers: Mapping[str, list[Importer]],
    installed: Mapping[str, str],
    local: Snapshot,
) -> tuple[Importer, ...]:
    """Return who imports the distribution, else who imports the one that requires it, and so on."""
    provided = {canonicalize_name(each.name): each.modules for each in local.environment.distributions}
    tops: tuple[str, ...] = (module.partition(".")[0],)
    for _ in range(MOST_STEPS):
        found = [each for top in tops for each in importers.get(top, ())]
        if found:
            return tuple(found)
        name = canonicalize_name(installed.get(name, ""))
        if not name:
            return ()
        tops = provided.get(name) or (name.replace("-", "_"),)
    return ()
