"""Images in packed form: their documents and layers, found by name and checked before they are used."""

from __future__ import annotations

import hashlib
import posixpath
from collections.abc import Callable, Iterator
from typing import BinaryIO, TypeVar

import msgspec

from paritycheck.capture.image.blobs import Scratch, Span
from paritycheck.capture.image.config import ConfigDocument, image_config
from paritycheck.capture.image.layers import StackedImage, stack
from paritycheck.capture.image.layertar import read_layer
from paritycheck.capture.image.tarheaders import read_members
from paritycheck.errors import SourceError
from paritycheck.model.tree import FileEntry

MAX_DOCUMENT = 16 << 20  # bytes of a manifest, index or config
MAX_LAYERS = 1000
MAX_FILES = 100_000  # members of an archive: two or three for each layer in real ones
SAVE_AGAIN = "save or download the image again"

Files = Callable[[str], Span | None]
T = TypeVar("T")


def stack_packed(
    spans: list[Span], document: ConfigDocument, digest: str, scratch: Scratch, what: str
) -> StackedImage:
    """Return the image whose layers (oldest first, packed in any way) are ``spans``, checking each."""
    if len(spans) != len(document.diff_ids):
        raise SourceError(
            f"{what} has {len(spans)} layers, its config names {len(document.diff_ids)}", SAVE_AGAIN
        )
    layers, tars = [], []
    for index, (span, diff_id) in enumerate(zip(spans, document.diff_ids, strict=True)):
        span.what = f"layer {index} of {what}"
        tar = scratch.unpacked(span)
        expect_digest(tar.digest(), diff_id, f"{span.what}, unpacked,")
        tars.append(tar)
        layers.append(read_layer(read_members(tar.read_at, tar.size, span.what), index))

    def part(entry: FileEntry) -> Span | None:
        place = layers[entry.layer].places.get(entry.path, -1)
        return tars[entry.layer].part(place, entry.size, entry.path) if place >= 0 else None

    def chunks(entry: FileEntry) -> Iterator[bytes] | None:
        found = part(entry)
        return found.chunks() if found is not None else None

    def opened(entry: FileEntry) -> BinaryIO | None:
        found = part(entry)
        return found.open() if found is not None else None

    created = document.created or ""
    return StackedImage(stack(layers), image_config(document), digest, created, chunks, opened)


def archive_files(span: Span, scratch: Scratch) -> Files:
    """Return a function from a name in the archive ``span`` (packed in any way) to its content."""
    what = span.what
    if span.size == 0:
        raise SourceError(f"{what} is empty (0 bytes)", SAVE_AGAIN)
    span = scratch.unpacked(span)
    places: dict[str, Span] = {}
    links: dict[str, str] = {}
    for count, member in enumerate(read_members(span.read_at, span.size, what)):
        if count > MAX_FILES:
            raise SourceError(f"{what} has more than {MAX_FILES} members: it is no image archive")
        name = posixpath.normpath(member.name.decode("utf-8", "backslashreplace"))
        target = member.link.decode("utf-8", "backslashreplace")
        if member.type == 0x30 and member.offset >= 0:
            places[name] = span.part(member.offset, member.size, f"{name} in {what}")
        elif member.type == 0x32:  # docker save before 25: a layer that occurs twice
            links[name] = posixpath.normpath(posixpath.join(posixpath.dirname(name), target))
        elif member.type == 0x31:
            links[name] = posixpath.normpath(target)

    def find(name: str) -> Span | None:
        name = posixpath.normpath(name)
        return places.get(name) or places.get(links.get(name, name))

    return find


def no_single_image(what: str, wanted: str, names: list[str], count: int, transport: str) -> SourceError:
    """Return the error that says that ``wanted`` names none or several of the images, and which there are."""
    lack = f"{what} holds no image named {wanted!r}" if wanted else f"{what} holds {count} images"
    example = f"write {transport}:{what}:{names[0]}" if names and count else SAVE_AGAIN
    return SourceError(f"{lack}; there are: {', '.join(names[:20]) or 'none with a name'}", example)


def is_named(name: str, wanted: str) -> bool:
    """Tell whether ``wanted``, perhaps without registry or tag, means ``name``."""
    return name in (wanted, f"{wanted}:latest") or name.endswith((f"/{wanted}", f"/{wanted}:latest"))


def read_document(files: Files, name: str, kind: type[T], what: str) -> T | None:
    """Return the JSON document ``name``, or ``None`` if there is none. Raises SourceError if it is broken."""
    if files(name) is None:
        return None
    return decode_document(read_small(files, name, what), kind, f"{name} in {what}")


def decode_document(data: bytes, kind: type[T], what: str) -> T:
    """Decode JSON. Raises SourceError that says where it is wrong."""
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise SourceError(f"{what} is broken: {error}", SAVE_AGAIN) from error


def read_small(files: Files, name: str, what: str) -> bytes:
    """Return the whole file ``name``, which must be there and no longer than a document may be."""
    span = find_file(files, name, what)
    if span.size > MAX_DOCUMENT:
        raise SourceError(f"{name} of {what} is {span.size} bytes long: no real document is", SAVE_AGAIN)
    return b"".join(span.chunks())


def find_file(files: Files, name: str, what: str) -> Span:
    """Return the file ``name``. Raises SourceError if it is missing."""
    span = files(name)
    if span is None:
        raise SourceError(f"{what} lacks {name}, which its manifest names", SAVE_AGAIN)
    return span


def limited(layers: list[T], what: str) -> list[T]:
    """Return ``layers``. Raises SourceError if there are more than any engine would make."""
    if len(layers) > MAX_LAYERS:
        raise SourceError(f"{what} has {len(layers)} layers, engines stop far below {MAX_LAYERS}", SAVE_AGAIN)
    return layers


def check_bytes(data: bytes, announced: str, what: str) -> str:
    """Return the digest of ``data``, which must be ``announced`` unless that is empty."""
    digest = "sha256:" + hashlib.sha256(data).hexdigest()
    expect_digest(digest, announced or digest, what)
    return digest


def expect_digest(found: str, announced: str, what: str) -> None:
    """Raise SourceError unless the two digests are the same."""
    if found != announced:
        raise SourceError(f"{what} should have the digest {announced} and has {found}", SAVE_AGAIN)
