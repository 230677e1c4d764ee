"""What is asked of a prediction, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Literal

import msgspec

from paritycheck.model.engine import Engine
from paritycheck.model.location import Location
from paritycheck.model.snapshot import ImageConfig, Unknown
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.instruction import Containerfile
from paritycheck.predict.building.notes import MissingFile, RunStart, SystemPackage
from paritycheck.predict.building.settings import Settings
from paritycheck.predict.building.steps import NotAnalysed
from paritycheck.predict.context.effective import Context
from paritycheck.predict.copying.request import CopyRecord, CopyRequest
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.selecting.selection import Catalogue, Installation

Read = Callable[[str], bytes | None]


def _read_nothing(_: str) -> bytes | None:
    return None


def _no_stand_in(_: str) -> BaseImage | None:
    return None


class BaseImage(msgspec.Struct, frozen=True):
    """An image that is at hand: its tree, configuration, ONBUILD triggers and unknown parts.

    ``read`` gives the bytes of a file by its tree path, ``inline`` some by their SHA-256.
    """

    tree: FileTree
    config: ImageConfig = ImageConfig()
    onbuild: tuple[str, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    read: Read = _read_nothing
    inline: Mapping[str, bytes] = {}


class NamedContext(msgspec.Struct, frozen=True):
    """A directory given with ``--build-context`` and its own ignore file; ``read`` gives a file's bytes."""

    context: Context
    read: Read = _read_nothing


class BuildRequest(msgspec.Struct, frozen=True, kw_only=True):
    """One build.

    ``context`` is the build context with its ignore file, ``read`` gives the bytes of a file of
    it. ``bases`` are the images at hand, by the name that a Containerfile would write.
    ``platform`` is what the builder runs on and builds for; ``image_format`` matters to Buildah.
    With ``tolerant`` a COPY whose source is missing is left out instead of ending the build.
    ``stand_in`` tells what is known of an image that is not at hand, by its name, ``catalogue`` what is known
    of distributions.
    """

    containerfile: Containerfile
    engine: Engine
    context: Context
    read: Read = _read_nothing
    build_args: Mapping[str, str] = {}
    target: str = ""
    named: Mapping[str, NamedContext | BaseImage] = {}
    bases: Mapping[str, BaseImage] = {}
    platform: str = "linux/amd64"
    image_format: Literal["oci", "docker"] = "oci"
    tolerant: bool = False
    stand_in: Callable[[str], BaseImage | None] = _no_stand_in
    catalogue: Catalogue = Catalogue()


class MissingSource(msgspec.Struct, frozen=True):
    """A source of a COPY, ADD or RUN --mount that is not there: the word as expanded, the engine's own words.

    ``origin`` is the stage or image that should have it (empty: the context).
    """

    location: Location
    source: str
    reason: str
    origin: str = ""


class StageCopy(msgspec.Struct, frozen=True):
    """One COPY or ADD of a stage that ran: ``source`` is ``--from`` (empty: the context)."""

    stage: int
    location: Location
    source: str
    origin: Literal["context", "named", "stage", "image"]
    request: CopyRequest
    record: CopyRecord


class StageOutcome(msgspec.Struct, frozen=True):
    """A stage and what it held at its end; ``tree`` is ``None`` if the build does not run it.

    ``base`` is the image or stage that it begins from, ``missing_base`` names the image if it is not at hand.
    """

    index: int
    name: str
    location: Location
    tree: StageTree | None
    missing_base: str = ""
    base: str = ""


class Prediction(msgspec.Struct, frozen=True):
    """What the build would make.

    ``tree`` is the image's, each entry with the index of its layer in ``config.layers`` and the
    path in the context that it came from; ``inline`` holds, by SHA-256, content that is in no file
    of the context. ``settings`` is the configuration with every value (secrets, too: never to be
    written down), ``config`` what of it may be. ``config_known`` is false when the base image is
    not at hand, so that it may say more. ``unknown`` are parts of the tree nobody could predict.
    ``runs`` are the project's programs that RUN steps start, ``missing_files`` what such a step
    needs and does not find. ``read`` gives the content of what is left of the base image, by tree path.
    ``installs`` are the installer commands of every stage that runs, in order, ``packages`` what happened to
    packages of the operating system in the target stage and those it is built on.
    """

    tree: FileTree
    config: ImageConfig
    settings: Settings
    config_known: bool
    inline: Mapping[str, bytes]
    unknown: tuple[Unknown, ...]
    target: int
    stages: tuple[StageOutcome, ...]
    copies: tuple[StageCopy, ...]
    problems: tuple[NotAnalysed, ...] = ()
    missing_sources: tuple[MissingSource, ...] = ()
    runs: tuple[RunStart, ...] = ()
    missing_files: tuple[MissingFile, ...] = ()
    read: Read = _read_nothing
    installs: tuple[Installation, ...] = ()
    packages: tuple[SystemPackage, ...] = ()


def find_image(bases: Mapping[str, BaseImage], name: str) -> BaseImage | None:
    """Return the image that ``name`` means; ``python`` is ``docker.io/library/python:latest``."""
    if name in bases:
        return bases[name]
    wanted = _full_name(name)
    return next((image for other, image in bases.items() if _full_name(other) == wanted), None)


def _full_name(name: str) -> str:
    first, slash, rest = name.partition("/")
    if not slash:
        name = f"docker.io/library/{name}"
    elif "." not in first and ":" not in first and first != "localhost":
        name = f"docker.io/{name}"
    elif first == "docker.io" and "/" not in rest:
        name = f"docker.io/library/{rest}"
    return name if "@" in name or ":" in name.rpartition("/")[2] else f"{name}:latest"
