"""What an install of a pdm project selects from its lock."""

from __future__ import annotations

from paritycheck.predict.selecting.request import ProjectRequest, Surroundings
from paritycheck.predict.selecting.selection import Selection


def select_pdm(request: ProjectRequest, around: Surroundings) -> Selection:
    """The distributions that the install of a pdm project brings."""
    return Selection(open=f"the lock of {request.directory or '/'} is not read yet")
