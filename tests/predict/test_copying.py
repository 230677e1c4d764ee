"""COPY and ADD, engine by engine: what lands where, what is refused, and what stays unknown."""

from __future__ import annotations

import hashlib
import io
import tarfile
from collections.abc import Mapping
from typing import Any

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.model.location import Location
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.context.effective import Context
from paritycheck.predict.copying.applying import CopyOrigin, CopyRecord, CopyRequest, apply_copy
from paritycheck.predict.copying.stagetree import StageTree
from tests.drawn import tree

EVERY = (BUILDKIT, DOCKER, PODMAN)
CONTEXT = """
    app/
      main.py
      core/
        __init__.py
      latest -> main.py
    current -> app
    broken -> nowhere
    loop -> loop
    README.md
    setup.py
"""


def copy(
    stage: StageTree,
    words: str,
    engine: Engine = PODMAN,
    *,
    drawing: str = CONTEXT,
    ignore: str | None = None,
    contents: Mapping[str, bytes] | None = None,
    **more: Any,
) -> CopyRecord:
    """Apply one instruction, `words` being its sources and destination."""
    *sources, destination = words.split()
    held = tree(drawing)
    parsed = parse_ignorefile(ignore.encode(), ".dockerignore", engine) if ignore is not None else None
    known = contents or {}
    origin = more.pop("origin", CopyOrigin(held, ignore=Context(held, parsed, engine), read=known.get))
    settings = {"keyword": "COPY", "location": Location("Containerfile", 7), "layer": 2, **more}
    return apply_copy(
        stage, origin, CopyRequest(sources=tuple(sources), destination=destination, **settings), engine
    )


def listing(stage: StageTree) -> list[str]:
    return [entry.path + ("/" if entry.kind == "dir" else "") for entry in stage.freeze()]


def scratch() -> StageTree:
    return StageTree(FileTree())


@pytest.mark.parametrize("engine", EVERY)
def test_directory_brings_its_content_with_source_and_layer(engine: Engine) -> None:
    stage = scratch()
    record = copy(stage, "app /srv", engine)
    assert listing(stage) == ["srv/", "srv/core/", "srv/core/__init__.py", "srv/latest", "srv/main.py"]
    main = stage.get("srv/main.py")
    assert main is not None
    assert (main.source, main.layer, main.mode) == ("app/main.py", 2, 0o644)
    link = stage.get("srv/latest")
    assert link is not None
    assert (link.kind, link.target, link.source) == ("link", "main.py", "")
    assert [(one.pattern, one.source, one.destination) for one in record.landings] == [("app", "app", "srv")]


@pytest.mark.parametrize("engine", EVERY)
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("setup.py /srv/", ["srv/", "srv/setup.py"]),
        ("setup.py /srv", ["srv"]),
        ("/setup.py /a/b", ["a/", "a/b"]),
        ("./setup.py .", ["w/", "w/setup.py"]),
        ("setup.py x/", ["w/", "w/x/", "w/x/setup.py"]),
        ("current/main.py /m", ["m"]),
        ("current /c", ["c/", "c/core/", "c/core/__init__.py", "c/latest", "c/main.py"]),
        ("*.md *.py /r/", ["r/", "r/README.md", "r/setup.py"]),
        ("setup.py nope* /r/", ["r/", "r/setup.py"]),
    ],
)
def test_destinations_on_which_all_agree(words: str, expected: list[str], engine: Engine) -> None:
    stage = StageTree(tree("w/"))
    copy(stage, words, engine, workdir="/w")
    assert listing(stage) == sorted({*expected, "w/"})


@pytest.mark.parametrize(
    ("words", "engine", "expected"),
    [
        ("setup.py README.md /r", BUILDKIT, ["r"]),
        ("setup.py README.md /r", PODMAN, ["r/", "r/README.md", "r/setup.py"]),
        ("setup.py /r/.", BUILDKIT, ["r/", "r/setup.py"]),
        ("setup.py /r/.", DOCKER, ["r"]),
        ("setup.py /r/.", PODMAN, ["r/", "r/setup.py"]),
        ("setup.py /r/.", Engine("podman", (1, 28)), ["r"]),
        ("setup.py /r/.", Engine("buildkit", (0, 8)), ["r"]),
        ("**/__init__.py /r/", PODMAN, ["r/", "r/__init__.py"]),
        ("nope* /r/", BUILDKIT, []),
    ],
)
def test_destinations_on_which_they_differ(words: str, engine: Engine, expected: list[str]) -> None:
    stage = scratch()
    copy(stage, words, engine)
    assert listing(stage) == expected


