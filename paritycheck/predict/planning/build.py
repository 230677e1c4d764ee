"""What an image would hold if it were built now: every stage that the engine runs, step by step.

Source: BuildKit ``dockerfile2llb/convert.go`` (``dispatchStages``), dockerd 20.10
``builder/dockerfile/builder.go``, Buildah ``imagebuildah/executor.go`` and ``stage_executor.go``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from paritycheck.errors import BuildRefused
from paritycheck.model.snapshot import Brings, Layer, Unknown
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.checking import is_newer
from paritycheck.parse.build.containerfile import Instruction, parse_triggers
from paritycheck.predict.building.bases import may_hold_project
from paritycheck.predict.building.origins import Building, StageRun
from paritycheck.predict.building.reaching import check_buildkit_sources, stages_to_run
from paritycheck.predict.building.references import is_image_name
from paritycheck.predict.building.request import (
    BaseImage,
    BuildRequest,
    Prediction,
    StageOutcome,
    find_image,
)
from paritycheck.predict.building.scope import Globals, first_scope, read_globals
from paritycheck.predict.building.settings import (
    Settings,
    commit,
    image_config,
    initial_settings,
    settings_of,
)
from paritycheck.predict.building.stages import (
    Stage,
    check_podman_from,
    find_target,
    heading_declarations,
    last_name,
    split_stages,
)
from paritycheck.predict.building.steps import Resolver, Step, trigger_text
from paritycheck.predict.building.workdirs import check_workdir, make_workdir
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.planning.copystep import copy_step
from paritycheck.predict.running.run import apply_run


def predict_build(request: BuildRequest) -> Prediction:
    """Return what the build would make; :class:`BuildRefused` where the engine would fail."""
    shared = _globals(request)
    stages = split_stages(request.containerfile, shared)
    target = find_target(stages, request.target, shared)
    if request.engine.name == "buildkit":
        check_buildkit_sources(stages, shared)
    building = Building(request, shared, stages)
    triggers = _static_triggers(building) if request.engine.name == "buildkit" else {}
    order = stages_to_run(stages, target, triggers, frozenset(request.named), shared)
    if request.engine.name == "buildkit":
        _run_planned(building, order, triggers)
    else:
        for index in order:
            _run_in_turn(building, stages[index])
    return _prediction(building, building.runs[target], order)


def _globals(request: BuildRequest) -> Globals:
    declarations = heading_declarations(request.containerfile)
    target = (request.target or last_name(request.containerfile)).lower()
    try:
        return read_globals(
            declarations,
            request.engine,
            request.containerfile.escape,
            request.build_args,
            request.platform,
            target,
        )
    except BuildRefused as error:
        raise BuildRefused(error.reason, request.containerfile.path, _first_line(request)) from None


def _first_line(request: BuildRequest) -> int:
    return request.containerfile.instructions[0].location.line


def _static_triggers(building: Building) -> dict[int, tuple[Instruction, ...]]:
    """Return the triggers of each stage; BuildKit knows them before it runs anything."""
    found = {}
    for stage in building.stages:
        if stage.parent is None:
            image = find_image(building.request.bases, stage.base)
            texts = image.onbuild if image else ()
        else:
            parent = building.stages[stage.parent]
            texts = tuple(trigger_text(i, True) for i in parent.instructions if i.keyword == "ONBUILD")
        if texts:
            found[stage.index] = parse_triggers(texts, building.request.engine, stage.origin.location)
    return found


def _run_planned(
    building: Building, order: tuple[int, ...], triggers: Mapping[int, tuple[Instruction, ...]]
) -> None:
    """Expand every instruction of every stage before the first is applied, as BuildKit does."""
    planned: list[tuple[StageRun, list[Step]]] = []
    for stage in building.stages:
        if stage.parent is None and stage.base != "scratch" and not is_image_name(stage.base):
            reason = f'failed to parse stage name "{stage.base}": invalid reference format'
            raise stage.refuse(reason, building.shared)
    for index in order:
        stage = building.stages[index]
        if stage.name in building.request.named:
            _adopt(building, stage)
            continue
        run, resolver = _begin(building, stage)
        steps = [resolver.resolve(i) for i in (*triggers.get(index, ()), *stage.instructions)]
        _finish(building, run, resolver)
        planned.append((run, steps))
    building.transferred = tuple(
        source
        for _, steps in planned
        for step in steps
        if not step.source
        for copy in step.copies
        for source in copy.sources
    )
    for run, steps in planned:
        _plant(building, run)
        for step in steps:
            _apply(building, run, step)
        run.done = True


def _adopt(building: Building, stage: Stage) -> None:
    """Put the named context of a stage's name in its place."""
    run = StageRun(stage)
    run.image = building.named_image(stage.name)
    if run.image is not None:
        run.settings = settings_of(run.image.config, run.image.onbuild)
    _plant(building, run)
    run.done = True
    building.runs[stage.index] = run


def _run_in_turn(building: Building, stage: Stage) -> None:
    """Expand and apply one instruction after the other, as the classic builder and Buildah do."""
    if building.request.engine.name == "podman":
        check_podman_from(stage, building.shared)
    elif any(run.stage.name == stage.name for run in building.runs.values() if stage.name):
        raise stage.refuse(f"{stage.name} stage name already used")
    run, resolver = _begin(building, stage)
    _plant(building, run)
    for instruction in _turns(building, stage, run):
        _apply(building, run, resolver.resolve(instruction))
    _finish(building, run, resolver)
    run.done = True


