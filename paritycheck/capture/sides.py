"""The local side of a comparison: the checkout, where the build's files lie in it, and this machine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import msgspec

from paritycheck.capture.checkout.git import Git, Place, locate
from paritycheck.capture.checkout.snapshot import checkout_snapshot
from paritycheck.capture.checkout.worktree import printable, walk
from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.parsing.cache import SourceCache
from paritycheck.capture.parsing.reading import Parser, parse_all
from paritycheck.capture.python.interpreter import local_environment
from paritycheck.capture.python.objects import local_objects
from paritycheck.errors import UsageError
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import FileTree


@dataclass(frozen=True)
class Machine:
    """What this machine offers, as the command line and the environment say it.

    ``python`` is --python, ``virtual_env`` VIRTUAL_ENV, ``hosts`` where engines are reached,
    ``variables`` the environment that programs are run with; ``probe`` is whether an image's own
    interpreter may be run, ``resolve`` whether uv and an index may be asked what an install would bring.
    What is read from Python sources and wheels is kept in ``cache_dir``, if there is one.
    """

    python: str | None = None
    virtual_env: str | None = None
    hosts: EngineHosts = field(default_factory=EngineHosts)
    variables: Mapping[str, str] = field(default_factory=dict)
    probe: bool = False
    resolve: bool = False
    cache_dir: Path | None = None

    @property
    def git(self) -> Git:
        """The git program of this machine."""
        return Git(self.variables)

    @cached_property
    def parse(self) -> Parser:
        """What reads Python sources."""
        return SourceCache(self.cache_dir).parse if self.cache_dir else parse_all


@dataclass(frozen=True)
class BuildPaths:
    """The build's paths below the repository ``root``; ``""`` where nothing was asked for."""

    context: str
    file: str
    ignorefile: str
    root: Path = Path()


def open_local(
    context: Path,
    file: Path | None,
    ignorefile: Path | None,
    machine: Machine,
    *,
    committed: bool = False,
    environment: bool = True,
    tracked: bool = True,
    history: bool = False,
) -> tuple[Snapshot, BuildPaths]:
    """Return the snapshot of the checkout around ``context`` and where the build's files lie in it.

    Without ``environment`` no local interpreter is asked, without ``tracked`` git not about the files.
    With ``history`` the tree holds what lies in ``.git`` as well: a builder sends that, too.
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
    snapshot = checkout_snapshot(
        context, described, machine.git, committed=committed, tracked=tracked, parse=machine.parse
    )
    snapshot = msgspec.structs.replace(snapshot, objects=local_objects(described))
    if history:
        snapshot = msgspec.structs.replace(snapshot, tree=_with_history(snapshot.tree, place.root))
    return snapshot, build_paths(place, file, ignorefile)


def build_paths(place: Place, file: Path | None, ignorefile: Path | None) -> BuildPaths:
    """Return where the build's files lie; raises UsageError for those that do not, or lie outside."""
    paths = [below_root(path, place.root) if path else "" for path in (file, ignorefile)]
    return BuildPaths(place.prefix, paths[0], paths[1], place.root)


def _with_history(tree: FileTree, root: Path) -> FileTree:
    entry = tree.get(".git")
    if entry is None or entry.kind != "dir":
        return tree
    below = (msgspec.structs.replace(one, path=f".git/{one.path}") for one in walk(root / ".git").tree)
    return FileTree([*tree, *below])


def below_root(path: Path, root: Path) -> str:
    """Return ``path`` below the checkout's ``root``; raises UsageError if it is not there, or outside."""
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
