"""The effective build context: what an ignore file leaves of a directory, and the line that took the rest.

Sources: tonistiigi/fsutil filter.go ``Walk`` (BuildKit); moby/go-archive ``(*Tarballer).Do`` and
docker/cli cli/command/image/build (classic); buildah copier/copier.go ``copierHandlerGet``, for a
COPY of the whole context (Buildah filters when it copies, not before).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.model.location import Location
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.gopattern import BadPattern
from paritycheck.parse.build.ignorefile import IgnoreFile, IgnorePattern
from paritycheck.predict.context.classicfiles import removed_by_daemon, sent_anyway
from paritycheck.predict.context.ignoring import IgnoreMatcher, Outcome
from paritycheck.predict.context.walk import Walked, patterns_met, walk_context


class Decision(msgspec.Struct, frozen=True):
    """Whether a path is in the context; ``location`` is the line that decided, if one did."""

    included: bool
    location: Location | None = None


class Excluded(msgspec.Struct, frozen=True):
    """A path of which nothing is in the context, and the line that excluded it."""

    path: str
    location: Location


class Context:
    """A build context after its ignore file. Build one with :func:`build_context`.

    ``source`` is what the directory holds; paths are relative to the context everywhere. What
    asks the patterns raises :class:`~paritycheck.errors.BuildRefused`, with the line, where the
    engine would: when the first COPY or ADD needs the context.
    """

    def __init__(
        self, source: FileTree, ignore: IgnoreFile | None, engine: Engine, containerfile: str = ""
    ) -> None:
        self.source = source
        self.ignore = ignore
        self._matcher = IgnoreMatcher(ignore.patterns if ignore else (), engine)
        self._special = (".dockerignore", containerfile) if engine.name == "docker" else ()

    @cached_property
    def effective(self) -> FileTree:
        """What the builder sees, re-created parents of what a ``!`` lets in included."""
        kept, removed = self._walked.kept, self._removed
        return FileTree(entry for entry in kept if entry.path not in removed) if removed else FileTree(kept)

    @cached_property
    def excluded(self) -> tuple[Excluded, ...]:
        """The top-most paths of which nothing is in the context, in order."""
        lost = [(one.path, one.decider) for one in self._walked.lost]
        lost += [
            (path, _descend(path, self._matcher).decider) for path in self._removed if path in self.source
        ]
        return tuple(Excluded(path, self._locate(decider)) for path, decider in sorted(lost))

    @property
    def matcher(self) -> IgnoreMatcher:
        """The patterns themselves, for a COPY that asks about each source (Buildah)."""
        if self.ignore is not None and self.ignore.fault is not None:
            raise self._refusal(self.ignore.fault.message, self.ignore.fault.line)
        return self._matcher

    def matches(self, path: str) -> bool:
        """Tell whether the patterns alone exclude ``path``, whatever became of the directories above it."""
        try:
            return self.matcher.matches(path)
        except BadPattern as error:
            raise self._refusal(str(error), self._matcher.faulty[0].line) from None

    def decide(self, path: str) -> Decision:
        """Return whether ``path`` is in the context, and the line that decided; it need not exist."""
        special = path in self._special and path in self.source
        outcome = _descend(path, self._matcher if special else self._sent)
        included = path in self.effective if special else not outcome.excluded
        return Decision(included, self._locate(outcome.decider) if outcome.decider >= 0 else None)

    def dead_lines(
        self, asked: Callable[[IgnorePattern], bool] = lambda _: True
    ) -> tuple[IgnorePattern, ...]:
        """Return the patterns without effect: nothing matches them, or their ``!`` lets nothing in.

        The fewer of them are ``asked`` for, the less of the context has to be looked at.
        """
        patterns = {index: one for index, one in enumerate(self.matcher.patterns) if asked(one)}
        matching = sum(1 << index for index, one in patterns.items() if not one.negated)
        met, useful = patterns_met(self.source, self._matcher, matching), self._walked.useful
        return tuple(
            pattern
            for index, pattern in patterns.items()
            if (index not in useful if pattern.negated else not met >> index & 1)
        )

    @cached_property
    def _sent(self) -> IgnoreMatcher:
        """The patterns that the walk goes by: the classic builder's client adds its own."""
        extra = sent_anyway(self.matcher, self._special)
        return (
            IgnoreMatcher((*self._matcher.patterns, *extra), self._matcher.engine) if extra else self._matcher
        )

    @cached_property
    def _removed(self) -> frozenset[str]:
        return removed_by_daemon(self._matcher, self._special)

    @cached_property
    def _walked(self) -> Walked:
        try:
            return walk_context(self.source, self._sent)
        except BadPattern as error:
            raise self._refusal(str(error), self._matcher.faulty[0].line) from None

    def _locate(self, decider: int) -> Location:
        pattern = self._matcher.patterns[decider]
        return Location(self.ignore.path if self.ignore else "", pattern.line, pattern.text)

    def _refusal(self, message: str, line: int) -> BuildRefused:
        path = self.ignore.path if self.ignore else ""
        return BuildRefused(message, path, line, "repair or remove the line")


def build_context(
    tree: FileTree, root: str, ignore: IgnoreFile | None, engine: Engine, containerfile: str = ""
) -> Context:
    """Return the context that ``engine`` makes of the directory ``root`` of ``tree``.

    ``containerfile`` is its path in the context as asked for (``""``: it is elsewhere); the classic
    builder treats it apart. That builder also reads the whole context whatever the instructions:
    it raises :class:`~paritycheck.errors.BuildRefused` here, the others when the context is used.
    """
    context = Context(_rebase(tree, root) if root else tree, ignore, engine, containerfile)
    if engine.name == "docker":
        _ = context.effective
    return context


class Contexts:
    """Contexts that were built of trees, each once; ``build`` is to be called as ``build_context`` is."""

    def __init__(self) -> None:
        # The tree is held as well: an identity must not pass to another one.
        self._known: dict[tuple[object, ...], tuple[FileTree, Context]] = {}

    def build(
        self, tree: FileTree, root: str, ignore: IgnoreFile | None, engine: Engine, containerfile: str = ""
    ) -> Context:
        """Return the context, the same as before for the same tree, ignore file and engine."""
        key = (id(tree), root, ignore, engine, containerfile if engine.name == "docker" else "")
        if key not in self._known:
            self._known[key] = (tree, build_context(tree, root, ignore, engine, containerfile))
        return self._known[key][1]


ContextMaker = Callable[[FileTree, str, IgnoreFile | None, Engine, str], Context]


def _descend(path: str, matcher: IgnoreMatcher) -> Outcome:
    """Follow the walk down to ``path``; where that ends above it, the last outcome counts."""
    recorded, here = 0, ""
    for part in path.split("/"):
        here = f"{here}/{part}" if here else part
        outcome = matcher.step(here, recorded)
        if outcome.excluded and here != path and not matcher.enters(here):
            break
        recorded = outcome.recorded  # only today's moby goes by it
    return outcome


def _rebase(tree: FileTree, root: str) -> FileTree:
    start = f"{root}/"
    return FileTree(
        msgspec.structs.replace(entry, path=entry.path[len(start) :])
        for entry in tree
        if entry.path.startswith(start)
    )
