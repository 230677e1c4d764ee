"""Which flags an engine knows after an instruction, since which version, and what values they take.

Source: ``parseCopy`` and its neighbours with ``BFlags`` in BuildKit's ``instructions/parse.go`` and
``bflag.go`` (dockerd carries them, too), ``dispatchers.go`` in openshift/imagebuilder.
"""

from __future__ import annotations

from collections.abc import Mapping

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.parse.build.dialect import dialect_of, parser_version
from paritycheck.parse.build.instruction import Instruction

Version = tuple[int, int]

_EVER = (0, 0)
_BOOLEAN = frozenset({"link", "parents", "keep-git-dir", "unpack"})
_REPEATABLE = frozenset({"exclude", "mount", "device"})
_HEALTH = dict.fromkeys(("interval", "timeout", "start-period", "retries"), _EVER)
# Since which BuildKit a flag is known without a frontend of its own.
_BUILDKIT: dict[str, Mapping[str, Version]] = {
    "ADD": {
        "chown": _EVER,
        "chmod": _EVER,
        "link": (0, 10),
        "keep-git-dir": (0, 11),
        "checksum": (0, 11),
        "unpack": (0, 23),
        "exclude": (0, 25),
    },
    "COPY": {
        "chown": _EVER,
        "chmod": _EVER,
        "from": _EVER,
        "link": (0, 10),
        "exclude": (0, 25),
        "parents": (0, 26),
    },
    "FROM": {"platform": _EVER},
    "HEALTHCHECK": {**_HEALTH, "start-interval": (0, 12)},
    "RUN": {"mount": _EVER, "network": _EVER, "security": _EVER, "device": (0, 20)},
}
_IMAGEBUILDER: dict[str, Mapping[str, Version]] = {
    "ADD": {
        "chown": _EVER,
        "chmod": _EVER,
        "checksum": (1, 33),
        "link": (1, 37),
        "keep-git-dir": (1, 37),
        "exclude": (1, 37),
    },
    "COPY": {
        "chown": _EVER,
        "chmod": _EVER,
        "from": _EVER,
        "link": (1, 37),
        "parents": (1, 37),
        "exclude": (1, 37),
    },
    "FROM": {"platform": _EVER, "after": (1, 44)},
    "HEALTHCHECK": {**_HEALTH, "start-interval": (1, 36)},
    "RUN": {"mount": _EVER, "network": (1, 30)},
}
# These take no look at their flags at all; neither does imagebuilder where it knows none.
_UNREAD = frozenset({"ARG", "STOPSIGNAL"})


def known_flags(keyword: str, engine: Engine) -> frozenset[str]:
    """Return the flags that ``engine`` accepts after ``keyword``."""
    table = _IMAGEBUILDER if engine.name == "podman" else _BUILDKIT
    version = parser_version(engine)
    return frozenset(flag for flag, since in table.get(keyword, {}).items() if version >= since)


def check_flags(instruction: Instruction, engine: Engine, lenient: bool = False) -> None:
    """Refuse flags that are unknown, repeated, or without the value they need.

    ``lenient``: do not refuse them for being unknown.
    """
    keyword = instruction.keyword
    imagebuilder = dialect_of(engine).family == "imagebuilder"
    if keyword in _UNREAD or (imagebuilder and keyword not in _IMAGEBUILDER):
        return
    known = known_flags(keyword, engine)
    seen: set[str] = set()
    for flag in instruction.flags:
        if flag.name not in known:
            if lenient:
                continue
            raise BuildRefused(f"unknown flag: --{flag.name}", hint=newer_hint(engine))
        if imagebuilder:
            _check_imagebuilder_value(keyword, flag.name, flag.value, version=engine.version)
            continue
        if flag.name in seen and flag.name not in _REPEATABLE:
            raise BuildRefused(f"duplicate flag specified: --{flag.name}")
        seen.add(flag.name)
        _check_value(flag.name, flag.value)


def newer_hint(engine: Engine) -> str:
    """Return what to do about a word that this engine does not know."""
    return f"correct it, or name the version of your builder if that is newer: --engine {engine.name}@VERSION"


def _check_value(name: str, value: str | None) -> None:
    if name not in _BOOLEAN:
        if value is None:
            raise BuildRefused(f"missing a value on flag: --{name}")
    elif value == "":
        raise BuildRefused(f"missing a value on flag: --{name}")
    elif value is not None and value.lower() not in ("true", "false"):
        raise BuildRefused(f"expecting boolean value for flag --{name}, not: {value}")


def _check_imagebuilder_value(keyword: str, name: str, value: str | None, version: Version) -> None:
    if name in _BOOLEAN:
        if value not in (None, "true", "false"):
            raise BuildRefused(f"{keyword} only supports --{name}, --{name}=true and --{name}=false")
    elif not value and keyword != "HEALTHCHECK" and (value is None or version >= (1, 34)):
        raise BuildRefused(f"no value specified for --{name}=")
