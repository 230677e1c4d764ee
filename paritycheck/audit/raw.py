"""The evidence as it was found: what the engine said, the end of the log, the container's own layer."""

from __future__ import annotations

from collections.abc import Iterator

from paritycheck.audit.dossier import Dossier
from paritycheck.model.audit import Evidence


def quote_raw(dossier: Dossier) -> Iterator[Evidence]:
    """Yield what was read, as it was read, secrets withheld."""
    container, log = dossier.container, dossier.log
    if container is not None:
        yield Evidence(f"{container.engine} inspect", "\n".join(_container_lines(dossier)))
    elif dossier.image:
        yield Evidence("image", dossier.image)
    if log is not None:
        asked = f"{log.asked}: " if log.asked else ""
        yield Evidence(
            "log", f"{asked}{log.lines} lines, {log.size} bytes, from {log.first or '?'} to {log.last or '?'}"
        )
        yield Evidence("log, its end", "\n".join(log.tail))
    git = dossier.facts.local.git
    if git is not None and git.state == "repository":
        differing = (
            f"{len(git.untracked)} untracked, {len(git.modified)} modified, {len(git.deleted)} deleted"
        )
        yield Evidence("checkout", f"HEAD {git.head or 'none'}; paths that differ from it: {differing}")
    if container is not None and container.changes:
        # A directory above a changed path is changed by it.
        above = {each.path.rpartition("/")[0] for each in container.changes}
        own = [
            f"{each.kind} {each.path}"
            for each in container.changes
            if "__pycache__" not in each.path and each.path not in above
        ]
        shown = [*own[:40], *([f"and {len(own) - 40} more"] if len(own) > 40 else [])]
        yield Evidence(f"{container.engine} diff", "\n".join(shown) or "byte code of Python only")


def _container_lines(dossier: Dossier) -> Iterator[str]:
    container = dossier.container
    if container is None:
        return
    limits, use = container.limits, container.use
    yield f"name: {container.name}"
    yield f"id: {container.id}"
    yield f"image: {container.image} ({container.image_id[:12]})"
    yield f"state: {container.state}, exit code {_known(container.exit_code)}, restarts {container.restarts}"
    yield f"restart policy: {container.restart_policy}"
    for what in ("created", "started", "finished"):
        yield f"{what}: {getattr(container, what) or '?'}"
    yield f"command: {' '.join(container.command)}"
    yield f"working directory: {container.workdir or '/'}, user: {container.user or 'root (none is named)'}"
    yield f"health check: {' '.join(container.healthcheck.test) if container.healthcheck else 'none'}"
    yield (
        f"limits: memory {_size(limits.memory)}, processors {_known(limits.processors)}, "
        f"processes {_known(limits.processes)}"
    )
    if use is not None:
        yield (
            f"use: memory {_size(use.memory)}, processes {_known(use.processes)}, "
            f"processor {'unknown' if use.processor is None else f'{use.processor} %'}"
        )
    for mount in container.mounts:
        mode = "read-only" if mount.read_only else "writable"
        yield f"mount: {mount.kind} {mount.name or mount.source} at {mount.target}, {mode}"
    for name, value in sorted(container.environment.items()):
        yield f"environment: {name}={value}" if value is not None else f"environment: {name} (value withheld)"


def _known(value: object) -> str:
    return "none" if value is None else str(value)


def _size(number: int | None) -> str:
    return "none" if number is None else f"{number / (1 << 20):.1f} MiB"
