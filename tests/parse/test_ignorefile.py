from __future__ import annotations

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.parse.build.ignorefile import parse_ignorefile

EARLY_BUILDKIT = Engine("buildkit", (0, 8), client=(20, 10))


def _patterns(data: bytes, engine: Engine) -> list[str]:
    ignore = parse_ignorefile(data, ".dockerignore", engine)
    return [f"{'!' if one.negated else ''}{one.pattern}" for one in ignore.patterns]


@pytest.mark.parametrize(
    ("data", "moby", "buildah"),
    [
        (b"a\n\n b \n", ["a", "b"], ["a", "b"]),
        (b"# a\n #b\n\\#c", ["#b", "\\#c"], ["#b", "\\#c"]),
        (b"\xef\xbb\xbf# a\nb", ["b"], ["\ufeff# a", "b"]),
        (b"\xef\xbb\xbf!a", ["!a"], ["\ufeff!a"]),
        (b"a\r\nb\r", ["a", "b"], ["a", "b"]),
        (b"/a/ \n//b//c/", ["a", "b/c"], ["a", "b/c"]),
        (b" /a", ["a"], ["/a"]),
        (b"! a\n!!b", ["!a", "!!b"], ["! a", "!!b"]),
        (b"!/a\n!./b", ["!a", "!b"], ["!a", "!b"]),
        (b"a/../b\n../c\na/..", ["b", "../c", "."], ["b", "../c", "."]),
        (b"!a/../b", ["!b"], ["b"]),
        (b".\n/", [".", "/"], ["."]),
        ("\u00a0é\u00a0\n\x1ca".encode(), ["é", "\x1ca"], ["é", "\x1ca"]),
    ],
)
def test_lines_become_patterns(data: bytes, moby: list[str], buildah: list[str]) -> None:
    assert _patterns(data, DOCKER) == moby
    assert _patterns(data, PODMAN) == buildah


def test_patterns_remember_their_lines() -> None:
    found = parse_ignorefile(b"# c\n\n  /a/ \n!b", "x/.dockerignore", BUILDKIT).patterns
    assert [(one.line, one.text, one.pattern) for one in found] == [(3, "  /a/ ", "a"), (4, "!b", "b")]


@pytest.mark.parametrize("line", [b"!", b"!/", b"! ", b"!/..", b"[x-]", b"[]a]", b"a\\", b"a/[x"])
def test_a_faulty_line_is_refused_now_or_at_the_first_copy(line: bytes) -> None:
    for engine in (BUILDKIT, DOCKER):
        with pytest.raises(BuildRefused) as refusal:
            parse_ignorefile(b"ok\n" + line, ".dockerignore", engine)
        assert (refusal.value.path, refusal.value.line) == (".dockerignore", 2)
    for engine in (PODMAN, EARLY_BUILDKIT):
        fault = parse_ignorefile(b"ok\n" + line, ".dockerignore", engine).fault
        # Buildah cleans before it looks for a bang, and `!/..` is then nothing but `.`.
        assert (fault is None) == (engine is PODMAN and line == b"!/..")
        assert fault is None or fault.line == 2


def test_buildkit_sends_no_control_characters_unless_all_is_encoded() -> None:
    for data, engine, refused in (
        (b"a\rb", BUILDKIT, True),
        (b"a\rb", EARLY_BUILDKIT, True),
        (b"a\tb", BUILDKIT, True),
        (b"a\tb", EARLY_BUILDKIT, False),
    ):
        fault = parse_ignorefile(b"x\n" + data, ".dockerignore", engine).fault
        assert (fault is not None and fault.line == 2) == refused
    assert _patterns("a\rb\né".encode(), BUILDKIT) == ["a\rb", "é"]
    assert _patterns(b"a\rb", DOCKER) == ["a\rb"]


def test_a_line_has_its_limit_only_where_go_scans_lines() -> None:
    long = b"a" * (64 * 1024)
    with pytest.raises(BuildRefused, match="token too long"):
        parse_ignorefile(b"b\n" + long, ".dockerignore", DOCKER)
    assert len(_patterns(long, PODMAN)) == 1
