"""Every road to an image gives the same snapshot, and what Podman mounts is what we say is there."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from paritycheck.capture.image import store
from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import open_image
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import FileEntry, FileTree, Kind
from tests.live.conftest import LiveImage, build, run_docker, run_podman, setting

CHANGES = r"""
FROM localhost/python:slim
COPY . /app
RUN rm -rf /usr/share/doc /app/removed.py && rm /etc/issue && mkdir /etc/issue && touch /etc/issue/x
RUN rm -rf /app/folder && mkdir /app/folder && touch /app/folder/new.py && chmod 4711 /app/main.py
RUN rm -rf /etc/issue && ln /app/main.py /app/hard.py && ln -s main.py /app/link.py
RUN touch "/app/caf$(printf '\351')"
ENV API_KEY=hush PYTHONPATH=/app:
HEALTHCHECK CMD true
CMD ["./main.py"]
WORKDIR /app
"""
KINDS: dict[int, Kind] = {stat.S_IFREG: "file", stat.S_IFDIR: "dir", stat.S_IFLNK: "link"}


@pytest.fixture(autouse=True)
def _nothing_left_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    scratch = tmp_path / "t"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    before = set(run_podman("ps", "-aq").split())
    yield
    assert list(scratch.iterdir()) == []
    assert set(run_podman("ps", "-aq").split()) <= before


def hosts(**changes: Any) -> EngineHosts:
    found = {
        "container_host": setting("CONTAINER_HOST"),
        "docker_host": setting("DOCKER_HOST"),
        "storage_conf": setting("CONTAINERS_STORAGE_CONF"),
        "patience": 30.0,
    }
    return EngineHosts(**{**found, **changes})


def everything(snapshot: Snapshot) -> dict[str, Any]:
    return {
        "tree": {entry.path: entry for entry in snapshot.tree},
        "config": snapshot.config,
        "modules": dict(snapshot.modules),
        "texts": dict(snapshot.texts),
        "digests": dict(snapshot.digests),
        "environment": snapshot.environment,
    }


def read(reference: str, where: EngineHosts | None = None) -> dict[str, Any]:
    with open_image(reference, where or hosts()) as snapshot:
        return everything(snapshot)


def mounted(reference: str) -> FileTree:
    """What the kernel shows when Podman mounts the image."""
    root = run_podman("image", "mount", reference).strip()
    entries = []
    try:
        for path in Path(root).rglob("*"):
            facts = path.lstat()
            kind = KINDS.get(stat.S_IFMT(facts.st_mode), "other")
            name = os.fsencode(path.relative_to(root)).decode("utf-8", "backslashreplace")
            entries.append(
                FileEntry(
                    name,
                    kind,
                    facts.st_size if kind == "file" else 0,
                    0o777 if kind == "link" else stat.S_IMODE(facts.st_mode),
                    facts.st_uid,
                    facts.st_gid,
                    str(path.readlink()) if kind == "link" else "",
                )
            )
    finally:
        run_podman("image", "unmount", reference)
    return FileTree(entries)


def without_layers(tree: dict[str, FileEntry]) -> dict[str, tuple[Any, ...]]:
    return {
        path: (entry.kind, entry.size, entry.mode, entry.uid, entry.gid, entry.target)
        for path, entry in tree.items()
    }


def test_all_roads_give_the_same_snapshot(image: LiveImage, monkeypatch: pytest.MonkeyPatch) -> None:
    expected = read(image.reference)
    assert expected["digests"]
    assert expected["environment"].interpreter is not None
    for reference in (
        f"containers-storage:{image.reference}",
        f"docker-daemon:{image.reference}",
        f"docker-archive:{image.docker_archive}",
        f"oci-archive:{image.oci_archive}",
        f"oci:{image.oci_layout}",
    ):
        assert read(reference) == expected, reference
    # What a service on another machine would do, and what a store that cannot be walked makes us do.
    monkeypatch.setattr("paritycheck.capture.image.podman.find_stores", lambda root: [])
    assert read(image.reference) == expected
    monkeypatch.setattr(store, "_is_walkable", lambda found: False)
    assert read(f"containers-storage:{image.reference}") == expected


def test_the_tree_is_what_podman_mounts(image: LiveImage) -> None:
    found = read(image.reference)["tree"]
    real = {entry.path: entry for entry in mounted(image.reference)}
    assert without_layers(found) == without_layers(real)


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An image with every kind of change between its layers, in Docker's format."""
    context = tmp_path_factory.mktemp("context")
    (context / "Containerfile").write_text(CHANGES)
    (context / "main.py").write_text("#!/usr/bin/env python\nimport folder.new\n")
    (context / "removed.py").write_text("import gone\n")
    (context / "folder").mkdir()
    (context / "folder/old.py").write_text("import old\n")
    reference = f"localhost/paritycheck-live/changed:{uuid4().hex[:8]}"
    build(context, reference, "--format", "docker", "--layers")
    yield reference
    run_podman("rmi", "-f", reference)


