"""Images in a local container store, read where they lie: no engine, no copy.

Facts: containers/storage, ``images.go``, ``layers.go`` and ``containers.go`` for the JSON files of a
store, ``drivers/overlay`` and ``drivers/vfs`` for the directories of layers; vbatts/tar-split for
the ``tar-split.gz`` files, which keep the headers of each layer's tar exactly.
"""

from __future__ import annotations

import base64
import binascii
import os
import tomllib
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, TypeVar

import msgspec

from paritycheck.capture.image.config import ConfigDocument, decode_config, image_config
from paritycheck.capture.image.layers import Layer, StackedImage, stack
from paritycheck.capture.image.layertar import read_layer
from paritycheck.capture.image.layerwalk import MovedContent, open_below, read_below, walk_layer
from paritycheck.capture.image.tarheaders import read_members
from paritycheck.errors import SourceError
from paritycheck.model.tree import FileEntry

DRIVERS = ("overlay", "vfs")
SYSTEM_ROOT = Path("/var/lib/containers/storage")
SYSTEM_CONF = Path("/etc/containers/storage.conf")
T = TypeVar("T")


class _Image(msgspec.Struct):
    id: str
    names: list[str] | None = None
    layer: str = ""


class _Layer(msgspec.Struct, rename="kebab"):
    id: str
    parent: str = ""
    diff_digest: str = ""


class _Container(msgspec.Struct):
    id: str
    layer: str


class _Piece(msgspec.Struct, gc=False):
    """A line of a tar-split file: type 2 holds raw bytes of the tar, type 1 stands for a file's content."""

    type: int
    payload: str | None = None


PIECES = msgspec.json.Decoder(_Piece)


@dataclass(frozen=True)
class Store:
    """A container store: its directory and the driver that keeps its layers."""

    root: Path
    driver: str

    def documents(self, kind: str, type_: type[T]) -> list[T]:
        """Return the records of ``<driver>-<kind>/<kind>.json``, those of the volatile file too."""
        found: list[T] = []
        for prefix in ("", "volatile-"):
            path = self.root / f"{self.driver}-{kind}" / f"{prefix}{kind}.json"
            if path.is_file():
                found += msgspec.json.decode(path.read_bytes() or b"[]", type=list[type_])  # type: ignore[valid-type]
        return found

    def content_root(self, layer_id: str) -> str:
        """Return the directory that holds the files of a layer."""
        parts = ("overlay", layer_id, "diff") if self.driver == "overlay" else ("vfs", "dir", layer_id)
        return str(self.root.joinpath(*parts))


def find_stores(root: Path) -> list[Store]:
    """Return the stores that ``root`` holds, one for each driver that has images there."""
    return [
        Store(root, driver) for driver in DRIVERS if (root / f"{driver}-images" / "images.json").is_file()
    ]


