"""Containerfiles as each engine's parser reads them."""

from __future__ import annotations

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.model.location import Location
from paritycheck.parse.build.checking import check_instruction
from paritycheck.parse.build.containerfile import Instruction, parse_containerfile, parse_triggers

ALL = (BUILDKIT, DOCKER, PODMAN)


def parse(text: str, engine: Engine = BUILDKIT) -> tuple[Instruction, ...]:
    return parse_containerfile(text, "Containerfile", engine).instructions


def words(text: str, engine: Engine = BUILDKIT) -> list[tuple[str, ...]]:
    return [instruction.words for instruction in parse(text, engine)]


def refusal(text: str, engine: Engine) -> tuple[str, int]:
    with pytest.raises(BuildRefused) as caught:
        parse(text, engine)
    return caught.value.reason, caught.value.line


@pytest.mark.parametrize("engine", ALL)
def test_lines_continue_over_comments_and_blanks(engine: Engine) -> None:
    text = "\ufefffrom scratch\r\n\n  Copy a \\ \t\n# no\\\n\n   # no\n  b \\\n /r/\nRUN x\\\n\\\n y"
    found = parse(text, engine)
    assert [(i.keyword, i.words, i.location.line, i.end_line) for i in found] == [
        ("FROM", ("scratch",), 1, 1),
        ("COPY", ("a", "b", "/r/"), 3, 8),
        ("RUN", ("x y",), 9, 11),
    ]


def test_a_doubled_escape_continues_only_for_podman() -> None:
    text = "FROM scratch\nCOPY a /r\\\\\nCOPY b /q\n"
    assert words(text, BUILDKIT) == [("scratch",), ("a", "/r\\\\"), ("b", "/q")]
    assert words(text, PODMAN) == [("scratch",), ("a", "/r\\COPY", "b", "/q")]


@pytest.mark.parametrize(
    ("above", "heeded"),
    [
        ("# escape=`", ALL),
        ("  #  ESCAPE = `  ", ALL),
        ("# syntax=docker/dockerfile:1\n# escape=`", (BUILDKIT, DOCKER)),
        ("# check=skip=all\n# escape=`", (BUILDKIT,)),
        ("# hello\n# escape=`", ()),
        ("\n# escape=`", ()),
        ("#!/usr/bin/x\n# escape=`", ()),
    ],
)
def test_escape_directive(above: str, heeded: tuple[Engine, ...]) -> None:
    text = f"{above}\nFROM scratch\n"
    found = tuple(e for e in ALL if parse_containerfile(text, "Containerfile", e).escape == "`")
    assert found == heeded


def test_directives_may_be_wrong() -> None:
    assert refusal("# escape=x\nFROM a", BUILDKIT) == ("invalid escape token 'x' does not match ` or \\", 1)
    assert refusal("# escape=x\nFROM a", PODMAN) == ("invalid ESCAPE 'x'. Must be ` or \\", 1)
    for engine in ALL:
        assert refusal("# escape=`\n# escape=\\\nFROM a", engine) == (
            "only one escape parser directive can be used",
            2,
        )


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ('CMD ["a", "b\\u00e9"]', "exec", ("a", "bé")),
        ("CMD []", "exec", ()),
        ("CMD", "shell", ()),
        ("CMD ['a']", "shell", ("['a']",)),
        ("CMD   x   y  ", "shell", ("x   y",)),
        ('VOLUME ["/a b", "/c"]', "exec", ("/a b", "/c")),
        ("VOLUME /a\t/b", "words", ("/a", "/b")),
        ('COPY "a b" /r', "words", ('"a', 'b"', "/r")),
        ("HEALTHCHECK  CMD  x  y", "shell", ("CMD", "x  y")),
        ('HEALTHCHECK --retries=2 CMD ["x"]', "exec", ("CMD", "x")),
        ("WORKDIR  /a b ", "shell", ("/a b",)),
        ("MAINTAINER x y", "shell", ("x y",)),
        ("EXPOSE 80 81/udp", "words", ("80", "81/udp")),
    ],
)
def test_forms(text: str, form: str, expected: tuple[str, ...]) -> None:
    for engine in ALL:
        found = parse(f"FROM scratch\n{text}\n", engine)[1]
        assert (found.form, found.words) == (form, expected)


def test_text_after_an_array_makes_it_a_command_for_buildkit_alone() -> None:
    forms = [parse('FROM scratch\nCMD ["a"] # b', engine)[1].form for engine in ALL]
    assert forms == ["shell", "exec", "exec"]
    assert parse('FROM scratch\nCMD ["a"] # b', Engine("buildkit", (0, 14)))[1].form == "exec"


