"""A snapshot as a document: capture on two machines, compare on a third (``schemas/snapshot-1.json``).

A document holds what the build reads verbatim: ENV and ARG values that somebody wrote into a
Containerfile are in it. ``.env`` files are not, and neither is the value of an image's variable
unless it steers Python or the search for programs.
"""

import re
from typing import Any

import msgspec

from paritycheck import __version__
from paritycheck.errors import DocumentError
from paritycheck.model.encoding import encode_json
from paritycheck.model.environment import Environment
from paritycheck.model.report import Tool
from paritycheck.model.schema import document_schema
from paritycheck.model.snapshot import GitFacts, ImageConfig, Origin, Snapshot, Unknown, read_ahead
from paritycheck.model.source import SourceData, SourceFile
from paritycheck.model.tree import FileEntry, FileTree

SCHEMA_VERSION = "1.0"


class Document(msgspec.Struct, frozen=True):
    """One side of a comparison; the paths that lead to something are those of ``tree``."""

    schema_version: str
    tool: Tool
    origin: Origin
    tree: tuple[FileEntry, ...]
    modules: dict[str, SourceFile]
    texts: dict[str, str]
    digests: dict[str, str]
    environment: Environment = Environment()
    config: ImageConfig | None = None
    git: GitFacts | None = None
    unknown: tuple[Unknown, ...] = ()
    data: dict[str, SourceData] = {}


class _Header(msgspec.Struct):
    schema_version: str


# An empty component, "." or "..": not to be found in the path of a tree entry.
_UNCLEAN = re.compile(r"(?:^|/)\.{0,2}(?:/|$)")


def encode_snapshot(snapshot: Snapshot) -> bytes:
    """Return the document of ``snapshot``: JSON, the same bytes for equal snapshots.

    What is read on demand is read now, as far as it belongs in a document.
    """
    read_ahead(snapshot.modules, snapshot.application_modules)
    read_ahead(snapshot.data, snapshot.application_modules)
    document = Document(
        schema_version=SCHEMA_VERSION,
        tool=Tool("paritycheck", __version__),
        origin=snapshot.origin,
        tree=tuple(sorted(snapshot.tree, key=lambda entry: entry.path)),
        modules=dict(snapshot.modules),
        texts=dict(snapshot.texts),
        digests=dict(snapshot.digests),
        environment=snapshot.environment,
        config=snapshot.config,
        git=snapshot.git,
        unknown=snapshot.unknown,
        data=dict(snapshot.data),
    )
    return encode_json(document, order="deterministic") + b"\n"


def decode_snapshot(data: bytes, name: str) -> Snapshot:
    """Return the snapshot in the document ``data``; ``name`` is its file, for messages.

    Raises DocumentError, which says where in the document something is not what the schema says.
    """
    try:
        document = msgspec.json.decode(data, type=Document)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _check_version(data, name)
        raise DocumentError(
            f"{name}: not a snapshot document: {error}",
            "write it anew with `paritycheck snapshot SOURCE -o FILE`",
        ) from error
    _check_version(data, name)
    return Snapshot(
        origin=document.origin,
        tree=_tree(document.tree, name),
        modules=document.modules,
        texts=document.texts,
        digests=document.digests,
        environment=document.environment,
        config=document.config,
        git=document.git,
        unknown=document.unknown,
        data=document.data,
    )


def snapshot_schema() -> dict[str, Any]:
    """Return the JSON Schema of the document, as ``schemas/snapshot-1.json`` stores it."""
    return document_schema(
        Document,
        SCHEMA_VERSION,
        "snapshot-1",
        "Everything that is known about one side, a checkout or an image, captured once.",
    )


def _check_version(data: bytes, name: str) -> None:
    try:
        version = msgspec.json.decode(data, type=_Header).schema_version
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return  # what is wrong lies elsewhere, or there is no version at all
    if version != SCHEMA_VERSION:
        raise DocumentError(
            f"{name}: at `$.schema_version`: the document is of schema {version!r}, "
            f"and paritycheck {__version__} reads {SCHEMA_VERSION!r}",
            "use the version of paritycheck that wrote it, or write it anew with `paritycheck snapshot`",
        )


def _tree(entries: tuple[FileEntry, ...], name: str) -> FileTree:
    for number, entry in enumerate(entries):
        if _UNCLEAN.search(entry.path):
            raise DocumentError(
                f"{name}: not a snapshot document: {entry.path!r} is no path below the root"
                f" - at `$.tree[{number}].path`",
                "write it anew with `paritycheck snapshot SOURCE -o FILE`",
            )
    tree = FileTree(entries)
    if len(tree) != len(entries):
        raise DocumentError(
            f"{name}: not a snapshot document: a path occurs twice - at `$.tree`",
            "write it anew with `paritycheck snapshot SOURCE -o FILE`",
        )
    return tree
