"""The walk over shared states against the engines' own loops, one pattern and one path at a time."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.gopattern import BadPattern
from paritycheck.parse.build.ignorefile import IgnorePattern, parse_ignorefile
from paritycheck.parse.build.ignorepattern import compile_pattern, dialect_of
from paritycheck.predict.context.effective import build_context

NAMES = ["a", "b", "ab", "ba", "a.py", "b.pyc", ".a", "d1", "a+b", "x|y", "é", "a b", "5", "[a]", "x\ny"]
PARTS = [
    *NAMES[:-1],
    *"*?",
    "**",
    "*.py",
    "*.pyc",
    "a*",
    "*a",
    "*a*b",
    "?*",
    "[ab]",
    "[^a]",
    "[a-c]*",
    "d[!1]",
    "**a",
]
PARTS += [
    "a**",
    r"\*",
    r"\d",
    r"[\d]",
    "[[:digit:]]",
    "[*]",
    "a{2}",
    "^a",
    "a$",
    ".",
    "..",
    "a**b",
    "(a)",
    "[",
    "[z-a]",
]

names = st.sampled_from(NAMES)
paths = st.lists(names, min_size=1, max_size=4).map("/".join)
patterns = st.lists(st.sampled_from(PARTS), min_size=1, max_size=4).map("/".join)
lines = st.tuples(st.sampled_from(["", "", "", "!", "!", "/", "! "]), patterns).map("".join)
EARLY = Engine("docker", (20, 10), client=(20, 10))
engines = st.sampled_from([PODMAN, BUILDKIT, DOCKER, EARLY])


def _tree(files: list[str]) -> FileTree:
    directories = {path[:at] for path in files for at, char in enumerate(path) if char == "/"}
    entries = [FileEntry(path, "dir", mode=0o755) for path in sorted(directories)]
    return FileTree([*entries, *(FileEntry(path, "file") for path in files if path not in directories)])


def _effective(tree: FileTree, patterns: tuple[IgnorePattern, ...], engine: Engine) -> set[str]:
    """Walk as the engine's source does; :class:`BadPattern` where it uses a malformed pattern."""
    found: set[str] = set()

    def visit(directory: str, recorded: list[bool]) -> None:
        for name in tree.children(directory):
            path = f"{directory}/{name}" if directory else name
            excluded, known = _judge(path, recorded, patterns, engine)
            if not excluded:
                found.add(path)
            if tree.is_dir(path) and (not excluded or _enters(path, patterns, engine)):
                visit(path, known)

    visit("", [False] * len(patterns))
    return found | {path[:at] for path in found for at, char in enumerate(path) if char == "/"}


def _judge(
    path: str, recorded: list[bool], patterns: tuple[IgnorePattern, ...], engine: Engine
) -> tuple[bool, list[bool]]:
    excluded = False
    known = [False] * len(patterns)
    moby = dialect_of(engine) == "moby"
    above = path.split("/")[:-1]
    for index, pattern in enumerate(patterns):
        match = recorded[index] and moby
        if not match:
            if moby and pattern.negated != excluded:
                continue
            test = compile_pattern(pattern.pattern, dialect_of(engine))
            depth = pattern.pattern.count("/") + 1
            match = test(path)
            if engine is EARLY and depth <= len(above):
                match = match or test("/".join(above[:depth]))
        known[index] = match
        if match:
            excluded = not pattern.negated
    return excluded, known


def _enters(path: str, patterns: tuple[IgnorePattern, ...], engine: Engine) -> bool:
    negations = [pattern.pattern for pattern in patterns if pattern.negated]
    if engine is PODMAN:
        return any(f"{text.strip('/')}/".startswith(path) for text in negations)
    if engine is BUILDKIT:
        negations = [text.removesuffix("/**").removesuffix("/*") for text in negations]
        if any(char in text for text in negations for char in "*[]?^\\"):
            return True
    return any(f"{text}/".startswith(f"{path}/") for text in negations)


@settings(max_examples=500, deadline=None)
@given(files=st.lists(paths, max_size=12, unique=True), written=st.lists(lines, max_size=6), engine=engines)
@example(files=["a/b/a"], written=["*", "!a/b/**", "**/a"], engine=BUILDKIT)
@example(files=["ab/[", "ab/x"], written=["a*/[/*"], engine=PODMAN)
@example(files=["a/x\ny"], written=["!a", "a"], engine=PODMAN)
@example(files=["x\ny/a"], written=["**/a"], engine=PODMAN)
def test_shared_states_decide_as_one_by_one(files: list[str], written: list[str], engine: Engine) -> None:
    tree = _tree(files)
    try:
        ignore = parse_ignorefile("\n".join(written).encode(), "ignore", engine)
    except BuildRefused:
        return
    if ignore.fault is not None:
        return
    try:
        expected: set[str] | None = _effective(tree, ignore.patterns, engine)
    except BadPattern:
        expected = None
    try:
        context = build_context(tree, "", ignore, engine)
        effective: set[str] | None = set(context.effective.paths())
    except BuildRefused:
        effective = None
    assert effective == expected
    if effective is None:
        return
    for entry in tree:
        if entry.kind != "dir":
            assert context.decide(entry.path).included == (entry.path in effective)
    lost = {one.path for one in context.excluded}
    for path in tree.paths():
        above = {path, *(path[:at] for at, char in enumerate(path) if char == "/")}
        assert bool(above & lost) != (path in effective)
        assert len(above & lost) <= 1
