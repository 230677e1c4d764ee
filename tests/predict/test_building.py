"""The predicted image: which instruction wrote what, what comes from where, and what nobody knows."""

from __future__ import annotations

import hashlib

import pytest

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.model.snapshot import ImageConfig, Layer, Unknown
from paritycheck.predict.building.request import BaseImage, NamedContext, find_image
from paritycheck.predict.context.effective import Context
from tests.drawn import tree
from tests.predict.builds import ALL, build, paths, refusal


@pytest.mark.parametrize("engine", ALL)
def test_entries_know_their_layer_and_their_source(engine: Engine) -> None:
    found = build("FROM scratch\nENV A=1\nCOPY a /r/\nCOPY d /r/\nCOPY b /r/a\n", engine)
    entry = found.tree.get("r/a")
    assert entry is not None
    layer = found.config.layers[entry.layer]
    assert layer.location is not None
    assert (layer.location.line, layer.created_by, entry.source) == (5, "COPY b /r/a", "b")
    assert [one.location.line for one in found.config.layers if one.location] == [3, 4, 5]
    assert found.tree.get("r/e/y") is not None
    assert [(c.location.line, c.request.sources, c.request.destination) for c in found.copies] == [
        (3, ("a",), "/r/"),
        (4, ("d",), "/r/"),
        (5, ("b",), "/r/a"),
    ]


def test_layers_of_other_stages_are_inherited_or_not() -> None:
    text = "FROM scratch AS x\nCOPY a /1\nFROM x\nCOPY b /2\nCOPY --from=x /1 /3\n"
    for engine in ALL:
        found = build(text, engine)
        lines = {e.path: found.config.layers[e.layer].location for e in found.tree if e.kind == "file"}
        assert {path: where.line for path, where in lines.items() if where} == {"1": 2, "2": 4, "3": 5}
        assert [copy.stage for copy in found.copies] == [0, 1, 1]
        assert found.copies[-1].origin == "stage"


@pytest.mark.parametrize(
    ("lines", "buildkit", "docker", "podman"),
    [
        ("WORKDIR /w", "w", "w", ""),
        ("WORKDIR /w\nCOPY a .", "w w/a", "w w/a", "w w/a"),
        ("WORKDIR /v\nWORKDIR /w\nCOPY a .", "v w w/a", "v w w/a", "w w/a"),
        ("COPY a /b\nWORKDIR /w/x", "b w w/x", "b w w/x", "b"),
        ("WORKDIR /w\nCOPY a /b\nWORKDIR /x", "b w x", "b w x", "b w"),
    ],
)
def test_directories_of_workdir(lines: str, buildkit: str, docker: str, podman: str) -> None:
    found = [
        " ".join(paths(build(f"FROM scratch\n{lines}\n", engine))) for engine in (BUILDKIT, DOCKER, PODMAN)
    ]
    assert found == [buildkit, docker, podman]


def test_workdir_belongs_to_the_user_for_buildkit_and_podman() -> None:
    text = "FROM scratch\nUSER 5:6\nWORKDIR /w/x\nCOPY a /a\n"
    for engine, owner in ((BUILDKIT, (5, 6)), (DOCKER, (0, 0)), (PODMAN, (5, 6))):
        found = build(text, engine).tree
        assert [(e.uid, e.gid) for e in found if e.kind == "dir"] == [owner, owner]


def test_workdir_onto_a_file() -> None:
    text = "FROM scratch\nCOPY a /w\nWORKDIR /w\n"
    assert refusal(text, BUILDKIT) == ("mkdir /w: not a directory", 3)
    assert refusal(text, DOCKER) == ("Cannot mkdir: /w is not a directory", 3)
    assert refusal(text, PODMAN) == ("", 0)
    for engine in ALL:
        assert refusal("FROM scratch\nCOPY a /w\nWORKDIR /w/x\n", engine)[1] == 3


