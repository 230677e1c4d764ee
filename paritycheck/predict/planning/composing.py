"""What a compose service makes of an image: how it is built and started, and what is mounted over it.

Sources: Compose specification, "services" (``command``, ``entrypoint``: a new entrypoint drops the image's
CMD); Docker Engine's and Podman's manuals on volumes (an empty named or anonymous volume is filled from the
image when a container first uses it, and stays as it is afterwards; bind mounts and tmpfs hide).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

import msgspec

from paritycheck.model.location import Location
from paritycheck.model.snapshot import Edited, Healthcheck, ImageConfig, Snapshot
from paritycheck.model.tree import FileTree
from paritycheck.parse.compose.service import Service
from paritycheck.parse.compose.volumes import Volume, VolumeKind
from paritycheck.predict.planning.plan import BuildOptions

Sight = Literal["image", "copied-once", "checkout", "hidden", "unknown"]


class Mount(msgspec.Struct, frozen=True):
    """Something mounted at ``target``, a tree path of the container, links followed.

    ``source`` is a bind mount's tree path in the checkout (``None``: it lies elsewhere); ``fills``: a new
    volume takes over what the image has there; ``written`` as :class:`Volume` has it.
    """

    kind: VolumeKind
    target: str
    written: str
    location: Location
    source: str | None = None
    fills: bool = False

    def covers(self, path: str) -> bool:
        """Tell whether the tree path ``path`` of the container lies in the mount."""
        return path == self.target or path.startswith(f"{self.target}/")

    def __str__(self) -> str:
        return f"{self.written} ({self.location})"


class Seen(msgspec.Struct, frozen=True):
    """What is visible at a path: the image's own, the image's as it was ``copied-once``, the checkout's.

    ``hidden``: nothing, though the image may have it. ``mount`` is what covers the path, if anything does.
    """

    sight: Sight
    mount: Mount | None = None


def service_options(service: Service, options: BuildOptions) -> BuildOptions:
    """Return what is asked of the build; what ``options`` asks for itself counts before the service."""
    build = service.build
    if build is None:
        return options
    file = options.file or (build.location.path if build.inline is not None else build.file or "")
    return msgspec.structs.replace(
        options,
        context=build.context or "",
        file=file,
        # The engine is given an absolute path, so the ignore file is looked for beside it.
        written=options.written or (f"/{file}" if file else ""),
        target=options.target or build.target or "",
        build_args={
            **{name: value for name, value in build.args.items() if value is not None},
            **options.build_args,
        },
    )


def with_inline_file(service: Service | None, local: Snapshot) -> Snapshot:
    """Return the checkout in which the compose file's text is the Containerfile that it holds, if it does."""
    build = service.build if service else None
    if build is None or build.inline is None:
        return local
    return msgspec.structs.replace(local, texts=Edited(local.texts, build.location.path, build.inline))


def run_as(service: Service | None, container: Snapshot) -> Snapshot:
    """Return the container side as the service runs it; mounts are not in it."""
    if service is None:
        return container
    return msgspec.structs.replace(
        container, config=service_config(service, container.config or ImageConfig())
    )


def service_config(service: Service, config: ImageConfig) -> ImageConfig:
    """Return how the service runs an image with this config."""
    cmd = service.command
    if cmd is None:
        cmd = () if service.entrypoint is not None else config.cmd
    return msgspec.structs.replace(
        config,
        env={**config.env, **service.environment},
        workdir=service.working_dir or config.workdir,
        user=service.user or config.user,
        entrypoint=config.entrypoint if service.entrypoint is None else service.entrypoint,
        cmd=cmd,
        healthcheck=Healthcheck(("NONE",)) if service.healthcheck_off else config.healthcheck,
    )


def steering_changes(service: Service, config: ImageConfig) -> dict[str, str]:
    """Return the variables by which the service changes what the interpreter searches."""
    return {
        name: value
        for name, value in service.environment.items()
        if value is not None
        and config.env.get(name) != value
        and (name.startswith("PYTHON") or name in ("PATH", "VIRTUAL_ENV"))
    }


def service_lines(service: Service) -> tuple[Location, ...]:
    """Return the lines that change what is started and searched."""
    names = ("command", "entrypoint", "working_dir")
    lines = [service.lines[name] for name in names if name in service.lines]
    if any(name.startswith("PYTHON") for name in service.environment) and "environment" in service.lines:
        lines.append(service.lines["environment"])
    return tuple(lines)


def place_mounts(service: Service, tree: FileTree) -> tuple[Mount, ...]:
    """Return the service's mounts in the container whose image has ``tree``."""
    return tuple(_place(volume, tree) for volume in service.volumes)


def _place(volume: Volume, tree: FileTree) -> Mount:
    target = tree.resolve(volume.target)
    return Mount(
        kind=volume.kind,
        target=volume.target.lstrip("/") if target is None else target,
        written=volume.written,
        location=volume.location,
        source=volume.source,
        fills=volume.kind in ("volume", "anonymous") and volume.copies,
    )


def look(path: str, mounts: Iterable[Mount], local: Snapshot) -> Seen:
    """Return what is visible at the tree path ``path`` of the container."""
    # Of several mounts the deepest covers a path, wherever it stands in the file.
    mount = max(
        (each for each in mounts if each.covers(path)), key=lambda each: len(each.target), default=None
    )
    if mount is None:
        return Seen("image")
    if mount.kind == "other" or (mount.kind == "bind" and mount.source is None):
        return Seen("unknown", mount)
    if mount.kind != "bind":
        return Seen("copied-once" if mount.fills else "hidden", mount)
    source = "/".join(filter(None, (mount.source, path[len(mount.target) :].strip("/"))))
    if not source or local.tree.resolve(source) is not None:
        return Seen("checkout", mount)
    return Seen("unknown" if local.doubt(source) is not None else "hidden", mount)


def supplied(path: str, mounts: Iterable[Mount]) -> Iterable[tuple[str, Mount]]:
    """Yield where bind mounts put the checkout's file ``path``: tree paths of the container."""
    mounts = tuple(mounts)
    for mount in mounts:
        source = mount.source
        if mount.kind != "bind" or source is None:
            continue
        if not source or path == source or path.startswith(source + "/"):
            tail = path[len(source) :].strip("/")
            place = f"{mount.target}/{tail}" if tail else mount.target
            if not any(each.covers(place) and len(each.target) > len(mount.target) for each in mounts):
                yield place, mount
