"""What a build sends to the engine, what stays behind, and which line says so."""

import msgspec

from paritycheck.model.location import Location


class Weight(msgspec.Struct, frozen=True, order=True):
    """A path with all below it: number of files and their bytes."""

    path: str
    files: int
    bytes: int


class LeftOut(msgspec.Struct, frozen=True):
    """A top-most path of which nothing is in the context, by which line."""

    path: str
    files: int
    bytes: int
    location: Location


class DeadLine(msgspec.Struct, frozen=True):
    """A line of the ignore file without effect, and why."""

    location: Location
    reason: str


class Alarming(msgspec.Struct, frozen=True):
    """A path in the context that most probably should not be, and why."""

    path: str
    bytes: int
    reason: str


class ContextReport(msgspec.Struct, frozen=True):
    """The effective context; lists are biggest first. ``ignorefile`` ``""``: there is none.

    ``included`` are the entries directly below the context, ``largest`` the biggest files.
    """

    schema_version: str
    engine: str
    context: str
    ignorefile: str
    total: Weight
    included: tuple[Weight, ...]
    largest: tuple[Weight, ...]
    excluded: tuple[LeftOut, ...]
    alarming: tuple[Alarming, ...]
    dead_lines: tuple[DeadLine, ...]
