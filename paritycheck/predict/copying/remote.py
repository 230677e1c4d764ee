"""Which sources of ADD are not files of the context: downloads and git repositories.

Sources: moby/buildkit frontend/dockerfile/dfgitutil and dockerfile2llb ``isHTTPSource``; moby/moby
builder/dockerfile/copy.go ``downloadSource``; containers/buildah internal/urlsource and add.go
``getURL``.
"""

from __future__ import annotations

import posixpath
import re
from urllib.parse import unquote, urlsplit

_HTTP = re.compile(r"https?://")
_GIT_OVER_HTTP = re.compile(r"https?://[^#?]*\.git(?:[#?]|\Z)")
_GIT = re.compile(r"(?:git|ssh)://|[a-zA-Z0-9_-]+@[a-zA-Z0-9.-]+:")


def is_http(source: str) -> bool:
    """Tell whether ``source`` is an address of http or https."""
    return _HTTP.match(source) is not None


def is_git_over_http(source: str) -> bool:
    """Tell whether ``source`` is a repository's address of http or https."""
    return _GIT_OVER_HTTP.match(source) is not None


def is_git(source: str) -> bool:
    """Tell whether BuildKit clones ``source``; it knows ssh and the ``user@host:path`` form, too."""
    return is_git_over_http(source) or _GIT.match(source) is not None


def download_name(address: str) -> str:
    """Return the last component of the address' path, ``""`` if there is none."""
    try:
        path = unquote(urlsplit(address).path)
    except ValueError:
        return ""
    name = posixpath.basename(path.rstrip("/"))
    return "" if name in (".", "..") else name
