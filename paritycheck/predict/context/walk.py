"""The walk that an engine makes over a build context, deciding for every path whether it goes along."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.context.automaton import Positions, State
from paritycheck.predict.context.ignoring import UNDECIDED, IgnoreMatcher, Outcome


class Entered:
    """An excluded directory that was entered all the same; ``kept`` once something below is let in."""

    __slots__ = ("above", "decider", "entry", "kept")

    def __init__(self, entry: FileEntry, decider: int, above: Entered | None) -> None:
        self.entry = entry
        self.decider = decider
        self.above = above
        self.kept = False

    def keep(self) -> None:
        """Mark this directory and the excluded ones around it as needed."""
        here: Entered | None = self
        while here is not None and not here.kept:
            here.kept = True
            here = here.above


class Lost(NamedTuple):
    """A path left out by pattern ``decider``, within an excluded directory that was entered (or ``None``)."""

    path: str
    decider: int
    within: Entered | None


class Walked(NamedTuple):
    """What is let in, the top-most paths left out, and the ``!`` patterns that let something in."""

    kept: list[FileEntry]
    lost: list[Lost]
    useful: set[int]


class _Directory(NamedTuple):
    path: str
    state: State
    recorded: int
    within: Entered | None


def walk_context(tree: FileTree, matcher: IgnoreMatcher) -> Walked:
    """Filter a context as the engine of ``matcher`` walks it.

    Raises :class:`~paritycheck.parse.build.gopattern.BadPattern` where the engine would use a malformed
    pattern. The cost is linear in the entries.
    """
    walk = _Walk(matcher, tree)
    walk.run()
    return walk.result()


def patterns_met(tree: FileTree, matcher: IgnoreMatcher, asked: int) -> int:
    """Return which patterns of the set ``asked`` match any path of ``tree``, excluded or not."""
    groups = _group_by_directory(tree)
    automaton = matcher.automaton
    unmet = asked
    pending = [("", automaton.initial)]
    while pending:
        directory, positions = pending.pop()
        if not automaton.within_reach(positions) & unmet:
            continue
        state = automaton.state(positions)
        cut = len(directory) + 1 if directory else 0
        for entry in groups.get(directory, ()):
            own, following = automaton.own(state, entry.path[cut:], entry.path)
            unmet &= ~own
            if entry.kind == "dir":
                pending.append((entry.path, following))
    return asked & ~unmet


def _group_by_directory(tree: FileTree) -> dict[str, list[FileEntry]]:
    """Return the entries by the directory they are in; directories only implied are added."""
    groups: defaultdict[str, list[FileEntry]] = defaultdict(list)
    for entry in tree:
        groups[entry.path.rpartition("/")[0]].append(entry)
    for directory in list(groups):
        here, known = directory, False
        while here and here not in tree and not known:
            parent = here.rpartition("/")[0]
            known = parent in groups
            groups[parent].append(FileEntry(here, "dir", mode=0o755))
            here = parent
    return groups


class _Walk:
    def __init__(self, matcher: IgnoreMatcher, tree: FileTree) -> None:
        self.matcher = matcher
        self.groups = _group_by_directory(tree)
        # The dot of Go's expressions takes no newline; only tests on whole paths know that.
        odd = any("\n" in entry.path for group in self.groups.values() for entry in group)
        self.automaton = matcher.plain_automaton if odd else matcher.automaton
        # BuildKit's early client sent the directories that it only entered.
        early = matcher.dialect == "early"
        self.sends_entered = early and matcher.engine.name == "buildkit"
        self.kept: list[FileEntry | Entered] = []
        self.lost: list[Lost] = []
        self.useful: set[int] = set()

    def run(self) -> None:
        pending = [_Directory("", self.automaton.start, 0, None)]
        while pending:
            pending += reversed(self._visit(pending.pop()))

    def result(self) -> Walked:
        mode = None if self.matcher.engine.name == "buildkit" else 0o755
        kept: list[FileEntry] = []
        lost = [one for one in self.lost if one.within is None or one.within.kept]
        for item in self.kept:
            if isinstance(item, FileEntry):
                kept.append(item)
            elif item.kept:
                kept.append(item.entry if mode is None else FileEntry(item.entry.path, "dir", mode=mode))
            elif item.above is None or item.above.kept:
                lost.append(Lost(item.entry.path, item.decider, item.above))
        return Walked(kept, lost, self.useful)

    def _visit(self, directory: _Directory) -> list[_Directory]:
        """Decide about the entries of one directory; return the directories to go on with."""
        state, recorded, within = directory.state, directory.recorded, directory.within
        combine, automaton, kept = self.matcher.combine, self.automaton, self.kept
        literals, extensions, searches = state.literals, state.extensions, state.searches
        search, more = (searches[0], searches[1:]) if searches else (None, ())
        whole = bool(automaton.whole)
        # With whole-path tests nothing is usual; and a faulty pattern must not be reached for nothing.
        usual = UNDECIDED if whole else combine(recorded, state.every)
        cut = len(directory.path) + 1 if directory.path else 0
        below = []
        for entry in self.groups.get(directory.path, ()):
            name = entry.path[cut:]
            outcome, following = usual, state.following
            if (
                whole
                or name in literals
                or name[name.rfind(".") :] in extensions
                or (search is not None and search(name))
                or (more and any(test(name) for test in more))
            ):
                own, following = automaton.own(state, name, entry.path)
                outcome = combine(recorded, own)
            if entry.kind == "dir":
                deeper = self._judge_directory(entry, outcome, following, directory)
                if deeper is not None:
                    below.append(deeper)
            elif outcome.excluded:
                self.lost.append(Lost(entry.path, outcome.decider, within))
            else:
                kept.append(entry)
                if outcome.decider >= 0 or within is not None:
                    self._count(outcome, within)
        return below

    def _judge_directory(
        self, entry: FileEntry, outcome: Outcome, following: Positions, above: _Directory
    ) -> _Directory | None:
        within = above.within
        if not outcome.excluded:
            self.kept.append(entry)
            if outcome.decider >= 0 or within is not None:
                self._count(outcome, within)
            within = None
        elif not self.matcher.enters(entry.path):
            self.lost.append(Lost(entry.path, outcome.decider, within))
            return None
        elif self.sends_entered:
            self.kept.append(entry)
        else:
            within = Entered(entry, outcome.decider, within)
            self.kept.append(within)
        depth = entry.path.count("/") + 1
        recorded = self.matcher.hand_down(above.recorded, outcome, depth, self.automaton.of_whole)
        return _Directory(entry.path, self.automaton.state(following), recorded, within)

    def _count(self, outcome: Outcome, within: Entered | None) -> None:
        self.useful.add(outcome.decider)  # -1, no pattern, does no harm
        if within is not None:
            within.keep()