def test_heredocs_are_inline_content() -> None:
    text = "FROM scratch\nENV X=v\nCOPY <<A <<'B' a /r/\n$X \\$X\nA\n$X\nB\n"
    for engine, body in ((BUILDKIT, b"v $X\n"), (PODMAN, b"v \\$X\n")):
        found = build(text, engine)
        assert paths(found) == ["r", "r/A", "r/B", "r/a"]
        entry = found.tree.get("r/A")
        assert entry is not None
        assert entry.digest == hashlib.sha256(body).hexdigest()
        assert found.inline[entry.digest] == body
        assert entry.source == ""


def test_docker_parses_heredocs_from_23_on_and_forgets_them() -> None:
    engine = Engine("docker", (29, 0))
    assert paths(build("FROM scratch\nCOPY a <<E /r/\nx\nE\n", engine)) == ["r", "r/a"]
    assert refusal("FROM scratch\nCOPY <<E /r/\nx\nE\n", engine)[1] == 2


@pytest.mark.parametrize("engine", ALL)
def test_a_base_image_that_is_not_at_hand_is_unknown_not_empty(engine: Engine) -> None:
    found = build("FROM python:3.12-slim\nCOPY a /app/\n", engine)
    assert paths(found) == ["app", "app/a"]
    assert [(part.path, part.location.line if part.location else 0) for part in found.unknown] == [("", 1)]
    assert "python:3.12-slim is not at hand" in found.unknown[0].reason
    assert found.config_known is False


@pytest.mark.parametrize("engine", ALL)
def test_a_base_image_at_hand_supplies_tree_configuration_and_triggers(engine: Engine) -> None:
    config = ImageConfig(
        env={"PATH": "/usr/bin", "V": "w"}, workdir="/app", cmd=("c",), layers=(Layer(created_by="base"),)
    )
    base = BaseImage(tree("bin/\n  sh | x\n", layer=0), config, onbuild=("COPY b /ob", "ENV T=1"))
    found = build(
        'FROM python\nCOPY a $V/\nENTRYPOINT ["e"]\n',
        engine,
        bases={"docker.io/library/python:latest": base},
    )
    assert paths(found) == ["app", "app/w", "app/w/a", "bin", "bin/sh", "ob"]
    assert found.unknown == ()
    assert found.config_known is True
    assert (found.settings.cmd, found.settings.workdir) == ((), "/app")
    assert found.settings.env == {"PATH": "/usr/bin", "V": "w", "T": "1"}
    assert len(found.config.layers) == 3
    assert found.config.layers[0].created_by == "base"


@pytest.mark.parametrize("engine", ALL)
def test_a_value_that_was_not_kept_makes_what_depends_on_it_unknown(engine: Engine) -> None:
    base = BaseImage(tree(""), ImageConfig(env={"PATH": "/bin", "WHERE": None}, workdir="/w"))
    text = "FROM b\nCOPY a $WHERE/\nENV PYTHONPATH=$WHERE:/x\nENV WHERE=/now\nCOPY b $WHERE/\n"
    found = build(text, engine, bases={"b": base})
    assert found.tree.get("now/b") is not None
    assert [(problem.location.line, problem.presumed) for problem in found.problems] == [(2, False)]
    assert [part.location.line for part in found.unknown if part.location] == [2]
    assert found.config.env["PYTHONPATH"] is None


def test_the_working_directory_of_an_unknown_base_is_presumed() -> None:
    found = build("FROM python\nCOPY a .\nWORKDIR app\nWORKDIR /srv\nCOPY b .\n")
    assert [(problem.location.line, problem.presumed) for problem in found.problems] == [(2, True), (3, True)]
    assert paths(found) == ["a", "app", "srv", "srv/b"]


def test_unknown_parts_of_a_base_stay_unknown() -> None:
    base = BaseImage(tree("x/\n"), unknown=(Unknown("opt", "not read"),))
    assert build("FROM b\nCOPY a /a\n", bases={"b": base}).unknown == (Unknown("opt", "not read"),)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("python", "docker.io/library/python:latest", True),
        ("python:3", "docker.io/python:3", True),
        ("me/app", "docker.io/me/app:latest", True),
        ("localhost/app", "app", False),
        ("quay.io/a/b", "a/b", False),
        ("python:3", "python", False),
    ],
)
def test_names_of_images(one: str, other: str, same: bool) -> None:
    image = BaseImage(tree(""))
    assert (find_image({other: image}, one) is image) is same


