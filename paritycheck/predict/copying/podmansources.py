"""What Buildah takes for a source: globs expanded, the ignore file asked, links followed as it follows them.

Sources: containers/buildah add.go ``Add``, copier/copier.go ``copierHandlerStat``,
``copierHandlerGet`` and ``checkLinks``; imagebuildah/stage_executor.go ``performCopy``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator

import msgspec

from paritycheck.model.engine import PODMAN
from paritycheck.model.tree import FileEntry
from paritycheck.parse.build.gopattern import BadPattern, clean
from paritycheck.predict.context.ignoring import IgnoreMatcher, matcher_for
from paritycheck.predict.copying.globbing import clean_source, expand_glob, has_magic
from paritycheck.predict.copying.landing import Cargo, Task, single_file
from paritycheck.predict.copying.remote import download_name, is_http
from paritycheck.predict.copying.request import CopyRequest
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.copying.unpacking import load_archive
from paritycheck.predict.copying.walking import walk_allowed, walk_view

RECURSIVE_GLOB = (1, 38)  # the version since when ``**`` is any depth

Item = tuple[FileEntry, str]  # an entry to write and its path below the directory aimed at


class Match(msgspec.Struct, frozen=True):
    """A path that a source matched.

    ``path`` as written, ``named`` after following the links that it is itself, but not those on
    the way: that is what the patterns see. ``real`` is what it leads to.
    """

    path: str
    named: str
    real: str
    found: bool = True
    unknown: bool = False


class Filter(msgspec.Struct, frozen=True):
    """What is left out of the sources: by the ignore file alone, or joined with ``--exclude``."""

    matcher: IgnoreMatcher
    matches: Callable[[str], bool]
    walk: Callable[[Match], Iterator[FileEntry]]


class Source(msgspec.Struct, frozen=True):
    """One source word; ``fresh``: made for this instruction, a heredoc or a download."""

    word: str
    cargo: Cargo
    matches: tuple[Match, ...]
    filter: Filter | None = None
    fresh: bool = False


def heredoc_source(task: Task, name: str, content: bytes) -> Source:
    """Return a heredoc as a source; no pattern is asked about it."""
    name = posixpath.basename(name)
    cargo = single_file(name, content, 0o644, task.stage)
    return Source(f"<<{name}", cargo, (Match(name, name, name),), fresh=True)


def find_sources(task: Task, words: list[str]) -> list[Source]:
    """Return the source of each word; refuses a path that is not there, and when nothing at all matches."""
    request = task.request
    chosen = _choose_filter(task)
    sources = []
    for word in words:
        if is_http(word):
            refuse_copy_of_remote(request)
            sources.append(_download(task, word))
        else:
            sources.append(Source(word, task.cargo, _expand(task, word), chosen))
    if not any(source.matches for source in sources):
        globs = " ".join("/" + clean_source(word) for word in words)
        raise request.missing(
            f"checking on sources under the context: copier: stat: globs [{globs}] matched nothing"
        )
    task.unmatched.extend(source.word for source in sources if not source.matches)
    return sources


def refuse_copy_of_remote(request: CopyRequest) -> None:
    """Refuse an address where only files may be copied."""
    if request.keyword == "COPY":
        raise request.refusal("source can't be a URL for COPY")


def _download(task: Task, address: str) -> Source:
    name = download_name(address)
    if not name:
        raise task.request.refusal(f'reading "{address}": no file name in the address')
    return Source(address, single_file(name, None, 0o600, task.stage), (Match(name, name, name),), fresh=True)


def _choose_filter(task: Task) -> Filter | None:
    ignore, tree = task.origin.ignore, task.cargo.tree
    texts = _exclude_texts(task.request)
    if texts:
        patterns = ignore.matcher.patterns if ignore is not None else ()
        matcher = IgnoreMatcher((*patterns, *matcher_for(texts, PODMAN).patterns), PODMAN)
        return Filter(
            matcher, matcher.matches, lambda match: walk_allowed(tree, match.real, matcher, match.named)
        )
    if ignore is None:
        return None
    view = ignore

    def walk(match: Match) -> Iterator[FileEntry]:
        if match.named == match.real:
            return walk_view(tree, match.real, view)
        return walk_allowed(tree, match.real, view.matcher, match.named)

    return Filter(view.matcher, view.matches, walk)


def _exclude_texts(request: CopyRequest) -> list[str]:
    """Return the patterns of ``--exclude``: as written, and joined to each source."""
    texts = list(request.exclude)
    for source in request.sources:
        start = clean(source)
        for text in request.exclude:
            bang, tail = ("!", text[1:]) if text.startswith("!") else ("", text)
            texts.append(text if start == "." or not tail else bang + clean(posixpath.join(start, tail)))
    return texts


def _expand(task: Task, word: str) -> tuple[Match, ...]:
    tree, pattern = task.cargo.tree, clean_source(word)
    try:
        paths = expand_glob(tree, pattern, recursive=task.engine.version >= RECURSIVE_GLOB)
    except BadPattern as error:
        raise task.request.refusal(
            f'checking on sources under the context: copier: stat: "{error}" while matching "/{pattern}"'
        ) from None
    circular = next((path for path in paths if tree.locate(path).loop), None)
    if circular is not None:
        raise task.request.refusal(
            f'checking on sources under the context: copier: stat: error resolving "/{circular}": '
            f"open /{circular}: too many levels of symbolic links"
        )
    if paths:
        return tuple(_follow(tree, "" if path == "." else path) for path in paths)
    start = pattern.split("*")[0].split("?")[0].split("[")[0]
    if tree.doubt(start.rstrip("/") if has_magic(pattern) else pattern) is not None:
        return (Match(pattern, pattern, start, found=False, unknown=True),)
    if has_magic(pattern):
        return ()
    raise task.request.missing(
        f'checking on sources under the context: copier: stat: "/{pattern}": no such file or directory'
    )


def _follow(tree: StageTree, path: str) -> Match:
    place = tree.locate(path)
    named, entry = path, tree.locate(path, follow_last=False).entry
    for _ in range(16):
        if entry is None or entry.kind != "link":
            break
        named = clean_source(posixpath.join("/", posixpath.dirname(named), entry.target))
        entry = tree.locate(named, follow_last=False).entry
    found = place.certainty == "present" and not place.loop
    return Match(path, named, place.path, found, place.certainty == "unknown")


def read_items(task: Task, source: Source, match: Match) -> Iterator[Item]:
    """Yield what one match brings, each with its path below the destination (an archive of ADD: nothing)."""
    tree, request, chosen = task.cargo.tree, task.request, source.filter
    drop = ""
    if request.parents:
        head, pivot, _ = source.word.partition("/./")
        drop = clean_source(head) if pivot else ""
        yield from _read_parents(tree, match, drop)
    if tree.is_dir(match.real):
        cut = len(match.real) + 1 if match.real else 0
        for entry in tree.below(match.real) if chosen is None else chosen.walk(match):
            below = entry.path[cut:]
            yield entry, _shorten(join_path(match.named, below), drop) if request.parents else below
        return
    if chosen is not None and chosen.matches(match.named):
        raise request.missing(
            f'reading "{source.word}": copier: get: copied no items: no such file or directory'
        )
    if request.keyword == "ADD" and not source.fresh and load_archive(task, match.real) is not None:
        return
    found = tree.get(match.real)
    if found is not None:
        yield found, _shorten(match.path, drop) if request.parents else posixpath.basename(match.path)


def _read_parents(tree: StageTree, match: Match, drop: str) -> Iterator[Item]:
    """Yield the directories on the way; of a pivot's own path only the last is left out."""
    parts = match.path.split("/")
    last = len(parts) + (1 if tree.is_dir(match.real) else 0)
    for count in range(1, last):
        path = "/".join(parts[:count])
        entry = tree.find(path)
        name = _shorten(path, drop)
        if entry is not None and name:
            yield entry, name


def _shorten(path: str, drop: str) -> str:
    return path.removeprefix(drop).lstrip("/")


def join_path(directory: str, name: str) -> str:
    """Return ``name`` below ``directory``; either may be empty."""
    return f"{directory}/{name}" if directory and name else directory or name
