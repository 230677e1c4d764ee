"""The report document, as ``schemas/report-1.json`` describes it."""

import msgspec

from paritycheck.model.report import Report


def render_json(report: Report) -> str:
    """Return the report as indented JSON, keys in the order of the schema, ending in a newline."""
    return msgspec.json.format(msgspec.json.encode(report), indent=1).decode() + "\n"
