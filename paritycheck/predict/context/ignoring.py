"""A list of ignore patterns as one decision about a path: the last match wins, but over which matches?

Sources: moby/patternmatcher ``MatchesUsingParentResults`` and ``MatchesOrParentMatches``
(BuildKit and the classic builder); containers/storage pkg/fileutils ``Matches`` (Buildah); moby
pkg/fileutils ``Matches`` (docker commands before 23).
Sets of patterns are integers, bit ``i`` standing for pattern ``i``.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable
from functools import cached_property
from typing import NamedTuple

from paritycheck.model.engine import Engine
from paritycheck.parse.build.gopattern import BadPattern
from paritycheck.parse.build.ignorefile import IgnorePattern, parse_pattern
from paritycheck.parse.build.ignorepattern import Dialect, PathTest, compile_pattern, dialect_of
from paritycheck.parse.build.ignoresteps import split_steps
from paritycheck.predict.context.automaton import Automaton

_GLOB = frozenset("*[]?^\\")


class Outcome(NamedTuple):
    """Whether a path is excluded, the patterns recorded for its children, and the one that decided."""

    excluded: bool
    recorded: int
    decider: int  # -1: none


UNDECIDED = Outcome(False, 0, -1)


class IgnoreMatcher:
    """The patterns of one engine, ready to be asked; ``faulty`` are those whose use fails the build.

    Its methods raise :class:`~paritycheck.parse.build.gopattern.BadPattern` where the engine would use one.
    """

    def __init__(self, patterns: tuple[IgnorePattern, ...], engine: Engine) -> None:
        self.patterns = patterns
        self.engine = engine
        self.negations = tuple(pattern.pattern for pattern in patterns if pattern.negated)
        self._negated = [pattern.negated for pattern in patterns]
        self.dialect = dialect_of(engine)
        self._tests = [_compile(pattern, self.dialect) for pattern in patterns]
        self.faulty = tuple(one for one, test in zip(patterns, self._tests, strict=True) if test is None)
        # Today's moby asks only those patterns that would change the answer, the others all.
        self._lazy = self.dialect == "moby"
        self._depths = [pattern.pattern.count("/") + 1 for pattern in patterns]
        self._by_depth: dict[int, int] = {}
        for index, depth in enumerate(self._depths):
            self._by_depth[depth] = self._by_depth.get(depth, 0) | 1 << index
        self._gate = _Gate(self.negations, engine)
        self._combined: dict[tuple[int, int], Outcome] = {}

    @cached_property
    def automaton(self) -> Automaton:
        """All patterns as one automaton; right for paths without a newline."""
        sequences = []
        whole: dict[int, PathTest] = {}
        for index, pattern in enumerate(self.patterns):
            test = self._tests[index]
            steps = None if test is None else split_steps(pattern.pattern, self.dialect)
            if steps is None:
                whole[index] = test or _never
            else:
                sequences.append((index, steps))
        return Automaton(sequences, whole)

    @cached_property
    def plain_automaton(self) -> Automaton:
        """The same without splitting paths, for any path."""
        return Automaton([], {index: test or _never for index, test in enumerate(self._tests)})

    def matches(self, path: str) -> bool:
        """Tell whether the patterns exclude ``path``, whatever became of the directories above it."""
        if not self._lazy:
            return self.step(path, 0).excluded
        ancestors = [path[:index] for index, char in enumerate(path) if char == "/"]
        excluded = False
        for index, negated in enumerate(self._negated):
            if negated == excluded and any(self._test(index, part) for part in [path, *ancestors]):
                excluded = not negated
        return excluded

    def step(self, path: str, recorded: int) -> Outcome:
        """Decide about ``path`` from what was recorded for its directory (0 at the top)."""
        if self._lazy:
            return self._decide(recorded, lambda index: self._test(index, path))
        above = path.split("/")[:-1]
        return self._decide(0, lambda index: self._reaches(index, path, above))

    def combine(self, recorded: int, own: int) -> Outcome:
        """Let the last match win among what the directory recorded and what the path itself matches.

        A ``!`` pattern with nothing to undo is skipped by moby, and not recorded either.
        """
        known = self._combined.get((recorded, own))
        if known is None:
            known = self._decide(recorded, lambda index: bool(own >> index & 1))
            self._combined[recorded, own] = known
        return known

    def hand_down(self, recorded: int, outcome: Outcome, depth: int, whole: int) -> int:
        """Return what is recorded for the children of a directory of ``depth`` components.

        ``recorded`` was for the directory itself; ``whole`` are the patterns tested on whole paths.
        """
        if self.dialect == "moby":
            return outcome.recorded
        if self.dialect == "buildah":  # matches below a match, unless only a test on the path knows
            return outcome.recorded & ~whole
        # The early matcher looks at one directory above a path: the one as deep as the pattern.
        return recorded | outcome.recorded & self._by_depth.get(depth, 0)

    def enters(self, directory: str) -> bool:
        """Tell whether the engine walks into an excluded directory, looking for what ``!`` lets in."""
        return self._gate.opens(directory)

    def includes_directory_anyway(self, source: str) -> bool:
        """Tell whether Buildah copies an excluded directory that a COPY names: some ``!`` begins with it."""
        return any(negation.removeprefix("/").startswith(f"{source}/") for negation in self.negations)

    def _decide(self, recorded: int, own: Callable[[int], bool]) -> Outcome:
        excluded, kept, decider = False, 0, -1
        for index, negated in enumerate(self._negated):
            hit = bool(recorded >> index & 1)
            if not hit:
                if self._lazy and negated != excluded:
                    continue
                if self._tests[index] is None:
                    raise BadPattern
                hit = own(index)
            if hit:
                kept |= 1 << index
                if negated == excluded:
                    decider = index
                excluded = not negated
        return Outcome(excluded, kept, decider)

    def _reaches(self, index: int, path: str, above: list[str]) -> bool:
        if self._test(index, path):
            return True
        depth = self._depths[index]
        return self.dialect == "early" and depth <= len(above) and self._test(index, "/".join(above[:depth]))

    def _test(self, index: int, path: str) -> bool:
        test = self._tests[index]
        if test is None:
            raise BadPattern
        return test(path)


class _Gate:
    """Which excluded directories are entered all the same.

    Sources: tonistiigi/fsutil filter.go ``Walk`` (BuildKit); moby/go-archive ``(*Tarballer).Do``
    (classic); buildah copier/copier.go ``copierHandlerGet``, which forgets the slash.
    """

    def __init__(self, negations: tuple[str, ...], engine: Engine) -> None:
        self._always = False
        self._slash = "" if engine.name == "podman" else "/"
        starts = negations
        if engine.name == "podman":
            starts = tuple(negation.strip("/") for negation in negations)
        elif engine.name == "buildkit" and dialect_of(engine) == "moby":
            starts = tuple(negation.removesuffix("/**").removesuffix("/*") for negation in negations)
            self._always = any(_GLOB.intersection(start) for start in starts)
        self._starts = sorted(f"{start}/" for start in starts)

    def opens(self, directory: str) -> bool:
        if self._always:
            return True
        wanted = directory + self._slash
        at = bisect_left(self._starts, wanted)
        return at < len(self._starts) and self._starts[at].startswith(wanted)


def matcher_for(texts: Iterable[str], engine: Engine) -> IgnoreMatcher:
    """Build a matcher from patterns as written (``COPY --exclude``); raises :class:`BadPattern`."""
    parsed = (parse_pattern(0, text, text, engine) for text in texts)
    return IgnoreMatcher(tuple(pattern for pattern in parsed if pattern is not None), engine)


def _compile(pattern: IgnorePattern, dialect: Dialect) -> PathTest | None:
    try:
        return compile_pattern(pattern.pattern, dialect)
    except BadPattern:
        return None


def _never(_path: str) -> bool:
    return False