def test_arrays_hold_strings_only_and_may_be_hostile() -> None:
    for engine in ALL:
        assert refusal('FROM scratch\nCMD ["a", 1]', engine)[1] == 2
        assert parse("FROM scratch\nCMD " + "[" * 20_000, engine)[1].form == "shell"


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        (
            'ENV A=1 B=\'x y\' C="p\\" q" D=a\\ b',
            [("A", "1"), ("B", "'x y'"), ("C", '"p\\" q"'), ("D", "a\\ b")],
        ),
        ("ENV A  b  c=d ", [("A", "b  c=d")]),
        ("LABEL a.b=c=d", [("a.b", "c=d")]),
        ("ARG A B=  C=x", [("A", None), ("B", ""), ("C", "x")]),
    ],
)
def test_pairs(text: str, pairs: list[tuple[str, str | None]]) -> None:
    for engine in ALL:
        assert list(parse(f"FROM scratch\n{text}\n", engine)[1].pairs) == pairs


@pytest.mark.parametrize("text", ["ENV A=1 B", "ENV A= 1", "ENV A=1 # c", "ENV A", "LABEL a"])
def test_pairs_that_are_none(text: str) -> None:
    for engine in ALL:
        assert refusal(f"FROM scratch\n\n{text}\n", engine)[1] == 3


def test_flags_are_unquoted_and_end_at_the_first_other_word() -> None:
    for engine in ALL:
        copy = parse('FROM scratch\nCOPY --chown="1:2" --from=a\\ b -- --x /r\n', engine)[1]
        assert [(flag.name, flag.value) for flag in copy.flags] == [("chown", "1:2"), ("from", "a b")]
        assert copy.words == ("--x", "/r")


def test_unknown_instructions_and_flags_are_refused_when_the_engine_looks() -> None:
    for engine in (BUILDKIT, DOCKER):
        assert refusal("FROM scratch\nFOO x", engine) == ("unknown instruction: FOO", 2)
        assert refusal("FROM scratch\nCOPY --new a /r", engine) == ("unknown flag: --new", 2)
    assert [i.keyword for i in parse("FROM scratch\nFOO x\nCOPY --new a /r", PODMAN)] == [
        "FROM",
        "FOO",
        "COPY",
    ]


def test_a_newer_engine_or_another_frontend_may_know_more() -> None:
    newer = Engine("buildkit", (0, 99))
    assert parse("FROM scratch\nFOO x\nCOPY --new a /r", newer)[1].keyword == "FOO"
    assert len(parse("# syntax=docker/dockerfile:1-labs\nFROM scratch\nCOPY --new a /r")) == 2


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("COPY a", "COPY requires at least two arguments"),
        ("FROM a b", "FROM requires either one"),
        ("FROM a AS 1x", "invalid name for build stage"),
        ("ONBUILD FROM x", "FROM isn't allowed as an ONBUILD trigger"),
        ("ONBUILD ONBUILD ENV a=b", "Chaining ONBUILD"),
        ("ONBUILD", "ONBUILD requires at least one argument"),
        ("SHELL sh", "SHELL requires the arguments to be in JSON form"),
        ("USER", "USER requires exactly one argument"),
        ("COPY --chown=1 --chown=2 a /r", "duplicate flag specified: --chown"),
        ("COPY --from a /r", "missing a value on flag: --from"),
        ("HEALTHCHECK MAYBE", "Unknown type"),
        ("HEALTHCHECK --interval=soon CMD x", "invalid duration"),
        ('VOLUME [" "]', "VOLUME specified can not be an empty string"),
        ("ARG =x", "ARG names can not be blank"),
    ],
)
def test_shapes_that_buildkit_and_docker_refuse(text: str, reason: str) -> None:
    for engine in (BUILDKIT, DOCKER):
        found, line = refusal(f"FROM scratch\n{text}", engine)
        assert reason in found
        assert line == 2


@pytest.mark.parametrize(
    ("instruction", "engine", "known"),
    [
        ("COPY --link a /r", BUILDKIT, True),
        ("COPY --link a /r", Engine("buildkit", (0, 8)), False),
        ("COPY --parents a /r", Engine("buildkit", (0, 25)), False),
        ("COPY --parents a /r", Engine("docker", (29, 1)), True),
        ("COPY --exclude=x a /r", DOCKER, False),
        ("ADD --exclude=x --unpack=false a /r", Engine("buildkit", (0, 25)), True),
        ("ADD --unpack a /r", Engine("buildkit", (0, 22)), False),
        ("HEALTHCHECK --start-interval=1s CMD x", Engine("docker", (24, 0)), False),
        ("HEALTHCHECK --start-interval=1s CMD x", Engine("docker", (25, 0)), True),
        ("HEALTHCHECK --what=1s NONE", BUILDKIT, True),
        ("ARG --what X", BUILDKIT, True),
    ],
)
def test_flags_by_version(instruction: str, engine: Engine, known: bool) -> None:
    text = f"FROM scratch\n{instruction}\n"
    if known:
        assert len(parse(text, engine)) == 2
    else:
        assert refusal(text, engine)[0].startswith("unknown flag")


