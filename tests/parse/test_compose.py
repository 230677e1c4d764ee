"""Compose files: forms of every setting, files merged, services extended, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import dedent

import pytest

from paritycheck.errors import ParityError, SourceError, UsageError
from paritycheck.parse.compose.file import read_service
from paritycheck.parse.compose.service import Service

ROOT = "/home/me/project"


def service(
    text: str | Mapping[str, str],
    name: str = "",
    files: tuple[str, ...] = ("compose.yaml",),
    **variables: str,
) -> Service:
    texts = {"compose.yaml": text} if isinstance(text, str) else text
    written = {path: dedent(content) for path, content in texts.items()}
    return read_service(files, name, written.get, variables, ROOT)


def web(settings: str, **variables: str) -> Service:
    """Read the service ``web`` with these settings, one a line."""
    body = "".join(f"    {line}\n" for line in settings.splitlines())
    text = f"services:\n  web:\n{body}"
    return read_service(("compose.yaml",), "web", {"compose.yaml": text}.get, variables, ROOT)


@pytest.mark.parametrize(
    ("settings", "context", "file", "target", "args"),
    [
        ("build: .", "", None, None, {}),
        ("build: ./api/", "api", None, None, {}),
        (f"build: {ROOT}/api", "api", None, None, {}),
        ("build: {context: api, dockerfile: ../Dockerfile}", "api", "Dockerfile", None, {}),
        ("build: {context: api, dockerfile: docker/prod}", "api", "api/docker/prod", None, {}),
        ("build: {target: prod, args: {A: 3.10, B: '3.10'}}", "", None, "prod", {"A": "3.1", "B": "3.10"}),
        ("build: {args: {A: , C: , D: ''}}", "", None, None, {"C": "c", "D": ""}),
        ("build: {context: '${DIR:-src}', args: [A=1=2, C, D]}", "src", None, None, {"A": "1=2", "C": "c"}),
    ],
)  # fmt: skip
def test_build(
    settings: str, context: str, file: str | None, target: str | None, args: Mapping[str, str]
) -> None:
    build = web(settings, C="c").build
    assert build is not None
    assert (build.context or "", build.file, build.target, build.args) == (context, file, target, args)


def test_an_inline_containerfile_keeps_the_lines_of_its_file() -> None:
    build = web("build:\n  dockerfile_inline: |\n    FROM ${BASE}\n    RUN echo $$HOME", BASE="scratch").build
    assert build is not None
    assert build.inline is not None
    assert build.inline.splitlines()[4:] == ["FROM scratch", "RUN echo $HOME"]


@pytest.mark.parametrize(
    ("settings", "command", "entrypoint"),
    [
        ("command: python -m 'a b' $$X", ("python", "-m", "a b", "$X"), None),
        ("command: [python, -m, app, 8000]", ("python", "-m", "app", "8000"), None),
        ("command: []", (), None),
        ("command: ''", (), None),
        ("command:", None, None),
        ("entrypoint: /run.sh --fast\ncommand: [x]", ("x",), ("/run.sh", "--fast")),
        ("command: >-\n  sh -c\n  'a && b'", ("sh", "-c", "a && b"), None),
    ],
)
def test_commands(settings: str, command: tuple[str, ...] | None, entrypoint: tuple[str, ...] | None) -> None:
    found = web("image: x\n" + settings)
    assert (found.command, found.entrypoint) == (command, entrypoint)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("./core:/app/core", "bind core /app/core"),
        (".:/app:ro,z", "bind '' /app ro"),
        ("../other:/x", "bind None /x"),
        ("~/data:/x", "bind None /x"),
        (f"{ROOT}/core:/x/", "bind core /x"),
        ("${PWD}/core:/x", "bind core /x"),
        ("/etc/localtime:/etc/localtime:ro", "bind None /etc/localtime ro"),
        ("code:/app", "volume code /app"),
        ("code:/app:nocopy", "volume code /app nocopy"),
        ("/app/.venv", "anonymous /app/.venv"),
        ("{type: bind, source: ./core, target: /app/core}", "bind core /app/core"),
        ("{type: volume, source: code, target: /app, read_only: true}", "volume code /app ro"),
        ("{type: volume, target: /app, volume: {nocopy: true}}", "anonymous /app nocopy"),
        ("{type: tmpfs, target: /tmp}", "tmpfs /tmp"),
        ("{type: image, source: x, target: /x}", "other /x"),
    ],
)
def test_volumes(line: str, expected: str) -> None:
    (volume,) = web(f"image: x\nvolumes:\n  - {line}", PWD=ROOT).volumes
    of = {"bind": repr(volume.source) if not volume.source else volume.source, "volume": volume.name}
    words = [volume.kind, of.get(volume.kind, ""), volume.target]
    words += ["ro"] * volume.read_only + ["nocopy"] * (not volume.copies)
    assert " ".join(filter(None, words)) == expected
    assert str(volume.location) == "compose.yaml:5"


def test_tmpfs_of_a_service() -> None:
    assert [each.target for each in web("image: x\ntmpfs: [/run, '/tmp:size=1m']").volumes] == [
        "/run",
        "/tmp",
    ]


def test_the_environment_keeps_names_and_only_harmless_values() -> None:
    found = service(
        {
            "deploy/compose.yaml": """
                services:
                  web:
                    image: x
                    env_file: [web.env, {path: gone.env, required: false}]
                    environment: [PYTHONPATH=/app/src, API_KEY=abc, PATH, NOWHERE]
                """,
            "deploy/web.env": "PYTHONUNBUFFERED=1\nPYTHONPATH=/other\nDB_PASSWORD=hunter2\n",
        },
        files=("deploy/compose.yaml",),
        PATH="/bin",
    )
    assert found.environment == {
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": "/app/src",
        "DB_PASSWORD": None,
        "API_KEY": None,
        "PATH": "/bin",
    }
    assert found.remarks == ("deploy/gone.env is not at hand: the variables in it are not known",)
    assert "hunter2" not in repr(found)
    assert "abc" not in repr(found)


@pytest.mark.parametrize(
    ("settings", "off"),
    [
        ("{disable: true}", True),
        ("{test: [NONE]}", True),
        ("{test: [CMD, x]}", False),
    ],
)
def test_healthchecks(settings: str, off: bool) -> None:
    assert web(f"image: x\nhealthcheck: {settings}").healthcheck_off is off


def test_dotenv_beside_the_first_file_is_weaker_than_the_environment() -> None:
    texts = {
        "d/compose.yaml": "services: {web: {image: '$A', user: '$B'}}\n",
        "d/.env": "A=file\nB=file\n",
        ".env": "A=wrong\n",
    }
    found = service(texts, files=("d/compose.yaml",), B="given")
    assert (found.image, found.user) == ("file", "given")


def test_variables_without_a_value_are_told_where_they_matter() -> None:
    found = web("image: x\nuser: '$A'\nworking_dir: ${B:?needed}\nlabels: {x: '$C'}\nenvironment: {D: '$E'}")
    assert found.remarks == (
        "compose.yaml: A is not set: taken as empty, as compose does",
        "compose.yaml: B is not set, where compose would stop: taken as empty",
    )


def test_later_files_on_top() -> None:
    found = service(
        {
            "compose.yaml": """
                services:
                  web:
                    build: {context: ., dockerfile: prod, args: {A: 1, B: 1}}
                    command: [python, -m, app]
                    environment: {PYTHONPATH: /a, PYTHONSAFEPATH: 1}
                    volumes: [./a:/app, data:/data]
                    user: app
                """,
            "sub/dev.yaml": """
                services:
                  web:
                    build: {args: [B=2], target: dev}
                    command: flask run
                    environment: [PYTHONPATH=/b]
                    volumes: [./b:/app]
                    user:
                """,
        },
        files=("compose.yaml", "sub/dev.yaml"),
    )
    assert found.build is not None
    assert (found.build.file, found.build.target, found.build.args) == ("prod", "dev", {"A": "1", "B": "2"})
    assert (found.command, found.user) == (("flask", "run"), "app")
    assert found.environment == {"PYTHONPATH": "/b", "PYTHONSAFEPATH": "1"}
    # Relative paths of every file are seen from the first.
    assert [(each.source, each.target, str(each.location)) for each in found.volumes] == [
        ("b", "/app", "sub/dev.yaml:7"),
        (None, "/data", "compose.yaml:7"),
    ]


def test_reset_and_override() -> None:
    found = service(
        {
            "compose.yaml": """
                services:
                  web: {image: x, user: a, command: x, volumes: [.:/app], environment: {PYTHONPATH: a}}
                """,
            "prod.yaml": """
                services:
                  web: {user: !reset null, volumes: !override [d:/d], environment: !reset {}}
                """,
        },
        files=("compose.yaml", "prod.yaml"),
    )
    assert (found.user, found.command, found.environment) == (None, ("x",), {})
    assert [each.target for each in found.volumes] == ["/d"]


def test_extends_another_file_whose_paths_are_its_own() -> None:
    found = service(
        {
            "compose.yaml": """
                x-common: &common {user: app}
                services:
                  web:
                    <<: *common
                    extends: {file: shared/base.yaml, service: python}
                    volumes: [./web:/web]
                """,
            "shared/base.yaml": """
                services:
                  python:
                    extends: root
                    build: .
                    volumes: [./lib:/lib]
                  root:
                    build: {target: dev}
                    user: root
                """,
        }
    )
    assert found.build is not None
    assert (found.build.context, found.build.target, found.user) == ("shared", "dev", "app")
    assert [each.source for each in found.volumes] == ["shared/lib", "web"]


SEVERAL = """
services:
  db: {image: postgres}
  web: {build: .}
  dev: {build: ., profiles: [debug]}