@pytest.mark.parametrize("engine", ALL)
def test_copy_from_an_unknown_image_leaves_its_destination_unknown(engine: Engine) -> None:
    found = build("FROM scratch\nCOPY a /a\nCOPY --from=ghcr.io/astral-sh/uv:0.5 /uv /bin/uv\n", engine)
    assert found.tree.get("a") is not None
    assert found.unknown != ()
    assert all(part.path.startswith("bin") for part in found.unknown)
    assert all(part.location is not None and part.location.line == 3 for part in found.unknown)


@pytest.mark.parametrize("engine", [BUILDKIT, PODMAN])
def test_named_contexts_hide_stages_and_images(engine: Engine) -> None:
    named = {"x": NamedContext(Context(tree("n | N\n"), None, engine))}
    text = "FROM scratch AS x\nCOPY a /n\nFROM scratch\nCOPY --from=x n /r\nCOPY --from=0 n /s\n"
    found = build(text, engine, named=named)
    assert [entry.size for entry in found.tree] == [1, 1]
    assert {copy.origin for copy in found.copies} == {"named"}
    assert [copy.stage for copy in found.copies] == [1, 1]


def test_a_named_context_can_be_the_base_for_buildkit() -> None:
    named = {"x": NamedContext(Context(tree("n | N\n"), None, BUILDKIT))}
    assert paths(build("FROM x\nCOPY a /a\n", named=named)) == ["a", "n"]
    assert paths(build("FROM scratch AS x\nCOPY a /a\nFROM x\nCOPY b /b\n", named=named)) == ["b", "n"]
    assert paths(build("FROM scratch AS x\nCOPY a /a\n", named=named)) == ["n"]


def test_what_a_newer_engine_may_know_is_not_analysed() -> None:
    newer = Engine("buildkit", (0, 99))
    found = build("FROM scratch\nCOPY a /a\nFETCH x /y\nCOPY --deep b /b\n", newer)
    assert [(problem.location.line, problem.message) for problem in found.problems] == [
        (3, "the instruction FETCH is not known"),
        (4, "the flag --deep of COPY is not known"),
    ]
    assert [part.location.line for part in found.unknown if part.location] == [3, 4]
    assert found.tree.get("a") is not None


def test_podman_refuses_an_unknown_instruction_only_where_it_runs() -> None:
    text = "FROM scratch AS x\nFOO\nFROM scratch\nCOPY a /a\n"
    assert refusal(text, PODMAN) == ("", 0)
    assert refusal(text, BUILDKIT) == ("unknown instruction: FOO", 2)
    assert refusal(text + "FOO\n", PODMAN) == ("unknown instruction: FOO", 5)


@pytest.mark.parametrize("engine", ALL)
def test_a_base_that_the_build_is_told_is_asked_for(engine: Engine) -> None:
    with pytest.raises(BuildRefused) as caught:
        build("ARG BASE\nFROM $BASE\n", engine)
    assert "--build-arg BASE=" in caught.value.hint


def test_triggers_run_once_and_with_their_heredocs_but_for_podman() -> None:
    text = "FROM scratch AS b\nONBUILD COPY <<E /t\n$A\nE\nFROM b AS c\nCOPY a /a\nFROM c\nCOPY b /b\n"
    found = build(text, BUILDKIT)
    assert paths(found) == ["a", "b", "t"]
    assert [c.location.line for c in found.copies] == [5, 6, 8]
    assert paths(build(text, PODMAN)) == ["a", "b"]


def test_the_first_fault_is_the_one_that_is_told() -> None:
    # BuildKit looks at all instructions before it runs one, the others take them as they come.
    text = "FROM scratch\nCOPY nope /a\nCOPY a /${b\n"
    assert refusal(text, BUILDKIT)[1] == 3
    assert [refusal(text, engine)[1] for engine in (DOCKER, PODMAN)] == [2, 2]


