"""What is found in a repository, and which files are proposed for it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from paritycheck import __version__
from paritycheck.integrations import Build, Kind, Target, find_builds, find_kinds, names_images, propose
from paritycheck.integrations.templates import fill, read_template
from paritycheck.model.snapshot import GitFacts, Origin, Snapshot
from paritycheck.model.tree import FileEntry, FileTree

ROOT = Path(__file__).parent.parent.parent


def snapshot(files: dict[str, str]) -> Snapshot:
    directories = {str(parent) for name in files for parent in Path(name).parents} - {"."}
    entries = [FileEntry(path=name, kind="file", mode=0o644) for name in files]
    entries += [FileEntry(path=name, kind="dir", mode=0o755) for name in directories]
    return Snapshot(
        origin=Origin("checkout", "."),
        tree=FileTree(sorted(entries, key=lambda entry: entry.path)),
        modules={},
        texts=files,
        digests={},
        git=GitFacts("repository", tracked=frozenset(files)),
    )


def builds(files: dict[str, str]) -> dict[str, str]:
    return {build.file: build.command_line for build in find_builds(snapshot(files))}


FROM = "FROM scratch\n"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"Containerfile": FROM}, {"Containerfile": "."}),
        ({"Dockerfile": FROM}, {"Dockerfile": "."}),
        # podman takes the Containerfile; the other has to be named
        (
            {"Containerfile": FROM, "Dockerfile": FROM},
            {"Containerfile": ".", "Dockerfile": "-f Dockerfile ."},
        ),
        ({"Dockerfile.web": FROM}, {"Dockerfile.web": "-f Dockerfile.web ."}),
        ({"web.Dockerfile": FROM}, {"web.Dockerfile": "-f web.Dockerfile ."}),
        ({"Dockerfile.dockerignore": "x\n", "tests/Dockerfile": FROM, "a/fixtures/b/Dockerfile": FROM}, {}),
        # the context is where the sources are
        (
            {"api/Dockerfile": FROM + "COPY src /src\n", "api/src/a.py": ""},
            {"api/Dockerfile": "api"},
        ),
        (
            {"api/Dockerfile": FROM + "COPY api/src /src\n", "api/src/a.py": ""},
            {"api/Dockerfile": "-f api/Dockerfile ."},
        ),
        ({"api/Dockerfile": FROM + "COPY . /src\n"}, {"api/Dockerfile": "-f api/Dockerfile ."}),
        # a compose file knows better
        (
            {
                "api/Dockerfile": FROM + "COPY . /src\n",
                "compose.yaml": "services: {api: {build: ./api}, db: {image: x}}\n",
            },
            {"api/Dockerfile": "api"},
        ),
        (
            {
                "deploy/web.Dockerfile": FROM,
                "compose.yml": "services: {w: {build: {context: s, dockerfile: ../deploy/web.Dockerfile}}}\n",
                "s/a.py": "",
            },
            {"deploy/web.Dockerfile": "-f deploy/web.Dockerfile s"},
        ),
        # what cannot be read says nothing
        ({"Dockerfile": "", "compose.yaml": "services: [\n"}, {"Dockerfile": "."}),
        ({"my app/Dockerfile": FROM + "COPY a /\n", "my app/a": ""}, {"my app/Dockerfile": "'my app'"}),
    ],
)
def test_builds_and_their_contexts(files: dict[str, str], expected: dict[str, str]) -> None:
    assert builds(files) == expected


@pytest.mark.parametrize(
    ("files", "kinds"),
    [
        ((), []),
        ((".github/workflows/test.yml",), ["github"]),
        ((".gitlab-ci.yml", "Makefile"), ["gitlab", "make"]),
        ((".pre-commit-config.yaml", ".github/CODEOWNERS"), ["github", "pre-commit"]),
    ],
)
def test_what_the_repository_uses_fits(files: tuple[str, ...], kinds: list[str]) -> None:
    assert [str(kind) for kind in find_kinds(snapshot(dict.fromkeys(files, "")))] == kinds


HOSTILE = Build("it's @VERSION@ ${{ x }}/Dockerfile", "it's @VERSION@ ${{ x }}")
TARGET = Target("1.2.3", "app", (Build("Dockerfile", "", default=True), HOSTILE))


def test_every_file_is_one_that_its_reader_reads() -> None:
    read = {
        proposal.path: yaml.safe_load(proposal.text)
        for proposal in propose([Kind.GITHUB, Kind.GITLAB, Kind.PRE_COMMIT], TARGET, snapshot({}))
    }
    wanted = [".", HOSTILE.command_line]
    workflow = read[".github/workflows/paritycheck.yml"]
    assert workflow["jobs"]["paritycheck"]["strategy"]["matrix"]["build"] == wanted
    job = read[".gitlab/paritycheck.gitlab-ci.yml"]["paritycheck"]
    assert job["parallel"]["matrix"] == [{"PARITYCHECK_BUILD": wanted}]
    assert job["variables"] == {"PARITYCHECK_VERSION": "1.2.3"}
    assert read[".gitlab-ci.yml"] == {"include": [{"local": ".gitlab/paritycheck.gitlab-ci.yml"}]}
    hooks = read[".pre-commit-config.yaml"]["repos"][0]["hooks"]
    assert [hook["args"] for hook in hooks] == [
        [".", "--format", "concise"],
        [*HOSTILE.words, "--format", "concise"],
    ]
    assert all(hook["additional_dependencies"] == ["paritycheck==1.2.3"] for hook in hooks)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({}, False),
        ({"paritycheck.toml": "[[image]]\nname = 'web'\n"}, True),
        ({"paritycheck.toml": "fail-on = 'warning'\n"}, False),
        ({"pyproject.toml": "[[tool.paritycheck.image]]\nname = 'web'\n"}, True),
        ({"pyproject.toml": "[tool]\nparitycheck = 1\n", "paritycheck.toml": "[[image"}, False),
    ],
)
def test_configured_images_are_seen(files: dict[str, str], expected: bool) -> None:
    assert names_images(snapshot(files)) == expected


def test_where_images_are_configured_one_check_is_for_all() -> None:
    target = Target("1.2.3", "app", TARGET.builds, configured=True)
    workflow, hook = propose([Kind.GITHUB, Kind.PRE_COMMIT], target, snapshot({}))
    assert yaml.safe_load(workflow.text)["jobs"]["paritycheck"]["strategy"]["matrix"]["build"] == [""]
    (read,) = yaml.safe_load(hook.text)["repos"][0]["hooks"]
    assert (read["name"], read["args"]) == ("paritycheck", ["--format", "concise"])


def test_nothing_that_is_there_is_replaced() -> None:
    taken = {proposal.path: "theirs" for proposal in propose(Kind, TARGET, snapshot({}))}
    assert len(taken) == 8
    again = propose(Kind, TARGET, snapshot(taken))
    assert all(proposal.by_hand for proposal in again)
    assert all(proposal.why and proposal.text for proposal in again)


def test_the_published_template_is_that_of_the_package() -> None:
    published = (ROOT / "templates/gitlab/paritycheck.gitlab-ci.yml").read_text()
    assert published == fill(read_template("gitlab.yml"), version=__version__, builds="          - '.'")
