"""How compose files write what several settings share: lists, name-value pairs, paths.

Sources: compose-go ``types/mapping.go`` (mapping or list of ``NAME=value``), ``paths/resolve.go``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping

import msgspec

from paritycheck.model.location import Location
from paritycheck.parse.compose.yamlvalues import Map, Scalar, Sequence, Value


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


def read_pairs(value: Value | None) -> dict[str, str | None]:
    """Read a mapping, or a list of ``NAME=value``."""
    if isinstance(value, Map):
        return {name: text_of(each) for name, each in value.items.items()}
    pairs: dict[str, str | None] = {}
    for each in value.items if isinstance(value, Sequence) else ():
        name, equals, text = (text_of(each) or "").partition("=")
        if name:
            pairs[name] = text if equals else None
    return pairs


def list_of(items: Mapping[str, Value], key: str) -> tuple[Value, ...]:
    """Return what stands at ``key``, a single value as a list of one."""
    value = items.get(key)
    if isinstance(value, Sequence):
        return value.items
    return (value,) if isinstance(value, Scalar) and value.text else ()


def text_at(value: Value, key: str) -> str | None:
    """Return the text at ``key`` of a mapping."""
    return text_of(value.items.get(key)) if isinstance(value, Map) else None


def text_of(value: Value | None) -> str | None:
    """Return the text of a single value; ``None`` for null and for everything else."""
    return value.text if isinstance(value, Scalar) else None
