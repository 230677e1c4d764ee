"""Every way to name an image, as podman and skopeo write them, and the function that opens it."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from paritycheck.capture.image import docker
from paritycheck.capture.image.archive import read_docker_archive
from paritycheck.capture.image.blobs import Scratch
from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.layers import StackedImage
from paritycheck.capture.image.layout import read_oci_archive, read_oci_layout
from paritycheck.capture.image.snapshot import image_snapshot
from paritycheck.capture.image.store import find_image, find_stores, open_stored, store_root
from paritycheck.capture.parsing.reading import Parser, parse_all
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import OriginKind, Snapshot

Opener = Callable[[str, EngineHosts, Scratch], StackedImage]


@contextlib.contextmanager
def open_image(reference: str, hosts: EngineHosts, parse: Parser = parse_all) -> Iterator[Snapshot]:
    """Yield the snapshot of the image or container that ``reference`` names; ``parse`` reads its sources.

    What it reads on demand can be read inside the ``with`` only; afterwards nothing is left behind.
    Raises SourceError if there is no such image, no engine, or the image is broken.
    """
    transport, colon, rest = reference.partition(":")
    opener = TRANSPORTS.get(transport) if colon else None
    with contextlib.ExitStack() as closing:
        directory = closing.enter_context(tempfile.TemporaryDirectory(prefix="paritycheck-"))
        scratch = Scratch(Path(directory))
        closing.callback(scratch.close)
        if opener is None:
            opener, rest = _podman, reference
        if not rest:
            raise SourceError(f"{reference} names no image", f"write {transport}:NAME")
        kind: OriginKind = "container" if opener is _container else "image"
        yield image_snapshot(opener(rest, hosts, scratch), reference, kind, parse)


def is_image_reference(reference: str) -> bool:
    """Tell whether ``reference`` begins with one of the transports (a bare name may mean anything)."""
    transport, colon, _ = reference.partition(":")
    return bool(colon) and transport in TRANSPORTS


def _docker_archive(rest: str, _hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    path, wanted = split_path(rest)
    if path.is_dir():
        raise SourceError(f"{path} is a directory", f"for an OCI layout write oci:{path}")
    return read_docker_archive(scratch.open(path, str(path)), wanted, scratch)


def _oci_archive(rest: str, _hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    path, wanted = split_path(rest)
    if path.is_dir():
        raise SourceError(f"{path} is a directory", f"for an OCI layout write oci:{path}")
    return read_oci_archive(scratch.open(path, str(path)), wanted, scratch)


def _oci(rest: str, _hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    path, wanted = split_path(rest)
    if not path.is_dir():
        raise SourceError(f"{path} is no directory", f"for one file write oci-archive:{path}")
    return read_oci_layout(path, wanted, scratch)


def _containers_storage(rest: str, hosts: EngineHosts, _scratch: Scratch) -> StackedImage:
    # [driver@directory+run-directory:options]NAME, as containers/image writes it
    root = store_root(hosts.storage_conf)
    name = rest
    if rest.startswith("[") and "]" in rest:
        where, _, name = rest[1:].partition("]")
        root = Path(where.rpartition("@")[2].partition("+")[0])
    for store in find_stores(root):
        image_id = find_image(store, name)
        image = open_stored(store, image_id) if image_id else None
        if image is not None:
            return image
        if image_id:
            raise SourceError(
                f"the image {name} in the store {root} cannot be read by this user",
                f"ask podman for it: leave out containers-storage: and write {name}",
            )
    raise SourceError(f"the store {root} holds no image {name}", "podman images lists what there is")


# podman-py brings an HTTP library and a terminal library with it, a third of the time that any command takes
# to start; so its module is imported by those who ask an engine.


def _podman(rest: str, hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    from paritycheck.capture.image.podman import open_image as ask_podman

    return ask_podman(rest, hosts, scratch)


def _container(rest: str, hosts: EngineHosts, scratch: Scratch) -> StackedImage:
    from paritycheck.capture.image.podman import open_container

    return open_container(rest, hosts, scratch)


# transport -> how to open what follows it; a bare name asks podman
TRANSPORTS: dict[str, Opener] = {
    "docker-archive": _docker_archive,
    "oci-archive": _oci_archive,
    "oci": _oci,
    "containers-storage": _containers_storage,
    "docker-daemon": docker.open_image,
    "container": _container,
}


def split_path(rest: str) -> tuple[Path, str]:
    """Split ``PATH[:NAME]`` where the longest PATH that exists ends. Raises SourceError if none does."""
    end = len(rest)
    while end > 0:
        path = Path(rest[:end])
        if path.exists():
            return path, rest[end + 1 :]
        end = rest.rfind(":", 0, end)
    raise SourceError(f"there is no {rest.partition(':')[0]}", "check the path of the image")
