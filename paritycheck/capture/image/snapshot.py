"""A stacked image made into a snapshot: what is costly is read only when somebody asks for it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from paritycheck.capture.image import selection
from paritycheck.capture.image.archives import Archives
from paritycheck.capture.image.layers import StackedImage
from paritycheck.capture.parsing.reading import Parser, lazy_sources, parse_all
from paritycheck.model.binary import SharedObject
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import OnDemand, Origin, OriginKind, Snapshot
from paritycheck.parse.binary.elf import read_object
from paritycheck.predict.environment.inferring import infer_environment

MAX_METADATA = 32 << 20  # bytes of one file that inferring the environment may read


class _DirectUrl(msgspec.Struct):
    """The part of a ``direct_url.json`` (PEP 610) that tells a project's own code from a download."""

    dir_info: dict[str, object] | None = None


def image_snapshot(
    image: StackedImage, reference: str, kind: OriginKind = "image", parse: Parser = parse_all
) -> Snapshot:
    """Return the snapshot of ``image``; its mappings read from the image as long as that is open."""
    carried = _Carried(image)
    archives = Archives(image)

    def source(path: str) -> bytes | None:
        data = image.read(path, selection.MAX_SOURCE)
        return archives.source(path) if data is None else data

    sources = lazy_sources(source, parse, carried.modules)
    return Snapshot(
        origin=Origin(kind, reference, image.digest, image.created),
        tree=image.tree,
        modules=sources.modules,
        texts=OnDemand(lambda path: _text(image, path), carried.texts),
        digests=OnDemand(image.sha256, carried.files),
        environment=_environment(image),
        config=image.config,
        data=sources.data,
        objects=OnDemand(lambda path: _object(image, path), lambda: ()),
        archives=OnDemand(archives.members, lambda: ()),
    )


def _environment(image: StackedImage) -> Environment:
    return infer_environment(image.tree, lambda path: image.read(path, MAX_METADATA), image.config)


def _text(image: StackedImage, path: str) -> str | None:
    data = image.read(path, selection.MAX_SOURCE if selection.is_source(path) else selection.MAX_TEXT)
    return None if data is None or b"\0" in data else data.decode("utf-8", "replace")


def _object(image: StackedImage, path: str) -> SharedObject | None:
    file = image.open(path)
    if file is None:
        return None
    with file:
        return read_object(file)


class _Carried:
    """Which paths a document carries, found once for all the mappings."""

    def __init__(self, image: StackedImage) -> None:
        self._image = image
        self._files: tuple[str, ...] | None = None

    def files(self) -> tuple[str, ...]:
        """All application files."""
        if self._files is None:
            own = _own_distribution_files(self._image)
            foreign = frozenset(_foreign_files(self._image))
            found = selection.application_files(self._image.tree, own, self._image.config.workdir)
            self._files = tuple(
                path for path in found if path not in foreign and path.rpartition("/")[0] + "/" not in foreign
            )
        return self._files

    def modules(self) -> Iterator[str]:
        """The Python source among them."""
        return (path for path in self.files() if selection.is_source(path))

    def texts(self) -> Iterator[str]:
        """The texts among them that a build or a start reads, and the files that the command names."""
        config = self._image.config
        words = (*config.entrypoint, *config.cmd)
        started = set(selection.command_files(self._image.tree, words, config.workdir))
        named = {path for path in self.files() if selection.is_carried_text(path)}
        return iter(sorted(named | started))


def _own_distribution_files(image: StackedImage) -> Iterator[str]:
    """Yield the files that the project installed as a distribution of its own.

    A distribution built from a directory is taken for the project's; one that came from an
    archive, a repository or an index is not. Facts: PEP 610, PEP 376 for RECORD.
    """
    for metadata in _metadata(image):
        if _is_own(image, metadata):
            yield from _recorded(image, metadata)


def _foreign_files(image: StackedImage) -> Iterator[str]:
    """Yield what others' distributions put among the application's files (``pip install --target``)."""
    for metadata in _metadata(image):
        if not selection.is_system(metadata, image.config.workdir) and not _is_own(image, metadata):
            yield metadata + "/"
            yield from _recorded(image, metadata)


def _metadata(image: StackedImage) -> Iterator[str]:
    return (path[: -len("/RECORD")] for path in image.tree.paths() if path.endswith(".dist-info/RECORD"))


def _is_own(image: StackedImage, metadata: str) -> bool:
    data = image.read(f"{metadata}/direct_url.json", selection.MAX_TEXT)
    try:
        return data is not None and msgspec.json.decode(data, type=_DirectUrl).dir_info is not None
    except msgspec.MsgspecError:
        return False


def _recorded(image: StackedImage, metadata: str) -> Iterator[str]:
    record = image.read(f"{metadata}/RECORD", MAX_METADATA) or b""
    site = metadata.rpartition("/")[0]
    for line in record.decode("utf-8", "replace").splitlines():
        name = line.rsplit(",", 2)[0].strip('"')
        if not name.startswith(("/", "..")) and selection.is_installed_code(name):
            yield f"{site}/{name}".lstrip("/")
