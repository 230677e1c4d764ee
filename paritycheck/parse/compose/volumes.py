"""What ``volumes`` of a service mounts, in the short form and the long one.

Sources: Compose specification, "volumes"; compose-go ``format/volume.go``.
"""

from __future__ import annotations

import posixpath
from typing import Literal

import msgspec

from paritycheck.model.location import Location
from paritycheck.parse.compose.values import ComposeFile, text_at
from paritycheck.parse.compose.yamlvalues import Map, Scalar, Value

VolumeKind = Literal["bind", "volume", "anonymous", "tmpfs", "other"]


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


def read_volume(value: Value, file: ComposeFile) -> Volume | None:
    """Return what a line of ``volumes`` mounts; ``None`` if it names no target."""
    if isinstance(value, Scalar):
        return _short_volume(value.text or "", file.at(value.line), file)
    if not isinstance(value, Map):
        return None
    kind, source, target = (text_at(value, key) for key in ("type", "source", "target"))
    target = target or text_at(value, "destination") or text_at(value, "dst")
    source = source or text_at(value, "src")
    if not target:
        return None
    where = file.at(value.items["target"].line if "target" in value.items else value.line)
    read_only = text_at(value, "read_only") == "true"
    written = f"{source}:{target}" if source else f"{kind or 'volume'} {target}"
    if kind == "bind":
        return Volume(
            "bind", clean_target(target), where, written, _source(source or "", file), read_only=read_only
        )
    if kind == "tmpfs":
        return Volume("tmpfs", clean_target(target), where, written)
    if kind not in (None, "volume"):
        return Volume("other", clean_target(target), where, written)
    options = value.items.get("volume")
    copies = not (
        isinstance(options, Map) and (text_at(options, "nocopy") == "true" or text_at(options, "subpath"))
    )
    return Volume(
        "volume" if source else "anonymous",
        clean_target(target),
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
        return Volume("anonymous", clean_target(text), where, text)
    source, target, modes = parts[0], parts[1], ",".join(parts[2:]).split(",")
    if source[:1] in (".", "/", "~"):
        return Volume(
            "bind",
            clean_target(target),
            where,
            f"{source}:{target}",
            _source(source, file),
            read_only="ro" in modes,
        )
    copies = "nocopy" not in modes
    return Volume(
        "volume",
        clean_target(target),
        where,
        f"{source}:{target}",
        name=source,
        read_only="ro" in modes,
        copies=copies,
    )


def _source(path: str, file: ComposeFile) -> str | None:
    return None if path.startswith("~") else file.below(path)


def clean_target(target: str) -> str:
    """Return a path in the container, absolute and without dots."""
    return "/" + posixpath.normpath(posixpath.join("/", target)).lstrip("/")
