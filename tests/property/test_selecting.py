"""Properties of selections: locks that were drawn, against plain reachability."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paritycheck.model.location import Location
from paritycheck.model.requirement import Lock, LockEdge, LockedPackage
from paritycheck.parse.requirements.declaring import declare
from paritycheck.predict.selecting.assembling import pinned
from paritycheck.predict.selecting.closure import close
from paritycheck.predict.selecting.locked import Start, pick_groups, walk
from paritycheck.predict.selecting.poetry import select_poetry
from paritycheck.predict.selecting.reading import tree_path
from tests.predict.selecting.stage import LINUX, RUN, around, local, project, versions

NAMES = tuple("abcdefgh")
TRUE = "sys_platform == 'linux'"
FALSE = "sys_platform == 'win32'"
EXTRAS = ("x", "y")

EDGES = st.builds(
    LockEdge,
    st.sampled_from(NAMES),
    st.sampled_from(("", "", TRUE, FALSE)),
    st.sampled_from(((), (), ("x",), ("x", "y"))),
)
SECTIONS = st.dictionaries(
    st.sampled_from(("", "extra:x", "extra:y")), st.lists(EDGES, max_size=3).map(tuple), max_size=3
)


@st.composite
def locks(draw: st.DrawFn) -> Lock:
    held = draw(st.sets(st.sampled_from(NAMES), min_size=1))
    packages = tuple(
        LockedPackage(name, "1", Location("lock", index), draw(SECTIONS), groups=draw(GROUPS))
        for index, name in enumerate(sorted(held))
    )
    return Lock("lock", "uv", packages)


GROUPS = st.sets(st.sampled_from(("main", "dev"))).map(lambda names: tuple(sorted(names)))
STARTS = st.lists(EDGES, max_size=4)


def naive(lock: Lock, starts: list[LockEdge]) -> set[str]:
    """Reachability by repetition: everything that anything reached asks for, until nothing is new."""
    packages = {package.name: package for package in lock.packages}
    reached = {(edge.name, s) for edge in starts if edge.marker != FALSE for s in sections(edge)}
    while True:
        more = {
            (edge.name, wanted)
            for name, section in reached
            if name in packages
            for edge in packages[name].edges.get(section, ())
            if edge.marker != FALSE
            for wanted in sections(edge)
        }
        if more <= reached:
            return {name for name, _ in reached if name in packages}
        reached |= more


def sections(edge: LockEdge) -> tuple[str, ...]:
    return ("", *(f"extra:{extra}" for extra in edge.extras))


def names(lock: Lock, starts: list[LockEdge]) -> set[str]:
    return {package.name for package, _, _ in walk(lock, [Start(edge) for edge in starts], LINUX).packages}


@given(locks(), STARTS)
def test_walk_is_reachability(lock: Lock, starts: list[LockEdge]) -> None:
    assert names(lock, starts) == naive(lock, starts)


@given(locks(), STARTS, EDGES)
def test_asking_for_more_never_removes(lock: Lock, starts: list[LockEdge], more: LockEdge) -> None:
    assert names(lock, starts) <= names(lock, [*starts, more])


@given(locks(), STARTS)
def test_edge_whose_marker_fails_is_as_if_not_there(lock: Lock, starts: list[LockEdge]) -> None:
    dropped = Lock(
        lock.path,
        lock.kind,
        tuple(
            LockedPackage(
                each.name,
                each.version,
                each.location,
                {key: tuple(e for e in edges if e.marker != FALSE) for key, edges in each.edges.items()},
            )
            for each in lock.packages
        ),
    )
    assert names(lock, starts) == names(dropped, [edge for edge in starts if edge.marker != FALSE])


@given(locks(), STARTS)
def test_everything_reached_is_required_by_something_reached(lock: Lock, starts: list[LockEdge]) -> None:
    reached = walk(lock, [Start(edge) for edge in starts], LINUX)
    for package, by, _ in reached.packages:
        assert reached.holds(by) if by else package.name in {edge.name for edge in starts}
    assert not reached.undecided


@given(locks(), st.sets(st.sampled_from(("main", "dev", "docs"))))
def test_groups_are_the_union_of_each(lock: Lock, groups: set[str]) -> None:
    together = {package.name for package, _, _ in pick_groups(lock, groups, (), LINUX).packages}
    apart = {
        package.name for group in groups for package, _, _ in pick_groups(lock, {group}, (), LINUX).packages
    }
    assert together == apart


REQUIRES = st.dictionaries(
    st.sampled_from(NAMES),
    st.lists(
        st.tuples(st.sampled_from(NAMES), st.sampled_from(("", "; " + TRUE, "; " + FALSE, "; extra == 'x'"))),
        max_size=3,
    ),
)


@given(REQUIRES, st.sampled_from(NAMES), st.booleans())
def test_local_closure_is_closed_only_if_all_is_known(
    requires: dict[str, list[tuple[str, str]]], name: str, extra: bool
) -> None:
    catalogue = local(*((n, "1", tuple(f"{r}{m}" for r, m in lines)) for n, lines in requires.items()))
    declared = declare(f"{name}[x]" if extra else name, RUN)
    assert declared is not None
    closure = close([declared], [], around({}, catalogue))
    found = {each.name for each in closure.selected}
    assert name in found
    assert (closure.open == "") == (found <= set(requires))
    holding = {
        n: {r for r, m in lines if FALSE not in m and "extra" not in m} for n, lines in requires.items()
    }
    for each in found:
        assert holding.get(each, set()) <= found


@given(
    st.lists(st.sampled_from(("a", "b", "..", ".", "/c", "")), max_size=6),
    st.sampled_from(("", "app", "a/b")),
)
def test_tree_paths_stay_in_the_tree(parts: list[str], directory: str) -> None:
    path = tree_path(directory, "/".join(parts))
    assert not path.startswith("/")
    assert ".." not in path.split("/")


@given(st.text(max_size=30))
def test_any_specifier_can_be_asked_for_its_pin(text: str) -> None:
    assert pinned(text) in text


@given(st.sets(st.sampled_from(EXTRAS)), st.sets(st.sampled_from(EXTRAS)))
def test_an_extra_never_removes_anything(some: set[str], more: set[str]) -> None:
    pyproject = '[tool.poetry]\nname = "p"\n[tool.poetry.dependencies]\na = "*"\n'
    pyproject += 'b = { version = "*", optional = true }\nc = { version = "*", optional = true }\n'
    pyproject += '[tool.poetry.extras]\nx = ["b"]\ny = ["b", "c"]\n'
    lock = "".join(f'[[package]]\nname = "{name}"\nversion = "1"\n' for name in "abc")
    stage = around({"pyproject.toml": pyproject, "poetry.lock": lock})
    fewer = versions(select_poetry(project(extras=tuple(some)), stage))
    both = versions(select_poetry(project(extras=tuple(some | more)), stage))
    assert fewer.items() <= both.items()
