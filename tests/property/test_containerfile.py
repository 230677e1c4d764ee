"""Whatever a Containerfile says, it is parsed and predicted, or refused: nothing else may happen."""

from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.parse.build.words import expand, expand_heredoc, expand_to_words
from tests.predict.builds import build

ENGINES = st.sampled_from(
    [
        BUILDKIT,
        DOCKER,
        PODMAN,
        Engine("buildkit", (0, 8)),
        Engine("buildkit", (0, 12)),
        Engine("docker", (29, 0)),
        Engine("podman", (1, 28)),
    ]
)
PIECES = (
    "$",
    "${",
    "}",
    ":",
    "-",
    "+",
    "?",
    "#",
    "%",
    "/",
    "'",
    '"',
    "\\",
    "`",
    "<<",
    " ",
    "\t",
    "\n",
    "é",
    "\x85",
)
WORDS = st.lists(
    st.one_of(st.sampled_from((*PIECES, "V", "U", "*", "[", "]", "a")), st.characters()), max_size=20
)
KEYWORDS = (
    "FROM",
    "ARG",
    "ENV",
    "COPY",
    "ADD",
    "RUN",
    "WORKDIR",
    "USER",
    "CMD",
    "ENTRYPOINT",
    "LABEL",
    "VOLUME",
    "EXPOSE",
    "SHELL",
    "HEALTHCHECK",
    "ONBUILD",
    "STOPSIGNAL",
    "MAINTAINER",
    "ONBUILD COPY",
    "FOO",
)
ARGUMENTS = st.sampled_from(
    (
        "scratch",
        "scratch AS x",
        "x",
        "0",
        "a /r",
        "--from=x / /r",
        "--from=0 a /",
        "<<E /r\nbody $V\nE",
        '["a", "b"]',
        "V=1",
        "V",
        "/w",
        "$V",
        "80",
        "CMD x",
        "--chown=$V a /r",
        "a \\",
        "[1",
        "1",
        "x=y z=${V:-w}",
        "d /r/",
        ". .",
    )
)
LINES = st.lists(
    st.one_of(
        st.builds("{} {}".format, st.sampled_from(KEYWORDS), ARGUMENTS),
        WORDS.map("".join),
        st.sampled_from(("# escape=`", "# c", "", "FROM scratch AS x", "FROM x", "COPY a /a")),
    ),
    max_size=8,
)


def _check_refusal(error: BuildRefused, lines: int) -> None:
    assert error.reason
    assert 0 <= error.line <= lines


@given(WORDS.map("".join), ENGINES, st.sampled_from("\\`"))
@settings(max_examples=400)
@example("${U:-", BUILDKIT, "\\")
@example("\\", PODMAN, "\\")
def test_words_expand_or_are_refused(word: str, engine: Engine, escape: str) -> None:
    env = {"V": "a/b c", "E": ""}
    for attempt in (
        lambda: expand(word, env, engine, escape),
        lambda: expand_to_words(word, env, engine, escape),
        lambda: expand_heredoc(word, env, engine),
    ):
        try:
            assert attempt() is not None
        except BuildRefused as error:
            _check_refusal(error, 0)


@given(LINES.map("\n".join), ENGINES)
@settings(max_examples=300, deadline=None)
def test_files_parse_or_are_refused_at_a_line_of_theirs(text: str, engine: Engine) -> None:
    lines = text.count("\n") + 1
    try:
        found = parse_containerfile(text, "Containerfile", engine)
    except BuildRefused as error:
        _check_refusal(error, lines)
        return
    previous = 0
    for instruction in found.instructions:
        assert previous < instruction.location.line <= instruction.end_line <= lines
        previous = instruction.end_line


@given(LINES.map(lambda lines: "\n".join(["FROM scratch", *lines])), ENGINES)
@settings(max_examples=200, deadline=None)
def test_builds_are_predicted_or_refused_and_say_from_where(text: str, engine: Engine) -> None:
    try:
        found = build(text, engine, {"V": "given"})
    except BuildRefused as error:
        _check_refusal(error, text.count("\n") + 1)
        return
    for entry in found.tree:
        assert entry.layer < len(found.config.layers)
        if entry.kind == "file":
            assert entry.source or entry.digest in found.inline
