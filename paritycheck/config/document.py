"""What ``[tool.paritycheck]`` or ``paritycheck.toml`` says, held to what it may say; values have lines."""

from __future__ import annotations

import datetime
import difflib
import re
from collections.abc import Collection, Mapping
from typing import Any, NoReturn

import msgspec

from paritycheck.config.keys import CHOICES, IGNORE_KEYS, IMAGE_KEYS, KEYS, Key
from paritycheck.config.words import parse_codes, parse_engine
from paritycheck.errors import UsageError
from paritycheck.model.ignore import Ignore
from paritycheck.model.location import Location
from paritycheck.parse.requirements.tomllines import TomlDocument, TomlPath, read_toml

SECTION = ("tool", "paritycheck")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_LISTS = ("paths", "outputs", "codes")


class Written(msgspec.Struct, frozen=True):
    """A value as the file has it (a text, a list of texts or a truth), and where."""

    value: str | bool | tuple[str, ...]
    location: Location


class ImageTable(msgspec.Struct, frozen=True):
    """One ``[[image]]``: only what it says itself."""

    name: str
    location: Location
    values: Mapping[str, Written]


class SettingsFile(msgspec.Struct, frozen=True):
    """All that a configuration file says; keys as in ``config.keys``."""

    values: Mapping[str, Written] = {}
    images: tuple[ImageTable, ...] = ()
    ignores: tuple[Ignore, ...] = ()


def read_settings(path: str, text: str, formats: Collection[str]) -> SettingsFile | None:
    """Read a configuration file; ``path`` is how locations name it, ``formats`` what ``format`` may be.

    A file called ``pyproject.toml`` says something in its section only; ``None`` if it has none. Raises
    UsageError, with the line, for what is no TOML, unknown keys and values of another type.
    """
    document = read_toml(path, text)
    section: TomlPath = SECTION if path.rpartition("/")[2] == "pyproject.toml" else ()
    if document.problems:
        message, where = document.problems[0]
        raise UsageError(f"{where}: {message}", "correct the file")
    values: Any = document.values
    for key in section:
        values = values.get(key) if isinstance(values, dict) else None
    if values is None:
        return None
    reading = _Reading(document, formats)
    if not isinstance(values, dict):
        reading.refuse(section, "is no table", "write [tool.paritycheck]")
    return reading.settings(section, values)


