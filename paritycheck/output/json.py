"""A report or a difference as the document that its schema describes."""

import msgspec

from paritycheck.model.difference import Difference
from paritycheck.model.report import Report


def render_json(document: Report | Difference) -> str:
    """Return the document as indented JSON, keys in the order of the schema, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(document), indent=1).decode() + "\n"
