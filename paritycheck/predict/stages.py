"""Which stages a Containerfile has, which of them a build runs, and what a name in FROM or --from means.

Source: BuildKit ``dockerfile2llb/convert.go`` (``dispatchStates``, ``resolveReachableStages``,
``toCommand``), dockerd 20.10 ``builder/dockerfile/evaluator.go`` (``stagesBuildResults``), Buildah
``imagebuildah/executor.go`` (``Build``) and openshift/imagebuilder ``builder.go`` (``NewStages``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.parse.checking import check_instruction
from paritycheck.parse.containerfile import Containerfile, Instruction
from paritycheck.predict.scope import Globals, Pairs

NUMBER = re.compile(r"[-+]?[0-9]{1,9}")


class Stage(msgspec.Struct, frozen=True):
    """One FROM and what follows it.

    ``name`` as the engine keeps it: lower case for BuildKit and the classic builder; for Buildah
    as written and expanded, the number of an unnamed stage. ``base`` is the image or stage it
    begins with, expanded; ``parent`` the index of that stage, if it is one.
    """

    index: int
    name: str
    base: str
    origin: Instruction
    instructions: tuple[Instruction, ...]
    parent: int | None = None

    def refuse(self, message: str) -> BuildRefused:
        """Return the engine's refusal of this stage's FROM line."""
        return BuildRefused(message, self.origin.location.path, self.origin.location.line)


def heading_declarations(containerfile: Containerfile) -> tuple[Pairs, ...]:
    """Return the ARGs before the first FROM."""
    found = []
    for instruction in containerfile.instructions:
        if instruction.keyword == "FROM":
            break
        if instruction.keyword == "ARG":
            found.append(instruction.pairs)
    return tuple(found)


def last_name(containerfile: Containerfile) -> str:
    """Return the name of the last stage in lower case, empty if it has none."""
    lines = [i for i in containerfile.instructions if i.keyword == "FROM"]
    return lines[-1].words[2].lower() if lines and len(lines[-1].words) == 3 else ""


def split_stages(containerfile: Containerfile, shared: Globals) -> tuple[Stage, ...]:
    """Return all stages with their names and bases; what no engine could run is refused."""
    groups = _group(containerfile, shared)
    stages: list[Stage] = []
    for index, (origin, instructions) in enumerate(groups):
        stage = Stage(index, _name(origin, index, shared), "", origin, instructions)
        try:
            base = shared.expand(origin.words[0], shared.visible) if origin.words else ""
        except BuildRefused as error:
            raise stage.refuse(error.reason) from None
        if not base and shared.engine.name == "buildkit":
            raise stage.refuse(f"base name ({origin.words[0]}) should not be blank")
        stage = msgspec.structs.replace(stage, base=base)
        stages.append(msgspec.structs.replace(stage, parent=_parent(stage, stages, shared)))
    return tuple(stages)


def _group(
    containerfile: Containerfile, shared: Globals
) -> list[tuple[Instruction, tuple[Instruction, ...]]]:
    groups: list[tuple[Instruction, list[Instruction]]] = []
    for instruction in containerfile.instructions:
        if instruction.keyword == "FROM":
            groups.append((instruction, []))
        elif groups:
            groups[-1][1].append(instruction)
        elif instruction.keyword != "ARG":
            message = (
                "stage 1 requires a FROM instruction"
                if shared.engine.name == "podman"
                else "no build stage in current context"
            )
            raise BuildRefused(message, containerfile.path, instruction.location.line)
    if not groups:
        raise BuildRefused("no build stage in current context", containerfile.path)
    return [(origin, tuple(instructions)) for origin, instructions in groups]


def _name(origin: Instruction, index: int, shared: Globals) -> str:
    words = origin.words
    named = len(words) >= 3 and words[1].lower() == "as" and words[2] != ""
    if shared.engine.name != "podman":
        return words[2].lower() if named else ""
    if not words or not words[0]:
        raise BuildRefused("FROM requires an argument", origin.location.path, origin.location.line)
    if not named:
        return str(index)
    return shared.expand(words[2], shared.visible) if shared.engine.version >= (1, 37) else words[2]


def _parent(stage: Stage, before: list[Stage], shared: Globals) -> int | None:
    if shared.engine.name == "docker":
        wanted = stage.base.lower()
    else:
        wanted = stage.base
        if shared.engine.name == "podman" and wanted == "scratch":
            return None
    found = [other.index for other in before if other.name and other.name == wanted]
    return found[-1] if found else None


def find_target(stages: tuple[Stage, ...], target: str, shared: Globals) -> int:
    """Return the index of the stage to build; empty ``target``: the last one."""
    if not target:
        return len(stages) - 1
    engine, version = shared.engine.name, shared.engine.version
    wanted = target if engine == "podman" else target.lower()
    found = [stage.index for stage in stages if stage.name == wanted]
    if found:
        # Of stages of one name the classic builder takes the first, as Buildah did until 1.44.
        first = engine == "docker" or (engine == "podman" and version < (1, 44))
        return found[0] if first else found[-1]
    numbered = engine == "podman" and version >= (1, 36) and NUMBER.fullmatch(target)
    if numbered and 0 <= int(target) < len(stages):
        return int(target)
    messages = {
        "buildkit": f'target stage "{target}" could not be found',
        "docker": f"failed to reach build target {target} in Dockerfile",
        "podman": f'the target "{target}" was not found in the provided Dockerfile',
    }
    raise BuildRefused(messages[engine], stages[0].origin.location.path)


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
        wants = _podman_wants(stage, stages, shared)
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
        if instruction.keyword == "ARG":
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


def check_podman_from(stage: Stage, shared: Globals) -> None:
    """Refuse a FROM line that Buildah only looks at when it runs the stage."""
    check_instruction(stage.origin, shared.engine)
    if not stage.base:
        raise stage.refuse("determining starting point for build: no FROM statement found")
