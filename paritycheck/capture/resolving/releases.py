"""The files of a release as a simple index lists them, and the wheel that an installer would take.

After the PyPA specifications "Simple repository API" (JSON, PEP 691) and "Platform compatibility tags".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

import msgspec
from packaging import tags
from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    canonicalize_version,
    parse_wheel_filename,
)

from paritycheck.capture.resolving.fetching import TROUBLE, Network

JSON = "application/vnd.pypi.simple.v1+json"
LARGEST_PAGE = 40 << 20  # bytes; names with many nightly releases have some ten million
NEWEST = 15  # the minor version of Python from which on is looked down, where it is not known
OLDEST = 6


class Wheel(msgspec.Struct, frozen=True):
    """A wheel of an index: its file name, address and SHA-256 (empty: not told)."""

    filename: str
    url: str
    sha256: str = ""


class Target(msgspec.Struct, frozen=True):
    """What a wheel has to fit: the minor version of Python 3 (0: any), the machine, the C library."""

    minor: int = 0
    machine: str = "x86_64"
    musl: bool = False


def find_wheel(network: Network, index: str, name: str, version: str, target: Target) -> Wheel | None:
    """Return the best wheel of a release for ``target``; ``None`` if the index has none, or no answer."""
    page = f"{index.rstrip('/')}/{canonicalize_name(name)}/"
    try:
        document: Any = msgspec.json.decode(network.fetch(page, {"Accept": JSON}, LARGEST_PAGE).data)
    except (*TROUBLE, msgspec.MsgspecError, RecursionError):
        return None
    files = document.get("files") if isinstance(document, dict) else None
    wheels = _wheels(files if isinstance(files, list) else [], page, version)
    return best_wheel(wheels, target)


def _wheels(files: list[Any], page: str, version: str) -> Iterable[Wheel]:
    wanted = canonicalize_version(version)
    for file in files:
        if not isinstance(file, dict):
            continue
        name, url, hashes = file.get("filename"), file.get("url"), file.get("hashes")
        if not isinstance(name, str) or not isinstance(url, str) or not name.endswith(".whl"):
            continue
        # A name may have thousands of files: the version is compared before the rest is read.
        if canonicalize_version(name.split("-")[1].replace("_", "-") if "-" in name else "") != wanted:
            continue
        if _is_wheel(name):
            digest = hashes.get("sha256") if isinstance(hashes, dict) else ""
            yield Wheel(name, urljoin(page, url), digest if isinstance(digest, str) else "")


def _is_wheel(filename: str) -> bool:
    try:
        return bool(parse_wheel_filename(filename))
    except InvalidWheelFilename:
        return False


def best_wheel(wheels: Iterable[Wheel], target: Target) -> Wheel | None:
    """Return the wheel that fits best; for an unknown Python, that of the newest which any fits."""
    by_tag: dict[tags.Tag, Wheel] = {}
    for wheel in wheels:
        for tag in parse_wheel_filename(wheel.filename)[3]:
            by_tag.setdefault(tag, wheel)
    minors = [target.minor] if target.minor else range(NEWEST, OLDEST - 1, -1)
    for minor in minors:
        for tag in _supported(minor, target) if by_tag else ():
            if tag in by_tag:
                return by_tag[tag]
    return None


def _supported(minor: int, target: Target) -> Iterable[tags.Tag]:
    platforms = _platforms(target)
    version = (3, minor)
    abi = f"cp3{minor}m" if minor < 8 else f"cp3{minor}"  # until 3.7 named after their memory allocator
    yield from tags.cpython_tags(version, [abi], platforms)
    yield from tags.compatible_tags(version, f"cp3{minor}", platforms)


def _platforms(target: Target) -> list[str]:
    machine = target.machine
    if target.musl:
        return [*(f"musllinux_1_{minor}_{machine}" for minor in (2, 1, 0)), f"linux_{machine}"]
    glibc = [f"manylinux_2_{minor}_{machine}" for minor in range(41, 4, -1)]
    return [
        *glibc,
        f"manylinux2014_{machine}",
        f"manylinux2010_{machine}",
        f"manylinux1_{machine}",
        f"linux_{machine}",
    ]


def minor_of(python: str) -> int:
    """Return the minor version of ``3.12`` or ``3.12.4``, 0 if it is none of Python 3."""
    found = re.match(r"3\.(\d+)", python)
    return int(found[1]) if found else 0
