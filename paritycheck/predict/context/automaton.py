"""Many ignore patterns at once: which of them match a path, one component after the other.

The patterns' steps are the positions of a nondeterministic automaton over path components. Its
sets of positions become states when a directory first leads there; most directories share one.
Sets of patterns are integers, bit ``i`` standing for pattern ``i``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache

from paritycheck.parse.build.ignorepattern import PathTest
from paritycheck.parse.build.ignoresteps import ANY_NAME, Glob, Step

Positions = frozenset[int]
NameTest = Callable[[str], object]
Completed = tuple[int, Positions]
"""The patterns that a name completes, and the positions below it."""


class State:
    """What can still match below a directory.

    ``every`` are the patterns that match each name. A name that is not in ``literals``, has not
    its last extension in ``extensions`` and that no ``searches`` finds matches no others.
    ``floor`` is a state whose positions are among these: it lends its tests, compiled once.
    """

    __slots__ = ("_globs", "every", "extensions", "following", "literals", "searches")

    def __init__(self, positions: Positions, automaton: Automaton, floor: State | None) -> None:
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
        ends = [glob for glob in globs if glob.suffix.rfind(".") == 0]
        self.extensions = {glob.suffix: automaton.advance(globs.pop(glob)) for glob in ends}
        self._globs: list[tuple[Glob, Completed | None]] = [
            (glob, automaton.advance(found)) for glob, found in globs.items()
        ]
        self.searches: tuple[NameTest, ...] = ()
        if globs:
            together = "|".join(glob.expression for glob in globs)
            self.searches = (_name_test(together),)
        if floor is not None:
            self._build_on(floor)

    def read(self, name: str) -> Completed:
        """Return the patterns that match ``name`` here, and the positions below it."""
        own, following = self.every, self.following
        hits = [self.literals.get(name), self.extensions.get(name[name.rfind(".") :])]
        for search in self.searches:
            if search(name):
                hits += [found for glob, found in self._globs if _name_test(glob.expression)(name)]
                break
        for hit in hits:
            if hit is not None:
                own |= hit[0]
                if hit[1]:
                    following |= hit[1]
        return own, following

    def _build_on(self, floor: State) -> None:
        self.every |= floor.every
        self.following |= floor.following
        self.literals = _merge(floor.literals, self.literals)
        self.extensions = _merge(floor.extensions, self.extensions)
        self._globs = floor._globs + self._globs
        self.searches = floor.searches + self.searches


class Automaton:
    """The patterns as sequences of steps.

    ``whole`` are those that only a test on the path knows, ``of_whole`` are the same as a set.
    """

    def __init__(
        self, sequences: Iterable[tuple[int, tuple[tuple[Step, ...], ...]]], whole: dict[int, PathTest]
    ) -> None:
        self.whole = whole
        self.of_whole = sum(1 << index for index in whole)
        self.steps: list[Step] = []
        self._accepted: list[int] = []  # the patterns matched by whoever arrives at a position
        self._owner: list[int] = []  # the pattern that a position belongs to
        starts: set[int] = set()
        for index, alternatives in sequences:
            for steps in alternatives:
                starts.add(len(self.steps))
                self.steps += [*steps, ""]  # no name is empty: nothing leads on from the end
                self._accepted += [0] * len(steps) + [1 << index]
                self._owner += [1 << index] * (len(steps) + 1)
        self._states: dict[Positions, State] = {}
        # What every directory inherits from those above it: the patterns that begin with `**`.
        lasting = frozenset(at for at in self.close(starts) if self.steps[at] is None)
        self._floor = self.close(lasting)
        self._states[self._floor] = State(self._floor, self, None)
        self.initial = self.close(starts)
        self.start = self.state(self.initial)

    def state(self, positions: Positions) -> State:
        """Return the state for a set of positions."""
        known = self._states.get(positions)
        if known is None:
            floor = self._states[self._floor]
            known = self._states[positions] = State(positions - self._floor, self, floor)
        return known

    def within_reach(self, positions: Positions) -> int:
        """Return the patterns that something below a directory of these positions can match."""
        reached = self.of_whole
        for position in positions:
            reached |= self._owner[position]
        return reached

    def own(self, state: State, name: str, path: str) -> Completed:
        """Return the patterns that match ``path``, which ends in ``name``, and the positions below it."""
        own, following = state.read(name)
        for index, test in self.whole.items():
            if test(path):
                own |= 1 << index
        return own, following

    def advance(self, positions: Iterable[int]) -> Completed:
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


@lru_cache(maxsize=10_000)
def _name_test(expression: str) -> NameTest:
    return re.compile(expression, re.DOTALL).fullmatch


def _merge(one: dict[str, Completed], other: dict[str, Completed]) -> dict[str, Completed]:
    if not other:
        return one
    both = dict(one)
    for name, (mask, onward) in other.items():
        known = both.get(name, (0, frozenset()))
        both[name] = (mask | known[0], onward | known[1])
    return both
