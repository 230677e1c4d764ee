"""Many ignore patterns at once: which of them match a path, one component after the other.

The patterns' steps are the positions of a nondeterministic automaton over path components. Its
sets of positions become states when a directory first leads there; most directories share one.
Sets of patterns are integers, bit ``i`` standing for pattern ``i``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from paritycheck.parse.ignorepattern import PathTest
from paritycheck.parse.ignoresteps import ANY_NAME, Glob, Step

Positions = frozenset[int]


class State:
    """What can still match below a directory.

    ``every`` are the patterns that match each name. A name that is not in ``literals``, has not
    its last extension in ``extensions`` and that ``search`` does not find matches no others.
    """

    __slots__ = ("_globs", "_search", "every", "extensions", "following", "literals", "search")

    def __init__(self, positions: Positions, automaton: Automaton) -> None:
        literals: dict[str, list[int]] = {}
        globs: dict[Glob, list[int]] = {}
        always: list[int] = []
        stay: set[int] = set()
        for position in positions:
            step = automaton.steps[position]
            if step is None:
                stay.add(position)
            elif step == ANY_NAME:
                always.append(position)
            elif isinstance(step, Glob):
                globs.setdefault(step, []).append(position)
            else:
                literals.setdefault(step, []).append(position)
        self.every, onward = automaton.advance(always)
        self.following = onward | automaton.close(stay)
        self.literals = {name: automaton.advance(found) for name, found in literals.items()}
        self.extensions: dict[str, tuple[int, Positions]] = {}
        self._globs: list[tuple[Callable[[str], object], tuple[int, Positions]]] = []
        for glob, found in globs.items():
            if glob.suffix.rfind(".") == 0:
                self.extensions[glob.suffix] = automaton.advance(found)
            else:
                self._globs.append((automaton.test(glob), automaton.advance(found)))
        rest = [glob.expression for glob in globs if glob.suffix.rfind(".") != 0]
        self.search = re.compile("|".join(rest), re.DOTALL).fullmatch if rest else None

    def read(self, name: str) -> tuple[int, Positions]:
        """Return the patterns that match ``name`` here, and the positions below it."""
        hits = [test for found, test in self._globs if found(name)]
        if name in self.literals:
            hits.append(self.literals[name])
        extension = name[name.rfind(".") :]
        if extension in self.extensions:
            hits.append(self.extensions[extension])
        own, following = self.every, self.following
        for mask, onward in hits:
            own |= mask
            following |= onward
        return own, following


class Automaton:
    """The patterns as sequences of steps; ``whole`` are those that only a test on the path knows."""

    def __init__(
        self, sequences: Iterable[tuple[int, tuple[tuple[Step, ...], ...]]], whole: dict[int, PathTest]
    ) -> None:
        self.whole = whole
        self.steps: list[Step] = []
        self._accepted: list[int] = []  # the patterns matched by whoever arrives at a position
        starts: set[int] = set()
        for index, alternatives in sequences:
            for steps in alternatives:
                starts.add(len(self.steps))
                self.steps += [*steps, ""]  # no name is empty: nothing leads on from the end
                self._accepted += [0] * len(steps) + [1 << index]
        self._states: dict[Positions, State] = {}
        self._tests: dict[Glob, Callable[[str], object]] = {}
        self.start = self.state(self.close(starts))

    def state(self, positions: Positions) -> State:
        """Return the state for a set of positions."""
        known = self._states.get(positions)
        if known is None:
            known = self._states[positions] = State(positions, self)
        return known

    def own(self, state: State, name: str, path: str) -> tuple[int, Positions]:
        """Return the patterns that match ``path``, which ends in ``name``, and the positions below it."""
        own, following = state.read(name)
        for index, test in self.whole.items():
            if test(path):
                own |= 1 << index
        return own, following

    def advance(self, positions: Iterable[int]) -> tuple[int, Positions]:
        """Take the step of each position; return the patterns completed, and where that leads."""
        own = 0
        onward = set()
        for position in positions:
            own |= self._accepted[position + 1]
            if not self._accepted[position + 1]:
                onward.add(position + 1)
        return own, self.close(onward)

    def close(self, positions: Iterable[int]) -> Positions:
        """Add the positions that are reached without a name: any number of names may be none."""
        closed = set(positions)
        for position in tuple(closed):
            at = position
            while self.steps[at] is None:
                at += 1
                closed.add(at)
        return frozenset(closed)

    def test(self, glob: Glob) -> Callable[[str], object]:
        """Return the compiled test of a glob on a name."""
        known = self._tests.get(glob)
        if known is None:
            known = self._tests[glob] = re.compile(glob.expression, re.DOTALL).fullmatch
        return known
