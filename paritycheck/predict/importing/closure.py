"""Everything that starting from some modules imports, through which statements, and what fails on the way.

Nothing here is a rule of its own: statements are resolved by ``statements``, names by ``importing``.
An ImportError travels up to the nearest guard (language reference, "The try statement"), so what
lies behind a guarded import is guarded too.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

import msgspec

from paritycheck.model.source import Import, ImportContext, SourceFile
from paritycheck.predict.importing.conditions import Fact, holds
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Doubtful, Found, NotFound
from paritycheck.predict.importing.statements import Target, parents, resolve_import

# In order of caution; a chain of imports is as cautious as its most cautious link.
LEVELS: tuple[ImportContext, ...] = ("module", "function", "guarded")


class Root(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where execution starts: a module to import, or with ``path`` a script.

    ``main``: it runs under the name ``__main__`` (``python file``: name ``__main__`` and the path;
    ``python -m a.b``: name ``a.b``; ``python -m package``: name ``package.__main__``).
    ``context``: how surely; a framework imports some modules only when they are asked for. ``named``: by
    the command itself, not by what a framework reads.
    """

    name: str
    path: str = ""
    main: bool = False
    context: ImportContext = "module"
    named: bool = True


class Reached(msgspec.Struct, frozen=True, omit_defaults=True):
    """A module that is imported: by the module ``via`` (empty: a root) in ``line`` of its file.

    ``context`` is the effective one: the most cautious on the chain that is least cautious. ``main``: it
    runs under the name ``__main__``. ``sure``: nothing on that chain is left to the
    program, as a condition in a function is.
    """

    name: str
    path: str
    context: ImportContext
    via: str = ""
    line: int = 0
    main: bool = False
    sure: bool = True


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """An import that finds nothing, or is not known to: ``attribute`` if a name in ``name`` is missing.

    ``importer`` is the module and ``path`` its file; both empty for a root that is not there.
    """

    name: str
    outcome: NotFound | Doubtful
    importer: str
    path: str
    line: int
    context: ImportContext
    attribute: str = ""


class Closure(msgspec.Struct, frozen=True):
    """What is reached, in order of discovery, and what is not."""

    modules: dict[str, Reached]
    failures: tuple[Failure, ...]

    def chain(self, name: str) -> tuple[str, ...]:
        """Return the modules from the root to ``name``, each importing the next."""
        names: list[str] = []
        step: Reached | None = self.modules.get(name)
        while step is not None:
            names.append(step.name)
            step = self.modules.get(step.via) if step.via else None
        return tuple(reversed(names))


def import_closure(
    roots: Iterable[Root],
    finder: Finder,
    modules: Mapping[str, SourceFile],
    first_party: Callable[[str], bool] | None = None,
    facts: Mapping[str, Fact] | None = None,
    *,
    strict: bool = False,
) -> Closure:
    """Follow every import from the roots, breadth first, the surest and least cautious chains first.

    Only files that ``modules`` has and ``first_party`` accepts are read; others are reached and left.
    The names of the roots must differ.
    ``facts`` about the interpreter decide conditional imports; what they leave open is followed.
    An open condition around what a module does when it is imported counts as met, unless ``strict``.
    """
    walk = _Walk(finder, facts or {}, strict)
    for root in roots:
        walk.start(root)
    while (step := walk.next()) is not None:
        path = step.reached.path
        says = modules.get(path) if path and (first_party is None or first_party(path)) else None
        for statement in says.imports if says else ():
            walk.follow(statement, step)
    return Closure(walk.modules, tuple(walk.failures))


_NOBODY = Reached("", "", "module")


class _Step(NamedTuple):
    """A module to read: ``own_name`` is its ``__name__``, ``package`` whether it is an ``__init__``."""

    reached: Reached
    level: int
    own_name: str
    package: bool
    main: bool


class _Walk:
    """The state of one walk: a queue for each level, emptied in order of caution."""

    def __init__(self, finder: Finder, facts: Mapping[str, Fact], strict: bool) -> None:
        self.finder = finder
        self.facts = facts
        self.strict = strict
        self.modules: dict[str, Reached] = {}
        self.failures: list[Failure] = []
        self._queues: tuple[deque[_Step], ...] = tuple(deque() for _ in (*LEVELS, *LEVELS))

    def start(self, root: Root) -> None:
        """Queue a root, or note that it is not there."""
        level = LEVELS.index(root.context)
        if root.path:
            own_name = "__main__" if root.main else root.name
            package = root.path.rpartition("/")[2].startswith("__init__.")
            reached = Reached(root.name, root.path, root.context, main=root.main)
            self._enqueue(_Step(reached, level, own_name, package, root.main))
            return
        for name in (*parents(root.name), root.name):
            outcome = self.finder.find(name)
            if not isinstance(outcome, Found):
                self.failures.append(Failure(root.name, outcome, "", "", 0, root.context))
                return
            self._queue(outcome, _NOBODY, level, 0, main=root.main and name == root.name)

    def next(self) -> _Step | None:
        """Take the next module that nothing less cautious has reached."""
        for queue in self._queues:
            while queue:
                step = queue.popleft()
                if step.reached.name not in self.modules:
                    self.modules[step.reached.name] = step.reached
                    return step
        return None

    def follow(self, statement: Import, step: _Step) -> None:
        """Queue what a statement imports: the parents first, as the interpreter does."""
        runs = self._runs(statement.condition, step)
        if statement.context == "type-checking" or runs is False:
            return
        sure = step.reached.sure and (runs is True or (statement.context == "module" and not self.strict))
        level = max(step.level, LEVELS.index(statement.context))
        for target in resolve_import(statement, step.own_name, step.package, self.finder):
            outcome = target.outcome
            for name in parents(target.name):
                above = self.finder.find(name)
                if isinstance(above, Found):
                    self._queue(above, step.reached, level, statement.line, sure=sure)
            if isinstance(outcome, Found):
                self._queue(outcome, step.reached, level, statement.line, sure=sure)
            else:
                self._fail(target, outcome, statement, step.reached, level)

    def _runs(self, condition: str, step: _Step) -> bool | None:
        if not condition:
            return True
        own_name = "__main__" if step.main else step.own_name
        return holds(condition, {**self.facts, "__name__": own_name})

    def _queue(
        self, found: Found, importer: Reached, level: int, line: int, *, main: bool = False, sure: bool = True
    ) -> None:
        if found.name not in self.modules:
            reached = Reached(found.name, found.path, LEVELS[level], importer.name, line, main, sure)
            self._enqueue(_Step(reached, level, found.name, found.kind == "package", main))

    def _enqueue(self, step: _Step) -> None:
        """Put what surely runs before what may not; last comes what is guarded."""
        rank = (
            step.level if step.reached.sure and LEVELS[step.level] != "guarded" else len(LEVELS) + step.level
        )
        self._queues[rank].append(step)

    def _fail(
        self, target: Target, outcome: NotFound | Doubtful, statement: Import, importer: Reached, level: int
    ) -> None:
        failure = Failure(
            target.name,
            outcome,
            importer.name,
            importer.path,
            statement.line,
            LEVELS[level],
            target.attribute,
        )
        self.failures.append(failure)
