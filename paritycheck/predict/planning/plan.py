"""The build of a checkout, predicted as a whole: Containerfile, ignore file, context, image."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from paritycheck.errors import BuildRefused, ParityError, SourceError
from paritycheck.model.engine import Engine
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import FileTree, join
from paritycheck.parse.build.containerfile import Containerfile, parse_containerfile
from paritycheck.parse.build.ignorefile import IgnoreFile, parse_ignorefile
from paritycheck.predict.building.request import BaseImage, BuildRequest, Prediction
from paritycheck.predict.building.standins import stand_in
from paritycheck.predict.context.discovery import find_containerfile, find_ignorefile
from paritycheck.predict.context.effective import Context, ContextMaker, build_context
from paritycheck.predict.judging.placement import Placement, place_by_source
from paritycheck.predict.planning.build import predict_build
from paritycheck.predict.planning.predicted import predicted_snapshot
from paritycheck.predict.selecting.selection import Catalogue


class BuildOptions(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked of the build.

    ``context``, ``file`` and ``ignorefile`` are paths below the repository root (``file`` ``""``: the
    engine's default name); ``written`` is what stood after ``-f``, ``catalogue`` what is known of
    distributions. ``make_context`` is ``build_context``, or one that remembers (``Contexts``).
    ``otherwise`` is the engine to follow where ``engine`` refuses the build, if nobody named that one.
    """

    engine: Engine
    otherwise: Engine | None = None
    context: str = ""
    file: str = ""
    written: str = ""
    ignorefile: str = ""
    target: str = ""
    build_args: Mapping[str, str] = {}
    bases: Mapping[str, BaseImage] = {}
    read: Callable[[str], bytes | None] = lambda _path: None
    catalogue: Catalogue = Catalogue()
    make_context: ContextMaker = build_context


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
    try:
        return _plan(local, options)
    except BuildRefused:
        found = _plan_otherwise(local, options)
        if found is None:
            raise
        return found


def _plan_otherwise(local: Snapshot, options: BuildOptions) -> Plan | None:
    """Return the plan by the other engine's rules; ``None`` if it would not build this, either."""
    if options.otherwise is None:
        return None
    try:
        return _plan(local, msgspec.structs.replace(options, engine=options.otherwise, otherwise=None))
    except ParityError:
        return None


def _plan(local: Snapshot, options: BuildOptions) -> Plan | None:
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
            read=_reader(local, options),
            build_args=options.build_args,
            target=options.target,
            bases=options.bases,
            tolerant=True,
            stand_in=stand_in,
            catalogue=options.catalogue,
        )
    )
    return Plan(
        options=options,
        clone=local,
        containerfile=containerfile,
        context=context,
        prediction=prediction,
        landings=place_by_source(prediction.tree, options.context),
        snapshot=predicted_snapshot(local, options.context, path, prediction, options.catalogue),
    )


def open_context(local: Snapshot, options: BuildOptions) -> Context:
    """Return the effective build context, whether or not there is a Containerfile."""
    path = options.file or find_containerfile(local.tree, options.context, options.engine) or ""
    ignore = read_ignorefile(local, options, path or join(options.context, "Containerfile"))
    return options.make_context(
        local.tree, options.context, ignore, options.engine, _inside(path, options.context)
    )


def _reader(local: Snapshot, options: BuildOptions) -> Callable[[str], bytes | None]:
    """Return what reads a file of the context: RUN steps and ADD look into some of them."""
    prefix = f"{options.context}/" if options.context else ""

    def read(path: str) -> bytes | None:
        data = options.read(path)
        if data is not None:
            return data
        text = local.texts.get(prefix + path)
        # Binary files have lost their bytes on the way to a text: they are not to be had.
        binary = text is None or "\0" in text or "\\x" in text[:64]
        return None if binary or text is None else text.encode("utf-8")

    return read


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


def clean_clone(local: Snapshot) -> Snapshot:
    """Return the checkout as a clean clone would hold it: its history, and nothing that git does not track.

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
        if entry.path in tracked
        or (entry.kind == "dir" and entry.path in needed)
        or f"{entry.path}/".startswith(".git/")
    )
    return msgspec.structs.replace(local, tree=tree)
