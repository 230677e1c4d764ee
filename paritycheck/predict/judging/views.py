"""The two interpreters' views: what an import finds in the container, and what it finds in the checkout.

Until the start command is resolved, both are generous on purpose: the working directory, every
directory of ``sys.path`` and the root of every package count as searched, so that what is said
to be missing is missing however the program is started.
"""

from __future__ import annotations

import posixpath
import sys
from collections.abc import Callable
from functools import cache

import msgspec

from paritycheck.model.environment import Distribution, Environment
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Snapshot
from paritycheck.parse.python.namedmodules import CELERY
from paritycheck.parse.python.startedprograms import CWD_SEARCHED
from paritycheck.predict.environment.inferring import infer_environment
from paritycheck.predict.environment.interpreting import DEFAULT_PATH
from paritycheck.predict.environment.unseen import unseen_sites
from paritycheck.predict.importing.builtinmodules import ALWAYS, STARTED, find_builtins
from paritycheck.predict.importing.conditions import Fact
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found, NotFound, Outcome
from paritycheck.predict.judging.declarations import Declarations, read_declarations
from paritycheck.predict.judging.declared import mentioned_names, normalise, requires_elsewhere
from paritycheck.predict.judging.naming import name_below, package_roots, search_directories
from paritycheck.predict.judging.pathchanges import path_changes
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.providers import likely_providers
from paritycheck.predict.starting.start import Start

_ROUNDS = 4  # of modules that are only found because others change sys.path


class ContainerView(msgspec.Struct, frozen=True):
    """``certain`` are the directories that are searched, ``assumed`` those that may be.

    ``start`` is what the container starts; ``path_lines`` are the lines that put together its path,
    ``environment`` is that of the interpreter which is started, ``unseen`` the site directories of others
    that may be started instead, of which nobody knows what they add to the path.
    """

    finder: Finder
    certain: tuple[str, ...]
    assumed: tuple[str, ...]
    facts: dict[str, Fact]
    start: Start
    path_lines: tuple[Location, ...] = ()
    environment: Environment = Environment()
    unseen: tuple[str, ...] = ()

    def reaches(self, path: str, name: str) -> bool:
        """Tell whether the file ``path`` has the import name ``name`` from a directory that is searched."""
        return any(name_below(root, path) == name for root in self.certain)

    def names(self, path: str) -> tuple[str, ...]:
        """Return the import names of a file, by the searched directories, else by the assumed ones."""
        for roots in (self.certain, self.assumed):
            found = tuple(dict.fromkeys(filter(None, (name_below(root, path) for root in roots))))
            if found:
                return found
        return ()


def view_container(container: Snapshot, start: Start, path_lines: tuple[Location, ...] = ()) -> ContainerView:
    """Return what imports find in the container when it is started so."""
    environment = _environment(container, start)
    before = [container.tree.resolve(entry.path) for entry in start.path_entries]
    after = [container.tree.resolve(entry.path) for entry in start.last_entries]
    if not start.resolved:
        before.append(container.tree.resolve(start.cwd))
    searched = search_directories(container.tree, environment)
    unseen = unseen_sites(container, environment, start.executable)
    certain = tuple(dict.fromkeys(path for path in (*before, *searched, *unseen, *after) if path is not None))
    assumed: tuple[str, ...] = ()
    if not start.resolved:
        roots = package_roots(container.tree, container.application_modules)
        assumed = tuple(root for root in roots if root not in certain)
    facts = _facts(environment, start)
    facts[CWD_SEARCHED] = container.tree.resolve(start.cwd) in certain
    finder = _finder(container, environment, certain, assumed)
    for _ in range(_ROUNDS):
        first, last = path_changes(container, start, finder, facts)
        widened = tuple(dict.fromkeys((*first, *certain, *last)))
        if set(widened) == set(certain):
            break
        certain = widened
        finder = _finder(container, environment, certain, assumed)
    return ContainerView(finder, certain, assumed, facts, start, path_lines, environment, unseen)


def _finder(
    container: Snapshot, environment: Environment, certain: tuple[str, ...], assumed: tuple[str, ...]
) -> Finder:
    interpreter = environment.interpreter
    return Finder(
        container.tree,
        tuple(dict.fromkeys((*certain, *assumed))),
        interpreter.suffixes if interpreter else (),
        editables={item.name: item.path.lstrip("/") for item in environment.editables},
        builtins=find_builtins(container.tree, environment) if interpreter else sys.stdlib_module_names,
        frozen=STARTED,
        modules=container.modules,
        doubt=container.project_doubt,
        archives=container.archives,
        assumed=len(certain),
    )


def _environment(container: Snapshot, start: Start) -> Environment:
    """Infer the environment anew where the command starts another interpreter or changes its path."""
    config, known = container.config, container.environment
    if config is None or not (start.env or _is_another(container, start.executable)):
        return known

    def read(path: str) -> bytes | None:
        text = container.texts.get(path)
        return None if text is None else text.encode("utf-8")

    changed = msgspec.structs.replace(config, env={**config.env, **start.env}, workdir=start.cwd)
    found = infer_environment(container.tree, read, changed, start.executable or "python")
    if found.interpreter is None:
        return known
    # A document does not carry .pth files: what they added at capture still holds for the same sites.
    places = {entry.path for entry in found.sys_path}
    added = tuple(
        entry
        for entry in known.sys_path
        if entry.reason == "pth"
        and entry.path not in places
        and entry.location is not None
        and posixpath.dirname(entry.location.path) in places
    )
    return msgspec.structs.replace(
        found, sys_path=(*found.sys_path, *added), editables=found.editables or known.editables
    )


