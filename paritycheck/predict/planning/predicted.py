"""A predicted tree as a side like any other.

Contents come from the checkout, from the build itself, or from the release that an install brings.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec

from paritycheck.model.snapshot import ImageConfig, OnDemand, Origin, Snapshot, Unknown, read_behind
from paritycheck.model.source import SourceData, SourceFile
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.python.datafiles import read_data
from paritycheck.parse.python.imports import parse_source
from paritycheck.predict.building.notes import RunStart
from paritycheck.predict.building.request import Prediction
from paritycheck.predict.planning.released import released_content
from paritycheck.predict.running.installsites import predicted_environment
from paritycheck.predict.selecting.selection import Catalogue

T = TypeVar("T")


class _Content(msgspec.Struct, frozen=True):
    """A predicted tree, and the content of what comes from no file of the checkout."""

    tree: FileTree
    inline: Mapping[str, bytes]
    read: Callable[[str], bytes | None]

    def is_own(self, entry: FileEntry) -> bool:
        """Tell whether a file belongs to the application: the checkout's, or made by words of the build."""
        return bool(entry.source) or (entry.digest in self.inline and ".dist-info/" not in entry.path)

    def of(self, entry: FileEntry) -> bytes | None:
        """Return a file's content: written by the build, of a release, or still the base image's."""
        return self.inline[entry.digest] if entry.digest in self.inline else self.read(entry.path)


def predicted_snapshot(
    local: Snapshot, context: str, path: str, prediction: Prediction, catalogue: Catalogue | None = None
) -> Snapshot:
    """Return the image that a build would make; ``path`` is its Containerfile, ``context`` below the root.

    From ``catalogue`` come the files of distributions that an install lists and nobody has read yet.
    """
    released = released_content(prediction.tree, prediction.inline, catalogue or Catalogue())

    def read(where: str) -> bytes | None:
        data = released(where)
        return prediction.read(where) if data is None else data

    content = _Content(prediction.tree, prediction.inline, read)
    return _snapshot(local, context, path, content, prediction.config, prediction.unknown)


def stage_snapshot(local: Snapshot, context: str, run: RunStart, config: ImageConfig) -> Snapshot:
    """Return what a RUN step finds when it starts a program: the stage as it is at that moment."""
    env = {**config.env, **run.env}
    at_work = msgspec.structs.replace(config, workdir=f"/{run.cwd}", env=env, entrypoint=(), cmd=())
    content = _Content(run.tree.freeze(), run.tree.inline, run.tree.read_base)
    return _snapshot(local, context, str(run.location), content, at_work, tuple(run.tree.unknown))


def _snapshot(
    local: Snapshot,
    context: str,
    reference: str,
    content: _Content,
    config: ImageConfig,
    unknown: tuple[Unknown, ...],
) -> Snapshot:
    tree = content.tree
    prefix = f"{context}/" if context else ""

    def looked_up(
        known: Mapping[str, T], otherwise: Callable[[FileEntry], T | None]
    ) -> Callable[[str], T | None]:
        def load(where: str) -> T | None:
            entry = tree.find(where)
            if entry is None or entry.kind != "file":
                return None
            return known.get(prefix + entry.source) if entry.source else otherwise(entry)

        return load

    def parsed(entry: FileEntry) -> SourceFile | None:
        data = content.of(entry)
        return None if data is None else parse_source(data)

    def opened(entry: FileEntry) -> SourceData | None:
        data = content.of(entry)
        return None if data is None else read_data(data)

    def decoded(entry: FileEntry) -> str | None:
        data = content.of(entry)
        return None if data is None else data.decode("utf-8", "backslashreplace")

    text = looked_up(local.texts, decoded)

    def read(where: str) -> bytes | None:
        found = text(where)
        return None if found is None else found.encode("utf-8")

    def sources(paths: Sequence[str]) -> list[str]:
        found = (tree.find(path) for path in paths)
        return [prefix + entry.source for entry in found if entry and entry.source]

    def own_modules() -> Iterator[str]:
        return (name for name in files if name.endswith(".py"))

    files = [entry.path for entry in tree if entry.kind == "file" and content.is_own(entry)]
    return Snapshot(
        origin=Origin("predicted", reference),
        tree=tree,
        modules=OnDemand(looked_up(local.modules, parsed), own_modules, read_behind(local.modules, sources)),
        texts=OnDemand(text, lambda: ()),
        digests=OnDemand(looked_up(local.digests, lambda entry: entry.digest or None), lambda: files),
        environment=predicted_environment(tree, read, config),
        config=config,
        unknown=unknown,
        data=OnDemand(looked_up(local.data, opened), own_modules, read_behind(local.data, sources)),
    )