@pytest.mark.parametrize(
    ("line", "place"),
    [
        ("COPY gone.txt /srv/", "srv/gone.txt"),
        ("COPY gone.txt /srv/kept.txt", "srv/kept.txt"),
        ("COPY gone /srv/app", "srv/app"),
        ("COPY gone/ /srv", "srv"),
        ("COPY gone /", ""),
    ],
)
@pytest.mark.parametrize("engine", ALL, ids=lambda engine: engine.name)
def test_what_a_missing_source_would_have_brought_is_unknown(line: str, place: str, engine: Engine) -> None:
    prediction = build(f"FROM scratch\nCOPY a /a\n{line}\n", engine, tolerant=True)
    assert [each.source for each in prediction.missing_sources] == [line.split()[1]]
    assert [(each.path, each.brings) for each in prediction.unknown] == [(place, "anything")]


def test_what_a_pattern_would_have_matched_is_unknown_where_it_must_match() -> None:
    text = "FROM scratch\nCOPY a /a\nCOPY gone-*.whl /wheels/\n"
    assert [each.path for each in build(text, PODMAN, tolerant=True).unknown] == ["wheels"]
    assert build(text, BUILDKIT, tolerant=True).unknown == ()


MOUNTED = "FROM scratch AS x\nCOPY a /a\nFROM scratch\nRUN --mount=type=bind,{options},target=/m true\n"


@pytest.mark.parametrize(
    ("options", "engines"),
    [
        ("source=a", ""),
        ("source=/d/e", ""),
        ("source=gone", "podman buildkit"),
        ("source=d/gone/", "podman buildkit"),
        ("source=*", "podman buildkit"),
        ("source=b", "buildkit"),  # ignored: Buildah binds the context as it is
        ("from=x,source=/a", ""),
        ("from=x,source=/gone", "podman buildkit"),
        ("from=elsewhere,source=/gone", ""),
    ],
)
@pytest.mark.parametrize("engine", [PODMAN, BUILDKIT], ids=lambda engine: engine.name)
def test_a_mount_without_its_source_ends_the_build(options: str, engines: str, engine: Engine) -> None:
    text, source = MOUNTED.format(options=options), options.partition("source=")[2]
    fails = engine.name in engines.split()
    missing = build(text, engine, tolerant=True, ignore="b\n").missing_sources
    assert [(each.location.line, each.source) for each in missing] == ([(4, source)] if fails else [])
    if fails:
        assert refusal(text, engine, ignore="b\n") == (f'"/{source.strip("/")}" not found', 4)


def test_an_older_buildah_runs_the_command_without_the_mount() -> None:
    text = "FROM scratch\nCOPY a /w/a\nRUN --mount=type=bind,source=gone,target=/w/a cp /w/a /w/b\n"
    found = build(text, Engine("podman", (1, 28)), tolerant=True)
    assert found.missing_sources == ()
    assert {"w/a", "w/b"} <= set(paths(found))


def test_a_source_that_is_only_ignored_leaves_nothing_unknown() -> None:
    prediction = build("FROM scratch\nCOPY b /srv/\n", PODMAN, tolerant=True, ignore="b\n")
    assert [each.source for each in prediction.missing_sources] == ["b"]
    assert prediction.unknown == ()


@pytest.mark.parametrize(
    ("source", "brings"), [("/tool.deb", "system"), ("/tool.rpm", "system"), ("/made", "anything")]
)
@pytest.mark.parametrize("engine", ALL, ids=lambda engine: engine.name)
def test_archives_of_packages_bring_nothing_where_they_are_copied(
    source: str, brings: str, engine: Engine
) -> None:
    text = f"FROM nowhere/tools AS made\nFROM scratch\nCOPY --from=made {source} /srv/\n"
    assert {each.brings for each in build(text, engine).unknown if each.path.startswith("srv")} == {brings}
