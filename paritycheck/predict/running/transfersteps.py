"""Commands that give a stage's files another place or name: ``cp``, ``mv``, ``ln``, ``install``.

Source: POSIX.1-2024 cp, mv, ln, and the options that GNU coreutils and BusyBox add to them;
GNU coreutils install.
"""

from __future__ import annotations

import posixpath
from typing import get_args

import msgspec

from paritycheck.model.snapshot import Brings
from paritycheck.model.tree import join
from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.modesteps import set_mode
from paritycheck.predict.running.shellstate import Shell, Status, covers
from paritycheck.predict.running.shellsteps import make_directories, remove_path
from paritycheck.predict.running.shellwords import Field, Unsure


def copy(shell: Shell, fields: list[Field]) -> Status:
    """``cp``."""
    options = Options(fields, "tS", ("--target-directory", "--suffix"))
    recursive = options.has("r", "R", "a", "--recursive", "--archive")
    keeps_links = recursive and not options.has("L", "H", "--dereference")
    keeps_old = options.has("n", "--no-clobber", "u", "--update")
    return _transfer(shell, options, recursive, keeps_links, keeps_old, moves=False)


def move(shell: Shell, fields: list[Field]) -> Status:
    """``mv``."""
    options = Options(fields, "tS", ("--target-directory", "--suffix"))
    return _transfer(shell, options, True, True, options.has("n", "--no-clobber"), moves=True)


def link(shell: Shell, fields: list[Field]) -> Status:
    """``ln``: a symbolic link, or another name of the same content."""
    options = Options(fields, "tS", ("--target-directory", "--suffix"))
    symbolic = options.has("s", "--symbolic")
    operands = list(options.operands)
    if len(operands) == 1 and isinstance(operands[0], str):
        operands.append(posixpath.basename(operands[0].rstrip("/")))
        options.operands = operands
    sources, destination, into = _target(shell, options)
    if destination is None or isinstance(destination, Unsure):
        return None
    for source in sources:
        last = shell.place(destination, follow_last=False)
        onto = options.has("n", "--no-dereference") and last.entry is not None and last.entry.kind == "link"
        name = "" if isinstance(source, Unsure) else posixpath.basename(source.rstrip("/"))
        target = f"{destination}/{name}" if into and not onto else destination
        place = shell.place(target, follow_last=False)
        if isinstance(source, Unsure):
            shell.touch(place.path, "anything")
        elif place.entry is not None and not options.has("f", "--force"):
            return False
        elif not symbolic:
            old = shell.place(source)
            if old.certainty == "present":
                replant(shell, old.path, place.path)
        else:
            shell.tree.make_parents(place.path, shell.entry(place.path, "dir"))
            shell.tree.put(shell.entry(place.path, "link", target=source))
    return True


def install(shell: Shell, fields: list[Field]) -> Status:
    """``install``: directories with ``-d``, else like ``cp``."""
    options = Options(fields, "mogtS", ("--mode", "--owner", "--group", "--target-directory"))
    if options.has("d", "--directory"):
        return make_directories(shell, ["-p", *options.operands])
    if options.has("D") and len(options.operands) == 2 and isinstance(options.operands[1], str):
        place = shell.place(options.operands[1])
        shell.make_directory(posixpath.dirname(place.path))
    status = _transfer(shell, options, False, False, False, moves=False)
    mode = options.values.get("m", options.values.get("--mode", "755"))
    sources, destination, into = _target(shell, options)
    if isinstance(destination, str) and isinstance(mode, str):
        names = [posixpath.basename(s) for s in sources if isinstance(s, str)] if into else [""]
        for name in names:
            set_mode(shell, posixpath.join(destination, name).rstrip("/"), mode, False)
    return status


def _target(shell: Shell, options: Options) -> tuple[list[Field], Field | None, bool]:
    """Return the sources, the destination, and whether it is a directory to put them into."""
    into = options.values.get("t", options.values.get("--target-directory"))
    if into is not None:
        return options.operands, into, True
    if len(options.operands) < 2:
        return [], None, False
    *sources, destination = options.operands
    if isinstance(destination, Unsure):
        return sources, destination, False
    place = shell.place(destination)
    is_dir = shell.tree.is_dir(place.path) or (place.certainty == "unknown" and destination.endswith("/"))
    return (
        sources,
        destination,
        (is_dir or len(sources) > 1) and not options.has("T", "--no-target-directory"),
    )


def _transfer(
    shell: Shell, options: Options, recursive: bool, keeps_links: bool, keeps_old: bool, moves: bool
) -> Status:
    sources, destination, into = _target(shell, options)
    if destination is None:
        return False
    if isinstance(destination, Unsure):
        shell.touch(_known_start(shell, destination), "anything")
        return None
    status: Status = True
    for source in sources:
        if isinstance(source, Unsure):
            shell.touch(shell.place(destination).path, "anything")
            status = status and None
            continue
        place = shell.place(source, follow_last=not keeps_links or source.endswith("/"))
        target = destination
        name = posixpath.basename(source.rstrip("/"))
        if into and name not in ("", ".", ".."):
            target = f"{destination}/{name}"
        if options.has("--parents"):
            target = f"{destination}/{source}"
        if place.certainty == "present":
            end = shell.place(target, follow_last=shell.tree.is_dir(shell.place(target).path)).path
            if shell.tree.is_dir(place.path) and not recursive:
                status = False
                continue
            replant(shell, place.path, end, keeps_old)
            if moves and not covers(end, place.path):
                remove_path(shell, place.path)
        elif place.certainty == "unknown":
            _spread(shell, place.path, shell.place(target).path)
            status = status and None
        else:
            shell.need(source)
            status = False
    return status


def _known_start(shell: Shell, field: Unsure) -> str:
    return shell.place(posixpath.dirname(field.start) or ".").path


def _spread(shell: Shell, source: str, target: str) -> None:
    """Something nobody can list goes to ``target``."""
    doubts = [part for part in shell.tree.unknown if covers(part.path, source)]
    worst: Brings = min((part.brings for part in doubts), key=get_args(Brings).index, default="distributions")
    shell.touch(target, worst)


def replant(shell: Shell, source: str, target: str, keeps_old: bool = False) -> None:
    """Copy a file or a whole directory to another path of the tree; directories merge."""
    if not source or covers(source, target):
        whole = [entry for entry in shell.tree.below(source) if not covers(target, entry.path)]
    else:
        whole = list(shell.tree.below(source))
    top = shell.tree.get(source)
    target = target.strip("/")
    shell.tree.make_parents(target, shell.entry(target, "dir"))
    if top is None or top.kind == "dir":
        shell.make_directory(target)
    else:
        whole.insert(0, top)
    for entry in whole:
        tail = entry.path[len(source) :].lstrip("/")
        path = f"{target}/{tail}" if target and tail else target or tail
        if keeps_old and shell.tree.get(path) is not None and entry.kind != "dir":
            continue
        if entry.kind == "dir" and shell.tree.is_dir(path):
            continue
        shell.tree.put(msgspec.structs.replace(entry, path=path, layer=shell.scene.layer))
    prefix = f"{source}/" if source else ""
    for part in tuple(shell.tree.unknown):
        if part.path == source or (part.path.startswith(prefix) and part.path):
            shell.touch(join(target, part.path[len(prefix) :]), part.brings, part.reason)
