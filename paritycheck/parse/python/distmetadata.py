"""The metadata files of one installed distribution.

Sources: PyPA specifications "Recording installed projects", "Core metadata", "Entry points" and
"Direct URL"; for egg-info, setuptools' ``requires.txt`` read as importlib.metadata
(``_convert_egg_info_reqs_to_simple_reqs``) reads it.
"""

import configparser
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

import msgspec

MODULE_SUFFIXES = (".py", ".so", ".pyd")
_USERINFO = re.compile(r"(?<=//)[^/@]*@")


class Metadata(msgspec.Struct, frozen=True):
    """The fields of METADATA or PKG-INFO that matter here."""

    name: str
    version: str
    requires: tuple[str, ...] = ()


def parse_metadata(content: bytes) -> Metadata | None:
    """Read METADATA or PKG-INFO; ``None`` if it has no name. Only the headers are looked at."""
    fields: dict[str, list[str]] = {"name": [], "version": [], "requires-dist": []}
    values: list[str] | None = None
    for line in _headers(content):
        if line[0] in " \t":
            if values:
                values[-1] += " " + line.strip()
            continue
        key, _, value = line.partition(":")
        values = fields.get(key.strip().lower())
        if values is not None:
            values.append(value.strip())
    if not fields["name"] or not fields["name"][0]:
        return None
    version = fields["version"][0] if fields["version"] else ""
    return Metadata(fields["name"][0], version, tuple(fields["requires-dist"]))


def _headers(content: bytes) -> Iterator[str]:
    end = re.search(rb"\r?\n\r?\n", content)
    text = content[: end.start() if end else len(content)].decode("utf-8", "replace")
    return (line for line in text.lstrip("\ufeff\r\n").splitlines() if line)


def parse_requires_txt(content: bytes) -> tuple[str, ...]:
    """Turn setuptools' ``requires.txt`` into Requires-Dist lines."""
    found: list[str] = []
    section = ""
    for raw in content.decode("utf-8", "replace").splitlines():
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        if line.startswith("[") and line.endswith("]"):
            section = line[1:-1]
            continue
        extra, _, marker = section.partition(":")
        conditions = [f"({marker})"] if marker and extra else [marker] if marker else []
        conditions += [f'extra == "{extra}"'] if extra else []
        # A URL requirement needs white space before its marker, or the marker is part of the URL.
        separator = " ; " if "@" in line else "; "
        found.append(line + (separator + " and ".join(conditions) if conditions else ""))
    return tuple(found)


def parse_scripts(content: bytes) -> tuple[str, ...]:
    """Return the console scripts of ``entry_points.txt`` as ``name=module:attribute``."""
    scripts = _entry_points(content).get("console_scripts", {})
    return tuple(f"{name}={value.partition('[')[0].strip()}" for name, value in scripts.items() if value)


def parse_entry_points(content: bytes) -> tuple[tuple[str, str], ...]:
    """Return every entry point of ``entry_points.txt`` as group and ``module:attribute``, without extras."""
    return tuple(
        (group, value.partition("[")[0].strip())
        for group, points in _entry_points(content).items()
        for value in points.values()
        if value
    )


def _entry_points(content: bytes) -> dict[str, dict[str, str | None]]:
    parser = configparser.RawConfigParser(delimiters=("=",), strict=False, allow_no_value=True)
    parser.optionxform = str  # type: ignore[method-assign, assignment]  # names are case-sensitive
    try:
        parser.read_string(content.decode("utf-8", "replace"))
    except configparser.Error:
        return {}
    return {section: dict(parser.items(section)) for section in parser.sections()}


def parse_direct_url(content: bytes) -> tuple[str, str]:
    """Return the URL without credentials, and the project directory if the install is editable."""
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(document, dict) or not isinstance(document.get("url"), str):
        return "", ""
    url = _USERINFO.sub("", document["url"])
    details = document.get("dir_info")
    editable = isinstance(details, dict) and details.get("editable") is True and url.startswith("file:")
    return url, unquote(urlsplit(url).path) if editable else ""


def parse_record(content: bytes) -> tuple[str, ...]:
    """Return the module files that RECORD lists, relative to the directory of the metadata.

    Written without the csv module: images hold tens of thousands of such lines.
    """
    found: list[str] = []
    for line in content.decode("utf-8", "replace").splitlines():
        quoted = line[:1] == '"'
        path = line[1:].rpartition('"')[0].replace('""', '"') if quoted else line.partition(",")[0]
        if path.endswith(MODULE_SUFFIXES) and path[:1] not in (".", "/"):
            found.append(path)
    return tuple(found)


def module_names(paths: Iterable[str], namespaces: Iterable[str] = ()) -> tuple[str, ...]:
    """Return the import names that module files provide, sorted.

    A directory with an ``__init__`` is a package and stands for all below it, except where
    ``namespaces`` declares it a namespace; one without is a namespace, whose packages and modules
    are named in full.
    """
    open_packages = frozenset(namespaces)
    packages: set[str] = set()
    modules: list[tuple[str, str]] = []
    for path in paths:
        directory, _, file = path.rpartition("/")
        stem = file.partition(".")[0]
        if stem != "__init__":
            modules.append((directory, stem))
        elif directory and directory.replace("/", ".") not in open_packages:
            packages.add(directory)
    inner = _below_packages({directory for directory, _ in modules} | packages, packages)
    names = {package.replace("/", ".") for package in packages - inner}
    for directory, stem in modules:
        if directory not in packages and directory not in inner:
            names.add(f"{directory}/{stem}".lstrip("/").replace("/", "."))
    return tuple(sorted(name for name in names if all(map(str.isidentifier, name.split(".")))))


def _below_packages(directories: Iterable[str], packages: set[str]) -> set[str]:
    """Return those of ``directories`` that have a package above them."""
    found: set[str] = set()
    for directory in directories:
        parent = directory.rpartition("/")[0]
        while parent and parent not in packages:
            parent = parent.rpartition("/")[0]
        if parent:
            found.add(directory)
    return found
