"""What the container's code opens, does not find there, and would find in the checkout.

The same path expression is evaluated on both sides: from the module's own file in the container and
in the checkout, from the directory that the start command runs in and from those that became it.
"""

from __future__ import annotations

import re
from collections.abc import Container, Iterator

import msgspec

from paritycheck.model.report import Importer
from paritycheck.model.snapshot import Snapshot, read_ahead
from paritycheck.model.source import DataReference, ImportContext
from paritycheck.model.tree import FileTree, join
from paritycheck.predict.importing.closure import Closure
from paritycheck.predict.importing.conditions import holds
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.judging.constants import settle
from paritycheck.predict.judging.dataplaces import below, place_meant
from paritycheck.predict.judging.naming import is_test
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.views import ContainerView


class DataLoss(msgspec.Struct, frozen=True):
    """A file or directory of the checkout (``path``) that the code looks for at ``wanted`` in the container.

    ``files`` are the files of the checkout that it stands for, without those that git ignores.
    ``wanted`` is ``""`` where the expression leads above the container's root. ``breaks``: something
    that runs needs it, and does not deal with its absence.
    """

    path: str
    wanted: str
    files: tuple[str, ...]
    importer: Importer
    breaks: bool


class _Module(msgspec.Struct, frozen=True):
    """A module of the application: ``context`` as it is reached, ``chain`` from the start to it."""

    path: str
    local: str
    name: str
    context: ImportContext
    chain: tuple[str, ...]


def find_data_losses(
    container: Snapshot, local: Snapshot, view: ContainerView, placement: Placement, closure: Closure | None
) -> tuple[DataLoss, ...]:
    """Judge what the modules in ``closure`` open; without one (``None``) what all modules open."""
    search = _Search(container, local, view, placement, closure is not None)
    reached = list(_modules(container, placement, closure))
    read_ahead(container.data, [module.path for module in reached])
    modules = [
        (module, [each for each in says.references if each.use not in ("inserted", "appended")])
        for module in reached
        if (says := container.data.get(module.path) or local.data.get(module.local)) is not None
    ]
    made = {
        there
        for module, references in modules
        for reference in references
        if reference.use == "written" and (there := search.wanted(reference, module)) is not None
    }
    losses = {
        (loss.path, loss.importer): loss
        for module, references in modules
        for reference in references
        if reference.use != "written"
        for loss in search.judge(reference, module, made)
    }
    return tuple(losses.values())


def _modules(container: Snapshot, placement: Placement, closure: Closure | None) -> Iterator[_Module]:
    own = container.application_modules
    if closure is None:
        for path in own:
            if path in placement.local_of and not is_test(path):
                yield _Module(path, placement.local_of[path], "", "module", ())
        return
    ours = frozenset(own)
    for reached in closure.modules.values():
        if reached.path in ours and reached.path in placement.local_of:
            local = placement.local_of[reached.path]
            yield _Module(reached.path, local, reached.name, reached.context, closure.chain(reached.name))