@pytest.mark.parametrize(
    ("words", "engine", "message"),
    [
        ("nope /r/", BUILDKIT, '"/nope": not found'),
        (
            "nope /r/",
            DOCKER,
            "COPY failed: file not found in build context or excluded by .dockerignore: stat nope",
        ),
        ("nope /r/", PODMAN, 'copier: stat: "/nope": no such file or directory'),
        ("nope* /r/", DOCKER, "no source files were specified"),
        ("nope* /r/", PODMAN, "matched nothing"),
        ("nope/* /r/", BUILDKIT, "lstat /nope: no such file or directory"),
        ("../setup.py /r/", DOCKER, "forbidden path outside the build context"),
        ("setup.py README.md /r", DOCKER, "must be a directory and end with a /"),
        ("broken /r", BUILDKIT, '"/broken": not found'),
        ("broken /r", PODMAN, "no such file or directory"),
        ("loop* /r/", BUILDKIT, '"/loop": not found'),
        ("loop* /r/", PODMAN, "too many levels of symbolic links"),
        ("**/__init__.py /r/", Engine("podman", (1, 28)), "matched nothing"),
        ("https://example.org/x /r/", PODMAN, "source can't be a URL for COPY"),
    ],
)
def test_refusals_name_the_line(words: str, engine: Engine, message: str) -> None:
    with pytest.raises(BuildRefused) as caught:
        copy(scratch(), words, engine)
    assert message in caught.value.reason
    assert (caught.value.path, caught.value.line) == ("Containerfile", 7)


def test_directory_over_a_file_is_an_error_only_in_buildkit() -> None:
    drawing = "one/\n  k\ntwo/\n  k/\n    m\n"
    for engine in EVERY:
        stage = scratch()
        copy(stage, "one /r", engine, drawing=drawing)
        if engine is BUILDKIT:
            with pytest.raises(BuildRefused, match="cannot copy to non-directory: /r/k"):
                copy(stage, "two /r", engine, drawing=drawing)
        else:
            copy(stage, "two /r", engine, drawing=drawing)
            assert listing(stage) == ["r/", "r/k/", "r/k/m"]


@pytest.mark.parametrize(
    ("engine", "expected"),
    [(BUILDKIT, ("link", "file")), (DOCKER, ("link", "file")), (PODMAN, ("file", None))],
)
def test_link_named_as_destination(engine: Engine, expected: tuple[str, str | None]) -> None:
    stage = StageTree(tree("l -> real/file\nreal/\n"))
    if engine is PODMAN:
        stage = StageTree(tree("l -> real\nreal\n"))
        copy(stage, "setup.py /l", engine)
        kept = stage.get("real")
        assert kept is not None
        assert kept.source == ""
    else:
        copy(stage, "setup.py /l", engine)
    found = stage.get("l"), stage.get("real/file")
    assert tuple(entry.kind if entry else None for entry in found) == expected


@pytest.mark.parametrize("engine", EVERY)
def test_ignored_files_stay_out_and_cannot_be_named(engine: Engine) -> None:
    stage = scratch()
    copy(stage, ". /", engine, ignore="app/core\n*.md\n")
    assert listing(stage) == ["app/", "app/latest", "app/main.py", "broken", "current", "loop", "setup.py"]
    with pytest.raises(BuildRefused):
        copy(stage, "README.md /", engine, ignore="*.md\n")


