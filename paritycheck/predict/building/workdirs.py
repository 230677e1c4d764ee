"""The directory that WORKDIR makes: where, whose, and when it cannot.

Source: ``dispatchWorkdir`` in BuildKit's ``dockerfile2llb/convert.go``, ``SetupWorkingDirectory``
in dockerd's ``container/container.go``, ``EnsureContainerPathAs`` in Buildah's ``add.go``.
"""

from __future__ import annotations

from paritycheck.errors import BuildRefused
from paritycheck.model.engine import Engine
from paritycheck.model.tree import FileEntry
from paritycheck.predict.building.steps import Step
from paritycheck.predict.copying.ownership import Owner, buildkit_owner, podman_owner
from paritycheck.predict.copying.request import CopyRequest
from paritycheck.predict.copying.stagetree import StageTree


def make_workdir(tree: StageTree, step: Step, layer: int, engine: Engine) -> None:
    """Make the working directory of ``step`` in ``tree`` where it is missing, with its parents."""
    path = check_workdir(tree, step, engine)
    if path is None:
        return
    owner = _owner(tree, step, engine)
    made = FileEntry(path, "dir", mode=0o755, uid=owner.uid, gid=owner.gid, layer=layer)
    tree.make_parents(path, made)
    tree.put(made)


def check_workdir(tree: StageTree, step: Step, engine: Engine) -> str | None:
    """Return where the working directory must be made, if it must; refuse what is in the way."""
    place = tree.locate(step.workdir)
    if not place.path or tree.is_dir(place.path):
        return None
    where = step.instruction.location
    if place.certainty == "present" and place.entry is not None:
        # Buildah is content if there is anything at all.
        if engine.name == "podman":
            return None
        message = {"buildkit": "mkdir {}: not a directory", "docker": "Cannot mkdir: {} is not a directory"}
        raise BuildRefused(message[engine.name].format(step.workdir), where.path, where.line)
    parent = place.path.rpartition("/")[0]
    while parent:
        entry = tree.get(parent)
        if entry is not None and entry.kind != "dir":
            raise BuildRefused(f"mkdir {step.workdir}: not a directory", where.path, where.line)
        parent = parent.rpartition("/")[0]
    return place.path


def _owner(tree: StageTree, step: Step, engine: Engine) -> Owner:
    if not step.user or engine.name == "docker":
        return Owner()
    asked = CopyRequest(
        keyword="COPY",
        sources=(),
        destination=step.workdir,
        chown=step.user,
        location=step.instruction.location,
    )
    if engine.name == "buildkit":
        return buildkit_owner(tree, asked) or Owner()
    try:
        return podman_owner(tree, asked) or Owner()
    except BuildRefused:
        return Owner()
