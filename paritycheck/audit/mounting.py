"""The mounts of a real container: as the gates know mounts, and what they hide of a path."""

from __future__ import annotations

from collections.abc import Collection

import msgspec

from paritycheck.gates import Facts, travel
from paritycheck.model.container import ContainerFacts, ContainerMount
from paritycheck.model.journey import Item, Journey, Verdict
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import FileTree
from paritycheck.parse.compose.service import Service
from paritycheck.parse.compose.volumes import Volume, VolumeKind, clean_target

_KINDS: dict[str, VolumeKind] = {"bind": "bind", "volume": "volume", "tmpfs": "tmpfs"}


def as_service(container: ContainerFacts, service: Service | None, root: str) -> Service:
    """Return the container's mounts as those of a service, with the lines of a compose file if it has one.

    ``root`` is where the checkout lies; what is mounted from there shows the checkout's own files. Command
    and environment are already the container's.
    """
    lines = {volume.target: volume.location for volume in service.volumes} if service else {}
    return Service(
        name=service.name if service else container.name,
        location=service.location if service else Location(""),
        volumes=tuple(_volume(mount, lines, root) for mount in container.mounts),
        lines=service.lines if service else {},
        remarks=service.remarks if service else (),
    )


def as_run(container: ContainerFacts, side: Snapshot) -> Snapshot:
    """Return the container side as it is really run: where ``side`` is only the image, the container decides.

    Files that the container has deleted are gone; what it added is not known by content and left out.
    """
    if container.engine == "podman" or side.config is None:
        return side
    gone = {change.path.lstrip("/") for change in container.changes or () if change.kind == "deleted"}
    tree = FileTree(entry for entry in side.tree if not _is_below(entry.path, gone)) if gone else side.tree
    config = msgspec.structs.replace(
        side.config,
        env=container.environment,
        workdir=container.workdir or side.config.workdir,
        user=container.user,
        entrypoint=(),
        cmd=container.command,
        healthcheck=container.healthcheck,
    )
    return msgspec.structs.replace(side, tree=tree, config=config)


def _is_below(path: str, places: Collection[str]) -> bool:
    while path:
        if path in places:
            return True
        path = path.rpartition("/")[0]
    return False


def _volume(mount: ContainerMount, lines: dict[str, Location], root: str) -> Volume:
    target = clean_target(mount.target)
    kind = _KINDS.get(mount.kind, "other")
    source = None
    if kind == "bind" and root and (mount.source == root or mount.source.startswith(f"{root}/")):
        source = mount.source[len(root) :].strip("/")
    elif mount.holds is not None and not mount.holds:
        kind = "tmpfs"  # an empty directory hides all that is below
    where = lines.get(target) or Location(target, 0, describe(mount))
    return Volume(kind, target, where, describe(mount), source, mount.name, mount.read_only)


def describe(mount: ContainerMount) -> str:
    """Return a mount in words: ``bind mount of /srv/data``."""
    what = mount.name or mount.source
    return f"{mount.kind} mount of {what}" if what else f"{mount.kind} mount"


def follow(item: Item, facts: Facts, container: ContainerFacts | None) -> Journey:
    """Take an item through the gates, the mounts judged by what is really in them, where that is known."""
    journey = travel(item, facts)
    there = facts.placement.container_of(item.path) if item.path else ()
    if container is None or not there:
        return journey
    covered = [(path, mount) for path in there if (mount := covering(f"/{path}", container)) is not None]
    if len(covered) < len(there):
        return journey
    path, mount = covered[0]
    if mount.holds is None:
        return journey
    inside = f"/{path}"[len(mount.target.rstrip("/")) :].strip("/")
    line = Location(mount.target, 0, describe(mount))
    if inside in mount.holds:
        shown = Verdict("mounted", "passed", f"the {describe(mount)} at {mount.target} has it, too", (line,))
        return _with(journey, shown)
    hidden = Verdict(
        "mounted",
        "lost",
        f"the {describe(mount)} at {mount.target} hides /{path}: it holds no {inside}",
        (line,),
    )
    later = tuple(
        msgspec.structs.replace(one, outcome="skipped", reason="a mount hides it", locations=())
        if one.gate in ("syspath", "importable")
        else one
        for one in _with(journey, hidden).verdicts
    )
    return Journey(item, later)


def _with(journey: Journey, verdict: Verdict) -> Journey:
    verdicts = tuple(verdict if one.gate == verdict.gate else one for one in journey.verdicts)
    return Journey(journey.item, verdicts)


def covering(path: str, container: ContainerFacts) -> ContainerMount | None:
    """Return the mount that decides what is visible at an absolute path: the deepest that covers it."""
    fitting = [
        mount
        for mount in container.mounts
        if path == mount.target or path.startswith(mount.target.rstrip("/") + "/")
    ]
    return max(fitting, key=lambda mount: len(mount.target), default=None)
