"""What a service makes of an image: the build asked for, the config run, what each mount leaves visible."""

from __future__ import annotations

import msgspec
import pytest

from paritycheck.model.engine import PODMAN
from paritycheck.model.location import Location
from paritycheck.model.snapshot import GitFacts, Healthcheck, ImageConfig, Origin, Snapshot, Unknown
from paritycheck.parse.compose.file import read_service
from paritycheck.parse.compose.service import Service
from paritycheck.predict.planning.composing import (
    look,
    place_mounts,
    run_as,
    service_config,
    service_options,
    steering_changes,
    supplied,
)
from paritycheck.predict.planning.plan import BuildOptions
from tests.drawn import tree

CONFIG = ImageConfig(
    env={"PATH": "/bin", "PYTHONPATH": "/app", "TOKEN": None},
    workdir="/app",
    user="app",
    entrypoint=("/start.sh",),
    cmd=("serve",),
    healthcheck=Healthcheck(("CMD", "true")),
)
IMAGE = tree(
    """
    app/
      main.py
    srv -> app
    """
)
LOCAL = Snapshot(
    Origin("checkout", "."),
    tree(
        """
        core/
          settings.py
        web/
          main.py
        locked/
        """
    ),
    {},
    {},
    {},
    git=GitFacts("none"),
    unknown=(Unknown("locked", "permission denied"),),
)


def web(settings: str) -> Service:
    text = f"services:\n  web: {{{settings}}}\n"
    return read_service(("compose.yaml",), "web", {"compose.yaml": text}.get, {}, "/home/me")


def config(settings: str) -> ImageConfig:
    return service_config(web(settings), CONFIG)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("image: x", "/start.sh serve"),
        ("command: work", "/start.sh work"),
        ("command: []", "/start.sh"),
        ("entrypoint: /run", "/run"),
        ("entrypoint: [], command: [python, x.py]", "python x.py"),
    ],
)
def test_what_is_started(settings: str, words: str) -> None:
    found = config(settings)
    assert " ".join((*found.entrypoint, *found.cmd)) == words


def test_what_else_the_service_changes() -> None:
    found = config(
        "working_dir: /srv, user: root, environment: {PYTHONPATH: /x, NEW: 1}, healthcheck: {disable: true}"
    )
    assert (found.workdir, found.user, found.healthcheck) == ("/srv", "root", Healthcheck(("NONE",)))
    assert found.env == {"PATH": "/bin", "PYTHONPATH": "/x", "TOKEN": None, "NEW": None}
    assert steering_changes(web("environment: {PYTHONPATH: /x, PATH: /bin, NEW: 1}"), CONFIG) == {
        "PYTHONPATH": "/x"
    }  # fmt: skip


def test_without_a_service_nothing_changes() -> None:
    assert run_as(None, LOCAL) is LOCAL


def test_flags_count_before_the_service() -> None:
    service = web("build: {context: api, dockerfile: prod, target: a, args: {A: 1, B: 1}}")
    plain = service_options(service, BuildOptions(engine=PODMAN))
    assert (plain.context, plain.file, plain.written, plain.target) == ("api", "api/prod", "/api/prod", "a")
    asked = BuildOptions(engine=PODMAN, file="other", written="other", target="b", build_args={"B": "2"})
    found = service_options(service, asked)
    assert (found.context, found.file, found.written, found.target) == ("api", "other", "other", "b")
    assert found.build_args == {"A": "1", "B": "2"}
    assert service_options(web("image: x"), asked) is asked


@pytest.mark.parametrize(
    ("volumes", "path", "sight"),
    [
        ("./web:/app", "app/main.py", "checkout"),
        ("./web:/srv", "app/main.py", "checkout"),  # /srv is a link to /app
        ("./web:/app", "app/gone.py", "hidden"),
        ("./web:/app", "application/main.py", "image"),
        ("./web:/app", "app", "checkout"),
        ("./web/main.py:/app/main.py", "app/main.py", "checkout"),
        ("./not-there:/app", "app/main.py", "hidden"),
        ("./locked:/app", "app/main.py", "unknown"),
        ("../elsewhere:/app", "app/main.py", "unknown"),
        ("./web:/app', '/app/.venv", "app/.venv/bin/python", "copied-once"),
        ("/app/.venv', './web:/app", "app/.venv/bin/python", "copied-once"),
        ("code:/app", "app/main.py", "copied-once"),
        ("code:/app:nocopy", "app/main.py", "hidden"),
    ],
)
def test_what_is_visible(volumes: str, path: str, sight: str) -> None:
    mounts = place_mounts(web(f"image: x, volumes: ['{volumes}']"), IMAGE)
    assert look(path, mounts, LOCAL).sight == sight


def test_tmpfs_hides() -> None:
    mounts = place_mounts(web("image: x, tmpfs: /app"), IMAGE)
    assert look("app/main.py", mounts, LOCAL).sight == "hidden"


@pytest.mark.parametrize(
    ("volumes", "places"),
    [
        ("./core:/app/core", "app/core/settings.py"),
        (".:/app", "app/core/settings.py"),
        ("./core/settings.py:/etc/settings.py", "etc/settings.py"),
        (".:/app', '/app/core", ""),
        ("./web:/app", ""),
        ("core:/app", ""),
    ],
)
def test_what_is_supplied(volumes: str, places: str) -> None:
    mounts = place_mounts(web(f"image: x, volumes: ['{volumes}']"), IMAGE)
    found = list(supplied("core/settings.py", mounts))
    assert " ".join(place for place, _ in found) == places
    assert all(
        msgspec.structs.replace(mount.location, text="") == Location("compose.yaml", 2) for _, mount in found
    )
