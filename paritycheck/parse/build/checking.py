"""Which instructions an engine refuses for their shape alone, whatever the build holds.

Source: BuildKit's ``instructions/parse.go`` and ``bflag.go``, and their older copies in dockerd
20.10; ``dispatchers.go`` of openshift/imagebuilder. An instruction or a flag that the engine does
not know is refused, as the engine refuses it; but an engine newer than the one whose rules these
are, or a frontend of its own (``# syntax=``), may know more: then it is left to prediction, which
says that it was not analysed.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.parse.build.dialect import NEWEST, dialect_of, parser_version
from paritycheck.parse.build.flags import check_flags, newer_hint
from paritycheck.parse.build.gotext import SPACE
from paritycheck.parse.build.heredocs import parse_mark
from paritycheck.parse.build.instruction import Instruction

KEYWORDS = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER",
     "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)  # fmt: skip
_STAGE_NAME = re.compile(r"[a-z][a-z0-9\-_.]*")


def is_newer(engine: Engine, syntax: str = "") -> bool:
    """Tell whether this engine may know instructions and flags that are unknown here."""
    own_frontend = engine.name == "buildkit" and syntax != ""
    return own_frontend or engine.version > NEWEST[engine.name]


def check_instruction(instruction: Instruction, engine: Engine, lenient: bool = False) -> None:
    """Raise :class:`BuildRefused` with the line if ``engine`` refuses this instruction unseen.

    ``lenient``: do not refuse instructions and flags for being unknown.
    """
    try:
        _SHAPES.get(instruction.keyword, _unknown_shape(lenient))(instruction, engine)
        if instruction.keyword in KEYWORDS and not _is_none(instruction):
            check_flags(instruction, engine, lenient)
    except BuildRefused as error:
        if error.line:
            raise
        where = instruction.location
        raise BuildRefused(error.reason, where.path, where.line, error.hint) from None


def _is_none(instruction: Instruction) -> bool:
    """Tell whether this is HEALTHCHECK NONE, whose flags nobody reads."""
    return instruction.keyword == "HEALTHCHECK" and instruction.words[0].upper() == "NONE"


def _unknown_shape(lenient: bool) -> Callable[[Instruction, Engine], None]:
    def refuse(instruction: Instruction, engine: Engine) -> None:
        if not lenient:
            raise BuildRefused(f"unknown instruction: {instruction.keyword}", hint=newer_hint(engine))

    return refuse


def _any_shape(_: Instruction, __: Engine) -> None:
    return


def _two_or_more(instruction: Instruction, engine: Engine) -> None:
    if len(instruction.words) < 2:
        detail = (
            ""
            if engine.name == "podman"
            else ", but only one was provided. Destination could not be determined"
        )
        raise BuildRefused(f"{instruction.keyword} requires at least two arguments{detail}")
    dialect = dialect_of(engine)
    if dialect.family == "buildkit" and parse_mark(instruction.words[-1], dialect) is not None:
        raise BuildRefused(f"{instruction.keyword} cannot accept a heredoc as a destination")


def _one(instruction: Instruction, _: Engine) -> None:
    if len(instruction.words) != 1:
        raise BuildRefused(f"{instruction.keyword} requires exactly one argument")


def _at_least_one(instruction: Instruction, _: Engine) -> None:
    if not instruction.words and not instruction.pairs:
        raise BuildRefused(f"{instruction.keyword} requires at least one argument")


def _pairs(instruction: Instruction, engine: Engine) -> None:
    _at_least_one(instruction, engine)
    if engine.name != "podman" and any(not name and value is not None for name, value in instruction.pairs):
        raise BuildRefused(f"{instruction.keyword} names can not be blank")


def _volume(instruction: Instruction, engine: Engine) -> None:
    _at_least_one(instruction, engine)
    if any(not word.strip(SPACE) for word in instruction.words):
        raise BuildRefused("VOLUME specified can not be an empty string")


def _from(instruction: Instruction, engine: Engine) -> None:
    words = instruction.words
    named = len(words) == 3 and words[1].lower() == "as"
    if engine.name == "podman":
        if len(words) != 1 and not (named and words[2]):
            raise BuildRefused("FROM requires either one argument, or three: FROM <source> [AS <name>]")
        return
    if not named and len(words) != 1:
        raise BuildRefused("FROM requires either one or three arguments")
    if named and not _STAGE_NAME.fullmatch(words[2].lower()):
        raise BuildRefused(
            f'invalid name for build stage: "{words[2]}", name can\'t start with a number or contain symbols'
        )


def _onbuild(instruction: Instruction, _: Engine) -> None:
    if instruction.trigger is None:
        raise BuildRefused("ONBUILD requires at least one argument")
    inner = instruction.trigger.keyword
    if inner == "ONBUILD":
        raise BuildRefused("Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed")
    if inner in ("FROM", "MAINTAINER"):
        raise BuildRefused(f"{inner} isn't allowed as an ONBUILD trigger")


def _shell(instruction: Instruction, engine: Engine) -> None:
    _at_least_one(instruction, engine)
    if instruction.form != "exec":
        raise BuildRefused("SHELL requires the arguments to be in JSON form")


def _healthcheck(instruction: Instruction, engine: Engine) -> None:
    _at_least_one(instruction, engine)
    kind, *command = instruction.words
    if kind.upper() == "NONE":
        if command:
            raise BuildRefused("HEALTHCHECK NONE takes no arguments")
        return
    if kind.upper() != "CMD":
        raise BuildRefused(f'Unknown type "{kind.upper()}" in HEALTHCHECK (try CMD)')
    if not command:
        raise BuildRefused("Missing command after HEALTHCHECK CMD")
    for flag in instruction.flags:
        _check_health_flag(flag.name, flag.value or "", engine)


_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")


def _check_health_flag(name: str, value: str, engine: Engine) -> None:
    # BuildKit let go of the lower bounds in 0.11.
    zero = engine.name != "podman" and parser_version(engine) >= (0, 11)
    if not value:
        return
    if name == "retries":
        if not re.fullmatch(r"[-+]?[0-9]+", value):
            raise BuildRefused(f'strconv.ParseInt: parsing "{value}": invalid syntax')
        if int(value[:12]) < (0 if zero else 1):
            raise BuildRefused(f"--retries must be at least 1 (not {value})")
        return
    seconds = _seconds(value)
    least = 0.0 if engine.name == "podman" else 0.001
    if (seconds < least or seconds == 0) and not (zero and seconds == 0):
        raise BuildRefused(f'Interval "{name}" cannot be {value}')


def _seconds(text: str) -> float:
    """Return what Go's ``time.ParseDuration`` makes of ``text``."""
    number = text[1:] if text[:1] in ("-", "+") else text
    if number != "0" and not re.fullmatch(rf"(?:{_PART.pattern})+", number):
        raise BuildRefused(f'time: invalid duration "{text}"')
    seconds = sum(float(amount) * _UNITS[unit] for amount, unit in _PART.findall(number))
    return -seconds if text.startswith("-") else seconds


_SHAPES: dict[str, Callable[[Instruction, Engine], None]] = {
    "ADD": _two_or_more,
    "ARG": _pairs,
    "CMD": _any_shape,
    "COPY": _two_or_more,
    "ENTRYPOINT": _any_shape,
    "ENV": _pairs,
    "EXPOSE": _at_least_one,
    "FROM": _from,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _pairs,
    "MAINTAINER": _one,
    "ONBUILD": _onbuild,
    "RUN": _any_shape,
    "SHELL": _shell,
    "STOPSIGNAL": _one,
    "USER": _one,
    "VOLUME": _volume,
    "WORKDIR": _one,
}
