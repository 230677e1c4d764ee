"""Images as ``docker-archive``: the tar that ``podman save`` and ``docker save`` write.

Facts: Docker image specification v1.2 for ``manifest.json``.
"""

from __future__ import annotations

import posixpath

import msgspec

from paritycheck.capture.image.blobs import Scratch, Span
from paritycheck.capture.image.config import decode_config
from paritycheck.capture.image.layers import StackedImage
from paritycheck.capture.image.packed import (
    archive_files,
    check_bytes,
    find_file,
    is_named,
    limited,
    no_single_image,
    read_document,
    read_small,
    stack_packed,
)
from paritycheck.errors import SourceError


class _Saved(msgspec.Struct):
    """An image in ``manifest.json`` of a docker archive."""

    config: str = msgspec.field(name="Config")
    layers: list[str] = msgspec.field(name="Layers")
    tags: list[str] | None = msgspec.field(name="RepoTags", default=None)


def read_docker_archive(span: Span, wanted: str, scratch: Scratch) -> StackedImage:
    """Read the image that ``wanted`` names (``""``: the only one) from a docker archive."""
    shown = span.what
    files = archive_files(span, scratch)
    saved = read_document(files, "manifest.json", list[_Saved], shown)
    if saved is None:
        hint = f"write oci-archive:{shown}" if files("index.json") else "podman save writes such archives"
        raise SourceError(f"{shown} has no manifest.json: it is no docker archive", hint)
    image = _choose_saved(saved, wanted, shown)
    what = f"the image in {shown}"
    config = read_small(files, image.config, what)
    stem = posixpath.basename(image.config).removesuffix(".json")
    digest = check_bytes(config, f"sha256:{stem}" if len(stem) == 64 else "", f"the config of {what}")
    spans = [find_file(files, name, what) for name in limited(image.layers, what)]
    return stack_packed(spans, decode_config(config, what), digest, scratch, what)


def _choose_saved(images: list[_Saved], wanted: str, shown: str) -> _Saved:
    if wanted.startswith("@") and wanted[1:].isdigit() and int(wanted[1:]) < len(images):
        return images[int(wanted[1:])]
    names = [tag for image in images for tag in image.tags or []]
    found = [
        image for image in images if not wanted or any(is_named(tag, wanted) for tag in image.tags or [])
    ]
    if len(found) == 1:
        return found[0]
    raise no_single_image(shown, wanted, names, len(images), "docker-archive")