def store_root(storage_conf: str | None) -> Path:
    """Return where this user's store is, by ``storage.conf`` or the default place."""
    conf = Path(storage_conf) if storage_conf else SYSTEM_CONF
    settings: dict[str, object] = {}
    if conf.is_file():
        try:
            settings = tomllib.loads(conf.read_text("utf-8")).get("storage", {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise SourceError(f"{conf} cannot be read: {error}", "repair it") from error
    if os.geteuid() == 0 or storage_conf:
        return Path(str(settings.get("graphroot") or SYSTEM_ROOT))
    rootless = settings.get("rootless_storage_path")
    return Path(str(rootless)) if rootless else Path.home() / ".local/share/containers/storage"


def find_image(store: Store, name: str) -> str | None:
    """Return the id of the image that ``name``, perhaps short, or the beginning of its id, means."""
    images = store.documents("images", _Image)
    last = name.rpartition("/")[2]
    tagged = name if ":" in last or "@" in last else f"{name}:latest"
    # The order in which podman completes a short name.
    for full in (tagged, f"localhost/{tagged}", f"docker.io/library/{tagged}", f"docker.io/{tagged}"):
        for image in images:
            if full in (image.names or ()):
                return image.id
    found = {
        image.id
        for image in images
        if any(known.endswith(f"/{tagged}") for known in image.names or ())
        or (len(name) >= 3 and image.id.startswith(name.removeprefix("sha256:")))
    }
    return found.pop() if len(found) == 1 else None


def open_stored(store: Store, image_id: str) -> StackedImage | None:
    """Return the image with the id ``image_id``; ``None`` if it, or a part of it, cannot be read here."""
    return _guarded(lambda: _open_image(store, image_id.removeprefix("sha256:")))


def open_stored_container(store: Store, image_id: str, container_id: str) -> StackedImage | None:
    """Return a container's tree: its image's layers, and on them its own, as the last one.

    ``None`` if that cannot be read here. The config is the image's.
    """
    return _guarded(lambda: _open_container(store, image_id.removeprefix("sha256:"), container_id))


def _guarded(read: Callable[[], StackedImage | None]) -> StackedImage | None:
    try:
        return read()
    except (OSError, msgspec.MsgspecError, zlib.error, binascii.Error, MovedContent):
        return None  # another user's store, or of a form that is not ours to judge: ask the engine


def _open_image(store: Store, image_id: str) -> StackedImage | None:
    found = _image_layers(store, image_id)
    if found is None:
        return None
    document, ids = found
    layers = [_read_stored(store, layer_id, index) for index, layer_id in enumerate(ids)]
    return _stacked(store, image_id, document, ids, layers)


def _open_container(store: Store, image_id: str, container_id: str) -> StackedImage | None:
    found = _image_layers(store, image_id)
    own = [item.layer for item in store.documents("containers", _Container) if item.id == container_id]
    if found is None or not own or not _is_walkable(store):
        return None
    document, ids = found
    layers = [_read_stored(store, layer_id, index) for index, layer_id in enumerate(ids)]
    layers.append(walk_layer(store.content_root(own[0]), len(ids), check_moved=True))
    return _stacked(store, image_id, document, [*ids, own[0]], layers)


def _stacked(
    store: Store, image_id: str, document: ConfigDocument, ids: Sequence[str], layers: Sequence[Layer]
) -> StackedImage | None:
    roots = [store.content_root(layer_id) for layer_id in ids]
    tree = stack(layers)
    if os.geteuid() != 0 and not all(_is_ours(entry) for entry in tree):
        return None

    def chunks(entry: FileEntry) -> Iterator[bytes] | None:
        return read_below(roots[entry.layer], entry.path)

    def opened(entry: FileEntry) -> BinaryIO | None:
        return open_below(roots[entry.layer], entry.path)

    created = document.created or ""
    return StackedImage(tree, image_config(document), f"sha256:{image_id}", created, chunks, opened)


def _image_layers(store: Store, image_id: str) -> tuple[ConfigDocument, list[str]] | None:
    """Return an image's config and the ids of its layers, oldest first, if all are in this store."""
    image = next((item for item in store.documents("images", _Image) if item.id == image_id), None)
    if image is None:
        return None
    key = base64.b64encode(f"sha256:{image_id}".encode()).decode()
    config = store.root / f"{store.driver}-images" / image_id / f"={key}"
    document = decode_config(config.read_bytes(), f"image {image_id[:12]} in the store")
    known = {layer.id: layer for layer in store.documents("layers", _Layer)}
    ids: list[str] = []
    layer_id = image.layer
    while layer_id:
        layer = known.get(layer_id)
        if layer is None or len(ids) > len(document.diff_ids):
            return None
        ids.append(layer_id)
        layer_id = layer.parent
    ids.reverse()
    if [known[layer_id].diff_digest for layer_id in ids] != document.diff_ids:
        return None
    return document, ids


def _is_walkable(store: Store) -> bool:
    # A rootless store keeps shifted owners on disk, a vfs layer repeats the layers below it.
    return store.driver == "overlay" and os.geteuid() == 0


def _read_stored(store: Store, layer_id: str, index: int) -> Layer:
    if _is_walkable(store):
        return walk_layer(store.content_root(layer_id), index)
    headers = store.root / f"{store.driver}-layers" / f"{layer_id}.tar-split.gz"
    return read_tar_split(headers.read_bytes(), index)


def read_tar_split(packed: bytes, index: int) -> Layer:
    """Return the layer whose tar headers a ``tar-split.gz`` file keeps; its ``places`` mean nothing."""
    text = zlib.decompress(packed, wbits=31)
    tar = b"".join(
        binascii.a2b_base64(piece.payload or "") for piece in PIECES.decode_lines(text) if piece.type == 2
    )
    members = read_members(
        lambda offset, length: tar[offset : offset + length], len(tar), f"layer {index}", squeezed=True
    )
    return read_layer(members, index)


def _is_ours(entry: FileEntry) -> bool:
    # Without root only the container's root is ourselves; of others we may read what everybody may.
    return entry.kind != "file" or entry.uid == 0 or bool(entry.mode & 0o004)
