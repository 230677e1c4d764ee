from __future__ import annotations

import pytest

from paritycheck.errors import BuildRefused, SourceError
from paritycheck.model.engine import BUILDKIT, DOCKER, PODMAN, Engine
from paritycheck.predict.context.discovery import find_containerfile, find_ignorefile
from tests.drawn import tree

ENGINES = (PODMAN, BUILDKIT, DOCKER)


def _each(
    drawing: str, context: str = "", containerfile: str = "Dockerfile", written: str = ""
) -> list[str | None]:
    drawn = tree(drawing)
    return [find_ignorefile(drawn, context, containerfile, engine, written=written) for engine in ENGINES]


def test_the_file_of_a_containerfile_comes_before_that_of_the_context() -> None:
    drawing = """
        .containerignore
        .dockerignore
        Dockerfile.containerignore
        Dockerfile.dockerignore
    """
    assert _each(drawing) == ["Dockerfile.dockerignore", "Dockerfile.dockerignore", ".dockerignore"]
    assert _each("    .containerignore\n    .dockerignore") == [
        ".containerignore",
        ".dockerignore",
        ".dockerignore",
    ]
    assert _each("    .containerignore\n    Dockerfile.containerignore")[0] == "Dockerfile.containerignore"


def test_an_ignore_file_in_a_directory_above_or_below_is_not_read() -> None:
    drawing = """
        .dockerignore
        app/
          sub/
            .dockerignore
    """
    assert _each(drawing, context="app") == [None, None, None]


def test_buildah_looks_from_the_context_for_a_relative_containerfile() -> None:
    drawing = """
        docker/
          Df
          Df.dockerignore
        app/
          docker/
            Df.containerignore
    """
    found = _each(drawing, context="app", containerfile="docker/Df", written="docker/Df")
    assert found == ["app/docker/Df.containerignore", "docker/Df.dockerignore", None]
    absolute = find_ignorefile(tree(drawing), "app", "docker/Df", PODMAN, written="/repo/docker/Df")
    assert absolute == "docker/Df.dockerignore"


def test_the_option_of_podman_wins() -> None:
    drawn = tree("    .dockerignore\n    other")
    assert find_ignorefile(drawn, "", "Dockerfile", PODMAN, ignorefile="other") == "other"


def test_links_are_followed_inside_the_context() -> None:
    drawing = """
        shared
        app/
          .dockerignore -> real
          real
    """
    assert _each(drawing, context="app", containerfile="app/Dockerfile") == ["app/real"] * 3
    outside = "    shared\n    app/\n      .dockerignore -> ../shared"
    assert _each(outside, context="app", containerfile="app/Dockerfile") == [None, None, "shared"]
    assert _each("    .dockerignore -> nowhere") == [None, None, None]


def test_the_classic_client_follows_an_absolute_link_out_of_what_we_know() -> None:
    drawn = tree("    .dockerignore -> /etc/ignore")
    assert find_ignorefile(drawn, "", "Dockerfile", BUILDKIT) is None
    assert find_ignorefile(drawn, "", "Dockerfile", PODMAN) is None
    with pytest.raises(SourceError, match="/etc/ignore"):
        find_ignorefile(drawn, "", "Dockerfile", DOCKER)


def test_a_directory_of_that_name() -> None:
    drawn = tree("    .dockerignore/\n      k")
    assert find_ignorefile(drawn, "", "Dockerfile", BUILDKIT) is None
    for engine in (PODMAN, DOCKER):
        with pytest.raises(BuildRefused, match="is a directory"):
            find_ignorefile(drawn, "", "Dockerfile", engine)


def test_the_lower_case_fallback_reads_the_ignore_file_of_the_name_asked_for() -> None:
    drawn = tree("    dockerfile\n    dockerfile.dockerignore\n    Dockerfile.dockerignore")
    assert find_containerfile(drawn, "", BUILDKIT) == "dockerfile"
    assert find_ignorefile(drawn, "", "dockerfile", BUILDKIT) == "Dockerfile.dockerignore"


@pytest.mark.parametrize(("engine", "expected"), [(PODMAN, "Containerfile"), (BUILDKIT, "Dockerfile")])
def test_which_containerfile_is_built(engine: Engine, expected: str) -> None:
    drawn = tree("    a/\n      Containerfile\n      Dockerfile\n    b/\n      x")
    assert find_containerfile(drawn, "a", engine) == f"a/{expected}"
    assert find_containerfile(drawn, "b", engine) is None