def test_buildkit_sends_a_directory_only_if_some_source_needs_it() -> None:
    held = tree(CONTEXT)
    for transferred, refused in (
        ((), True),
        (("setup.py",), True),
        (("app/main.py",), False),
        ((".",), False),
    ):
        stage, origin = scratch(), CopyOrigin(held, transferred=("app/nope*", *transferred))
        if refused:
            with pytest.raises(BuildRefused, match="lstat /app"):
                copy(stage, "app/nope* /r/", BUILDKIT, origin=origin)
        else:
            assert copy(stage, "app/nope* /r/", BUILDKIT, origin=origin).unmatched == ("app/nope*",)


def test_buildah_asks_the_ignore_file_about_the_path_as_written() -> None:
    stage = scratch()
    copy(stage, "current/main.py /m", PODMAN, ignore="app/main.py\n")
    assert listing(stage) == ["m"]
    for engine in (BUILDKIT, DOCKER):
        with pytest.raises(BuildRefused):
            copy(scratch(), "current/main.py /m", engine, ignore="app/main.py\n")


@pytest.mark.parametrize("engine", EVERY)
def test_chown_takes_new_parents_too(engine: Engine) -> None:
    stage = scratch()
    copy(stage, "setup.py /p/q/", engine, chown="12:34")
    assert {(entry.uid, entry.gid) for entry in stage.freeze()} == {(12, 34)}


@pytest.mark.parametrize(("engine", "gid"), [(BUILDKIT, 20), (PODMAN, 20), (DOCKER, 30)])
def test_chown_by_name_reads_the_accounts_of_the_stage(engine: Engine, gid: int) -> None:
    accounts = {"etc/passwd": b"app:x:10:20::/:/bin/sh\n", "etc/group": b"app:x:30:\n"}
    stage = StageTree(tree("etc/\n  passwd\n  group\n"), read=accounts.get)
    copy(stage, "setup.py /r/", engine, chown="app")
    entry = stage.get("r/setup.py")
    assert entry is not None
    assert (entry.uid, entry.gid) == (10, gid)


@pytest.mark.parametrize("engine", EVERY)
def test_accounts_that_a_copy_brought_are_read(engine: Engine) -> None:
    accounts = {"passwd": b"app:x:10:10::/:/bin/sh\n", "group": b"app:x:10:\n"}
    stage = scratch()
    copy(stage, "passwd group /etc/", engine, drawing="passwd\ngroup\n", contents=accounts)
    copy(stage, "setup.py /r/", engine, chown="app:app")
    entry = stage.get("r/setup.py")
    assert entry is not None
    assert (entry.uid, entry.gid) == (10, 10)


def test_unknown_user() -> None:
    with pytest.raises(BuildRefused, match="invalid user index: -1"):
        copy(scratch(), "setup.py /r/", BUILDKIT, chown="bob")
    with pytest.raises(BuildRefused, match="can't find uid for user bob"):
        copy(scratch(), "setup.py /r/", DOCKER, chown="bob")
    with pytest.raises(BuildRefused, match="unknown user"):
        copy(scratch(), "setup.py /r/", PODMAN, chown="bob")
    stage = StageTree(None)
    copy(stage, "setup.py /r/", PODMAN, chown="bob")
    entry = stage.get("r/setup.py")
    assert entry is not None
    assert (entry.uid, entry.gid) == (-1, -1)


@pytest.mark.parametrize(
    ("chmod", "engine", "file", "parent"),
    [
        ("640", BUILDKIT, 0o640, 0o640),
        ("640", PODMAN, 0o640, 0o755),
        ("u=rwX,go=rX", BUILDKIT, 0o644, 0o755),
        ("a+x,o-r", BUILDKIT, 0o751, 0o755),
        ("g=u", BUILDKIT, 0o664, 0o755),
        ("u+s", BUILDKIT, 0o4644, 0o755),
    ],
)
def test_chmod(chmod: str, engine: Engine, file: int, parent: int) -> None:
    stage = scratch()
    copy(stage, "setup.py /r/", engine, chmod=chmod)
    assert [entry.mode for entry in stage.freeze()] == [parent, file]


