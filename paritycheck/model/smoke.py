"""What became of importing a start module inside the real container."""

from typing import Literal

import msgspec


class Frame(msgspec.Struct, frozen=True, omit_defaults=True):
    """A line of a traceback; ``file`` as the interpreter names it."""

    file: str
    line: int
    function: str = ""
    text: str = ""


class Raised(msgspec.Struct, frozen=True, omit_defaults=True):
    """An exception: ``name`` and ``wanted`` are an ImportError's module and the name that it lacks.

    ``imports``: it is an ImportError. ``file`` is what an OSError could not open. ``frames`` are the
    last ones, the innermost at the end.
    """

    type: str
    message: str
    imports: bool = False
    name: str = ""
    wanted: str = ""
    file: str = ""
    frames: tuple[Frame, ...] = ()


class Attempt(msgspec.Struct, frozen=True, omit_defaults=True):
    """One start module, imported in a process of its own.

    ``died``: it ended with ``status`` before it could say anything; ``late``: not within the time
    limit. ``raised`` is the exception and then what caused it.
    """

    root: str
    outcome: Literal["imported", "raised", "died", "late"]
    status: int = 0
    raised: tuple[Raised, ...] = ()
