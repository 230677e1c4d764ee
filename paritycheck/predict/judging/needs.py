"""Every import statement of the container's own code, with how surely it runs.

With a start command that is understood, what it reaches runs, and the rest may never; without
one, every module that arrived, but for tests, counts as started, and nothing is claimed about reachability.
"""

from __future__ import annotations

import builtins
from collections.abc import Iterator, Mapping

import msgspec

from paritycheck.model.report import Importer
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.source import Import, ImportContext
from paritycheck.predict.importing.closure import Closure, Reached, import_closure
from paritycheck.predict.importing.conditions import Fact, holds
from paritycheck.predict.judging.naming import is_test
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.views import ContainerView

# In order of caution: what runs for certain, what may, what is caught, what never runs.
_IMPORT_ERRORS = frozenset({"ImportError", "ModuleNotFoundError"})
CAUTION: tuple[ImportContext, ...] = ("module", "function", "guarded", "type-checking")
# What a setup.py imports that describes a build, and is no module of that name.
_BUILDING = frozenset({"setuptools", "distutils.core", "skbuild", "numpy.distutils.core"})


class Need(msgspec.Struct, frozen=True):
    """One statement of one module.

    ``importer`` is how the report names it, with its effective context; ``local_path`` its file in
    the checkout (``""``: not known). ``reached``: it runs when the container starts. ``own_name`` is
    the module's ``__name__`` then (``""``: nobody knows), ``sure``: the way to it is not left to the program.
    ``above`` is the effective context of the module itself, ``named`` whether the command names it.
    """

    statement: Import
    module: str
    package: bool
    importer: Importer
    local_path: str
    reached: bool
    own_name: str = ""
    sure: bool = True
    above: ImportContext = "module"
    named: bool = True

    @property
    def context(self) -> ImportContext:
        """The effective context of the statement."""
        return self.importer.context

    @property
    def started(self) -> bool:
        """Whether the importer is what the start command names."""
        return self.reached and self.named and len(self.importer.chain) == 1

    @property
    def breaks(self) -> bool:
        """Whether a failure would end the program."""
        return self.reached and self.context in ("module", "function")

    def ends(self, exception: str) -> bool:
        """Tell whether the program would end where the statement raises the exception of this name.

        A guard that only catches kinds of ImportError lets others through.
        """
        caught = self.statement.caught
        if self.breaks or not caught or not self.reached or self.above == "guarded":
            return self.breaks
        if exception in _IMPORT_ERRORS:
            return exception == "ImportError" and exception not in caught
        known = getattr(builtins, exception, None)
        return isinstance(known, type) and issubclass(known, BaseException)

    def runs(self, facts: Mapping[str, Fact]) -> bool | None:
        """Tell whether the conditions around the statement hold; ``None``: they are open."""
        named = {**facts, "__name__": self.own_name} if self.own_name else facts
        return holds(self.statement.condition, named)

    def surely_runs(self, facts: Mapping[str, Fact], strict: bool) -> bool:
        """Tell whether nothing is left to the program; ``strict``: not even when a module is imported."""
        met = self.statement.context == "module" and not strict
        return self.sure and (met or self.runs(facts) is True)


def follow_start(container: Snapshot, view: ContainerView, *, strict: bool = False) -> Closure | None:
    """Return what the start command reaches of the application; ``None`` if it is not understood.

    ``strict``: no open condition counts as met.
    """
    if not view.start.resolved:
        return None
    own = frozenset(container.application_modules)
    return import_closure(
        view.start.roots, view.finder, container.modules, own.__contains__, view.facts, strict=strict
    )


def list_needs(
    container: Snapshot,
    view: ContainerView,
    placement: Placement,
    command: Importer,
    closure: Closure | None,
) -> Iterator[Need]:
    """Yield the needs of the start command, then of the modules it reaches, then of all others but tests.

    ``closure`` is what :func:`follow_start` returns.
    """
    own = frozenset(container.application_modules)
    seen: set[str] = set()
    if closure is not None:
        yield from _first_needs(view, command)
        told = frozenset(root.name for root in view.start.roots if not root.named)
        for reached in closure.modules.values():
            if reached.path in own:
                seen.add(reached.path)
                named = reached.name not in told
                for need in _reached_needs(container, reached, closure, placement):
                    yield need if named else msgspec.structs.replace(need, named=False)
    for path in sorted(own - seen):
        yield from _other_needs(container, path, view, placement)


def _first_needs(view: ContainerView, command: Importer) -> Iterator[Need]:
    """The start command imports its roots itself."""
    for root in view.start.roots:
        if not root.path:
            importer = msgspec.structs.replace(command, context=root.context)
            statement = Import(command.line, root.name, context=root.context)
            yield Need(statement, "", False, importer, "", reached=True)


def _reached_needs(
    container: Snapshot, reached: Reached, closure: Closure, placement: Placement
) -> Iterator[Need]:
    says = container.modules.get(reached.path)
    local = placement.local_of.get(reached.path, "")
    chain = closure.chain(reached.name)
    own_name = "__main__" if reached.main else reached.name
    for statement in says.imports if says else ():
        context = max(reached.context, statement.context, key=CAUTION.index)
        importer = Importer(local or "/" + reached.path, statement.line, context, chain)
        package = reached.path.endswith("/__init__.py")
        yield Need(
            statement, reached.name, package, importer, local, True, own_name, reached.sure, reached.context
        )


def _other_needs(container: Snapshot, path: str, view: ContainerView, placement: Placement) -> Iterator[Need]:
    says = container.modules.get(path)
    names = view.names(path)
    if (view.start.resolved and not names) or is_test(path):
        return  # a program of its own, with a path of its own: nobody knows how it is started
    name = names[0] if names else path.rpartition("/")[2].removesuffix(".py")
    local = placement.local_of.get(path, "")
    imports = says.imports if says else ()
    if path.rpartition("/")[2] == "setup.py" and any(each.module in _BUILDING for each in imports):
        return  # a build runs it, and that RUN is judged by itself
    for statement in imports:
        importer = Importer(local or "/" + path, statement.line, statement.context)
        package = path.endswith("/__init__.py")
        yield Need(statement, name, package, importer, local, reached=not view.start.resolved)
