"""Which paths of a source tree a COPY word names: two engines match whole paths, one expands globs.

Sources: tonistiigi/fsutil copy/copy.go ``ResolveWildcards`` (BuildKit); moby/moby
builder/dockerfile/copy.go ``copyWithWildcards`` (classic); containers/buildah copier/copier.go
``extendedGlob`` with Go's path/filepath ``Glob``.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from paritycheck.parse.build.gopattern import BadPattern, clean, filepath_match
from paritycheck.predict.copying.stagetree import StageTree


def has_wildcard(text: str) -> bool:
    """Tell whether ``text`` is a pattern to BuildKit and the classic builder: an unescaped ``*?[``."""
    return re.match(r"(?:[^\\*?\[]|\\.)*[*?\[]", text, re.DOTALL) is not None


def split_wildcard(path: str) -> tuple[str, str]:
    """Split a clean absolute path before its first component with a wildcard (``""``: none has)."""
    parts = path.strip("/").split("/")
    for index, part in enumerate(parts):
        if has_wildcard(part):
            return "/" + "/".join(parts[:index]), "/".join(parts[index:])
    return path, ""


def match_whole_paths(tree: StageTree, start: str, pattern: str, descend: bool) -> Iterator[str]:
    """Yield, in the order of a walk, the paths below the directory ``start`` that match from there.

    Links are not walked into, matched directories only if ``descend``. A malformed pattern
    matches nothing.
    """
    if "[" in pattern:
        # A class may match `/`: the number of components of what matches is not known.
        yield from _walk_all(tree, start, f"{start}/" if start else "", pattern, descend)
    else:
        yield from _walk_components(tree, start, pattern.split("/"))


def _walk_all(tree: StageTree, directory: str, prefix: str, pattern: str, descend: bool) -> Iterator[str]:
    for name in tree.children(directory):
        path = f"{directory}/{name}" if directory else name
        matched = _matches(pattern, path[len(prefix) :])
        if matched:
            yield path
        if tree.is_dir(path) and (descend or not matched):
            yield from _walk_all(tree, path, prefix, pattern, descend)


def _walk_components(tree: StageTree, directory: str, parts: list[str]) -> Iterator[str]:
    for name in tree.children(directory):
        if not _matches(parts[0], name):
            continue
        path = f"{directory}/{name}" if directory else name
        if len(parts) == 1:
            yield path
        elif tree.is_dir(path):
            yield from _walk_components(tree, path, parts[1:])


def _matches(pattern: str, name: str) -> bool:
    try:
        return filepath_match(pattern, name)
    except BadPattern:
        return False


def has_magic(text: str) -> bool:
    """Tell whether Buildah counts ``text`` as a wildcard: escaped ones count, too."""
    return any(char in text for char in "*?[")


def expand_glob(tree: StageTree, pattern: str, recursive: bool) -> list[str]:
    """Return the sorted paths that Buildah's glob finds; links to directories count, ``**`` may be any depth.

    ``pattern`` is clean and relative to the root. A path may be there more than once. Raises
    :class:`BadPattern`.
    """
    starts = [""]
    for part in pattern.split("/"):
        if part == "**" and recursive:
            # Duplicates vanish while the pattern is expanded; those of the final matches stay.
            starts = list(dict.fromkeys(found for start in starts for found in _all_directories(tree, start)))
        else:
            starts = [f"{start}/{part}" if start else part for start in starts]
    return sorted((path for start in starts for path in _glob(tree, start)), key=lambda path: path.encode())


def _all_directories(tree: StageTree, start: str) -> Iterator[str]:
    """Yield ``start`` and the directories below it; ``start`` may still hold unexpanded wildcards."""
    yield start
    if tree.is_dir(start):
        for name in tree.children(start):
            path = f"{start}/{name}" if start else name
            if tree.is_dir(path):
                yield from _all_directories(tree, path)


def _glob(tree: StageTree, pattern: str) -> Iterator[str]:
    if not any(char in pattern for char in "*?[\\"):
        if _is_there(tree, pattern):
            yield pattern or "."
        return
    filepath_match(pattern, "")  # for its faults only
    parent, _, last = pattern.rpartition("/")
    for directory in _glob(tree, parent) if parent else [""]:
        real = tree.resolve(directory)
        if real is None or not tree.is_dir(real):
            continue
        for name in tree.children(real):
            if filepath_match(last, name):
                yield f"{directory}/{name}" if directory not in ("", ".") else name


def _is_there(tree: StageTree, path: str) -> bool:
    return not path or tree.locate(path, follow_last=False).certainty == "present"


def clean_source(word: str) -> str:
    """Return a source as a clean path below the root (``""``: the root itself); ``..`` stops there."""
    return clean("/" + word).lstrip("/")


def base_name(path: str) -> str:
    """Return the last component as Go's ``filepath.Base``."""
    return posixpath.basename(path.rstrip("/")) or "/"


__all__ = [
    "base_name",
    "clean_source",
    "expand_glob",
    "has_magic",
    "has_wildcard",
    "match_whole_paths",
    "split_wildcard",
]