def test_heredocs() -> None:
    text = (
        "FROM scratch\nCOPY <<A <<-'B' /r/\n # a \\\n\n$x\r\nA\n\tb\n\tB\n"
        'ONBUILD ADD <<"C" /q\nc\nC\nCOPY ["<<D", "/r"]\n'
    )
    copy, onbuild, array = parse(text)[1:]
    assert [(h.name, h.body, h.expand) for h in copy.heredocs] == [
        ("A", " # a \\\n\n$x\r\n", True),
        ("B", "b\n", False),
    ]
    assert (copy.location.line, copy.end_line) == (2, 8)
    assert [(h.name, h.body, h.expand) for h in onbuild.heredocs] == [("C", "c\n", False)]
    assert (array.words, array.heredocs) == (("<<D", "/r"), ())
    assert parse(text, PODMAN)[1].heredocs[0].body == " # a \\\n\n$x\n"


def test_a_blank_before_the_name_of_a_heredoc_came_late() -> None:
    text = "FROM scratch\nCOPY << E /r\nx\nE\n"
    assert [h.name for h in parse(text)[1].heredocs] == ["E"]
    assert refusal(text, Engine("buildkit", (0, 21))) == ("unknown instruction: X", 3)


def test_heredoc_without_end() -> None:
    assert refusal("FROM scratch\nCOPY <<E /r\nx\n", BUILDKIT) == ("unterminated heredoc", 2)
    assert refusal("FROM scratch\nCOPY <<E /r\nx\n", PODMAN) == ("E: unterminated heredoc", 2)


def test_a_heredoc_is_not_known_to_docker_20_10() -> None:
    assert refusal("FROM scratch\nCOPY <<E /r\nx\nE\n", DOCKER) == ("unknown instruction: X", 3)


def test_podman_ends_an_empty_heredoc_with_a_newline() -> None:
    text = "FROM scratch\nCOPY <<E /r\nE\n"
    assert parse(text, BUILDKIT)[1].heredocs[0].body == ""
    assert parse(text, PODMAN)[1].heredocs[0].body == "\n"


@pytest.mark.parametrize(
    ("text", "engine", "reason"),
    [
        ("", BUILDKIT, "the Dockerfile cannot be empty"),
        ("# x\n\n", BUILDKIT, "file with no instructions"),
        ("# x\n", PODMAN, "building: no stages to build"),
        ("RUN " + "x" * 70_000, BUILDKIT, "dockerfile line greater than max allowed size of 65535"),
    ],
)
def test_files_that_are_none(text: str, engine: Engine, reason: str) -> None:
    assert refusal(text, engine)[0] == reason


def test_long_lines_are_fine_for_podman() -> None:
    assert parse("RUN " + "x" * 70_000, PODMAN)[0].words == ("x" * 70_000,)


def test_triggers_are_located_at_the_from_line() -> None:
    where = Location("Containerfile", 7)
    for engine in ALL:
        found = parse_triggers(("COPY a /r", "ENV A=1"), engine, where)
        assert [(i.keyword, i.location.line) for i in found] == [("COPY", 7), ("ENV", 7)]
    with pytest.raises(BuildRefused, match="single expression"):
        parse_triggers(("ENV A=1\nENV B=2",), BUILDKIT, where)
    assert len(parse_triggers(("ENV A=1\nENV B=2",), PODMAN, where)) == 2


def test_onbuild_nested_without_end_is_refused() -> None:
    for engine in (BUILDKIT, DOCKER):
        assert refusal("FROM scratch\n" + "ONBUILD " * 5000 + "RUN x", engine)[1] == 2
    assert refusal("FROM scratch\n" + "ONBUILD " * 20_000 + "RUN x", PODMAN)[1] == 2


@pytest.mark.parametrize(
    ("flag", "refused"),
    [
        ("--interval=1m30s", ()),
        ("--interval=.5s", ()),
        ("--interval=1", ALL),
        ("--interval=0s", (DOCKER, PODMAN)),
        ("--timeout=1us", (BUILDKIT, DOCKER)),
        ("--timeout=-1s", ALL),
        ("--retries=0", (DOCKER, PODMAN)),
        ("--retries=x", ALL),
    ],
)
def test_health_flags(flag: str, refused: tuple[Engine, ...]) -> None:
    text = f"FROM scratch\nHEALTHCHECK {flag} CMD x\n"
    found = []
    for engine in ALL:
        try:
            for instruction in parse(text, engine):
                check_instruction(instruction, engine)
        except BuildRefused:
            found.append(engine)
    assert tuple(found) == refused
