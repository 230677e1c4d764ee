from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from paritycheck.errors import DocumentError
from paritycheck.model.document import decode_snapshot, encode_snapshot, snapshot_schema
from paritycheck.model.environment import Environment
from paritycheck.model.location import Location
from paritycheck.model.schema import schema_text
from paritycheck.model.snapshot import GitFacts, ImageConfig, Layer, Origin, Snapshot, Unknown
from paritycheck.model.source import Import, SourceFile
from tests.drawn import tree

SCHEMA = Path(__file__).parents[2] / "schemas" / "snapshot-1.json"
SNAPSHOT = Snapshot(
    origin=Origin("checkout", ".", digest="abc"),
    tree=tree("app/\n  x.py | import os\n  link -> x.py\n"),
    modules={"app/x.py": SourceFile((Import(1, "os"),), ("os",))},
    texts={"Containerfile": "FROM scratch\n"},
    digests={"app/x.py": "0" * 64},
    environment=Environment(problems=("none found",)),
    config=ImageConfig(env={"PATH": "/bin", "TOKEN": None}, layers=(Layer("sha256:1", "COPY . ."),)),
    git=GitFacts("repository", tracked=frozenset({"b", "a"}), ignored={"x": Location(".gitignore", 3, "x")}),
    unknown=(Unknown("closed", "permission denied"),),
)


def document(**changes: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(encode_snapshot(SNAPSHOT))
    return {**content, **changes}


def test_the_stored_schema_is_that_of_the_types() -> None:
    assert SCHEMA.read_text(encoding="utf-8") == schema_text(snapshot_schema()), (
        "write it anew: python -c 'from paritycheck.model import document, schema;"
        ' print(schema.schema_text(document.snapshot_schema()), end="")\' > schemas/snapshot-1.json'
    )


def test_a_document_is_what_the_schema_says() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    validator.validate(document())
    wrong = [document(tree=[{"path": "x", "kind": "door"}]), document(schema_version="2.0"), {}]
    assert not any(validator.is_valid(content) for content in wrong)


def test_a_snapshot_survives_its_document() -> None:
    assert decode_snapshot(encode_snapshot(SNAPSHOT), "x.json") == SNAPSHOT


def test_a_document_begins_with_its_version_and_has_a_stable_order() -> None:
    content = document()
    assert list(content)[:3] == ["schema_version", "tool", "origin"]
    assert [entry["path"] for entry in content["tree"]] == ["app", "app/link", "app/x.py"]
    assert content["git"]["tracked"] == ["a", "b"]


def test_lone_surrogates_in_source_are_spelled_out() -> None:
    snapshot = Snapshot(
        Origin("checkout", "."),
        tree(""),
        {"x.py": SourceFile((Import(1, "a\ud800", dynamic=True),))},
        {},
        {},
    )
    decoded = decode_snapshot(encode_snapshot(snapshot), "x.json")
    assert decoded.modules["x.py"].imports[0].module == "a\\ud800"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "x.json: not a snapshot document: Input data was truncated"),
        (b"rubbish", "JSON is malformed"),
        (b"\xff\xfe", "x.json: not a snapshot document"),
        (b"[" * 100_000, "x.json: not a snapshot document"),
        (b"[]", "Expected `object`, got `array`"),
        (b"{}", "Object missing required field `schema_version`"),
        (document(tree=[{"path": "x", "kind": "file"}, {"path": "y", "kind": "door"}]), "`$.tree[1].kind`"),
        (document(tree=[{"path": "x"}]), "missing required field `kind` - at `$.tree[0]`"),
        (
            document(modules={"x.py": {"imports": [{"line": "1", "module": "a"}]}}),
            "`$.modules[...].imports[0].line`",
        ),
        (document(git={"state": "fine"}), "`$.git.state`"),
        (document(tree=[{"path": "a/../b", "kind": "file"}]), "`$.tree[0].path`"),
        (document(tree=[{"path": "/a", "kind": "file"}]), "`$.tree[0].path`"),
        (document(tree=[{"path": "", "kind": "file"}]), "`$.tree[0].path`"),
        (document(tree=[{"path": "a", "kind": "file"}] * 2), "a path occurs twice"),
        (document(schema_version="2.0"), "the document is of schema '2.0', and paritycheck"),
        ({"schema_version": "1.1"}, "the document is of schema '1.1'"),
        (document(schema_version=1), "`$.schema_version`"),
    ],
)
def test_a_wrong_document_says_where(data: bytes | dict[str, Any], words: str) -> None:
    encoded = data if isinstance(data, bytes) else json.dumps(data).encode()
    with pytest.raises(DocumentError) as caught:
        decode_snapshot(encoded, "x.json")
    assert words in caught.value.message
    assert caught.value.message.startswith("x.json: ")
    assert caught.value.hint