def test_special_bits_of_context_files() -> None:
    held = FileTree([FileEntry("s", "file", mode=0o6755), FileEntry("t", "file", mode=0o6744)])
    expected = {"buildkit": (0o6755, 0o6744), "docker": (0o755, 0o2744), "podman": (0o755, 0o744)}
    for engine in EVERY:
        stage = scratch()
        copy(stage, "s t /r/", engine, origin=CopyOrigin(held))
        assert tuple(entry.mode for entry in stage.freeze() if entry.kind == "file") == expected[engine.name]


@pytest.mark.parametrize("engine", EVERY)
def test_from_a_stage_keeps_owner_source_and_inline_content(engine: Engine) -> None:
    first = scratch()
    copy(first, "setup.py /out/", engine, chown="5:6")
    digest = hashlib.sha256(b"hello").hexdigest()
    first.inline[digest] = b"hello"
    first.put(FileEntry("out/hello", "file", size=5, digest=digest))
    second = scratch()
    copy(second, "/out /in", engine, origin=CopyOrigin(first, "stage"))
    brought = second.get("in/setup.py")
    assert brought is not None
    assert (brought.uid, brought.gid, brought.source) == (5, 6, "setup.py")
    assert second.inline[digest] == b"hello"


@pytest.mark.parametrize("engine", EVERY)
def test_doubt_travels_with_the_copy(engine: Engine) -> None:
    first = scratch()
    copy(first, "app /app", engine)
    first.mark_unknown("app/build", "RUN make", Location("Containerfile", 3))
    second = scratch()
    copy(second, "/app /srv", engine, origin=CopyOrigin(first, "stage"))
    assert second.locate("srv/build/x").certainty == "unknown"
    assert second.locate("srv/other").certainty == "absent"
    third = scratch()
    copy(third, "/app/build/wheel /w/", engine, origin=CopyOrigin(first, "stage"))
    assert third.doubt("w/wheel") is not None


@pytest.mark.parametrize("engine", EVERY)
def test_unknown_origin_leaves_the_destination_unknown(engine: Engine) -> None:
    stage = scratch()
    copy(stage, "/uv /bin/", engine, origin=CopyOrigin(FileTree(), "image", known=False))
    assert stage.locate("bin/uv").certainty == "unknown"
    assert stage.locate("usr").certainty == "absent"


def test_unknown_base_presumes_only_the_usual_directories() -> None:
    stage = StageTree(None)
    assert copy(stage, "setup.py /tmp").presumed == ()
    record = copy(stage, "setup.py /start")
    assert stage.get("tmp/setup.py") is not None
    assert stage.get("start") is not None
    assert record.presumed == ("start",)


@pytest.mark.parametrize("engine", [BUILDKIT, PODMAN])
def test_link_is_put_on_top_without_following(engine: Engine) -> None:
    stage = StageTree(tree("l -> real\nreal/\n  kept\n"))
    copy(stage, "setup.py /l/", engine, link=True)
    assert listing(stage) == ["l/", "l/setup.py", "real/", "real/kept"]


@pytest.mark.parametrize("engine", [BUILDKIT, PODMAN])
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("app/core/__init__.py /r/", ["r/", "r/app/", "r/app/core/", "r/app/core/__init__.py"]),
        ("app/./core /r/", ["r/", "r/core/", "r/core/__init__.py"]),
        ("**/__init__.py /r/", ["r/", "r/app/", "r/app/core/", "r/app/core/__init__.py"]),
    ],
)
def test_parents(words: str, expected: list[str], engine: Engine) -> None:
    stage = scratch()
    copy(stage, words, engine, parents=True)
    assert listing(stage) == expected


def test_exclude_is_relative_to_what_is_copied() -> None:
    for engine in (BUILDKIT, PODMAN):
        stage = scratch()
        copy(stage, "app /r/", engine, exclude=("core", "*.md"))
        assert listing(stage) == ["r/", "r/latest", "r/main.py"]
    stage = scratch()
    copy(stage, "setup.py /r/", BUILDKIT, exclude=("setup.py",))
    assert listing(stage) == ["r/", "r/setup.py"]
    with pytest.raises(BuildRefused, match="1 filtered out"):
        copy(scratch(), "setup.py /r/", PODMAN, exclude=("setup.py",))
    stage = scratch()
    copy(stage, "app /r/", BUILDKIT, exclude=("**", "!core/*"))
    assert listing(stage) == ["r/", "r/core/", "r/core/__init__.py"]


