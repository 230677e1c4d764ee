"""One requirement as text (PEP 508) turned into a declaration, and the shapes of URLs and paths.

Sources: PyPA "Dependency specifiers" (PEP 508), pip's forms of VCS URLs; read with ``packaging``.
"""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

import msgspec
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration, SourceKind

_NAMED_URL = re.compile(
    r"\s*([A-Za-z0-9][\w.-]*)\s*(?:\[([^\]]*)\])?\s*@\s*([^;]+?)\s*(?:[\s;]+;?\s*(.*))?", re.DOTALL
)
_GIT = ("git+", "hg+", "svn+", "bzr+", "git:", "ssh:", "git@")


def declare(text: str, location: Location, section: str = "") -> Declaration | None:
    """Read a PEP 508 requirement; ``None`` if it is none."""
    try:
        requirement = Requirement(text)
        specifier, marker = str(requirement.specifier), str(requirement.marker or "")
    except (ValueError, RecursionError):
        return _declare_url(text, location, section)
    declared = Declaration(
        name=canonicalize_name(requirement.name),
        location=location,
        section=section,
        specifier=specifier,
        extras=normal_names(requirement.extras),
        marker=marker,
    )
    return at_url(declared, requirement.url) if requirement.url else declared


def _declare_url(text: str, location: Location, section: str) -> Declaration | None:
    """Read ``name @ url`` whose URL is none to the standard: ``foo @ {root:uri}/foo``, ``foo @ ./foo``."""
    match = _NAMED_URL.fullmatch(text[:2000])
    if match is None:
        return None
    declared = Declaration(
        name=canonicalize_name(match[1]),
        location=location,
        section=section,
        extras=normal_names((match[2] or "").split(",")),
        marker=normal_marker(match[4] or ""),
    )
    return at_url(declared, match[3].replace("{root:uri}", "."))


def at_url(declared: Declaration, url: str) -> Declaration:
    """Return the declaration as one that is taken from ``url``, which may be a path."""
    kind = url_kind(url)
    if kind != "path":
        return msgspec.structs.replace(declared, source=kind, url=url)
    return msgspec.structs.replace(declared, source="path", path=url_path(url))


def url_kind(url: str) -> SourceKind:
    """Tell which kind of source a URL or path is."""
    lowered = url.lower()
    if lowered.startswith(_GIT):
        return "git"
    if lowered.startswith("file:") or "://" not in lowered:
        return "path"
    return "url"


def url_path(url: str) -> str:
    """Return the path of a ``file:`` URL; a path stays what it is. ``#egg=`` and the like are cut off."""
    bare = url.partition("#")[0]
    if not bare.lower().startswith("file:"):
        return bare
    rest = bare[5:]
    if rest.startswith("//"):
        rest = "/" + rest[2:].partition("/")[2]
    return unquote(rest)


def file_name(url: str) -> str:
    """Return the last part of a URL or path, as a file name."""
    try:
        path = urlsplit(url).path
    except ValueError:  # a bracket that opens no IPv6 address
        path = url.partition("#")[0]
    return unquote(path.rpartition("/")[2])


def normal_names(names: object) -> tuple[str, ...]:
    """Return names of extras, groups or distributions in the form that compares, sorted, each once."""
    if not isinstance(names, list | tuple | set | frozenset):
        return ()
    return tuple(
        sorted({canonicalize_name(each.strip()) for each in names if isinstance(each, str) and each.strip()})
    )


def normal_marker(text: object) -> str:
    """Return a marker the way ``packaging`` writes it; what it does not understand stays as it is."""
    if not isinstance(text, str) or not text.strip():
        return ""
    try:
        return str(Marker(text))
    except (ValueError, RecursionError):
        return text.strip()


def join_markers(*markers: str) -> str:
    """Return the marker that holds where all of them do."""
    given = tuple(dict.fromkeys(each for each in markers if each))
    return given[0] if len(given) == 1 else " and ".join(f"({each})" for each in given)


def any_marker(markers: list[str]) -> str:
    """Return the marker that holds where one of them does; an empty one always holds."""
    given = tuple(dict.fromkeys(markers))
    if not given or "" in given:
        return ""
    return given[0] if len(given) == 1 else " or ".join(f"({each})" for each in given)
