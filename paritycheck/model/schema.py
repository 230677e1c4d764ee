"""JSON Schemas of the documents, made from their types, as the files below ``schemas/`` store them."""

from __future__ import annotations

import inspect
import json
from typing import Any

import msgspec


def document_schema(document: type[msgspec.Struct], version: str, name: str, about: str) -> dict[str, Any]:
    """Return the schema of ``document`` in the version that it carries; ``name`` as ``report-1``."""
    schema = msgspec.json.schema(document)
    definitions = schema["$defs"]
    for definition in definitions.values():
        # Docstrings are indented before Python 3.13.
        definition["description"] = inspect.cleandoc(definition["description"])
    definitions[document.__name__]["properties"]["schema_version"]["const"] = version
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:paritycheck:{name}",
        "title": f"paritycheck {name.partition('-')[0]}",
        "description": about,
        "$ref": schema["$ref"],
        "$defs": dict(sorted(definitions.items())),
    }


def schema_text(schema: dict[str, Any]) -> str:
    """Return a schema as its file stores it."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
