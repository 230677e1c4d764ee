"""What pip and its likes select from requirements files, words and projects."""

from __future__ import annotations

from paritycheck.predict.selecting.request import PipRequest, Surroundings
from paritycheck.predict.selecting.selection import Selection


def select_pip(request: PipRequest, around: Surroundings) -> Selection:
    """The distributions that an install by pip brings."""
    return Selection(open="the requirements are not read yet")
