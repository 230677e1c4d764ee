"""Images as OCI layouts: a directory, or the same as one tar (``oci-archive``).

Facts: OCI image specification, "Image Layout", "Image Index" and "Image Manifest".
"""

from __future__ import annotations

import platform
from pathlib import Path

import msgspec

from paritycheck.capture.image.blobs import Scratch, Span
from paritycheck.capture.image.config import decode_config
from paritycheck.capture.image.layers import StackedImage
from paritycheck.capture.image.packed import (
    SAVE_AGAIN,
    Files,
    archive_files,
    check_bytes,
    decode_document,
    expect_digest,
    find_file,
    is_named,
    limited,
    no_single_image,
    read_document,
    read_small,
    stack_packed,
)
from paritycheck.errors import SourceError

MAX_NESTING = 4  # an index may list indexes

# OCI names of the architectures that `platform.machine()` calls otherwise.
ARCHITECTURES = {
    "x86_64": "amd64", "aarch64": "arm64", "armv7l": "arm", "armv6l": "arm", "i386": "386", "i686": "386",
}  # fmt: skip


class _Platform(msgspec.Struct):
    architecture: str = ""
    os: str = ""
    variant: str = ""


class _Descriptor(msgspec.Struct, rename="camel"):
    digest: str
    media_type: str = ""
    platform: _Platform | None = None
    annotations: dict[str, str] | None = None


class _Manifest(msgspec.Struct, rename="camel"):
    """An image manifest, or an index of them: which one is told by what it holds."""

    config: _Descriptor | None = None
    layers: list[_Descriptor] | None = None
    manifests: list[_Descriptor] | None = None


def read_oci_archive(span: Span, wanted: str, scratch: Scratch) -> StackedImage:
    """Read the image that ``wanted`` names (``""``: the only one) from a tar of an OCI layout."""
    shown = span.what
    files = archive_files(span, scratch)
    if files("index.json") is None and files("manifest.json") is not None:
        raise SourceError(f"{shown} has no index.json: it is no OCI archive", f"write docker-archive:{shown}")
    return _read_layout(files, shown, wanted, scratch)


def read_oci_layout(directory: Path, wanted: str, scratch: Scratch) -> StackedImage:
    """Read the image that ``wanted`` names (``""``: the only one) from an OCI layout directory."""

    def files(name: str) -> Span | None:
        path = directory / name
        return scratch.open(path, str(path)) if path.is_file() else None

    return _read_layout(files, str(directory), wanted, scratch)


def _read_layout(files: Files, shown: str, wanted: str, scratch: Scratch) -> StackedImage:
    index = read_document(files, "index.json", _Manifest, shown)
    if index is None:
        raise SourceError(
            f"{shown} has no index.json: it is no OCI layout", "skopeo copy writes such layouts"
        )
    manifest = _choose_platform(_choose_named(index.manifests or [], wanted, shown), files, shown)
    what = f"the image in {shown}"
    if manifest.config is None:
        raise SourceError(f"the manifest of {what} names no config", SAVE_AGAIN)
    config = _blob_bytes(files, manifest.config.digest, what)
    document = decode_config(config, what)
    spans = []
    for number, layer in enumerate(limited(manifest.layers or [], what)):
        span = find_file(files, _blob_path(layer.digest), what)
        expect_digest(span.digest(), layer.digest, f"layer {number} of {what}")
        spans.append(span)
    return stack_packed(spans, document, manifest.config.digest, scratch, what)


def _choose_named(manifests: list[_Descriptor], wanted: str, shown: str) -> list[_Descriptor]:
    # Attestations that BuildKit adds are manifests, but no images.
    images = [
        item
        for item in manifests
        if (item.annotations or {}).get("vnd.docker.reference.type") != "attestation-manifest"
    ]
    found = [item for item in images if not wanted or any(is_named(n, wanted) for n in _reference(item))]
    if len({item.digest for item in found}) == 1:
        return found[:1]
    if found and all(item.platform for item in found):
        return found
    names = [name for item in images for name in _reference(item)[:1]]
    raise no_single_image(shown, wanted, names, len(images), "oci")


def _reference(item: _Descriptor) -> list[str]:
    notes = item.annotations or {}
    keys = ("org.opencontainers.image.ref.name", "io.containerd.image.name")
    return [notes[key] for key in keys if key in notes]


def _choose_platform(items: list[_Descriptor], files: Files, shown: str) -> _Manifest:
    """Follow indexes until one manifest is left: the one for Linux on this machine's architecture."""
    for _ in range(MAX_NESTING):
        if len(items) > 1:
            items = _matching_platform(items, shown)
        data = _blob_bytes(files, items[0].digest, f"the image in {shown}")
        manifest = decode_document(data, _Manifest, f"the manifest in {shown}")
        if manifest.manifests is None:
            return manifest
        items = [item for item in manifest.manifests if _is_platform(item)] or manifest.manifests
        if not items:
            raise SourceError(f"the index in {shown} lists no image", SAVE_AGAIN)
    raise SourceError(f"the indexes in {shown} are nested more than {MAX_NESTING} deep", SAVE_AGAIN)


def _is_platform(item: _Descriptor) -> bool:
    return item.platform is None or item.platform.architecture != "unknown"


def _matching_platform(items: list[_Descriptor], shown: str) -> list[_Descriptor]:
    machine = platform.machine().lower()
    here = f"linux/{ARCHITECTURES.get(machine, machine)}"
    found = [item for item in items if f"{_platform_name(item)}/".startswith(f"{here}/")]
    if len(found) == 1:
        return found
    raise SourceError(
        f"{shown} holds {len(items)} platforms, {len(found)} of them {here}: "
        + ", ".join(_platform_name(item) for item in items),
        "copy the one you want out of it with skopeo copy --override-arch",
    )


def _platform_name(item: _Descriptor) -> str:
    found = item.platform
    return "/".join(filter(None, (found.os, found.architecture, found.variant))) if found else "unknown"


def _blob_path(digest: str) -> str:
    algorithm, _, value = digest.partition(":")
    if algorithm != "sha256" or len(value) != 64 or not set(value) <= set("0123456789abcdef"):
        raise SourceError(f"{digest!r} is no SHA-256 digest", SAVE_AGAIN)
    return f"blobs/{algorithm}/{value}"


def _blob_bytes(files: Files, digest: str, what: str) -> bytes:
    data = read_small(files, _blob_path(digest), what)
    check_bytes(data, digest, f"{digest[:19]} of {what}")
    return data
