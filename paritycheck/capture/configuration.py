"""The configuration file of a checkout: which one holds for a directory, and what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

import msgspec

from paritycheck.config.document import SettingsFile, read_settings
from paritycheck.errors import SourceError, UsageError

OWN_FILE = "paritycheck.toml"
SHARED_FILE = "pyproject.toml"
SECTION = "tool.paritycheck"
LARGEST = 1 << 20


class Configuration(msgspec.Struct, frozen=True):
    """What is configured; ``name`` is the file's own, and its paths are relative to ``directory``."""

    name: str = ""
    directory: Path = Path()
    settings: SettingsFile = SettingsFile()


def find_configuration(start: Path, formats: Collection[str]) -> Configuration:
    """Return the nearest configuration from ``start`` up to the root of its repository.

    In one directory ``paritycheck.toml`` wins over the section of ``pyproject.toml``. Without a repository
    only ``start`` itself is looked at. Without a file nothing is configured. Raises UsageError for what a
    file must not say (see ``read_settings``).
    """
    directories = list(_upward(start))
    for directory in directories:
        for name in (OWN_FILE, SHARED_FILE):
            path = directory / name
            if path.is_file():
                found = _read(path, directories[-1], formats)
                if found is not None:
                    return found
    return Configuration()


def open_configuration(path: Path, formats: Collection[str]) -> Configuration:
    """Return the configuration in a file that was named. Raises UsageError if there is none in it."""
    if not path.is_file():
        raise UsageError(f"there is no configuration file {path}", "check the path")
    found = _read(path, list(_upward(path.parent))[-1], formats)
    if found is None:
        raise UsageError(f"{path} has no section [{SECTION}]", "write one, or name another file")
    return found


def _upward(start: Path) -> Iterator[Path]:
    here = start.resolve()
    above = [here, *here.parents]
    for depth, directory in enumerate(above):
        if (directory / ".git").exists():
            return iter(above[: depth + 1])
    return iter(above[:1])


def _read(path: Path, root: Path, formats: Collection[str]) -> Configuration | None:
    try:
        if path.stat().st_size > LARGEST:
            raise SourceError(f"{path} is larger than any configuration", "name another file")
        text = path.read_text(encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
    if path.name == SHARED_FILE and "paritycheck" not in text:
        return None  # whatever is wrong with it is not our concern
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    settings = read_settings(name, text, formats)
    return Configuration(name, path.parent, settings) if settings is not None else None
