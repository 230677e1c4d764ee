"""The two sides of a comparison, opened: the checkout with its environment, and the container."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from paritycheck.capture.checkout import checkout_snapshot
from paritycheck.capture.git import Git, locate
from paritycheck.capture.hosts import EngineHosts
from paritycheck.capture.interpreter import local_environment
from paritycheck.capture.sources import is_image_reference, open_image
from paritycheck.capture.worktree import printable
from paritycheck.errors import SourceError, UsageError
from paritycheck.model.document import decode_snapshot
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import Snapshot

# A document that is larger than this is no snapshot: 1,000,000 paths take about 200 MB.
LARGEST_DOCUMENT = 1 << 30


@dataclass(frozen=True)
class Machine:
    """What this machine offers, as the command line and the environment say it.

    ``python`` is --python, ``virtual_env`` VIRTUAL_ENV, ``hosts`` where engines are reached,
    ``variables`` the environment that programs are run with.
    """

    python: str | None = None
    virtual_env: str | None = None
    hosts: EngineHosts = field(default_factory=EngineHosts)
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def git(self) -> Git:
        """The git program of this machine."""
        return Git(self.variables)


@dataclass(frozen=True)
class BuildPaths:
    """The build's paths below the repository root; ``""`` where nothing was asked for."""

    context: str
    file: str
    ignorefile: str


def open_local(
    context: Path,
    file: Path | None,
    ignorefile: Path | None,
    machine: Machine,
    *,
    committed: bool = False,
    environment: bool = True,
) -> tuple[Snapshot, BuildPaths]:
    """Return the snapshot of the checkout around ``context`` and where the build's files lie in it.

    Without ``environment`` no local interpreter is asked.
    """
    if not context.is_dir():
        raise UsageError(
            f"the build context {context} is {'no directory' if context.exists() else 'not there'}",
            "name the directory that `podman build` would be given",
        )
    place = locate(context, machine.git)
    described = Environment()
    if environment:
        described = local_environment(machine.python, machine.virtual_env, place.root, env=machine.variables)
    snapshot = checkout_snapshot(context, described, machine.git, committed=committed)
    paths = [_below(path, place.root) if path else "" for path in (file, ignorefile)]
    return snapshot, BuildPaths(place.prefix, paths[0], paths[1])


def _below(path: Path, root: Path) -> str:
    if not path.exists():
        raise UsageError(f"there is no {path}", "check the path")
    # Links above the name are followed, the name is not: a link's own name decides which ignore file is read.
    real = path.parent.resolve() / path.name if path.name not in ("", "..") else path.resolve()
    try:
        below = real.relative_to(root)
    except ValueError:
        raise UsageError(
            f"{path} lies outside of the checkout {root}",
            "paritycheck follows a build inside one checkout: name files that lie in it",
        ) from None
    return "" if below == Path() else printable(below.as_posix())


@contextlib.contextmanager
def open_source(reference: str, machine: Machine) -> Iterator[Snapshot]:
    """Yield the snapshot of a checkout (a directory), a snapshot document (a file), or an image."""
    if not reference:
        raise UsageError(
            "an empty name stands for no source", "name a checkout, an image or a snapshot document"
        )
    path = Path(reference)
    if is_image_reference(reference):
        with open_image(reference, machine.hosts) as snapshot:
            yield snapshot
    elif path.is_dir():
        yield open_local(path, None, None, machine)[0]
    elif path.is_file():
        yield read_document(path)
    else:
        with open_image(reference, machine.hosts) as snapshot:
            yield snapshot


def read_document(path: Path) -> Snapshot:
    """Read a snapshot document from disk."""
    try:
        if path.stat().st_size > LARGEST_DOCUMENT:
            raise SourceError(
                f"{path} is larger than any snapshot document", "for an archive, write its transport"
            )
        data = path.read_bytes()
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}", "check its permissions") from error
    if not data.lstrip().startswith(b"{"):
        raise SourceError(
            f"{path} is no snapshot document",
            f"for an image archive write docker-archive:{path} or oci-archive:{path}",
        )
    return decode_snapshot(data, str(path))