def _is_another(container: Snapshot, executable: str) -> bool:
    """Tell whether ``executable`` is not the interpreter that the snapshot describes."""
    config, interpreter, tree = container.config, container.environment.interpreter, container.tree
    if executable in ("", "python") or config is None:
        return False
    if interpreter is None:
        return True
    if "/" not in executable:
        directories = (config.env.get("PATH") or DEFAULT_PATH).split(":")
        executable = next((path for each in directories if tree.find(path := f"{each}/{executable}")), "")
    # The same file under two directories may be two environments: a virtual one links to its base.
    beside = posixpath.dirname(executable) == posixpath.dirname(interpreter.executable)
    return not (beside and tree.resolve(executable) == tree.resolve(interpreter.executable))


def _facts(environment: Environment, start: Start) -> dict[str, Fact]:
    facts: dict[str, Fact] = {"sys.platform": "linux", "os.name": "posix", "platform.system()": "Linux"}
    if start.resolved:
        facts[CELERY] = "celery" in start.programs
    interpreter = environment.interpreter
    if interpreter is not None:
        facts["sys.implementation.name"] = interpreter.implementation
        numbers = tuple(int(part) for part in interpreter.version.split(".") if part.isdecimal())
        if len(numbers) >= 2:
            facts["sys.version_info"] = numbers
    return facts


class LocalView(msgspec.Struct, frozen=True):
    """``finder`` over the checkout's tree; ``providers`` maps import names to installed distributions.

    ``beside`` finds what lies beside the importer or above it: how a program is found that people
    start from within its own directory; ``mentioned`` are the names in the dependency files;
    ``elsewhere`` tells whether an importer means a distribution by a name, not the file of that path.
    ``declarations`` are what the dependency files say, ``environment`` is the local one, ``modules`` are the
    paths of the checkout's own.
    """

    finder: Finder
    providers: dict[str, Distribution]
    beside: Callable[[str, bool], Finder]
    mentioned: Callable[[], frozenset[str]]
    elsewhere: Callable[[str, str, str], bool]
    declarations: Callable[[], Declarations]
    environment: Environment
    modules: tuple[str, ...]

    def find(self, name: str, importer: str, *, started: bool = False) -> Outcome:
        """Return what importing ``name`` finds in the checkout, for the file ``importer`` of it.

        ``started``: that file is what the start command names.
        """
        found = self.finder.find(name)
        top = name.partition(".")[0]
        if isinstance(found, Found) and found.path and importer and self.elsewhere(importer, found.path, top):
            return NotFound(name, top, "absent")
        if isinstance(found, Found) or not importer:
            return found
        near = self.beside(importer.rpartition("/")[0], started).find(name)
        if not isinstance(near, Found) or near.path == importer:
            return found
        # anthropic.py beside `import anthropic`: the distribution is meant if there is one.
        names = map(normalise, (top, *likely_providers(name).names))
        return near if self.mentioned().isdisjoint(names) else found

    def is_namespace(self, name: str) -> bool:
        """Tell whether ``name`` is a package of the checkout that has no code of its own."""
        found = self.finder.find(name)
        return isinstance(found, Found) and found.kind == "namespace"

    def provider(self, name: str) -> Distribution | None:
        """Return the distribution that provides ``name`` or a package above it."""
        while name:
            if name in self.providers:
                return self.providers[name]
            name = name.rpartition(".")[0]
        return None


def view_local(local: Snapshot, view: ContainerView, placement: Placement, root: str) -> LocalView:
    """Return what the same imports find in the checkout.

    Searched are the directories that became the container's search path, then ``root`` (the
    build context), the repository's root, the directories of its projects, and ``src`` below each.
    """
    mirrored = [path for entry in (*view.certain, *view.assumed) for path in placement.counterparts(entry)]
    projects = [
        path.rpartition("/")[0] for path in local.tree.paths() if path.rpartition("/")[2] in PROJECT_FILES
    ]
    bases = [root, "", *sorted(projects, key=lambda path: (path.count("/"), path))]
    sources = [f"{base}/src".lstrip("/") for base in bases]
    entries = tuple(dict.fromkeys(path for path in (*mirrored, *bases, *sources) if local.tree.is_dir(path)))
    interpreter = local.environment.interpreter
    suffixes = interpreter.suffixes if interpreter else _extension_suffixes(local)

    @cache
    def finder(directories: tuple[str, ...]) -> Finder:
        return Finder(local.tree, directories, suffixes, builtins=ALWAYS, modules=local.modules)

    def beside(directory: str, started: bool) -> Finder:
        above = [directory] if started else []
        while directory:
            # What lies in a package is only found by its bare name where a program of the package starts.
            if f"{directory}/__init__.py" not in local.tree:
                above.append(directory)
            directory = directory.rpartition("/")[0]
        return finder(tuple(dict.fromkeys((*above, ""))))

    return LocalView(
        finder(entries),
        _providers(local.environment.distributions),
        beside,
        cache(lambda: mentioned_names(local)),
        cache(lambda importer, path, name: requires_elsewhere(local, importer, path, name)),
        cache(lambda: read_declarations(local)),
        local.environment,
        local.application_modules,
    )


def _extension_suffixes(local: Snapshot) -> tuple[str, ...]:
    """Accept every extension module that lies in the checkout: no interpreter is known that would refuse."""
    names = (path.rpartition("/")[2] for path in local.tree.paths() if path.endswith((".so", ".pyd")))
    return tuple(sorted({"." + name.partition(".")[2] for name in names}))


PROJECT_FILES = ("pyproject.toml", "setup.py", "setup.cfg")


def _providers(distributions: tuple[Distribution, ...]) -> dict[str, Distribution]:
    providers: dict[str, Distribution] = {}
    for distribution in distributions:
        for module in distribution.modules:
            providers.setdefault(module, distribution)
    return providers
