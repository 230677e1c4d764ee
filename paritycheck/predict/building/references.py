"""Whether a name can be the name of an image, by the grammar that all engines share.

Source: distribution/reference ``reference.go`` (``ParseNormalizedNamed``).
"""

from __future__ import annotations

import re

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_HOST_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_HOST = rf"(?:{_HOST_PART}(?:\.{_HOST_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_REFERENCE = re.compile(
    rf"(?:{_HOST}/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::[\w][\w.-]{0,127})?(?:@[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,})?",
    re.ASCII,
)


def is_image_name(name: str) -> bool:
    """Tell whether an engine could look for an image of this name at all."""
    if len(name) > 512:  # longer than any name; keeps the expression from working on hostile input
        return False
    return _REFERENCE.fullmatch(name) is not None
