"""The build of a checkout, predicted as a whole: Containerfile, ignore file, context, image."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from paritycheck.errors import BuildRefused, SourceError
from paritycheck.model.engine import Engine
from paritycheck.model.location import Location
from paritycheck.model.snapshot import OnDemand, Origin, Snapshot
from paritycheck.model.source import SourceFile
from paritycheck.model.tree import FileEntry, FileTree, join
from paritycheck.parse.containerfile import Containerfile, parse_containerfile
from paritycheck.parse.ignorefile import IgnoreFile, parse_ignorefile
from paritycheck.parse.imports import parse_source
from paritycheck.predict.building import predict_build
from paritycheck.predict.buildrequest import BaseImage, BuildRequest, Prediction
from paritycheck.predict.context import Context, build_context
from paritycheck.predict.discovery import find_containerfile, find_ignorefile
from paritycheck.predict.environment import infer_environment
from paritycheck.predict.placement import Placement, place_by_source


class BuildOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of the build.

    ``context``, ``file`` and ``ignorefile`` are paths below the repository root (``file`` ``""``: the
    engine's default name); ``written`` is what stood after ``-f``.
    """

    engine: Engine
    context: str = ""
    file: str = ""
    written: str = ""
    ignorefile: str = ""
    target: str = ""
    build_args: Mapping[str, str] = {}
    bases: Mapping[str, BaseImage] = {}
    read: Callable[[str], bytes | None] = lambda _path: None


class Plan(msgspec.Struct, frozen=True):
    """What the build would do.

    ``clone`` is the checkout that is built from, ``context`` what its ignore file leaves of it,
    ``landings`` which file of the checkout becomes which of the image, ``snapshot`` the predicted
    image as a side to compare.
    """

    options: BuildOptions
    clone: Snapshot
    containerfile: Containerfile
    context: Context
    prediction: Prediction
    landings: Placement
    snapshot: Snapshot

    @property
    def missing_bases(self) -> tuple[str, ...]:
        """The images that the build begins from and that were not at hand."""
        return tuple(
            dict.fromkeys(stage.missing_base for stage in self.prediction.stages if stage.missing_base)
        )

    def lines_of(self, keyword: str, name: str = "") -> tuple[Location, ...]:
        """Return the target stage's instructions of this kind; with ``name`` only ENV lines that set it."""
        start = self.prediction.stages[self.prediction.target].location.line
        later = [stage.location.line for stage in self.prediction.stages if stage.location.line > start]
        end = min(later, default=1 << 60)
        return tuple(
            instruction.location
            for instruction in self.containerfile.instructions
            if instruction.keyword == keyword
            and start <= instruction.location.line < end
            and (not name or any(pair[0] == name for pair in instruction.pairs))
        )


def make_plan(local: Snapshot, options: BuildOptions) -> Plan | None:
    """Predict the build of a checkout; ``None`` if there is no Containerfile and none was asked for.

    Raises :class:`BuildRefused` where the engine would fail, with the line.
    """
    path = options.file or find_containerfile(local.tree, options.context, options.engine)
    if path is None:
        return None
    text = local.texts.get(path)
    if text is None:
        raise SourceError(f"{path} cannot be read", "name the Containerfile with -f")
    containerfile = parse_containerfile(text, path, options.engine)
    context = open_context(local, options)
    prediction = predict_build(
        BuildRequest(
            containerfile=containerfile,
            engine=options.engine,
            context=context,
            read=options.read,
            build_args=options.build_args,
            target=options.target,
            bases=options.bases,
            tolerant=True,
        )
    )
    return Plan(
        options=options,
        clone=local,
        containerfile=containerfile,
        context=context,
        prediction=prediction,
        landings=place_by_source(prediction.tree, options.context),
        snapshot=_snapshot(local, options, path, prediction),
    )


def open_context(local: Snapshot, options: BuildOptions) -> Context:
    """Return the effective build context, whether or not there is a Containerfile."""
    path = options.file or find_containerfile(local.tree, options.context, options.engine) or ""
    ignore = read_ignorefile(local, options, path or join(options.context, "Containerfile"))
    return build_context(local.tree, options.context, ignore, options.engine, _inside(path, options.context))


def read_ignorefile(local: Snapshot, options: BuildOptions, containerfile: str) -> IgnoreFile | None:
    """Find and read the ignore file that the engine applies."""
    found = find_ignorefile(
        local.tree,
        options.context,
        containerfile,
        options.engine,
        written=options.written,
        ignorefile=options.ignorefile or None,
    )
    if found is None:
        return None
    text = local.texts.get(found)
    if text is None:
        raise BuildRefused("the ignore file cannot be read", found, hint="check its permissions and its size")
    return parse_ignorefile(text.encode("utf-8"), found, options.engine)


def _inside(path: str, context: str) -> str:
    if not context:
        return path
    return path[len(context) + 1 :] if path.startswith(context + "/") else ""


def _snapshot(local: Snapshot, options: BuildOptions, path: str, prediction: Prediction) -> Snapshot:
    """Make a prediction a side like any other: contents come from the checkout or from the build itself."""
    prefix = f"{options.context}/" if options.context else ""
    tree = prediction.tree

    def entry_at(where: str) -> FileEntry | None:
        return tree.find(where)

    def module(where: str) -> SourceFile | None:
        entry = entry_at(where)
        if entry is None:
            return None
        if entry.source:
            return local.modules.get(prefix + entry.source)
        data = prediction.inline.get(entry.digest)
        return None if data is None else parse_source(data)

    def text(where: str) -> str | None:
        entry = entry_at(where)
        if entry is None:
            return None
        if entry.source:
            return local.texts.get(prefix + entry.source)
        data = prediction.inline.get(entry.digest)
        return None if data is None else data.decode("utf-8", "replace")

    def digest(where: str) -> str | None:
        entry = entry_at(where)
        if entry is None:
            return None
        return local.digests.get(prefix + entry.source) if entry.source else entry.digest or None

    def read(where: str) -> bytes | None:
        found = text(where)
        return None if found is None else found.encode("utf-8")

    files = [entry.path for entry in tree if entry.kind == "file" and (entry.source or entry.digest)]
    environment = infer_environment(tree, read, prediction.config)
    return Snapshot(
        origin=Origin("predicted", path),
        tree=tree,
        modules=OnDemand(module, lambda: (name for name in files if name.endswith(".py"))),
        texts=OnDemand(text, lambda: ()),
        digests=OnDemand(digest, lambda: files),
        environment=environment,
        config=prediction.config,
        unknown=prediction.unknown,
    )


def clean_clone(local: Snapshot) -> Snapshot:
    """Return the checkout as a clean clone would hold it: without what git does not track.

    Without a repository nobody knows, and the checkout is returned as it is.
    """
    git = local.git
    if git is None or git.state != "repository":
        return local
    tracked = git.tracked
    needed = {""}
    for path in tracked:
        while path not in needed:
            needed.add(path)
            path = path.rpartition("/")[0]
    tree = FileTree(
        entry
        for entry in local.tree
        if entry.path in tracked or (entry.kind == "dir" and entry.path in needed)
    )
    return msgspec.structs.replace(local, tree=tree)