@pytest.mark.parametrize("engine", [BUILDKIT, PODMAN])
def test_heredoc(engine: Engine) -> None:
    stage = scratch()
    request = CopyRequest(
        keyword="COPY",
        sources=(),
        destination="/etc/",
        heredocs=(("conf", b"a = 1\n"),),
        location=Location("Containerfile", 7),
    )
    apply_copy(stage, CopyOrigin(tree(CONTEXT)), request, engine)
    entry = stage.get("etc/conf")
    assert entry is not None
    assert (entry.mode, entry.source, stage.inline[entry.digest]) == (0o644, "", b"a = 1\n")


@pytest.mark.parametrize("engine", EVERY)
def test_download_has_a_name_and_no_known_content(engine: Engine) -> None:
    stage = scratch()
    copy(stage, "https://example.org/pkg/tool.sh?x=1 /r/", engine, keyword="ADD")
    entry = stage.get("r/tool.sh")
    assert entry is not None
    assert (entry.mode, entry.digest, entry.source) == (0o600, "", "")


def test_cloned_repository_is_unknown() -> None:
    stage = scratch()
    copy(stage, "https://example.org/a/b.git /r", BUILDKIT, keyword="ADD")
    assert stage.doubt("r/anything") is not None


def pack(*members: tuple[str, str, bytes]) -> bytes:
    """A tar of (name, kind, content or target)."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, kind, content in members:
            info = tarfile.TarInfo(name)
            info.mode, info.uid, info.gid = 0o640, 12, 34
            if kind == "link":
                info.type, info.linkname = tarfile.SYMTYPE, content.decode()
            elif kind == "hard":
                info.type, info.linkname = tarfile.LNKTYPE, content.decode()
            else:
                info.size = len(content)
            archive.addfile(info, io.BytesIO(content) if kind == "file" else None)
    return buffer.getvalue()


def add(stage: StageTree, data: bytes, engine: Engine, destination: str = "/r") -> CopyRecord:
    held = FileTree([FileEntry("x.txt", "file", size=len(data), mode=0o644)])
    origin = CopyOrigin(held, read={"x.txt": data}.get)
    return copy(stage, f"x.txt {destination}", engine, keyword="ADD", origin=origin)


@pytest.mark.parametrize("engine", EVERY)
def test_archive_is_known_by_its_content_and_stays_inside(engine: Engine) -> None:
    data = pack(
        ("../../up", "file", b"one"),
        ("l", "link", b"/etc"),
        ("l/passwd", "file", b"two"),
        ("again", "hard", b"../../up"),
    )
    stage = StageTree(tree("etc/\n  passwd\n"))
    add(stage, data, engine)
    assert listing(stage) == ["etc/", "etc/passwd", "r/", "r/again", "r/etc/", "r/etc/passwd", "r/l", "r/up"]
    again = stage.get("r/again")
    assert again is not None
    assert (stage.inline[again.digest], again.uid, again.mode) == (b"one", 12, 0o640)


@pytest.mark.parametrize("engine", EVERY)
@pytest.mark.parametrize("data", [b"", b"plain text", bytes(1024), b"\x1f\x8b\x08broken"])
def test_what_is_no_archive_is_copied(data: bytes, engine: Engine) -> None:
    stage = scratch()
    add(stage, data, engine)
    entry = stage.get("r")
    assert entry is not None
    assert entry.source == "x.txt"


@pytest.mark.parametrize("engine", EVERY)
def test_broken_archive_is_refused(engine: Engine) -> None:
    whole = pack(("a", "file", b"x" * 5000), ("b", "file", b"y"))
    with pytest.raises(BuildRefused, match="cannot extract"):
        add(scratch(), whole[:3000], engine)


def test_archive_bomb_leaves_the_destination_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("paritycheck.predict.copying.unpacking.MAX_MEMBERS", 2)
    stage = scratch()
    add(stage, pack(*((f"f{n}", "file", b"") for n in range(5))), PODMAN)
    assert stage.doubt("r/f4") is not None
