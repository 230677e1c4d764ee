"""A snapshot and its document: nothing is lost on the way, nothing but DocumentError comes of rubbish."""

from __future__ import annotations

import json
from contextlib import suppress
from pathlib import Path
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

import jsonschema
import msgspec
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from paritycheck.errors import DocumentError
from paritycheck.model.document import decode_snapshot, encode_snapshot
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import GitFacts, ImageConfig, Origin, Snapshot, Unknown
from paritycheck.model.source import SourceData, SourceFile
from paritycheck.model.tree import FileEntry, FileTree

SCHEMA = json.loads((Path(__file__).parents[2] / "schemas" / "snapshot-1.json").read_text(encoding="utf-8"))

text = st.text(max_size=8)
names = text.map(lambda name: name.replace("/", "_")).filter(lambda name: name not in ("", ".", ".."))
paths = st.lists(names, min_size=1, max_size=3).map("/".join)


def values(wanted: Any) -> st.SearchStrategy[Any]:
    """Return any values of a type of the model, every field drawn."""
    origin, arguments = get_origin(wanted), get_args(wanted)
    if wanted is FileEntry:
        return st.builds(FileEntry, path=paths, **fields(FileEntry, "path"))
    if isinstance(wanted, type) and issubclass(wanted, msgspec.Struct):
        return st.builds(wanted, **fields(wanted))
    if origin is Literal:
        return st.sampled_from(arguments)
    if origin in (Union, UnionType):
        return st.one_of(*map(values, arguments))
    if origin is tuple:
        return st.lists(values(arguments[0]), max_size=2).map(tuple)
    if origin is frozenset:
        return st.frozensets(values(arguments[0]), max_size=3)
    if origin is dict:
        return st.dictionaries(values(arguments[0]), values(arguments[1]), max_size=2)
    return SIMPLE[wanted]


SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: text,
    int: st.integers(-(2**62), 2**62),
    bool: st.booleans(),
    type(None): st.none(),
}


def fields(struct: type[msgspec.Struct], *but: str) -> dict[str, st.SearchStrategy[Any]]:
    return {
        field.name: values(field.type) for field in msgspec.structs.fields(struct) if field.name not in but
    }


snapshots = st.builds(
    Snapshot,
    origin=values(Origin),
    tree=st.lists(values(FileEntry), max_size=5).map(FileTree),
    modules=st.dictionaries(paths, values(SourceFile), max_size=2),
    texts=st.dictionaries(paths, text, max_size=2),
    digests=st.dictionaries(paths, text, max_size=2),
    environment=values(Environment),
    config=st.none() | values(ImageConfig),
    git=st.none() | values(GitFacts),
    unknown=values(tuple[Unknown, ...]),
    data=st.dictionaries(paths, values(SourceData), max_size=2),
)
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)


@given(snapshots)
@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_snapshot_survives_its_document(snapshot: Snapshot) -> None:
    data = encode_snapshot(snapshot)
    decoded = decode_snapshot(data, "x.json")
    assert encode_snapshot(decoded) == data
    VALIDATOR.validate(json.loads(data))
    assert decoded == snapshot


@given(snapshots, st.data())
@settings(max_examples=80, suppress_health_check=[HealthCheck.too_slow], deadline=None)
def test_a_damaged_document_is_read_or_refused(snapshot: Snapshot, data: st.DataObject) -> None:
    document = bytearray(encode_snapshot(snapshot))
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(document)))
        document[start : start + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    with suppress(DocumentError):
        decode_snapshot(bytes(document), "x.json")