class _Reading:
    """One file being read: where things stand in it, and what is refused."""

    def __init__(self, document: TomlDocument, formats: Collection[str]) -> None:
        self.document = document
        self.formats = formats

    def settings(self, section: TomlPath, values: Mapping[str, Any]) -> SettingsFile:
        rest = dict(values)
        images = self._tables(section, "image", rest)
        ignores = self._tables(section, "ignore", rest)
        found = SettingsFile(
            values=self.values(section, rest, tuple(KEYS)),
            images=tuple(self.image(path, table) for path, table in images),
            ignores=tuple(self.ignore(path, table) for path, table in ignores),
        )
        lines: dict[str, Location] = {}
        for image in found.images:
            if image.name in lines:
                raise UsageError(
                    f"{image.location}: the image {image.name!r} is also at {lines[image.name]}",
                    "give each image a name of its own",
                )
            lines[image.name] = image.location
        return found

    def _tables(self, section: TomlPath, key: str, values: dict[str, Any]) -> list[tuple[TomlPath, Any]]:
        """Take the tables from a key whose other meaning is that of the flag of its name."""
        value = values.get(key)
        if not isinstance(value, list) or not any(isinstance(item, dict) for item in value):
            return []
        tables = [((*section, key, number), item) for number, item in enumerate(value)]
        codes = [item for item in value if not isinstance(item, dict)]
        # A list may hold both, as in ignore = ["PC502", {rule = ...}]; an image cannot be two things.
        if codes and key == "ignore":
            values[key] = codes
        elif codes:
            path = next(path for path, item in tables if not isinstance(item, dict))
            self.refuse(path, "is no table", "write [[tool.paritycheck.image]]")
        else:
            del values[key]
        return [(path, item) for path, item in tables if isinstance(item, dict)]

    def values(
        self, path: TomlPath, table: Mapping[str, Any], allowed: tuple[str, ...]
    ) -> dict[str, Written]:
        found = {}
        for name, value in table.items():
            if name not in allowed:
                self.unknown(path, name, allowed)
            found[name] = Written(self.value((*path, name), KEYS[name], value), self.at(*path, name))
        return found

    def image(self, path: TomlPath, table: Mapping[str, Any]) -> ImageTable:
        rest = dict(table)
        name = rest.pop("name", None)
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            what = "has no name" if name is None else f"has the name {name!r}"
            self.refuse(path, f"an image {what}", 'write name = "web": letters, digits, ".", "_" and "-"')
        return ImageTable(name, self.at(*path), self.values(path, rest, IMAGE_KEYS))

    def ignore(self, path: TomlPath, table: Mapping[str, Any]) -> Ignore:
        for key in table:
            if key not in IGNORE_KEYS:
                self.unknown(path, key, IGNORE_KEYS)
        words = {key: table.get(key, "") for key in ("rule", "match", "reason", "image")}
        for key, word in words.items():
            if not isinstance(word, str):
                self.refuse((*path, key), f"{key} is {_kind(word)}", "write a text")
            if key != "image" and not word.strip():
                hint = "say why it may pass" if key == "reason" else f"write {key} = ..."
                self.refuse(path, f"an ignore has no {key}", hint)
        expires = table.get("expires")
        if isinstance(expires, datetime.datetime) or not isinstance(expires, datetime.date | None):
            self.refuse((*path, "expires"), f"expires is {_kind(expires)}", "write a date: 2027-01-31")
        rules = self.codes((*path, "rule"), [words["rule"]])
        if len(rules) != 1:
            self.refuse((*path, "rule"), f"rule is {words['rule']!r}", "name one rule, or a prefix like PC2")
        return Ignore(
            rules[0], words["match"], words["reason"].strip(), self.at(*path), expires, words["image"]
        )

    def value(self, path: TomlPath, key: Key, value: Any) -> str | bool | tuple[str, ...]:
        if key.kind == "switch":
            if not isinstance(value, bool):
                self.mistyped(path, key, value)
            return value
        if key.kind == "arguments":
            return self.arguments(path, key, value)
        if key.kind in _LISTS:
            if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
                self.mistyped(path, key, value)
            return self.codes(path, value) if key.kind == "codes" else tuple(value)
        if not isinstance(value, str):
            self.mistyped(path, key, value)
        if key.kind == "engine":
            self.checked(path, parse_engine, value)
        choices = tuple(self.formats) if key.kind == "format" else CHOICES.get(key.kind)
        if choices and value not in choices:
            self.refuse(path, f"{key.name} is {value!r}", f"use one of {', '.join(choices)}")
        return value

    def arguments(self, path: TomlPath, key: Key, value: Any) -> tuple[str, ...]:
        """Return the arguments of the build as flags write them."""
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            self.mistyped(path, key, value)
        return tuple(f"{name}={text}" for name, text in value.items())

    def codes(self, path: TomlPath, words: list[str]) -> tuple[str, ...]:
        found: tuple[str, ...] = self.checked(path, parse_codes, tuple(words))
        return found

    def checked(self, path: TomlPath, parse: Any, value: Any) -> Any:
        try:
            return parse(value)
        except UsageError as error:
            raise UsageError(f"{self.at(*path)}: {error.message}", error.hint) from error

    def at(self, *path: str | int) -> Location:
        return self.document.at(*path)

    def unknown(self, path: TomlPath, name: str, allowed: tuple[str, ...]) -> NoReturn:
        near = difflib.get_close_matches(name.replace("_", "-"), allowed, 1, 0.5)
        if name in KEYS:
            hint = "it is for all images: write it above the tables of images"
        else:
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(allowed)}"
        self.refuse((*path, name), f"there is no key {name!r} here", hint)

    def mistyped(self, path: TomlPath, key: Key, value: Any) -> NoReturn:
        self.refuse(path, f"{key.name} is {_kind(value)}", f"it has to be {key.about}")

    def refuse(self, path: TomlPath, message: str, hint: str) -> NoReturn:
        where = self.at(*path)
        raise UsageError(f"{Location(where.path, where.line)}: {message}", hint)


def _kind(value: Any) -> str:
    if isinstance(value, list):
        odd = next((item for item in value if not isinstance(item, str)), None)
        return "a list" if odd is None else f"a list with {_kind(odd)}"
    if isinstance(value, bool):
        return "true" if value else "false"
    kinds = {str: "a text", int: "a number", float: "a number", dict: "a table"}
    return kinds.get(type(value), "a date")