"""


def test_the_only_service_that_is_built_is_meant() -> None:
    assert service(SEVERAL).name == "web"
    assert service(SEVERAL, "dev").name == "dev"


@pytest.mark.parametrize(
    ("text", "name", "message"),
    [
        (SEVERAL.replace("profiles", "x-profiles"), "", "several services that are built: dev, web"),
        (SEVERAL, "nobody", "has no service nobody"),
        ("services: {a: {image: x}, b: {image: y}}", "", "several services: a, b"),
        ("services:\n", "", "has no service"),
        ("web: {image: x}", "", "has no services"),
        ("services: {web: {build: ../other}}", "web", "compose.yaml:1: the build context ../other is not in"),
        ("services: {web: {build: 'https://github.com/x/y.git'}}", "web", "is not in this checkout"),
        ("services: {web: {build: {dockerfile: ../../x}}}", "web", "is not in this checkout"),
        ("services: {web: {extends: web}}", "web", "extends itself"),
        ("services: {web: {extends: {file: ../a, service: x}}}", "web", "outside of the checkout"),
        ("services: {web: {extends: {file: gone.yaml, service: x}}}", "web", "gone.yaml cannot be read"),
        ("services: {web: {extends: gone}}", "web", "there is no service gone"),
        ("services: {web: {command: \"it's\"}}", "web", "compose.yaml:1: No closing quotation"),
    ],
)  # fmt: skip
def test_refused(text: str, name: str, message: str) -> None:
    with pytest.raises(ParityError, match=message) as caught:
        service(text, name)
    assert isinstance(caught.value, SourceError | UsageError)
    assert caught.value.hint


def test_profiles_can_be_active() -> None:
    with pytest.raises(UsageError, match="dev, web"):
        service(SEVERAL, COMPOSE_PROFILES="debug")


def test_included_files_have_paths_of_their_own() -> None:
    found = service(
        {
            "compose.yaml": "include: [api/compose.yaml]\nservices: {db: {image: postgres}}\n",
            "api/compose.yaml": "include: [{path: ../compose.yaml}]\nservices: {api: {build: .}}\n",
        }
    )
    assert (found.name, found.build and found.build.context) == ("api", "api")


def test_a_named_volume_may_be_a_bind_mount() -> None:
    text = """
        services: {web: {image: x, volumes: ["code:/app", "data:/data"]}}
        volumes:
          code: {driver_opts: {type: none, o: "bind,rw", device: "${HERE:-.}/src"}}
          data:
        """
    assert [(each.kind, each.source) for each in service(text).volumes] == [("bind", "src"), ("volume", None)]


def test_a_later_file_can_take_a_service_away_or_say_nothing_of_it() -> None:
    texts = {
        "compose.yaml": "services: {web: {build: .}, worker: {build: .}}\n",
        "prod.yaml": "services: {web: , worker: !reset }\n",
    }
    assert service(texts, files=("compose.yaml", "prod.yaml")).name == "web"
