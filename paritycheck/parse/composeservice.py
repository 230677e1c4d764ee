"""One service of a compose file, typed: how its image is built, how it runs, what is mounted over it.

Sources: Compose specification, "services" and "build"; compose-go ``format/volume.go`` (short volume
syntax), ``types/command.go`` (strings are split into words, no shell), ``types/mapping.go``.
"""

from __future__ import annotations

import posixpath
import shlex
from collections.abc import Mapping
from typing import Literal

import msgspec

from paritycheck.errors import SourceError, UsageError
from paritycheck.model.location import Location
from paritycheck.parse.yamlvalues import Map, Scalar, Sequence, Value

VolumeKind = Literal["bind", "volume", "anonymous", "tmpfs", "other"]
RUNS = ("command", "entrypoint", "working_dir", "user", "platform", "image")
NOT_FOLLOWED = ("volumes_from", "configs", "secrets")  # they put files into the container as well


class ComposeFile(msgspec.Struct, frozen=True):
    """Where values come from: ``path`` and ``directory`` (of relative paths) below the checkout ``root``.

    ``root`` is absolute on this machine; ``lines`` the file's own text.
    """

    path: str
    directory: str
    root: str
    lines: tuple[str, ...]

    def at(self, line: int) -> Location:
        """Return a line of the file with its text: not for lines that may hold a secret."""
        text = self.lines[line - 1] if 0 < line <= len(self.lines) else ""
        return Location(self.path, line, text.strip())

    def below(self, path: str) -> str | None:
        """Return ``path`` (from ``directory``) below the root, ``None`` if it leads out of it."""
        where = path if path.startswith("/") else posixpath.join(self.root, self.directory, path)
        clean = posixpath.normpath(where)
        if clean == self.root:
            return ""
        return clean[len(self.root) + 1 :] if clean.startswith(self.root + "/") else None


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


class Volume(msgspec.Struct, frozen=True):
    """Something mounted at ``target`` (absolute); ``written`` says what (``./core:/app/core``).

    ``source`` is a bind mount's path below the checkout's root (``None``: it is outside), ``name`` a named
    volume's name. ``copies``: an empty volume is filled from the image.
    """

    kind: VolumeKind
    target: str
    location: Location
    written: str
    source: str | None = None
    name: str = ""
    read_only: bool = False
    copies: bool = True


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
    one = {key: _text(items[key]) for key in RUNS if key in items and isinstance(items[key], Scalar)}
    health = items.get("healthcheck")
    files = [
        _text(each) if isinstance(each, Scalar) else _get(each, "path") for each in _list(items, "env_file")
    ]
    tmpfs = [(_text(each) or "", each.line) for each in _list(items, "tmpfs")]
    volumes = [volume for each in _list(items, "volumes") if (volume := _volume(each, file)) is not None]
    skipped = [key for key in NOT_FOLLOWED if _list(items, key)]
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
        environment=_pairs(items.get("environment")),
        env_files=tuple(file.below(each) or each for each in files if each),
        volumes=(
            *volumes,
            *(
                Volume("tmpfs", _clean(text.partition(":")[0]), file.at(line), f"tmpfs {text}")
                for text, line in tmpfs
            ),
        ),
        healthcheck_off=_is_off(health) if isinstance(health, Map) else None,
        profiles=tuple(_text(each) or "" for each in _list(items, "profiles")),
        lines={key: Location(file.path, items[key].line) for key in items},
        replaced=frozenset(key for key, value in items.items() if value.tag in ("!reset", "!override")),
        remarks=tuple(
            f"{key} of service {name} is not followed: what it mounts is not known" for key in skipped
        ),
    )


def _build(value: Value, file: ComposeFile) -> Build:
    where = Location(file.path, value.line)
    says = value.items if isinstance(value, Map) else {"context": value}
    context, inline = _text(says.get("context")), says.get("dockerfile_inline")
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
        file=_text(says.get("dockerfile")),
        target=_text(says.get("target")),
        args=_pairs(says.get("args")),
        inline="\n" * inline.line + (_text(inline) or "") if inline is not None else None,
        contexts=tuple(_pairs(says.get("additional_contexts"))),
    )


