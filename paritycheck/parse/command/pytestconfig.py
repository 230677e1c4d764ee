"""What pytest's configuration says: of which file, and which of its options.

Sources: pytest ``config/findpaths.py`` (``locate_config``: which file counts) and "Configuration".
"""

from __future__ import annotations

import shlex
import tomllib

import msgspec

from paritycheck.parse.command.processfiles import read_ini

# In the order in which they are looked for; the first that has the section counts.
FILES = ("pytest.ini", ".pytest.ini", "pyproject.toml", "tox.ini", "setup.cfg")
_SECTIONS = {"tox.ini": "pytest", "setup.cfg": "tool:pytest"}


class PytestConfig(msgspec.Struct, frozen=True):
    """Options that decide what is imported; ``settings`` is Django's settings module (pytest-django)."""

    addopts: tuple[str, ...] = ()
    pythonpath: tuple[str, ...] = ()
    testpaths: tuple[str, ...] = ()
    python_files: tuple[str, ...] = ()
    settings: str = ""


def read_pytest_config(name: str, text: str) -> PytestConfig | None:
    """Read the file ``name``; ``None`` if it does not configure pytest. ``pytest.ini`` always does."""
    if name == "pyproject.toml":
        return _from_pyproject(text)
    sections = read_ini(text)
    if name in ("pytest.ini", ".pytest.ini"):
        return _config(dict(sections.get("pytest", {})))
    section = sections.get(_SECTIONS.get(name, ""))
    return None if section is None else _config(dict(section))


def _from_pyproject(text: str) -> PytestConfig | None:
    try:
        document = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    table = document.get("tool")
    table = table.get("pytest") if isinstance(table, dict) else None
    options = table.get("ini_options") if isinstance(table, dict) else None
    return _config(options) if isinstance(options, dict) else None


def _config(options: dict[str, object]) -> PytestConfig:
    lower = {name.lower(): value for name, value in options.items()}
    return PytestConfig(
        _words(lower.get("addopts")),
        _words(lower.get("pythonpath")),
        _words(lower.get("testpaths")),
        _words(lower.get("python_files")),
        next(iter(_words(lower.get("django_settings_module"))), ""),
    )


def _words(value: object) -> tuple[str, ...]:
    """Return a list, or the words of a text as a shell divides them."""
    if isinstance(value, list):
        return tuple(each for each in value if isinstance(each, str))
    try:
        return tuple(shlex.split(value)) if isinstance(value, str) else ()
    except ValueError:
        return ()
