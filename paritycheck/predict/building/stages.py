"""Which stages a Containerfile has, and what a name in FROM or ``--target`` means.

Source: BuildKit ``dockerfile2llb/convert.go`` (``buildDispatchStates``, ``dispatchStates``), dockerd
20.10 ``builder/dockerfile/evaluator.go`` (``stagesBuildResults``), openshift/imagebuilder
``builder.go`` (``NewStages``, ``ThroughTarget``).
"""

from __future__ import annotations

import re

import msgspec

from paritycheck.errors import BuildRefused
from paritycheck.parse.build.checking import check_instruction
from paritycheck.parse.build.containerfile import Containerfile, Instruction
from paritycheck.predict.building.scope import Globals, Pairs

NUMBER = re.compile(r"[-+]?[0-9]{1,9}")
_VARIABLE = re.compile(r"\$\{?(\w+)")
_PLATFORM = re.compile(r"[A-Za-z0-9_.-]+(?:/[A-Za-z0-9_.-]+){0,2}")


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

    def refuse(self, message: str, shared: Globals | None = None) -> BuildRefused:
        """Return the engine's refusal of this stage's FROM line; with ``shared`` it names unset arguments."""
        where = self.origin.location
        words = " ".join(self.origin.words[:1])
        unset = [
            name
            for name in dict.fromkeys(_VARIABLE.findall(words))
            if shared is not None and not shared.visible.get(name)
        ]
        if not unset:
            return BuildRefused(message, where.path, where.line)
        given = " ".join(f"--build-arg {name}=..." for name in unset)
        return BuildRefused(message, where.path, where.line, f"give the base image its arguments: {given}")


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
            _check_platform(origin, shared)
        except BuildRefused as error:
            raise stage.refuse(error.reason) from None
        if not base and shared.engine.name == "buildkit":
            raise stage.refuse(f"base name ({origin.words[0]}) should not be blank", shared)
        if shared.engine.name == "podman":
            _check_declarations(instructions, shared)
        stage = msgspec.structs.replace(stage, base=base)
        stages.append(msgspec.structs.replace(stage, parent=_parent(stage, stages, shared)))
    return tuple(stages)


def _check_platform(origin: Instruction, shared: Globals) -> None:
    for flag in origin.flags:
        if flag.name != "platform" or flag.value is None:
            continue
        platform = shared.expand(flag.value, shared.visible)
        if not platform:
            raise BuildRefused(f"empty platform value from expression {flag.value}")
        if shared.engine.name != "podman" and not _PLATFORM.fullmatch(platform):
            raise BuildRefused(f"failed to parse platform {flag.value}")


def _check_declarations(instructions: tuple[Instruction, ...], shared: Globals) -> None:
    """Refuse an ARG that Buildah cannot evaluate; it tries all of them, in stages not needed, too."""
    if shared.engine.version < (1, 41):
        return
    for instruction in instructions:
        if instruction.keyword == "ARG":
            where = instruction.location
            try:
                if not instruction.pairs:
                    raise BuildRefused("ARG requires an argument")  # noqa: TRY301
                for name, default in instruction.pairs:
                    shared.expand(name if default is None else f"{name}={default}", shared.visible)
            except BuildRefused as error:
                raise BuildRefused(error.reason, where.path, where.line) from None


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


def check_podman_from(stage: Stage, shared: Globals) -> None:
    """Refuse a FROM line that Buildah only looks at when it runs the stage."""
    check_instruction(stage.origin, shared.engine)
    if not stage.base:
        raise stage.refuse("determining starting point for build: no FROM statement found", shared)
