"""What hides what when layers lie on each other, and what the tar of a layer means."""

import io
import tarfile

import pytest

from paritycheck.capture.image.layers import Layer, stack
from paritycheck.capture.image.layertar import read_layer
from paritycheck.capture.image.tarheaders import read_members
from paritycheck.errors import SourceError
from paritycheck.model.tree import FileTree
from tests.drawn import layer_tar


def layer_of(tar: bytes, index: int) -> Layer:
    members = read_members(lambda offset, length: tar[offset : offset + length], len(tar), f"layer {index}")
    return read_layer(members, index)


def stacked(*drawings: str, prefix: str = "") -> FileTree:
    return stack(
        [layer_of(layer_tar(drawing, prefix=prefix), index) for index, drawing in enumerate(drawings)]
    )


def shown(tree: FileTree) -> dict[str, int]:
    return {entry.path: entry.layer for entry in tree}


STACKS: dict[str, tuple[list[str], dict[str, int]]] = {
    "layers add up, the newest writer counts": (
        ["app/\n  a.py\n  b.py", "app/\n  b.py | new"],
        {"app": 1, "app/a.py": 0, "app/b.py": 1},
    ),
    "a whiteout hides a file": (["app/\n  a.py\n  b.py", "app/\n  .wh.a.py"], {"app": 1, "app/b.py": 0}),
    "a whiteout hides a directory and all below": (
        ["app/\n  sub/\n    x/\n      y", "app/\n  .wh.sub"],
        {"app": 1},
    ),
    "a whiteout of something else with the same beginning hides nothing": (
        ["app/\n  ab\n  a/\n    x", "app/\n  .wh.a"],
        {"app": 1, "app/ab": 0},
    ),
    "a whiteout hides only older layers": (
        ["d/\n  old", "d/\n  .wh.old\n  old | again"],
        {"d": 1, "d/old": 1},
    ),
    "what was removed can come back": (["a", ".wh.a", "a"], {"a": 2}),
    "what came back brings nothing along": (
        ["d/\n  old", ".wh.d", "d/\n  new"],
        {"d": 2, "d/new": 2},
    ),
    "an opaque directory hides what older layers have in it": (
        ["d/\n  old\n  sub/\n    x", "d/\n  .wh..wh..opq\n  new"],
        {"d": 1, "d/new": 1},
    ),
    "an opaque directory keeps its own layer and newer ones": (
        ["d/\n  a", "d/\n  b\n  .wh..wh..opq", "d/\n  c"],
        {"d": 2, "d/b": 1, "d/c": 2},
    ),
    "an opaque root hides everything older": (["a\nd/\n  b", ".wh..wh..opq\nc"], {"c": 1}),
    "a file over a directory hides all below": (["d/\n  x", "d | file"], {"d": 1}),
    "a link over a directory hides all below": (["d/\n  x\ne/\n  y", "d -> e"], {"d": 1, "e": 0, "e/y": 0}),
    "a directory over a file replaces it": (["d | file", "d/\n  x"], {"d": 1, "d/x": 1}),
    "a directory over a file over a directory starts empty": (
        ["d/\n  oldest", "d | file", "d/\n  x"],
        {"d": 2, "d/x": 2},
    ),
    "a file below a path that was a link makes it a directory": (
        ["real/\n  x\nd -> real", "d/\n  y"],
        {"real": 0, "real/x": 0, "d": 1, "d/y": 1},
    ),
    "a hard link is a file of its own": (["a | abc\nb => a"], {"a": 0, "b": 0}),
    "a hard link outlives its other name": (["a | abc\nb => a", ".wh.a"], {"b": 0}),
    "a hard link to an older layer": (["a | abc", "b => a"], {"a": 0, "b": 1}),
    "bookkeeping of AUFS is neither file nor whiteout": (["a", ".wh..wh.plnk"], {"a": 0}),
    "a device is something else": (["dev/\n  null !device"], {"dev": 0, "dev/null": 0}),
}


@pytest.mark.parametrize("prefix", ["", "./", "/"])
@pytest.mark.parametrize("case", STACKS)
def test_stacking(case: str, prefix: str) -> None:
    drawings, expected = STACKS[case]
    assert shown(stacked(*drawings, prefix=prefix)) == expected


def test_hard_links_share_size_mode_and_kind() -> None:
    tree = stacked("a (755) | abc\nb => a\nc => b\nl -> a\nm => l")
    for name in "abc":
        entry = tree.get(name)
        assert entry is not None
        assert (entry.kind, entry.size, entry.mode) == ("file", 3, 0o755)
    link = tree.get("m")
    assert link is not None
    assert (link.kind, link.target) == ("link", "a")


def raw(*members: tuple[bytes, bytes, bytes]) -> bytes:
    """Write members (name, type, link) whose names tarfile would refuse or change."""
    data = b""
    for name, kind, link in members:
        info = tarfile.TarInfo("placeholder")
        info.type = kind
        header = bytearray(info.tobuf(tarfile.USTAR_FORMAT))
        header[:100] = name.ljust(100, b"\0")
        header[157:257] = link.ljust(100, b"\0")
        header[148:156] = b" " * 8
        header[148:156] = b"%06o\0 " % sum(header)
        data += bytes(header)
    return data


@pytest.mark.parametrize(
    ("name", "path"),
    [
        (b"./", ""),
        (b".", ""),
        (b"/", ""),
        (b"/etc/passwd", "etc/passwd"),
        (b"//etc//passwd", "etc/passwd"),
        (b"a/../b", "b"),
        (b"/../b", "b"),
        (b"a/./b", "a/b"),
        (b".hidden/x", ".hidden/x"),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "caf\\xe9"),
        (b"...", "..."),
    ],
)
def test_names_are_cleaned_as_engines_clean_them(name: bytes, path: str) -> None:
    tree = stack([layer_of(raw((name, b"0", b"")), 0)])
    assert [entry.path for entry in tree if entry.kind == "file"] == ([path] if path else [])


@pytest.mark.parametrize("name", [b"../evil", b"a/../../evil", b"..", b"./../x"])
def test_names_that_lead_out_are_refused(name: bytes) -> None:
    with pytest.raises(SourceError, match="leads out of the image") as caught:
        layer_of(raw((name, b"0", b"")), 3)
    assert "layer 3" in caught.value.message


def test_a_hard_link_to_nothing_is_refused() -> None:
    with pytest.raises(SourceError, match="no layer holds"):
        stacked("b => gone")


def test_hard_links_in_a_circle_are_refused() -> None:
    with pytest.raises(SourceError, match="no layer holds"):
        stack([layer_of(raw((b"a", b"1", b"b"), (b"b", b"1", b"a")), 0)])


def test_a_path_too_deep_for_any_file_system_is_refused() -> None:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("d/" * 30_000 + "x"))
    with pytest.raises(SourceError, match="a path of 60001 characters"):
        layer_of(buffer.getvalue(), 0)


def test_directories_that_a_layer_only_implies_are_there() -> None:
    tree = stack([layer_of(raw((b"opt/app/main.py", b"0", b"")), 0)])
    assert [(entry.path, entry.kind, entry.mode) for entry in tree if entry.kind == "dir"] == [
        ("opt/app", "dir", 0o755),
        ("opt", "dir", 0o755),
    ]


def test_the_last_of_several_members_counts() -> None:
    tree = stack([layer_of(raw((b"a", b"0", b""), (b"a", b"2", b"b")), 0)])
    entry = tree.get("a")
    assert entry is not None
    assert (entry.kind, entry.target) == ("link", "b")
