"""Images for tests of the start: drawn, with a config, as an engine would hold them."""

from __future__ import annotations

from collections.abc import Mapping

from paritycheck.model.environment import Distribution, Environment
from paritycheck.model.snapshot import ImageConfig, OnDemand, Origin, OriginKind, Snapshot
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.starting.start import Start
from tests.drawn import draw, tree


def image(
    drawing: str,
    contents: Mapping[str, str] | None = None,
    *,
    kind: OriginKind = "image",
    scripts: tuple[str, ...] = (),
    env: Mapping[str, str | None] | None = None,
    workdir: str = "/app",
    entrypoint: tuple[str, ...] = (),
    cmd: tuple[str, ...] = (),
) -> Snapshot:
    """Return an image; ``scripts`` are the console scripts of a distribution in it."""
    drawn = tree(drawing, contents)
    items = [each for each in draw(drawing, contents) if each.kind == "file"]
    texts = {each.path: each.content.decode("utf-8", "backslashreplace") for each in items}

    def text(path: str) -> str | None:
        entry = drawn.find(path)
        return texts.get(entry.path) if entry is not None else None

    return Snapshot(
        origin=Origin(kind, "drawn"),
        tree=drawn,
        modules={},
        texts=OnDemand(text, lambda: ()),
        digests={},
        environment=Environment(distributions=(Distribution("d", "1", "/site", scripts=scripts),)),
        config=ImageConfig(env=dict(env or {}), workdir=workdir, entrypoint=entrypoint, cmd=cmd),
    )


def roots(start: Start) -> str:
    """Write the roots in order: ``a.b``, ``a.b!`` if it runs as ``__main__``, ``/path`` for a script."""
    return " ".join(_root(each) for each in start.roots)


def _root(root: Root) -> str:
    if root.path:
        return "/" + root.path + ("" if root.main else "?")
    return root.name + ("!" if root.main else "")


def paths(start: Start) -> str:
    """Write what is put first on sys.path, then after dots what is put last."""
    last = ["...", *(entry.path for entry in start.last_entries)] if start.last_entries else []
    return " ".join([*(entry.path for entry in start.path_entries), *last])
