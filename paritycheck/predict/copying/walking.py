"""What of a directory is copied: BuildKit's walk with its flags, Buildah's with its ignore file.

Sources: tonistiigi/fsutil copy/copy.go ``(*copier).copy``; containers/buildah copier/copier.go
``copierHandlerGet``.
"""

from __future__ import annotations

from collections.abc import Iterator

from paritycheck.model.tree import FileEntry
from paritycheck.predict.context.ignoring import IgnoreMatcher
from paritycheck.predict.copying.request import IgnoreView
from paritycheck.predict.copying.stagetree import StageTree

Found = tuple[FileEntry, str]  # an entry and its path below the directory that is copied


def walk_selected(
    tree: StageTree, start: str, include: IgnoreMatcher | None, exclude: IgnoreMatcher | None
) -> Iterator[Found]:
    """Yield what BuildKit copies of the directory ``start``, parents first.

    Patterns see paths below ``start``. A directory that is not selected itself comes just before
    the first thing selected in it.
    """
    if include is None and exclude is None:
        cut = len(start) + 1 if start else 0
        for entry in tree.below(start):
            yield entry, entry.path[cut:]
        return
    yield from _walk_patterns(tree, start, "", (0, 0), (include, exclude), [])


def _walk_patterns(
    tree: StageTree,
    directory: str,
    below: str,
    recorded: tuple[int, int],
    matchers: tuple[IgnoreMatcher | None, IgnoreMatcher | None],
    waiting: list[Found],
) -> Iterator[Found]:
    include, exclude = matchers
    for name in tree.children(directory):
        path = f"{directory}/{name}" if directory else name
        inner = f"{below}/{name}" if below else name
        wanted = include.step(inner, recorded[0]) if include else None
        unwanted = exclude.step(inner, recorded[1]) if exclude else None
        is_excluded = unwanted is not None and unwanted.excluded
        entry = tree.get(path)
        is_dir = tree.is_dir(path)
        selected = (wanted is None or wanted.excluded) and not is_excluded
        if selected and entry is not None:
            yield from waiting
            waiting.clear()
            yield entry, inner
        if not is_dir or (is_excluded and not (exclude and exclude.negations)):
            continue
        mark = len(waiting)
        if not selected and entry is not None:
            waiting.append((entry, inner))
        marks = (wanted.recorded if wanted else 0, unwanted.recorded if unwanted else 0)
        yield from _walk_patterns(tree, path, inner, marks, matchers, waiting)
        del waiting[mark:]


def walk_allowed(
    tree: StageTree, start: str, matcher: IgnoreMatcher, named: str | None = None
) -> Iterator[FileEntry]:
    """Yield what Buildah copies of the directory ``start``; patterns see it as ``named``.

    Excluded directories are left out even where something below them is let in again.
    """
    named = start if named is None else named
    stack = [(start, named)]
    while stack:
        directory, seen = stack.pop()
        excluded = directory != start and matcher.matches(seen)
        entry = tree.get(directory)
        if entry is not None and directory != start and not excluded:
            yield entry
        if not tree.is_dir(directory) or (excluded and not matcher.enters(seen)):
            continue
        names = reversed(tree.children(directory))
        stack.extend((_join(directory, name), _join(seen, name)) for name in names)


def _join(directory: str, name: str) -> str:
    return f"{directory}/{name}" if directory else name


def walk_view(tree: StageTree, start: str, ignore: IgnoreView) -> Iterator[FileEntry]:
    """Yield the same as :func:`walk_allowed` for an ignore file alone, from its finished walk where that got.

    A walk from the root decides below ``start`` what one from ``start`` does, if it comes there.
    """
    seen = StageTree(ignore.effective)
    if start and not seen.is_dir(start):
        yield from walk_allowed(tree, start, ignore.matcher)
        return
    for entry in seen.below(start):
        # Directories that the walk made again for what is in them are not the context's own entries.
        if entry.kind != "dir" or tree.get(entry.path) is entry:
            yield entry