def _turns(building: Building, stage: Stage, run: StageRun) -> Iterator[Instruction]:
    if run.triggers:
        yield from parse_triggers(run.triggers, building.request.engine, stage.origin.location)
    yield from stage.instructions


def _begin(building: Building, stage: Stage) -> tuple[StageRun, Resolver]:
    engine, shared = building.request.engine, building.shared
    run = StageRun(stage)
    parent = building.parent_of(stage)
    base: Settings | None = None
    if parent is not None:
        base, run.config_known = parent.settings, parent.config_known
    elif stage.base != "scratch":
        run.image = building.image_of(stage)
        run.config_known = run.image is not None
        nothing = Settings(workdir_known=False, env_known=False)
        known = run.image or building.request.stand_in(stage.base)
        base = settings_of(known.config, known.onbuild) if known else nothing
    run.triggers = base.onbuild if base else ()
    settings = initial_settings(engine, base)
    inherited = base.env if base else {}
    if parent is not None and parent.scope is not None:
        scope = parent.scope.child({**inherited, **settings.env})
    else:
        scope = first_scope(shared, settings.env)
    run.scope = scope
    lenient = is_newer(engine, building.request.containerfile.syntax)
    return run, Resolver(shared, scope, settings, lenient)


def _plant(building: Building, run: StageRun) -> None:
    """Give a stage the tree and layers that it begins with."""
    parent = None if run.image is not None else building.parent_of(run.stage)
    if parent is not None:
        run.tree, run.layers, run.made = parent.tree.fork(), list(parent.layers), parent.made
        run.packages = parent.packages
    elif run.image is not None:
        run.tree = StageTree(run.image.tree, read=run.image.read)
        run.tree.unknown.extend(run.image.unknown)
        run.layers, run.made = list(run.image.config.layers), True
    elif run.stage.base == "scratch":
        run.tree = StageTree(FileTree())
    else:
        location = run.stage.origin.location
        reason = f"the base image {run.stage.base} is not at hand"
        known = building.request.stand_in(run.stage.base)
        if known is not None:
            run.tree = StageTree(known.tree)
            run.tree.inline.update(known.inline)
            run.tree.mark_unknown("", reason, location, "system")
        else:
            brings: Brings = "anything" if may_hold_project(run.stage.base) else "distributions"
            run.tree = StageTree(None, reason, location, brings=brings)
        run.made = True


def _finish(building: Building, run: StageRun, resolver: Resolver) -> None:
    run.settings = commit(resolver.settings, building.request.engine, building.request.image_format)
    building.runs[run.stage.index] = run


def _apply(building: Building, run: StageRun, step: Step) -> None:
    engine, instruction = building.request.engine, step.instruction
    run.made = True
    if step.problem is not None:
        building.problems.append(step.problem)
    if step.problem is not None and not step.problem.presumed:
        run.tree.mark_unknown("", step.problem.message, instruction.location)
    elif instruction.keyword in ("ADD", "COPY"):
        copy_step(building, run, step)
    elif instruction.keyword == "RUN":
        _run(building, run, step)
    elif instruction.keyword == "WORKDIR" and engine.name != "podman":
        layer = run.add_layer(instruction) if step.workdir != "/" else -1
        make_workdir(run.tree, step, layer, engine)
    elif instruction.keyword == "WORKDIR":
        check_workdir(run.tree, step, engine)
    # Buildah makes the directory anew at every step, and keeps it when the step writes a layer.
    if engine.name == "podman" and instruction.keyword in ("ADD", "COPY", "RUN") and step.workdir:
        make_workdir(run.tree, step, len(run.layers) - 1, engine)


def _run(building: Building, run: StageRun, step: Step) -> None:
    run.add_layer(step.instruction)
    notes = apply_run(building, run, step)
    building.starts += notes.starts
    building.missing += notes.missing
    building.installs += notes.installs
    run.packages = tuple(notes.packages)


def _prediction(building: Building, run: StageRun, order: tuple[int, ...]) -> Prediction:
    request = building.request
    if request.engine.name == "docker" and not run.made:
        raise run.stage.refuse("No image was generated. Is your Dockerfile empty?")
    layers = tuple(run.layers)
    outcomes = tuple(
        StageOutcome(
            index=stage.index,
            name=stage.name,
            location=stage.origin.location,
            tree=building.runs[stage.index].tree if stage.index in order else None,
            missing_base=_missing_base(building, stage) if stage.index in order else "",
            base=stage.base,
        )
        for stage in building.stages
    )
    return Prediction(
        tree=run.tree.freeze(),
        config=image_config(run.settings, request.platform, layers),
        settings=run.settings,
        config_known=run.config_known,
        inline=dict(run.tree.inline),
        unknown=tuple(run.tree.unknown),
        target=run.stage.index,
        stages=outcomes,
        copies=tuple(building.copies),
        problems=tuple(building.problems),
        missing_sources=tuple(building.missing_sources),
        runs=tuple(building.starts),
        missing_files=tuple(building.missing),
        read=run.tree.read_base,
        installs=tuple(building.installs),
        packages=run.packages,
    )


def _missing_base(building: Building, stage: Stage) -> str:
    begins = stage.parent is None and stage.base != "scratch"
    return stage.base if begins and building.runs[stage.index].image is None else ""


__all__ = ["BaseImage", "BuildRequest", "Layer", "Prediction", "Unknown", "predict_build"]
