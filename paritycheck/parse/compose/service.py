"""One service of a compose file, typed: how its image is built, how it runs, what is mounted over it.

Sources: Compose specification, "services" and "build"; compose-go ``types/command.go`` (strings are split
into words, no shell).
"""

from __future__ import annotations

import shlex

import msgspec

from paritycheck.errors import SourceError, UsageError
from paritycheck.model.location import Location
from paritycheck.parse.compose.values import ComposeFile, list_of, read_pairs, text_at, text_of
from paritycheck.parse.compose.volumes import Volume, clean_target, read_volume
from paritycheck.parse.compose.yamlvalues import Map, Scalar, Sequence, Value

RUNS = ("command", "entrypoint", "working_dir", "user", "platform", "image")
NOT_FOLLOWED = ("volumes_from", "configs")  # they put files into the container as well


class Build(msgspec.Struct, frozen=True):
    """``build:`` of a service; ``None``: not said. ``context`` is below the checkout's root.

    ``file`` is seen from the context as written; the finished service has it below the root.
    ``args`` without a value take it from the environment. ``inline`` is a Containerfile within the
    compose file, with empty lines before it so that its lines are those of the compose file.
    """

    location: Location
    context: str | None = None
    file: str | None = None
    target: str | None = None
    args: dict[str, str | None] = {}
    inline: str | None = None
    contexts: tuple[str, ...] = ()


class Service(msgspec.Struct, frozen=True):
    """A service as its file has it; ``None`` where nothing is said.

    ``environment`` maps names to values, ``None`` for one that is taken from outside. ``lines`` says
    where a setting stands, ``replaced`` which settings are tagged ``!reset`` or ``!override``.
    """

    name: str
    location: Location
    build: Build | None = None
    image: str | None = None
    command: tuple[str, ...] | None = None
    entrypoint: tuple[str, ...] | None = None
    working_dir: str | None = None
    user: str | None = None
    platform: str | None = None
    environment: dict[str, str | None] = {}
    env_files: tuple[str, ...] = ()
    volumes: tuple[Volume, ...] = ()
    healthcheck_off: bool | None = None
    profiles: tuple[str, ...] = ()
    lines: dict[str, Location] = {}
    replaced: frozenset[str] = frozenset()
    remarks: tuple[str, ...] = ()


def type_service(name: str, says: Map, file: ComposeFile) -> Service:
    """Return the service that a mapping describes, variables already replaced.

    Raises UsageError if its build leads out of the checkout, SourceError if it cannot be read.
    """
    items = says.items
    one = {key: text_of(items[key]) for key in RUNS if key in items and isinstance(items[key], Scalar)}
    health = items.get("healthcheck")
    files = [
        text_of(each) if isinstance(each, Scalar) else text_at(each, "path")
        for each in list_of(items, "env_file")
    ]
    tmpfs = [(text_of(each) or "", each.line) for each in list_of(items, "tmpfs")]
    volumes = [
        volume for each in list_of(items, "volumes") if (volume := read_volume(each, file)) is not None
    ]
    skipped = [key for key in NOT_FOLLOWED if list_of(items, key)]
    return Service(
        name=name,
        location=Location(file.path, says.line),
        build=_build(items["build"], file) if "build" in items else None,
        image=one.get("image"),
        command=_words(items.get("command"), file),
        entrypoint=_words(items.get("entrypoint"), file),
        working_dir=one.get("working_dir"),
        user=one.get("user"),
        platform=one.get("platform"),
        environment=read_pairs(items.get("environment")),
        env_files=tuple(file.below(each) or each for each in files if each),
        volumes=(
            *volumes,
            *(
                Volume("tmpfs", clean_target(text.partition(":")[0]), file.at(line), f"tmpfs {text}")
                for text, line in tmpfs
            ),
        ),
        healthcheck_off=_is_off(health) if isinstance(health, Map) else None,
        profiles=tuple(text_of(each) or "" for each in list_of(items, "profiles")),
        lines={key: Location(file.path, items[key].line) for key in items},
        replaced=frozenset(key for key, value in items.items() if value.tag in ("!reset", "!override")),
        remarks=tuple(
            f"{key} of service {name} is not followed: what it mounts is not known" for key in skipped
        ),
    )


def _build(value: Value, file: ComposeFile) -> Build:
    where = Location(file.path, value.line)
    says = value.items if isinstance(value, Map) else {"context": value}
    context, inline = text_of(says.get("context")), says.get("dockerfile_inline")
    # Without a context a long form means the project directory.
    written = context if context is not None else "."
    inside = None if "://" in written or written.startswith("git@") else file.below(written)
    if inside is None:
        raise UsageError(
            f"{where}: the build context {written} is not in this checkout",
            "run this in the checkout that it lies in",
        )
    return Build(
        location=where,
        context=inside if context is not None or not isinstance(value, Map) else None,
        file=text_of(says.get("dockerfile")),
        target=text_of(says.get("target")),
        args=read_pairs(says.get("args")),
        inline="\n" * inline.line + (text_of(inline) or "") if inline is not None else None,
        contexts=tuple(read_pairs(says.get("additional_contexts"))),
    )


def _words(value: Value | None, file: ComposeFile) -> tuple[str, ...] | None:
    if isinstance(value, Sequence):
        return tuple(text_of(each) or "" for each in value.items)
    text = text_of(value)
    if text is None:
        return None
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        line = value.line if value is not None else 0
        raise SourceError(f"{file.path}:{line}: {error}", "close the quotation") from error


def _is_off(health: Map) -> bool:
    test = health.items.get("test")
    first = test.items[0] if isinstance(test, Sequence) and test.items else None
    return text_at(health, "disable") == "true" or text_of(first) == "NONE"
