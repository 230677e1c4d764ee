"""Which compiled modules of the container its loader would refuse, and who imports them.

Every extension module that can be imported is asked first: that is cheap, and mostly there is nothing
more to do. Only if one would fail, the imports are followed through the distributions to tell whether
what starts leads to it. A library that another distribution has is taken to be loaded by that one before.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from functools import cached_property

import msgspec

from paritycheck.model.environment import Distribution
from paritycheck.model.report import Importer
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.source import ImportContext
from paritycheck.parse.python.libraryloads import LibraryLoad, decisive_loads, library_loads
from paritycheck.predict.environment.imagefiles import ImageFiles
from paritycheck.predict.importing.closure import Closure, Root, import_closure
from paritycheck.predict.importing.conditions import holds
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.judging.naming import name_below
from paritycheck.predict.judging.needs import CAUTION
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.views import ContainerView
from paritycheck.predict.linking.known import find_known, loads_at_import
from paritycheck.predict.linking.loader import Loader, Missing

SITES = ("site-packages", "dist-packages")
STANDARD = "lib-dynload"
# What the container runtime mounts from the host together with the driver of the graphics card.
_DRIVERS = re.compile(r"lib(?:cuda|nvcuvid|nvoptix|vdpau_nvidia|nvidia-[\w-]+)\.so\.\d+")
# A package of more files is no wrapper around one library: what it loads, it brings.
MOST_WRAPPING = 40


class LibraryLoss(msgspec.Struct, frozen=True):
    """A library that ``module`` (its import name; ``path``: its file) needs and the loader does not find.

    ``why`` are the troubles, the first about ``library``; ``importers`` lead to it, none if nothing that
    starts is known to. ``breaks``: something that runs needs it unguarded. ``provider`` has the module.
    ``line`` is that of the call which loads it by name (0: the file is linked to it).
    """

    library: str
    module: str
    path: str
    why: tuple[Missing, ...]
    breaks: bool
    importers: tuple[Importer, ...] = ()
    provider: Distribution | None = None
    line: int = 0


def find_library_losses(
    container: Snapshot, view: ContainerView, placement: Placement, closure: Closure | None
) -> tuple[LibraryLoss, ...]:
    """Judge the compiled modules of an image; none where its programs cannot be read (a document).

    ``closure`` is what the start command reaches of the application, ``None`` if that is not understood.
    """
    search = _Search(container, view, placement, closure)
    if not search.loader.ready:
        return ()
    return (*search.linked(), *search.loaded(), *search.opened())


class _Search:
    """One judgement: the loader, and the imports that lead to what it refuses."""

    def __init__(
        self, container: Snapshot, view: ContainerView, placement: Placement, closure: Closure | None
    ) -> None:
        self.container = container
        self.view = view
        self.placement = placement
        self.closure = closure
        self.own = frozenset(container.application_modules)
        self.files = ImageFiles(container.tree, self._read)
        self.loader = self._loader()
        installed = {
            posixpath.dirname(each.location).lstrip("/") for each in container.environment.distributions
        }
        self.roots = tuple(
            path
            for path in view.certain
            if path.rpartition("/")[2] in (*SITES, STANDARD) or (path and path in installed)
        )

    def _read(self, path: str) -> bytes | None:
        text = self.container.texts.get(path)
        return None if text is None else text.encode("utf-8")

    def _loader(self) -> Loader:
        interpreter = self.container.environment.interpreter
        start, config = self.view.start, self.container.config
        program = start.executable if start.executable.startswith("/") else ""
        program = program or (interpreter.executable if interpreter else "")
        env = {**(config.env if config else {}), **start.env}
        return Loader(
            self.files, self.container.objects, program, env.get("LD_LIBRARY_PATH") or "", start.cwd or "/"
        )

    def linked(self) -> Iterator[LibraryLoss]:
        """Yield the extension modules that cannot be loaded and are imported."""
        for name, path in self._modules():
            why = tuple(each for each in self.loader.missing("/" + path) if not self._is_supplied(each))
            if not why:
                continue
            found = self._standard(name) if f"/{STANDARD}/" in path else self._reached(name)
            if found is not None:
                breaks, importers = found
                library = why[0].library
                yield LibraryLoss(library, name, path, why, breaks, importers, self._provider(name, path))

    def _modules(self) -> Iterator[tuple[str, str]]:
        """Yield the extension modules that an import would find, by name and path."""
        suffixes = self.view.finder.suffixes
        ours = frozenset(self.container.application_files)
        for entry in self.container.tree:
            if not suffixes or entry.kind != "file" or not entry.path.endswith(suffixes):
                continue
            roots = self.roots if entry.path not in ours else self.view.certain
            for root in roots:
                name = name_below(root, entry.path)
                if name and not name.startswith("lib"):
                    yield name, entry.path
                    break

    def _is_supplied(self, missing: Missing) -> bool:
        """Tell whether the driver brings the library, or a distribution that is imported before has it."""
        if missing.trouble != "absent":
            return False
        return _DRIVERS.fullmatch(missing.library) is not None or missing.library in self._brought

    @property
    def _sites(self) -> tuple[str, ...]:
        return tuple(f"{root}/" for root in self.roots if not root.endswith(STANDARD))

    @cached_property
    def _brought(self) -> frozenset[str]:
        """The file names of all libraries in the distributions."""
        paths = (path for path in self.container.tree.paths() if ".so" in path)
        return frozenset(posixpath.basename(path) for path in paths if path.startswith(self._sites))

    @cached_property
    def _everything(self) -> Closure:
        """All that the start leads to, through the distributions as well."""
        start = self.view.start
        roots = start.roots
        if not start.resolved:
            roots = tuple(
                Root(names[0], path) for path in sorted(self.own) if (names := self.view.names(path))
            )
        return self._follow(roots)

    def _follow(self, roots: tuple[Root, ...]) -> Closure:
        return import_closure(
            roots,
            self.view.finder,
            self.container.modules,
            lambda path: path in self.own or path.startswith(self._sites),
            self.view.facts,
        )

    def _reached(self, name: str) -> tuple[bool, tuple[Importer, ...]] | None:
        """Return whether a failing ``name`` breaks what runs, and who leads there; ``None``: nobody does."""
        reached = self._everything.modules.get(name)
        if reached is not None:
            chain = self._everything.chain(name)
            steps = (self._everything.modules[each] for each in chain)
            entry = next((each.name for each in steps if each.path not in self.own), name)
            # Whatever a distribution only imports in a function, the application may never call.
            context = self._everything.modules[entry].context
            breaks = reached.context == context and context in ("module", "function")
            return breaks, self._importers(entry)
        top = name.partition(".")[0]
        package = self.view.finder.find(top)
        if not isinstance(package, Found):
            return None
        if package.kind != "extension" and self.container.modules.get(package.path) is None:
            entered = self._importers(top) if top in self._everything.modules else ()
            return (False, entered) if entered else None  # nobody can read what it imports
        within = self._follow((Root(top),)).modules.get(name)
        # Named in a setting, perhaps: a distribution that cannot be imported at all serves nobody.
        return (False, ()) if within is not None and within.context == "module" else None

    def _standard(self, name: str) -> tuple[bool, tuple[Importer, ...]] | None:
        """The same for the standard library, whose modules hide their compiled half: ``_tkinter``."""
        known = self.closure or self._everything
        for module in (name, name.lstrip("_")):
            reached = known.modules.get(module)
            if reached is not None:
                return reached.context in ("module", "function"), self._importers(module, known)
        return None

    def _importers(self, name: str, closure: Closure | None = None) -> tuple[Importer, ...]:
        """Return the application's statement that leads out of it to ``name``."""
        known = closure or self._everything
        reached = known.modules.get(name)
        if reached is None or not reached.via:
            return ()
        via = known.modules.get(reached.via)
        path = via.path if via else ""
        shown = self.placement.local_of.get(path, "/" + path) if path else ""
        context: ImportContext = reached.context
        return (Importer(shown, reached.line, context, known.chain(name)),) if shown else ()

    def _provider(self, name: str, path: str) -> Distribution | None:
        """Return the distribution that has the module: by its import name, in the directory it lies in."""
        parts = name.split(".")
        wanted = {".".join(parts[:count]) for count in range(1, len(parts) + 1)}
        for each in self.container.environment.distributions:
            site = self.container.tree.resolve(posixpath.dirname(each.location))
            if wanted.intersection(each.modules) and site is not None and path.startswith(f"{site}/"):
                return each
        return None

    def loaded(self) -> Iterator[LibraryLoss]:
        """Yield the libraries that reached sources load by name and that are not there."""
        for path, module, context in self._wrapping():
            text = self.container.texts.get(path)
            loads = library_loads(text.encode("utf-8")) if text else ()
            for load in decisive_loads(loads):
                runs = holds(load.condition, self.view.facts) is True
                if runs and not self._is_there(load.name, path):
                    loss = self._loss(load, path, module, context)
                    if loss.provider is None or not loads_at_import(loss.provider.name):
                        yield loss  # those known to do so have their own turn

    def _loss(self, load: LibraryLoad, path: str, module: str, context: ImportContext) -> LibraryLoss:
        why = (Missing(_shown(load), "/" + path),)
        if path in self.own:
            effective = max(context, load.context, key=CAUTION.index)
            by = (Importer(self.placement.local_of.get(path, "/" + path), load.line, effective),)
            certain = effective == "module" and not load.search
            return LibraryLoss(_shown(load), module, path, why, certain, by, line=load.line)
        provider = self._provider(module, path)
        entered = self._importers(module.partition(".")[0], self.closure)
        return LibraryLoss(_shown(load), module, path, why, False, entered, provider, line=load.line)

    def opened(self) -> Iterator[LibraryLoss]:
        """Yield the libraries that distributions open when they are imported, where that is known of them."""
        for each in self.container.environment.distributions:
            known = find_known(each.name)
            if known is None or known.how != "loaded":
                continue
            top = known.module.partition(".")[0]
            reached = (self.closure or self._everything).modules.get(top)
            found = self.view.finder.find(known.module)
            if reached is None or not isinstance(found, Found):
                continue
            absent = [name for name in known.libraries if not self._is_there(name, found.path)]
            why = tuple(Missing(name, "/" + found.path) for name in absent)
            if why:
                breaks = reached.context in ("module", "function")
                entered = self._importers(top, self.closure)
                yield LibraryLoss(why[0].library, known.module, found.path, why, breaks, entered, each)

    def _wrapping(self) -> Iterator[tuple[str, str, ImportContext]]:
        """Yield the reached files that may load libraries: the application's, and those of small packages."""
        modules = self.closure.modules if self.closure else {}
        tops: dict[str, ImportContext] = {}
        for reached in modules.values():
            if reached.path in self.own:
                yield reached.path, reached.name, reached.context
            elif "." not in reached.name:
                tops[reached.name] = reached.context
        for top, context in tops.items():
            found = self.view.finder.find(top)
            if not isinstance(found, Found) or not found.path.startswith(self._sites):
                continue
            if found.kind == "source":
                yield found.path, top, context
            elif found.kind == "package":
                directory = posixpath.dirname(found.path)
                names = [name for name in self.container.tree.children(directory) if name.endswith(".py")]
                for name in names if len(names) <= MOST_WRAPPING else ():
                    yield f"{directory}/{name}", f"{top}.{name.removesuffix('.py')}", context

    def _is_there(self, name: str, path: str) -> bool:
        beside = posixpath.dirname(path)
        if self.loader.find(name) is not None or name in self._brought:
            return True
        stem = name.removeprefix("lib").partition(".so")[0]
        pattern = re.compile(rf"lib{re.escape(stem)}\.so(?:\.[\d.]+)?")
        places = (beside, *(each.lstrip("/") for each in self.loader.directories))
        return any(pattern.fullmatch(each) for place in places for each in self.files.names(f"/{place}"))


def _shown(load: LibraryLoad) -> str:
    return f"lib{load.name}.so" if load.search else load.name
