"""Releases as a simple index lists them, and the one, and the file of it, that an installer would take.

After the PyPA specifications "Simple repository API" (JSON, PEP 691) and "Platform compatibility tags".
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin

import msgspec
from packaging import tags
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.utils import (
    InvalidWheelFilename,
    canonicalize_name,
    canonicalize_version,
    parse_wheel_filename,
)
from packaging.version import InvalidVersion, Version

from paritycheck.capture.resolving.fetching import TROUBLE, Network
from paritycheck.capture.resolving.sourcearchive import SUFFIXES

JSON = "application/vnd.pypi.simple.v1+json"
LARGEST_PAGE = 40 << 20  # bytes; names with many nightly releases have some ten million
NEWEST = 15  # the minor version of Python from which on is looked down, where it is not known
OLDEST = 6


class Artifact(msgspec.Struct, frozen=True):
    """A wheel or source archive of an index: its file name, address and SHA-256 (empty: not told)."""

    filename: str
    url: str
    sha256: str = ""

    @property
    def is_wheel(self) -> bool:
        """Tell whether it is installed as it is."""
        return self.filename.endswith(".whl")


class Release(msgspec.Struct, frozen=True):
    """A release as an index lists it; ``python`` are the Pythons that it is for."""

    version: str
    artifacts: tuple[Artifact, ...]
    python: str = ""
    yanked: bool = False


class Target(msgspec.Struct, frozen=True):
    """What a wheel has to fit: the minor version of Python 3 (0: any), the machine, the C library."""

    minor: int = 0
    machine: str = "x86_64"
    musl: bool = False


def find_releases(
    network: Network, index: str, name: str, version: str = "", before: str = ""
) -> tuple[Release, ...]:
    """Return the releases of a distribution, or that of a ``version``; none if the index does not answer.

    With ``before``, a time of UTC in ISO 8601, only files count that were uploaded earlier.
    """
    page = f"{index.rstrip('/')}/{canonicalize_name(name)}/"
    try:
        document: Any = msgspec.json.decode(network.fetch(page, {"Accept": JSON}, LARGEST_PAGE).data)
    except (*TROUBLE, msgspec.MsgspecError, RecursionError):
        return ()
    files = document.get("files") if isinstance(document, dict) else None
    found: dict[str, list[tuple[str, Artifact, dict[str, Any]]]] = {}
    wanted = canonicalize_version(version)
    for file in files if isinstance(files, list) else ():
        written = _version_of(file, canonicalize_name(name))
        same = canonicalize_version(written)  # 1.0 is 1.0.0
        # A name may have thousands of files: the version is compared before the rest is read.
        if written and (not version or same == wanted) and (not before or _uploaded(file) < before):
            digest = hashes.get("sha256") if isinstance(hashes := file.get("hashes"), dict) else ""
            artifact = Artifact(
                file["filename"], urljoin(page, file["url"]), digest if isinstance(digest, str) else ""
            )
            found.setdefault(same, []).append((written, artifact, file))
    return tuple(map(_release, found.values()))


def _uploaded(file: dict[str, Any]) -> str:
    time = file.get("upload-time")
    return time if isinstance(time, str) else "unknown"  # which is later than any


def _version_of(file: Any, name: str) -> str:
    """Return the version in a file's name; ``""`` if it is no wheel and no source archive of ``name``."""
    if not isinstance(file, dict) or not isinstance(file.get("url"), str):
        return ""
    filename = file.get("filename")
    if not isinstance(filename, str):
        return ""
    if filename.endswith(".whl"):
        return filename.split("-")[1].replace("_", "-") if "-" in filename else ""
    stem = next((filename.removesuffix(each) for each in SUFFIXES if filename.endswith(each)), "")
    before, _, version = stem.rpartition("-")
    return version if canonicalize_name(before) == name else ""


def _release(files: list[tuple[str, Artifact, dict[str, Any]]]) -> Release:
    python = next((file["requires-python"] for *_, file in files if file.get("requires-python")), "")
    return Release(
        files[0][0],
        tuple(artifact for _, artifact, _ in files),
        python if isinstance(python, str) else "",
        all(bool(file.get("yanked")) for *_, file in files),
    )


def best_artifact(release: Release, target: Target) -> Artifact | None:
    """Return the wheel of a release that fits ``target`` best, else its source archive; ``None`` without."""
    wheels = [each for each in release.artifacts if each.is_wheel and _is_wheel(each.filename)]
    sources = (each for suffix in SUFFIXES for each in release.artifacts if each.filename.endswith(suffix))
    return best_wheel(wheels, target) or next(sources, None)


def newest_release(
    releases: Iterable[Release], specifier: str, target: Target
) -> tuple[Release, Artifact] | None:
    """Return the release that an installer would take, and its file for ``target``.

    ``None`` if none fits, or the specifier cannot be read.
    """
    found: dict[Version, Release] = {}
    try:
        wanted = SpecifierSet(specifier)
        for each in releases:
            with contextlib.suppress(InvalidVersion):
                found.setdefault(Version(each.version), each)
        fitting = sorted(wanted.filter(found), reverse=True)
    except InvalidSpecifier:
        return None
    pinned = any(clause.operator in ("==", "===") for clause in wanted)
    for version in fitting:
        release = found[version]
        artifact = best_artifact(release, target) if _is_for(release.python, target) else None
        if artifact is not None and (pinned or not release.yanked):
            return release, artifact
    return None


def _is_for(python: str, target: Target) -> bool:
    try:
        return not python or SpecifierSet(python).contains(f"3.{target.minor}", prereleases=True)
    except InvalidSpecifier:
        return True


def _is_wheel(filename: str) -> bool:
    try:
        return bool(parse_wheel_filename(filename))
    except InvalidWheelFilename:
        return False


def best_wheel(wheels: Iterable[Artifact], target: Target) -> Artifact | None:
    """Return the wheel that fits best; for an unknown Python, that of the newest which any fits."""
    by_tag: dict[tags.Tag, Artifact] = {}
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
