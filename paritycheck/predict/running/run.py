"""What a RUN step does to a stage.

Source: how BuildKit (``dispatchRun``), dockerd and Buildah start the command: ``/bin/sh -c`` or
what SHELL says, with ENV and ARG as its environment, in the working directory, here-documents
handed to the shell, ``--mount`` visible only while it runs.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

import msgspec

from paritycheck.errors import SourceMissing
from paritycheck.model.tree import FileEntry, join
from paritycheck.parse.build.instruction import Instruction
from paritycheck.parse.command.shell import parse_script
from paritycheck.predict.building.origins import Building, StageRun, find_origin
from paritycheck.predict.building.request import MissingSource
from paritycheck.predict.building.steps import Step
from paritycheck.predict.copying.request import CopyOrigin
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.environment.sitepaths import home_of
from paritycheck.predict.running.following import follow
from paritycheck.predict.running.programs import PROGRAMS, perform
from paritycheck.predict.running.runmounts import Mount, has_source, lay_mounts, lift_mounts, read_mounts
from paritycheck.predict.running.shellstate import Notes, RunScene, Shell
from paritycheck.predict.running.shellwords import Field

_SHELLS = frozenset({"ash", "bash", "dash", "ksh", "sh", "zsh"})
_REFUSES_MOUNT = (1, 39)  # Buildah: bindFromChroot opens what earlier versions only looked for
_VERSION = re.compile(r"python(?:[-:@_]?v?)(3\.\d+)", re.IGNORECASE)


def apply_run(building: Building, run: StageRun, step: Step) -> Notes:
    """Follow the commands of a RUN in the stage's tree; return what else is to be known about it."""
    instruction, engine = step.instruction, building.request.engine
    notes = Notes(run.packages)
    mounts = read_mounts(instruction, lambda word: building.shared.expand(word, step.env))
    origins = [_mount_origin(building, run, step, mount) for mount in mounts]
    scene = RunScene(
        location=instruction.location,
        layer=len(run.layers) - 1,
        read=lambda tree, entry: _read(building, tree, entry),
        has_source=lambda path: path in building.request.context.source,
        perform=perform,
        open_env=not run.config_known,
        python=python_version(building, run, step.env),
        binds_all=engine.name == "podman",
        skips_mounts=engine.name == "podman" and engine.version < _REFUSES_MOUNT,
        unprivileged=step.user.partition(":")[0] not in ("", "0", "root"),
        bash="bash" in (step.shell or ("",))[0],
        catalogue=building.request.catalogue,
        platform=building.request.platform,
        base=_first_base(building, run),
        home=_home(building, run, step.user),
    )
    cwd = run.tree.locate(step.workdir or "/").path
    shell = Shell(scene, run.tree, cwd, dict(step.env), notes)
    for mount, origin in zip(mounts, origins, strict=True):
        if not scene.skips_mounts and not has_source(shell, mount, origin):
            _miss_source(building, instruction, mount)
    saved = lay_mounts(shell, mounts, origins)
    try:
        _start(shell, step, _words(instruction))
    except RecursionError:
        shell.touch(cwd, "anything", "a RUN step is nested too deeply to be followed")
    lift_mounts(shell, mounts, saved)
    return notes


def _miss_source(building: Building, instruction: Instruction, mount: Mount) -> None:
    """A mount whose source is not there ends the build."""
    where = instruction.location
    error = SourceMissing(f'"/{join("", mount.source)}" not found', where.path, where.line, "")
    if not building.request.tolerant:
        raise error
    building.missing_sources.append(MissingSource(where, mount.source, error.reason, mount.origin))


def _home(building: Building, run: StageRun, user: str) -> str:
    entry = run.tree.locate("etc/passwd").entry
    text = _read(building, run.tree, entry) if entry is not None else None
    return home_of(user, (text or b"").decode("utf-8", "replace"))


def _words(instruction: Instruction) -> tuple[str, ...]:
    """Return the words of the command, with the here-documents that the shell gets to read."""
    if instruction.form == "exec":
        return instruction.words
    text = "".join(instruction.words)
    bodies = "".join(f"\n{heredoc.body}{heredoc.name}" for heredoc in instruction.heredocs)
    return (text + bodies,)


def _start(shell: Shell, step: Step, words: tuple[str, ...]) -> None:
    instruction = step.instruction
    if not words or not any(words):
        return
    if instruction.form == "exec":
        fields: list[Field] = list(words)
        perform(shell, fields, None)
        return
    program = posixpath.basename((step.shell or ("/bin/sh",))[0])
    alone = (
        re.fullmatch(r"\s*<<-?\s*['\"]?\w+['\"]?\s*", instruction.words[0]) if instruction.heredocs else None
    )
    if alone is not None:
        _start_heredoc(shell, instruction.heredocs[0].body, program)
    elif program not in _SHELLS and any(posixpath.basename(word) in _SHELLS for word in step.shell[1:]):
        perform(shell, [*step.shell, words[0]], None)  # a program that runs a shell: conda run
    elif program not in _SHELLS:
        shell.touch(shell.cwd, "generated")
        shell.touch("", "distributions")  # whatever that shell understands may install something
    else:
        shell.errexit = any(re.fullmatch(r"-\w*e\w*", flag) for flag in step.shell[1:])
        follow(parse_script(words[0]), shell)


def _start_heredoc(shell: Shell, body: str, program: str) -> None:
    """A RUN that is one here-document: a script for the shell, or for what its first line names."""
    first = body.split("\n", 1)[0]
    named = re.match(r"#!\s*(?:\S*/env\s+(?:-S\s*)?)?(\S+)", first)
    interpreter = posixpath.basename(named[1]) if named else program
    if interpreter in _SHELLS:
        shell.errexit = re.search(r"\s-\w*e", first) is not None if named else False
        follow(parse_script(body), shell)
    else:
        PROGRAMS["python"](shell, ["python", "-"], None) if "python" in interpreter else shell.touch(
            shell.cwd, "generated"
        )


def _read(building: Building, tree: StageTree, entry: FileEntry) -> bytes | None:
    if entry.source:
        return building.request.read(entry.source)
    if entry.digest in tree.inline:
        return tree.inline[entry.digest]
    return tree.read_base(entry.path)


def _mount_origin(building: Building, run: StageRun, step: Step, mount: Mount) -> CopyOrigin | None:
    if mount.kind != "bind":
        return None
    return find_origin(building, run, msgspec.structs.replace(step, source=mount.origin or None))


def python_version(building: Building, run: StageRun, env: Mapping[str, str]) -> str:
    """Return the Python version that this stage's base is named for, or that the build's paths name.

    ``env`` are the variables of the step.
    """
    for text in (_first_base(building, run), f"python{env.get('PYTHON_VERSION', '')}"):
        found = _VERSION.search(text)
        if found:
            return found[1]
    for instruction in building.request.containerfile.instructions:
        found = re.search(r"/python(3\.\d+)/(?:site|dist)-packages", instruction.location.text)
        if found:
            return found[1]
    return ""


def _first_base(building: Building, run: StageRun) -> str:
    """Return the image that a stage is built on in the end, through the stages in between."""
    stage = run.stage
    while stage.parent is not None:
        stage = building.stages[stage.parent]
    return stage.base
