"""A build while it is predicted: what each stage has become, and where a COPY takes its files from.

Source: ``toCommand`` in BuildKit's ``dockerfile2llb/convert.go``, ``getImageMount`` in dockerd's
``builder/dockerfile/dispatchers.go``, ``performCopy`` in Buildah's ``imagebuildah/stage_executor.go``.
"""

from __future__ import annotations

from paritycheck.errors import BuildRefused
from paritycheck.model.snapshot import Layer
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.instruction import Instruction
from paritycheck.predict.building.notes import MissingFile, RunStart, SystemPackage
from paritycheck.predict.building.reaching import find_buildkit_stage
from paritycheck.predict.building.references import is_image_name
from paritycheck.predict.building.request import (
    BaseImage,
    BuildRequest,
    MissingSource,
    NamedContext,
    StageCopy,
    find_image,
)
from paritycheck.predict.building.scope import Globals, Scope
from paritycheck.predict.building.settings import Settings
from paritycheck.predict.building.stages import NUMBER, Stage
from paritycheck.predict.building.steps import NotAnalysed, Step
from paritycheck.predict.copying.request import CopyOrigin
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.selecting.selection import Installation


class StageRun:
    """One stage while it is built. ``made`` tells whether it has become an image yet."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.tree = StageTree(FileTree())
        self.layers: list[Layer] = []
        self.packages: tuple[SystemPackage, ...] = ()
        self.settings = Settings()
        self.scope: Scope | None = None
        self.triggers: tuple[str, ...] = ()
        self.image: BaseImage | None = None
        self.config_known = True
        self.made = False
        self.done = False

    def add_layer(self, instruction: Instruction) -> int:
        """Begin a layer for this instruction and return its index."""
        self.layers.append(Layer(created_by=instruction.location.text, location=instruction.location))
        return len(self.layers) - 1


class Building:
    """All stages of one build; ``runs`` holds those begun, by index."""

    def __init__(self, request: BuildRequest, shared: Globals, stages: tuple[Stage, ...]) -> None:
        self.request = request
        self.shared = shared
        self.stages = stages
        self.runs: dict[int, StageRun] = {}
        self.copies: list[StageCopy] = []
        self.problems: list[NotAnalysed] = []
        self.missing_sources: list[MissingSource] = []
        self.starts: list[RunStart] = []
        self.missing: list[MissingFile] = []
        self.installs: list[Installation] = []
        self.transferred: tuple[str, ...] | None = None

    def parent_of(self, stage: Stage) -> StageRun | None:
        """Return the stage that ``stage`` is built from, if it is one."""
        return None if stage.parent is None else self.runs.get(stage.parent)

    def named_image(self, name: str) -> BaseImage | None:
        """Return the named context ``name`` as an image; Buildah builds from no directory."""
        named = self.request.named.get(name)
        if isinstance(named, NamedContext):
            if self.request.engine.name == "podman":
                return None
            return BaseImage(named.context.effective, read=named.read)
        return named

    def image_of(self, stage: Stage) -> BaseImage | None:
        """Return the image that ``stage`` is built from, if it is at hand; refuse what is no image."""
        named = self.request.named.get(stage.base)
        if named is not None:
            return (
                named if isinstance(named, BaseImage) else BaseImage(named.context.effective, read=named.read)
            )
        found = find_image(self.request.bases, stage.base)
        if found is None and (not is_image_name(stage.base) or self.names_stage(stage.base)):
            reason = f"{stage.base}: there is no such stage to build from here, nor such an image"
            raise stage.refuse(reason, self.shared)
        return found

    def names_stage(self, name: str) -> bool:
        """Tell whether ``name`` is a stage of this file, at hand or not: then no image is meant."""
        if NUMBER.fullmatch(name):
            return 0 <= int(name) < len(self.stages)
        return any(stage.name.lower() == name.lower() for stage in self.stages if stage.name)


def find_origin(building: Building, run: StageRun, step: Step) -> CopyOrigin:
    """Return where this COPY or ADD finds its sources; :class:`BuildRefused` if the source is none."""
    request = building.request
    if step.source is None or (not step.source and request.engine.name != "podman"):
        return CopyOrigin(
            request.context.source,
            ignore=request.context,
            read=request.read,
            transferred=building.transferred,
        )
    try:
        return _SOURCES[request.engine.name](building, run, step.source)
    except BuildRefused as error:
        where = step.instruction.location
        raise BuildRefused(error.reason, where.path, where.line, error.hint) from None


def _buildkit_source(building: Building, run: StageRun, source: str) -> CopyOrigin:
    index = find_buildkit_stage(source, building.stages)
    if index is None:
        return _outside(building, source, source)
    stage = building.stages[index]
    if stage.name in building.request.named:
        return _outside(building, stage.name, source)
    other = building.runs.get(index)
    if other is None or not other.done:
        named = run.stage.name or f"stage-{run.stage.index}"
        raise BuildRefused(
            f'cannot copy from stage "{source}", it needs to be defined before current stage "{named}"'
        )
    return CopyOrigin(other.tree, "stage")


def _docker_source(building: Building, run: StageRun, source: str) -> CopyOrigin:
    done = [other for other in building.runs.values() if other.done]
    for other in done:
        if other.stage.name == source.lower():
            return CopyOrigin(other.tree, "stage")
    if NUMBER.fullmatch(source):
        index = int(source)
        if index == run.stage.index:
            raise BuildRefused(f"invalid from flag value {source}: refers to current build stage")
        if not 0 <= index < len(done):
            raise BuildRefused(f"invalid from flag value {source}: index out of bounds")
        return CopyOrigin(done[index].tree, "stage")
    if source == "scratch":
        raise BuildRefused("invalid from flag value scratch: 'scratch' is a reserved name")
    return _outside(building, source, source)


def _podman_source(building: Building, run: StageRun, source: str) -> CopyOrigin:
    name = source
    if NUMBER.fullmatch(name) and 0 <= int(name) < run.stage.index:
        name = building.stages[int(name)].name
    if name not in building.request.named:
        for other in reversed([other for other in building.runs.values() if other.done]):
            if name in (other.stage.name, str(other.stage.index)):
                return CopyOrigin(other.tree, "stage")
    return _outside(building, name, source)


def _outside(building: Building, name: str, written: str) -> CopyOrigin:
    """Return a named context or an image; one that is not at hand is unknown, not absent."""
    named = building.request.named.get(name)
    if isinstance(named, NamedContext):
        return CopyOrigin(named.context.source, "named", ignore=named.context, read=named.read)
    image = named or find_image(building.request.bases, name)
    if image is not None:
        return CopyOrigin(image.tree, "image", read=image.read)
    if name == "scratch":
        return CopyOrigin(FileTree(), "image")
    if not is_image_name(name) or building.names_stage(name):
        raise BuildRefused(f"COPY --from={written}: no stage or image found with that name")
    return CopyOrigin(FileTree(), "image", known=False)


_SOURCES = {"buildkit": _buildkit_source, "docker": _docker_source, "podman": _podman_source}
