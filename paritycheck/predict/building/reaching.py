"""Which stages a build runs, and which stage ``--from`` names.

Source: BuildKit ``dockerfile2llb/convert.go`` (``resolveReachableStages``, ``toCommand``,
``validateCircularDependency``), Buildah ``imagebuildah/executor.go`` (``Build``). The classic
builder runs every stage up to the target.
"""

from __future__ import annotations

from collections.abc import Mapping

from paritycheck.errors import BuildRefused
from paritycheck.parse.build.instruction import Instruction
from paritycheck.predict.building.scope import Globals
from paritycheck.predict.building.stages import NUMBER, Stage


def stages_to_run(
    stages: tuple[Stage, ...],
    target: int,
    triggers: Mapping[int, tuple[Instruction, ...]],
    named: frozenset[str],
    shared: Globals,
) -> tuple[int, ...]:
    """Return the stages that the build runs, in order.

    ``triggers`` are the ONBUILD instructions that each stage runs first, ``named`` the named
    contexts, which hide stages of their name.
    """
    if shared.engine.name == "docker":
        return tuple(range(target + 1))
    if shared.engine.name == "podman":
        return _podman_needs(stages[: target + 1], named, shared)
    reached: set[int] = set()
    pending = [target]
    while pending:
        index = pending.pop()
        if index in reached:
            continue
        reached.add(index)
        stage = stages[index]
        if stage.name in named:
            continue
        pending += [] if stage.parent is None else [stage.parent]
        for instruction in (*triggers.get(index, ()), *stage.instructions):
            pending += buildkit_sources(instruction, stages)
    return tuple(sorted(reached))


def buildkit_sources(instruction: Instruction, stages: tuple[Stage, ...]) -> list[int]:
    """Return the stages that an instruction copies from or mounts."""
    if instruction.keyword == "COPY":
        source = copy_from(instruction)
        found = find_buildkit_stage(source, stages) if source else None
        return [] if found is None else [found]
    if instruction.keyword == "RUN":
        mounted = (_mount_source(flag.value or "") for flag in instruction.flags if flag.name == "mount")
        indexes = (_last_named(name.lower(), stages) for name in mounted if name)
        return [index for index in indexes if index is not None]
    return []


def copy_from(instruction: Instruction) -> str | None:
    """Return the value of ``--from``, not expanded; ``None`` without it."""
    return next((flag.value or "" for flag in reversed(instruction.flags) if flag.name == "from"), None)


def _mount_source(value: str) -> str:
    fields = dict(field.partition("=")[::2] for field in value.split(","))
    return fields.get("from", "")


def find_buildkit_stage(source: str, stages: tuple[Stage, ...]) -> int | None:
    """Return the stage that ``--from`` means, by number or by name, before or after."""
    if NUMBER.fullmatch(source):
        if not 0 <= int(source) < len(stages):
            raise BuildRefused(f"invalid stage index {int(source)}")
        return int(source)
    return _last_named(source.lower(), stages)


def _last_named(name: str, stages: tuple[Stage, ...]) -> int | None:
    return next((stage.index for stage in reversed(stages) if stage.name and stage.name == name), None)


def check_buildkit_sources(stages: tuple[Stage, ...], shared: Globals) -> None:
    """Refuse what BuildKit refuses about ``--from`` in any stage, reached or not."""
    needs: dict[int, set[int]] = {}
    for stage in stages:
        needs[stage.index] = set()
        for instruction in stage.instructions:
            source = copy_from(instruction) if instruction.keyword == "COPY" else None
            try:
                if source and shared.expand(source, {}) != source:
                    raise BuildRefused(  # noqa: TRY301
                        "variable expansion is not supported for --from, define a new stage with FROM "
                        "using ARG from global scope as a workaround"
                    )
                needs[stage.index].update(buildkit_sources(instruction, stages))
            except BuildRefused as error:
                where = instruction.location
                raise BuildRefused(error.reason, where.path, where.line) from None
    for stage in stages:
        if _reaches_itself(stage.index, needs):
            named = stage.name or f"stage-{stage.index}"
            raise stage.refuse(f"circular dependency detected on stage: {named}")


def _reaches_itself(start: int, needs: dict[int, set[int]]) -> bool:
    seen: set[int] = set()
    pending = list(needs[start])
    while pending:
        index = pending.pop()
        if index == start:
            return True
        if index not in seen:
            seen.add(index)
            pending += needs[index]
    return False


def _podman_needs(stages: tuple[Stage, ...], named: frozenset[str], shared: Globals) -> tuple[int, ...]:
    """Buildah asks by name: stages of one name are all needed or none, and the last one's needs count."""
    needs: dict[str, list[str]] = {}
    for stage in stages:
        needs[stage.name] = []
        try:
            wants = _podman_wants(stage, stages, shared)
        except BuildRefused as error:
            raise stage.refuse(error.reason) from None
        needs[stage.name] += [name for name in wants if name not in named and name in needs]
    needed: set[str] = set()
    pending = [stages[-1].name]
    while pending:
        name = pending.pop()
        if name not in needed:
            needed.add(name)
            pending += needs[name]
    return tuple(stage.index for stage in stages if stage.name in needed)


def _podman_wants(stage: Stage, stages: tuple[Stage, ...], shared: Globals) -> list[str]:
    seen: dict[str, str] = {}
    wants = [stage.base] if stage.base not in ("", "scratch") else []
    for instruction in stage.instructions:
        if instruction.keyword == "ARG" and shared.engine.version >= (1, 44):
            for name, default in instruction.pairs:
                if default is not None:
                    seen[name] = shared.expand(default, shared.builtin)
        elif instruction.keyword in ("ADD", "COPY"):
            source = copy_from(instruction)
            if source is not None:
                env = {**shared.builtin, **shared.heading_values(), **seen, **shared.given}
                name = shared.expand(source, env)
                wants.append(_podman_stage_name(name, stage.index, stages))
        elif instruction.keyword == "RUN":
            wants += [_mount_source(flag.value or "") for flag in instruction.flags if flag.name == "mount"]
    return wants


def _podman_stage_name(name: str, before: int, stages: tuple[Stage, ...]) -> str:
    if NUMBER.fullmatch(name) and 0 <= int(name) < before:
        return stages[int(name)].name
    return name
