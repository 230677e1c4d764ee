"""``RUN --mount``: what is visible only while the command runs.

Source: ``dispatchRunMounts`` in BuildKit's ``dockerfile2llb``, ``getBindMount`` and ``getCacheMount``
in Buildah's ``internal/volumes``. Buildah binds the context as it is, BuildKit what was sent of it. A
source that is not there ends the build; Buildah before 1.39 only warns, and runs the command without it
(measured).
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from paritycheck.model.tree import join
from paritycheck.parse.build.instruction import Instruction
from paritycheck.predict.copying.request import CopyOrigin
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.running.shellsteps import remove_path


class Mount(msgspec.Struct, frozen=True):
    """One ``--mount``: ``origin`` is ``from=``, ``source`` the path there, ``target`` as written."""

    kind: str
    target: str
    source: str = ""
    origin: str = ""


def read_mounts(instruction: Instruction, expand: Callable[[str], str]) -> tuple[Mount, ...]:
    """Return the mounts of a RUN, their words expanded."""
    mounts = []
    for flag in instruction.flags:
        if flag.name != "mount" or not flag.value:
            continue
        fields = dict(part.partition("=")[::2] for part in expand(flag.value).split(","))
        target = fields.get("target") or fields.get("dst") or fields.get("destination") or ""
        source = fields.get("source") or fields.get("src") or ""
        kind = fields.get("type") or "bind"
        if target and kind in ("bind", "cache", "tmpfs"):
            mounts.append(Mount(kind, target, source, fields.get("from", "")))
    return tuple(mounts)


def has_source(shell: Shell, mount: Mount, origin: CopyOrigin | None) -> bool:
    """Tell whether what a mount binds may be there; caches and other mounts without a source need none."""
    if origin is None or not origin.known:
        return True
    source = _tree_of(shell, origin).locate(join("", mount.source or "/"))
    return source.certainty != "absent" or not source.path


def lay_mounts(
    shell: Shell, mounts: tuple[Mount, ...], origins: list[CopyOrigin | None]
) -> list[tuple[str, StageTree]]:
    """Put the mounts into the tree; return, for each, its place and the tree as it was before."""
    saved = []
    for mount, origin in zip(mounts, origins, strict=True):
        path = shell.place(mount.target).path
        saved.append((path, shell.tree.fork()))
        if not path:
            continue
        if not has_source(shell, mount, origin):
            if not shell.scene.skips_mounts:
                shell.touch(path, "anything")  # its absence is the one cause: the command is not run
            continue
        remove_path(shell, path)
        if origin is None:
            # A cache: what earlier builds left in it.
            shell.touch(path, "distributions")
        else:
            _bind(shell, path, mount, origin)
    return saved


def _tree_of(shell: Shell, origin: CopyOrigin) -> StageTree:
    """Return what mounts see of an origin."""
    if origin.ignore is not None and not shell.scene.binds_all:
        return StageTree(origin.ignore.effective)
    return origin.tree if isinstance(origin.tree, StageTree) else StageTree(origin.tree)


def _bind(shell: Shell, path: str, mount: Mount, origin: CopyOrigin) -> None:
    if not origin.known:
        shell.touch(path, "anything")
        return
    tree = _tree_of(shell, origin)
    source = tree.locate(join("", mount.source or "/"))
    top = tree.get(source.path)
    own = origin.ignore is not None
    entries = [top] if top is not None and top.kind != "dir" else list(tree.below(source.path))
    if source.certainty == "unknown":
        shell.touch(path, "distributions")
    shell.tree.make_parents(path, shell.entry(path, "dir"))
    for entry in entries:
        tail = entry.path[len(source.path) :].lstrip("/")
        named = entry.path if own and entry.kind == "file" else entry.source
        shell.tree.put(msgspec.structs.replace(entry, path=f"{path}/{tail}" if tail else path, source=named))
        if entry.digest in tree.inline:
            shell.tree.inline[entry.digest] = tree.inline[entry.digest]


def lift_mounts(shell: Shell, mounts: tuple[Mount, ...], saved: list[tuple[str, StageTree]]) -> None:
    """Take the mounts away again: below them is what was there before."""
    for _, (path, before) in reversed(list(zip(mounts, saved, strict=True))):
        if not path:
            continue
        shell.tree.remove(path)
        shell.tree.unknown[:] = [
            part for part in shell.tree.unknown if not (part.path + "/").startswith(path + "/")
        ]
        shell.tree.unknown.extend(part for part in before.unknown if (part.path + "/").startswith(path + "/"))
        top = before.get(path)
        for entry in ([top] if top is not None else []) + list(before.below(path)):
            shell.tree.put(entry)
