"""Which release a file of a predicted image comes from, where an install put it there without its content.

After the PyPA specification "Recording installed projects": the RECORD of each distribution lists its files,
relative to the site directory. So a build may copy them from one stage to another, and they keep their
origin. Only what the prediction wrote itself is asked.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from functools import cache

from paritycheck.model.tree import FileTree
from paritycheck.parse.python.distmetadata import parse_metadata, parse_record
from paritycheck.predict.selecting.selection import Catalogue

Content = Callable[[str], bytes | None]
Origin = tuple[str, str, str]  # name, version, path below the site directory


def released_content(tree: FileTree, inline: Mapping[str, bytes], catalogue: Catalogue) -> Content:
    """Return what reads the module at a tree path from the release that it comes from.

    ``None`` where it comes from none, or nobody may be asked.
    """
    read = catalogue.read
    if read is None:
        return lambda _: None
    origins: list[dict[str, Origin]] = []

    @cache
    def content(path: str) -> bytes | None:
        if not origins:
            origins.append(_origins(tree, inline))
        origin = origins[0].get(path)
        return None if origin is None else read(*origin)

    return content


def _origins(tree: FileTree, inline: Mapping[str, bytes]) -> dict[str, Origin]:
    found: dict[str, Origin] = {}
    for entry in tree:
        if not entry.path.endswith(".dist-info/RECORD"):
            continue
        folder = posixpath.dirname(entry.path)
        site = posixpath.dirname(folder)
        beside = tree.get(f"{folder}/METADATA")
        metadata = parse_metadata(inline.get(beside.digest, b"")) if beside is not None else None
        if metadata is None or not metadata.version:
            continue
        for path in parse_record(inline.get(entry.digest, b"")):
            found[f"{site}/{path}".lstrip("/")] = (metadata.name, metadata.version, path)
    return found
