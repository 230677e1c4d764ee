"""Which imports show whether a container can start: those that its start command makes first.

A module is imported. Nothing of a script is run, nor of a package's ``__main__``: what their
import statements at module level name is imported instead.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from paritycheck.model.snapshot import Snapshot
from paritycheck.model.source import ANY_SUBMODULE, Import
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.importing.conditions import Fact, holds
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.judging.views import ContainerView
from paritycheck.predict.starting.scene import UNKNOWN, Process
from paritycheck.predict.starting.start import Start


class Trial(msgspec.Struct, frozen=True):
    """The imports of one root, in order: ``modules``, then ``statements`` of the script at ``path``.

    ``package`` is the package that the script belongs to, ``attributes`` what modules must have.
    ``settings`` is the settings module with which Django is set up before.
    """

    root: str
    modules: tuple[str, ...] = ()
    path: str = ""
    package: str = ""
    statements: tuple[Import, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()
    settings: str = ""


class Rehearsal(msgspec.Struct, frozen=True):
    """One process of the start command, and what to try in its place."""

    process: Process
    trials: tuple[Trial, ...]


def plan_trials(container: Snapshot, start: Start, view: ContainerView) -> tuple[Rehearsal, ...]:
    """Return what to import for every process that the container starts and that is understood."""
    rehearsals = []
    for process in start.processes:
        if process.idle or process.problem:
            continue
        trials = tuple(_trials(container, process, view))
        if trials:
            rehearsals.append(Rehearsal(process, trials))
    return tuple(rehearsals)


def steering(process: Process) -> dict[str, str]:
    """Return the variables that the command changed on the way, as far as their values are known."""
    return {name: value for name, value in process.env.items() if UNKNOWN not in value}


def _trials(container: Snapshot, process: Process, view: ContainerView) -> Iterator[Trial]:
    names = [root.name for root in process.roots]
    # From the settings module on, it is Django that imports: in this order, and set up before.
    end = names.index(process.settings) if process.settings in names else len(names)
    if end < len(names):
        yield _django_trial(process, end)
    for root in process.roots[:end]:
        if root.context != "module":
            continue  # only imported when something asks for it
        path, package = root.path, ""
        parents: tuple[str, ...] = ()
        if root.main and not path and root.name.rpartition(".")[2] == "__main__":
            found = view.finder.find(root.name)
            path = found.path if isinstance(found, Found) else ""
            package = root.name.rpartition(".")[0]
            parents = (package,) if package else ()
        if not path:
            wanted = tuple(pair for pair in process.attributes if pair[0] == root.name)
            yield Trial(root.name, (root.name,), attributes=wanted)
            continue
        says = container.modules.get(path)
        if says is not None:
            statements = tuple(_statements(says.imports, view.facts))
            yield Trial(_title(root), parents, "/" + path, package, statements)


def _django_trial(process: Process, first: int) -> Trial:
    found = [root.name for root in process.roots[first:] if root.context == "module" and not root.path]
    wanted = tuple(pair for pair in process.attributes if pair[0] in found)
    return Trial(process.settings, tuple(found), attributes=wanted, settings=process.settings)


def _title(root: Root) -> str:
    return "/" + root.path if root.path else root.name


def _statements(imports: tuple[Import, ...], facts: dict[str, Fact]) -> Iterator[Import]:
    """Yield the statements that run for certain when the file is run as a program."""
    for statement in imports:
        known = {**facts, "__name__": "__main__"}
        certain = not statement.condition or holds(statement.condition, known) is True
        if statement.context == "module" and certain:
            names = tuple(name for name in statement.names if name not in ("*", ANY_SUBMODULE))
            yield msgspec.structs.replace(statement, names=names)