class _Search:
    """The two sides."""

    def __init__(
        self,
        container: Snapshot,
        local: Snapshot,
        view: ContainerView,
        placement: Placement,
        started: bool,
    ) -> None:
        self.container = container
        self.local = local
        self.view = view
        self.placement = placement
        self.started = started
        self.cwd = view.start.cwd.strip("/")
        self.counterparts = placement.counterparts(self.cwd)
        volumes = container.config.volumes if container.config else ()
        self.volumes = tuple(volume.strip("/") for volume in volumes)
        self.scripts = tuple(_start_scripts(container, self.cwd))
        self.composes = tuple(_compose_files(local))

    def judge(self, reference: DataReference, module: _Module, made: set[str]) -> Iterator[DataLoss]:
        """Yield the loss behind one reference, if there is one."""
        name = "__main__" if module.name.endswith("__main__") else module.name or "?"
        if holds(reference.condition, {**self.view.facts, "__name__": name}) is False:
            return
        finder, data = self.view.finder, self.container.data
        settled = settle(reference, module.path, finder, data, self.view.start.settings)
        if settled is None:
            return
        reference, path = settled
        wanted = place_meant(reference, path, self.cwd, finder, data)
        if (
            wanted is None
            or wanted.endswith(".py")
            or self._is_there(wanted)
            or self._is_doubtful(wanted, made)
        ):
            return
        local = module.local if path == module.path else self.placement.local_of.get(path)
        for source in self._sources(reference, local, wanted):
            files = self._files(source)
            directory = self.local.tree.is_dir(source)
            if files and not (directory and reference.kind == "file"):
                breaks = self._breaks(reference, module, directory)
                context: ImportContext = "guarded" if module.context == "guarded" else reference.context
                if module.context == "function" and context == "module":
                    context = "function"
                importer = Importer(module.local, reference.line, context, module.chain)
                yield DataLoss(source, wanted, files, importer, breaks)
                return

    def wanted(self, reference: DataReference, module: _Module) -> str | None:
        """Return the container path that is meant; ``""`` if it is above the root, ``None`` if unknown."""
        finder, data = self.view.finder, self.container.data
        return place_meant(reference, module.path, self.cwd, finder, data, self.view.start.settings)

    def _sources(self, reference: DataReference, local: str | None, wanted: str) -> Iterator[str]:
        """Yield what the reference names in the checkout, seen from the file ``local``; nothing outside."""
        match reference.base:
            case "file" if local is not None:
                parts = local.split("/")
                if reference.up <= len(parts):
                    yield below(parts[: len(parts) - reference.up], reference.path)
            case "cwd":
                for directory in self.counterparts:
                    parts = directory.split("/") if directory else []
                    if reference.up <= len(parts):
                        yield below(parts[: len(parts) - reference.up], reference.path)
            case "package":
                found = self.view.finder.find(reference.package)
                local = self.placement.local_of.get(found.path) if isinstance(found, Found) else None
                if local is not None:
                    yield below(local.split("/")[:-1], reference.path)
            case "absolute":
                yield from self._absolute_sources(wanted)

    def _absolute_sources(self, wanted: str) -> Iterator[str]:
        """Take the nearest directory above that holds files of the checkout."""
        directory, _, tail = wanted.rpartition("/")
        while directory:
            counterparts = self.placement.counterparts(directory)
            if counterparts:
                yield from (f"{each}/{tail}".lstrip("/") for each in counterparts)
                return
            directory, _, name = directory.rpartition("/")
            tail = f"{name}/{tail}"

    def _is_there(self, wanted: str) -> bool:
        tree = self.container.tree
        real = tree.resolve(wanted) if wanted else None
        if real is None:
            return False
        return not tree.is_dir(real) or any(entry.kind != "dir" for entry in tree.below(real))

    def _is_doubtful(self, wanted: str, made: set[str]) -> bool:
        """Tell whether it may be there after all: unknown parts, mounts, what the program makes itself."""
        if not wanted:
            return False
        above = {wanted}
        path = wanted
        while path:
            path = path.rpartition("/")[0]
            above.add(path)
        if not above.isdisjoint(made) or not above.isdisjoint(self.volumes):
            return True
        if self._is_supplied(wanted, above):
            return True
        if self.container.project_doubt(wanted) is not None:
            return True
        inside = (part for part in self.container.unknown if part.brings == "anything")
        return any(part.path.startswith(wanted + "/") for part in inside)

    def _is_supplied(self, wanted: str, above: set[str]) -> bool:
        """Tell whether a start script may make it, or a compose file mounts it or a directory above."""
        name = wanted.rpartition("/")[2]
        if any(re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", text) for text in self.scripts):
            return True
        targets = "|".join(re.escape(path) for path in above if path)
        mount = re.compile(rf"(?::|target:\s*[\"']?)/(?:{targets})/?(?=[:\"'\s]|$)")
        return any(mount.search(text) for text in self.composes)

    def _files(self, path: str) -> tuple[str, ...]:
        """Return the files of the checkout at or below ``path`` that git does not ignore."""
        tree, git = self.local.tree, self.local.git
        if not path or tree.resolve(path) is None:
            return ()
        found = _files_below(tree, path)
        if git is None or git.state != "repository":
            return found
        return tuple(each for each in found if each in git.tracked or not _is_ignored(each, git.ignored))

    def _breaks(self, reference: DataReference, module: _Module, directory: bool) -> bool:
        """Say what surely fails: an open that nobody catches, a search in a directory that is not there.

        A directory beside the code itself is part of the program; one below the working
        directory may be meant for another way of starting.
        """
        if not self.started or module.context == "guarded" or reference.guarded:
            return False
        if reference.use == "searched":
            return directory and reference.base == "file"
        return reference.use == "opened"


def _start_scripts(container: Snapshot, cwd: str) -> Iterator[str]:
    """Yield the texts of what the command line names and is no Python: it runs before the program."""
    config = container.config
    for word in (*config.entrypoint, *config.cmd) if config else ():
        for part in word.split():
            path = join(cwd, part)
            if not path.endswith(".py") and container.tree.find(path) is not None:
                yield container.texts.get(path, "")


def _compose_files(local: Snapshot) -> Iterator[str]:
    for path in local.tree.paths():
        name = path.rpartition("/")[2].lower()
        if "compose" in name and name.endswith((".yml", ".yaml")):
            yield local.texts.get(path, "")


def _files_below(tree: FileTree, path: str) -> tuple[str, ...]:
    real = tree.resolve(path)
    if real is None or not tree.is_dir(real):
        return (path,)
    return tuple(entry.path for entry in tree.below(real) if entry.kind != "dir")


def _is_ignored(path: str, ignored: Container[str]) -> bool:
    while path:
        if path in ignored:
            return True
        path = path.rpartition("/")[0]
    return False