def _volume(value: Value, file: ComposeFile) -> Volume | None:
    if isinstance(value, Scalar):
        return _short_volume(value.text or "", file.at(value.line), file)
    if not isinstance(value, Map):
        return None
    kind, source, target = (_get(value, key) for key in ("type", "source", "target"))
    target = target or _get(value, "destination") or _get(value, "dst")
    source = source or _get(value, "src")
    if not target:
        return None
    where = file.at(value.items["target"].line if "target" in value.items else value.line)
    read_only = _get(value, "read_only") == "true"
    written = f"{source}:{target}" if source else f"{kind or 'volume'} {target}"
    if kind == "bind":
        return Volume(
            "bind", _clean(target), where, written, _source(source or "", file), read_only=read_only
        )
    if kind == "tmpfs":
        return Volume("tmpfs", _clean(target), where, written)
    if kind not in (None, "volume"):
        return Volume("other", _clean(target), where, written)
    options = value.items.get("volume")
    copies = not (
        isinstance(options, Map) and (_get(options, "nocopy") == "true" or _get(options, "subpath"))
    )
    return Volume(
        "volume" if source else "anonymous",
        _clean(target),
        where,
        written,
        name=source or "",
        read_only=read_only,
        copies=copies,
    )


def _short_volume(text: str, where: Location, file: ComposeFile) -> Volume | None:
    """``[SOURCE:]TARGET[:MODES]``; a source that begins with a dot, slash or tilde is a path."""
    parts = text.split(":")
    if not text:
        return None
    if len(parts) == 1:
        return Volume("anonymous", _clean(text), where, text)
    source, target, modes = parts[0], parts[1], ",".join(parts[2:]).split(",")
    if source[:1] in (".", "/", "~"):
        return Volume(
            "bind",
            _clean(target),
            where,
            f"{source}:{target}",
            _source(source, file),
            read_only="ro" in modes,
        )
    copies = "nocopy" not in modes
    return Volume(
        "volume",
        _clean(target),
        where,
        f"{source}:{target}",
        name=source,
        read_only="ro" in modes,
        copies=copies,
    )


def _source(path: str, file: ComposeFile) -> str | None:
    return None if path.startswith("~") else file.below(path)


def _clean(target: str) -> str:
    return "/" + posixpath.normpath(posixpath.join("/", target)).lstrip("/")


def _words(value: Value | None, file: ComposeFile) -> tuple[str, ...] | None:
    if isinstance(value, Sequence):
        return tuple(_text(each) or "" for each in value.items)
    text = _text(value)
    if text is None:
        return None
    try:
        return tuple(shlex.split(text))
    except ValueError as error:
        line = value.line if value is not None else 0
        raise SourceError(f"{file.path}:{line}: {error}", "close the quotation") from error


def _pairs(value: Value | None) -> dict[str, str | None]:
    """Read a mapping, or a list of ``NAME=value``."""
    if isinstance(value, Map):
        return {name: _text(each) for name, each in value.items.items()}
    pairs: dict[str, str | None] = {}
    for each in value.items if isinstance(value, Sequence) else ():
        name, equals, text = (_text(each) or "").partition("=")
        if name:
            pairs[name] = text if equals else None
    return pairs


def _is_off(health: Map) -> bool:
    test = health.items.get("test")
    first = test.items[0] if isinstance(test, Sequence) and test.items else None
    return _get(health, "disable") == "true" or _text(first) == "NONE"


def _list(items: Mapping[str, Value], key: str) -> tuple[Value, ...]:
    value = items.get(key)
    if isinstance(value, Sequence):
        return value.items
    return (value,) if isinstance(value, Scalar) and value.text else ()


def _get(value: Value, key: str) -> str | None:
    return _text(value.items.get(key)) if isinstance(value, Map) else None


def _text(value: Value | None) -> str | None:
    return value.text if isinstance(value, Scalar) else None
