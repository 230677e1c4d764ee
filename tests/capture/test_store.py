"""A container store on disk, drawn by hand: both drivers, and what makes us leave it to the engine."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import os
from pathlib import Path

import pytest

from paritycheck.capture.image.layers import StackedImage
from paritycheck.capture.image.layerwalk import MovedContent, read_below, walk_layer
from paritycheck.capture.image.store import Store, find_image, find_stores, open_stored, store_root
from paritycheck.errors import SourceError
from tests.drawn import config_blob, digest, draw, layer_tar, write_directory

BASE = "app/\n  main.py | import os\n  old.py\nd/\n  x"
CHANGE = "app/\n  .wh.old.py\n  new.py | import sys\n"

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may make the kernel's whiteouts")


def tar_split(drawing: str) -> bytes:
    """Return what tar-split keeps of a layer: the headers as they are, a mark for each content."""
    tar = layer_tar(drawing)
    pieces, offset, start = [], 0, 0
    for item in draw(drawing):
        offset += 512
        if item.content:
            pieces.append({"type": 2, "payload": base64.b64encode(tar[start:offset]).decode()})
            pieces.append({"type": 1, "name": item.path, "size": len(item.content)})
            start = offset + len(item.content)
            offset = start + -len(item.content) % 512
    pieces.append({"type": 2, "payload": base64.b64encode(tar[start:]).decode()})
    return gzip.compress("\n".join(json.dumps(piece) for piece in pieces).encode())


def write_store(root: Path, driver: str, drawings: list[str], names: list[str]) -> Store:
    """Write a store that holds one image."""
    tars = [layer_tar(drawing) for drawing in drawings]
    config = config_blob(tars, {"Cmd": ["python"]}, None)
    image_id = hashlib.sha256(config).hexdigest()
    records, parent = [], ""
    for number, (drawing, tar) in enumerate(zip(drawings, tars, strict=True)):
        layer_id = f"{number:064x}"
        records.append({"id": layer_id, "parent": parent, "diff-digest": digest(tar)})
        parent = layer_id
        store = Store(root, driver)
        content = Path(store.content_root(layer_id))
        if driver == "overlay":
            write_overlay(drawing, content)
        else:
            for below in drawings[: number + 1]:
                write_directory(below, content)
        headers = root / f"{driver}-layers" / f"{layer_id}.tar-split.gz"
        headers.parent.mkdir(parents=True, exist_ok=True)
        headers.write_bytes(tar_split(drawing))
    images = root / f"{driver}-images"
    key = base64.b64encode(f"sha256:{image_id}".encode()).decode()
    (images / image_id).mkdir(parents=True)
    (images / image_id / f"={key}").write_bytes(config)
    (images / "images.json").write_text(json.dumps([{"id": image_id, "names": names, "layer": parent}]))
    (root / f"{driver}-layers" / "layers.json").write_text(json.dumps(records))
    return Store(root, driver)


def write_overlay(drawing: str, content: Path) -> None:
    write_directory(drawing, content)
    for path in list(content.rglob(".wh.*")):
        path.unlink()
        os.mknod(path.with_name(path.name[4:]), 0o20000, 0)


def only_image(store: Store) -> StackedImage | None:
    (image_id,) = (path.name for path in (store.root / f"{store.driver}-images").iterdir() if path.is_dir())
    return open_stored(store, image_id)


@as_root
@pytest.mark.parametrize("driver", ["overlay", "vfs"])
def test_both_drivers_give_what_the_layers_say(driver: str, tmp_path: Path) -> None:
    store = write_store(tmp_path, driver, [BASE, CHANGE], ["localhost/app:latest"])
    assert find_stores(tmp_path) == [store]
    image = only_image(store)
    assert image is not None
    assert {entry.path: entry.layer for entry in image.tree} == {
        "app": 1, "app/main.py": 0, "app/new.py": 1, "d": 0, "d/x": 0,
    }  # fmt: skip
    assert image.read("app/new.py", 100) == b"import sys"
    assert image.read("app/main.py", 3) is None
    assert image.sha256("d/x") == hashlib.sha256(b"").hexdigest()
    assert image.config.cmd == ("python",)


@as_root
def test_a_store_that_does_not_fit_is_left_to_the_engine(tmp_path: Path) -> None:
    store = write_store(tmp_path, "overlay", [BASE], ["localhost/app:latest"])
    layers = tmp_path / "overlay-layers" / "layers.json"
    good = layers.read_text()
    for text in ("{", "[]", good.replace("sha256:", "sha256:0")):
        layers.write_text(text)
        assert only_image(store) is None
    layers.write_text(good)
    assert only_image(store) is not None
    assert open_stored(store, "0" * 64) is None


@pytest.mark.parametrize(
    "name",
    ["app", "app:latest", "localhost/app", "localhost/app:latest", "team/tool:v2", "quay.io/team/tool:v2"],
)
def test_names_are_completed_as_podman_completes_them(name: str, tmp_path: Path) -> None:
    store = Store(tmp_path, "overlay")
    (tmp_path / "overlay-images").mkdir()
    records = [
        {"id": "a" * 64, "names": ["localhost/app:latest"]},
        {"id": "b" * 64, "names": ["quay.io/team/tool:v2"]},
        {"id": "c" * 64, "names": ["docker.io/library/app:latest"]},
        {"id": "d" * 64},
    ]
    (tmp_path / "overlay-images" / "images.json").write_text(json.dumps(records))
    assert find_image(store, name) == ("b" if "tool" in name else "a") * 64
    assert find_image(store, "dddd") == "d" * 64
    assert find_image(store, "team/other") is None


@pytest.mark.parametrize(
    "path", ["out/passwd", "../secret", "in/../../secret", "loop", "pipe", "in", "missing", "to-secret"]
)
def test_nothing_outside_a_layer_is_read(path: str, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("not ours")
    root = write_directory("in/\n  file | ours\nout -> /etc\nloop -> loop\npipe !fifo", tmp_path / "layer")
    (root / "to-secret").symlink_to(tmp_path / "secret")
    assert b"".join(read_below(str(root), "in/file") or []) == b"ours"
    assert read_below(str(root), path) is None


def test_names_that_are_no_utf8_can_be_read(tmp_path: Path) -> None:
    directory = os.fsencode(tmp_path) + b"/caf\xe9"
    Path(os.fsdecode(directory)).mkdir()
    Path(os.fsdecode(directory + b"/x\xff")).write_text("here")
    layer = walk_layer(str(tmp_path), 0)
    assert list(layer.entries) == ["caf\\xe9", "caf\\xe9/x\\xff"]
    assert b"".join(read_below(str(tmp_path), "caf\\xe9/x\\xff") or []) == b"here"


@as_root
def test_opaque_directories_and_pointers_are_seen(tmp_path: Path) -> None:
    root = write_directory("d/\n  new\ne/\n  f", tmp_path / "layer")
    os.setxattr(root / "d", "trusted.overlay.opaque", b"y")
    assert walk_layer(str(root), 1).opaque == {"d"}
    os.setxattr(root / "e" / "f", "trusted.overlay.metacopy", b"")
    assert "e/f" in walk_layer(str(root), 1).entries
    with pytest.raises(MovedContent):
        walk_layer(str(root), 1, check_moved=True)


def test_where_the_store_is(tmp_path: Path) -> None:
    conf = tmp_path / "storage.conf"
    conf.write_text('[storage]\ndriver = "overlay"\ngraphroot = "/somewhere/else"\n')
    assert store_root(str(conf)) == Path("/somewhere/else")
    conf.write_text("[storage")
    with pytest.raises(SourceError, match=r"storage\.conf cannot be read"):
        store_root(str(conf))
