"""A report, or whatever else was asked for, as the document that its schema describes."""

import msgspec

from paritycheck.model.audit import Audit
from paritycheck.model.contextreport import ContextReport
from paritycheck.model.difference import Difference
from paritycheck.model.encoding import encode_json
from paritycheck.model.journey import Explanation
from paritycheck.model.report import Report


def render_json(document: Report | Difference | Explanation | ContextReport | Audit) -> str:
    """Return the document as indented JSON, keys in the order of the schema, ending in a newline."""
    return msgspec.json.format(encode_json(document), indent=1).decode() + "\n"
