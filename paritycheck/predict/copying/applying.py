"""What COPY and ADD put where, engine by engine: the one entrance to the three builders' procedures."""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.model.engine import Engine, EngineName
from paritycheck.parse.build.gopattern import BadPattern
from paritycheck.predict.copying.buildkit import copy_buildkit
from paritycheck.predict.copying.docker import copy_docker
from paritycheck.predict.copying.landing import Task, land_unknown, load_cargo
from paritycheck.predict.copying.podman import copy_podman
from paritycheck.predict.copying.request import CopyOrigin, CopyRecord, CopyRequest, IgnoreView, Landing
from paritycheck.predict.copying.stagetree import StageTree

PROCEDURES: dict[EngineName, Callable[[Task], CopyRecord]] = {
    "podman": copy_podman,
    "buildkit": copy_buildkit,
    "docker": copy_docker,
}


def apply_copy(stage: StageTree, origin: CopyOrigin, request: CopyRequest, engine: Engine) -> CopyRecord:
    """Write what ``request`` copies from ``origin`` into ``stage`` as ``engine`` would.

    Where the origin is not known, what the destination holds is not, afterwards. Raises
    :class:`~paritycheck.errors.BuildRefused` where the engine fails, in its words; the stage is
    half written then.
    """
    # The classic builder and BuildKit see what was sent, Buildah the directory itself.
    filtered = origin.ignore is not None and engine.name != "podman"
    tree = origin.ignore.effective if filtered and origin.ignore is not None else origin.tree
    task = Task(stage, load_cargo(origin, tree, stage), origin, request, engine)
    if not origin.known:
        target = stage.locate(f"{request.workdir}/{request.destination}")
        if request.destination.startswith("/"):
            target = stage.locate(request.destination)
        land_unknown(task, target.path, "nobody knows what is copied from there")
        return task.record()
    try:
        return PROCEDURES[engine.name](task)
    except BadPattern as error:
        raise request.refusal(str(error)) from None


__all__ = ["CopyOrigin", "CopyRecord", "CopyRequest", "IgnoreView", "Landing", "apply_copy"]
