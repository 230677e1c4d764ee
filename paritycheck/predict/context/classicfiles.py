"""What the classic builder does with the Containerfile and the ignore file themselves.

Its client sends both although they are ignored, and the daemon deletes them again; the directory
of an ignored Containerfile stays behind. Sources: docker/cli cli/command/image/build
``TrimBuildFilesFromExcludes``; moby builder/remotecontext/detect.go ``removeDockerfile``, which in
20.10 matched with pkg/fileutils ``Matches``: one level of parents, every pattern asked, any fault
keeps the file.
"""

from __future__ import annotations

from collections.abc import Iterable

from paritycheck.model.engine import Engine
from paritycheck.parse.build.gopattern import BadPattern
from paritycheck.parse.build.ignorefile import IgnorePattern
from paritycheck.predict.context.ignoring import IgnoreMatcher

_MODERN_DAEMON = (23, 0)  # moved to the matcher of the client


def sent_anyway(matcher: IgnoreMatcher, files: Iterable[str]) -> tuple[IgnorePattern, ...]:
    """Return the patterns that the client appends so that ``files`` go along."""
    extra: list[IgnorePattern] = []
    for path in files:
        try:
            ignored = bool(path) and matcher.matches(path)
        except BadPattern:
            continue
        if ignored:
            extra.append(IgnorePattern(f"!{path}", path, True, 0))
    return tuple(extra)


def removed_by_daemon(matcher: IgnoreMatcher, files: Iterable[str]) -> frozenset[str]:
    """Return which of ``files`` the daemon deletes from the context that it received."""
    return frozenset(path for path in files if path and _is_removed(matcher, path))


def _is_removed(matcher: IgnoreMatcher, path: str) -> bool:
    try:
        if matcher.engine.version < _MODERN_DAEMON:
            matcher = IgnoreMatcher(
                matcher.patterns, Engine("docker", matcher.engine.version, client=(20, 10))
            )
        return matcher.matches(path)
    except BadPattern:
        return False
