"""The texts that integrations are made of, which this folder holds, and how their slots are filled."""

from __future__ import annotations

import re
from importlib import resources

# Workflow files are full of braces and dollars; none has a word between two at signs.
_SLOT = re.compile(r"@([A-Z]+)@")


def read_template(name: str) -> str:
    """Return the text of a template as it is written."""
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def fill(text: str, **values: str) -> str:
    """Return the text with every ``@NAME@`` replaced by its value. Raises KeyError for a slot without one."""
    return _SLOT.sub(lambda found: values[found[1].lower()], text)
