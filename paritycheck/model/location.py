"""A line of a file, the evidence that every verdict quotes."""

import msgspec


class Location(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """``path`` relative to the repository root, or absolute in the container; ``line`` from 1 (0: none)."""

    path: str
    line: int = 0
    text: str = ""

    def __str__(self) -> str:
        return f"{self.path}:{self.line}" if self.line else self.path