def test_whiteouts_replacements_and_odd_names_by_every_road(changed: str, tmp_path: Path) -> None:
    expected = read(changed)
    tree = expected["tree"]
    assert without_layers(tree) == without_layers({entry.path: entry for entry in mounted(changed)})
    assert "app/removed.py" not in tree
    assert "etc/issue" not in tree
    assert "app/folder/old.py" not in tree
    assert "app/caf\\xe9" in expected["digests"]
    assert tree["app/main.py"].mode == 0o4711
    assert expected["config"].healthcheck is not None
    assert expected["config"].env["API_KEY"] is None
    assert not any("hush" in layer.created_by for layer in expected["config"].layers)
    run_podman("save", "-q", "-o", f"{tmp_path}/d.tar", changed)
    assert read(f"docker-archive:{tmp_path}/d.tar") == expected
    run_docker("load", "-q", "-i", f"{tmp_path}/d.tar")
    try:
        assert read(f"docker-daemon:{changed}") == expected
    finally:
        run_docker("rmi", "-f", changed)


def test_the_oci_format_drops_the_healthcheck_and_nothing_else(changed: str, tmp_path: Path) -> None:
    run_podman("save", "-q", "--format", "oci-archive", "-o", f"{tmp_path}/o.tar", changed)
    as_docker, as_oci = read(changed), read(f"oci-archive:{tmp_path}/o.tar")
    assert as_docker["config"].healthcheck is not None
    assert as_oci["config"].healthcheck is None
    assert as_oci["tree"] == as_docker["tree"]
    assert as_oci["digests"] == as_docker["digests"]


def test_a_container_is_its_image_with_its_own_layer_on_top(
    changed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"paritycheck-{uuid4().hex[:8]}"
    script = "echo x = 1 > /app/extra.py; rm /app/link.py; sleep 600"
    run_podman("run", "-d", "--network=none", "--name", name, changed, "sh", "-c", script)
    try:
        run_podman("exec", name, "sh", "-c", "while [ -e /app/link.py ]; do sleep 0.05; done")
        image, container = read(changed), read(f"container:{name}")
        top = len(image["config"].layers)
        assert container["tree"]["app/extra.py"].layer == top
        assert "app/link.py" not in container["tree"]
        assert container["tree"]["app/main.py"] == image["tree"]["app/main.py"]
        assert container["config"].cmd == ("sh", "-c", script)
        assert container["config"].layers[:-1] == image["config"].layers
        monkeypatch.setattr("paritycheck.capture.image.podman.find_stores", lambda root: [])
        exported = read(f"container:{name}")
        assert exported["tree"]["app/extra.py"] == container["tree"]["app/extra.py"]
        assert exported["tree"]["app/main.py"] == container["tree"]["app/main.py"]
        assert exported["digests"] == container["digests"]
    finally:
        run_podman("rm", "-f", "-t", "0", name)


def test_without_a_service_one_is_started_and_stopped(
    image: LiveImage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = read(image.reference)
    alone = hosts(container_host=None, runtime_dir=str(tmp_path))
    monkeypatch.delenv("CONTAINER_HOST")  # it would make the podman program a client
    monkeypatch.setattr("paritycheck.capture.image.podman.SYSTEM_SOCKET", str(tmp_path / "none"))
    assert read(image.reference, alone) == expected
    running = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert not any(str(tmp_path).encode() in command for command in running)


@pytest.mark.parametrize(
    "reference", ["paritycheck/none", "container:none", "docker-daemon:none", "containers-storage:none"]
)
def test_no_such_image(reference: str) -> None:
    with pytest.raises(SourceError, match="none") as caught, open_image(reference, hosts()):
        pytest.fail("there is no such image")
    assert caught.value.hint
