"""The overlay behaves like the whole tree would, never touches its base, and says what it does not know."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from paritycheck.model.location import Location
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.predict.copying.stagetree import StageTree
from tests.drawn import tree

BASE = """
    app/
      main.py
      data/
        one.txt
    bin -> usr/bin
    usr/
      bin/
        sh
    loop -> loop
    up -> ../../etc
"""


def paths(stage: StageTree) -> list[str]:
    return [entry.path for entry in stage.below("")]


def test_untouched_overlay_is_its_base() -> None:
    base = tree(BASE)
    assert StageTree(base).freeze() == base


def test_writing_leaves_the_base_and_other_stages_alone() -> None:
    base = tree(BASE)
    first = StageTree(base)
    second = first.fork()
    first.put(FileEntry("app/new.py", "file"))
    first.remove("usr")
    assert "app/new.py" not in base
    assert "usr/bin/sh" in base
    assert second.freeze() == base
    assert paths(first) == [
        "app",
        "app/data",
        "app/data/one.txt",
        "app/main.py",
        "app/new.py",
        "bin",
        "loop",
        "up",
    ]


def test_file_takes_the_whole_place_of_a_directory() -> None:
    stage = StageTree(tree(BASE))
    stage.put(FileEntry("app", "file"))
    assert stage.children("app") == ()
    assert stage.get("app/main.py") is None


def test_directory_made_again_does_not_bring_the_old_content_back() -> None:
    stage = StageTree(tree(BASE))
    stage.remove("app")
    stage.put(FileEntry("app", "dir"))
    stage.put(FileEntry("app/x", "file"))
    assert stage.children("app") == ("x",)
    assert not stage.is_dir("app/data")


def test_parents_are_made_like_the_model() -> None:
    stage = StageTree(tree(BASE))
    stage.make_parents("app/p/q/file", FileEntry("", "dir", mode=0o750, uid=7, gid=8, layer=3))
    assert stage.get("app/p") == FileEntry("app/p", "dir", mode=0o750, uid=7, gid=8, layer=3)
    assert stage.get("app/p/q") == FileEntry("app/p/q", "dir", mode=0o750, uid=7, gid=8, layer=3)
    entry = stage.get("app")
    assert entry is not None
    assert entry.mode == 0o755


def test_locating_follows_links_inside_the_root() -> None:
    stage = StageTree(tree(BASE))
    assert stage.locate("/bin/sh").path == "usr/bin/sh"
    assert stage.locate("up/passwd").path == "etc/passwd"
    assert stage.locate("up/passwd").certainty == "absent"
    assert stage.locate("bin", follow_last=False).path == "bin"
    assert stage.locate("loop").loop
    assert stage.locate("../../app/./data/..").path == "app"


def test_links_of_an_archive_do_not_leave_its_root() -> None:
    stage = StageTree(tree("r/\n  l -> /x\n  d -> ../../y\n"))
    assert stage.locate("l", root="r").path == "r/x"
    assert stage.locate("d", root="r").path == "r/y"
    assert stage.locate("../../z", root="r").path == "r/z"


def test_unknown_base_leaves_paths_unknown_but_knows_what_is_written() -> None:
    stage = StageTree(None, "no such image here", Location("Dockerfile", 1))
    stage.put(FileEntry("app/main.py", "file"))
    assert stage.locate("app/main.py").certainty == "present"
    assert stage.locate("app/other.py").certainty == "unknown"
    doubt = stage.doubt("app/other.py")
    assert doubt is not None
    assert doubt.reason == "no such image here"


def test_what_a_step_may_touch_is_unknown_from_then_on() -> None:
    stage = StageTree(tree(BASE))
    stage.mark_unknown("app/build", "RUN make")
    assert stage.locate("app/build/out.txt").certainty == "unknown"
    assert stage.locate("app/other").certainty == "absent"


def test_blank_is_scratch_before_anything_is_done() -> None:
    stage = StageTree(FileTree())
    assert stage.is_blank()
    assert not StageTree(None).is_blank()
    stage.put(FileEntry("a", "file"))
    assert not stage.is_blank()


NAMES = st.lists(st.sampled_from("abc"), min_size=1, max_size=3).map("/".join)
STEPS = st.lists(st.tuples(st.sampled_from(["file", "dir", "remove"]), NAMES), max_size=12)


def apply_plainly(known: dict[str, str], kind: str, path: str) -> bool:
    """The same on a plain dictionary; false where a file system would refuse it."""
    parents = ["/".join(path.split("/")[:depth]) for depth in range(1, path.count("/") + 1)]
    if any(known.get(parent) == "file" for parent in parents):
        return False
    if kind != "dir":
        for other in [other for other in known if other.startswith(path + "/")]:
            del known[other]
    if kind == "remove":
        known.pop(path, None)
    else:
        known.update(dict.fromkeys(parents, "dir"))
        known[path] = kind
    return True


@given(STEPS, STEPS)
def test_overlay_equals_a_plain_dictionary(
    before: list[tuple[str, str]], after: list[tuple[str, str]]
) -> None:
    known: dict[str, str] = {}
    for kind, path in before:
        apply_plainly(known, kind, path)
    base = FileTree(FileEntry(path, "dir" if kind == "dir" else "file") for path, kind in known.items())
    stage = StageTree(base)
    for kind, path in after:
        if not apply_plainly(known, kind, path):
            continue
        if kind == "remove":
            stage.remove(path)
            continue
        stage.make_parents(path, FileEntry("", "dir"))
        stage.put(FileEntry(path, "dir" if kind == "dir" else "file"))
    assert {entry.path: entry.kind for entry in stage} == known
    assert {entry.path for entry in stage.fork().freeze()} == known.keys()
    for path in ["", *known]:
        expected = {
            other[len(path) + 1 if path else 0 :].split("/")[0] for other in known if _below(other, path)
        }
        assert set(stage.children(path)) == expected


def _below(path: str, directory: str) -> bool:
    return path.startswith(directory + "/") if directory else True
