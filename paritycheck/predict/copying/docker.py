"""COPY and ADD as the classic builder of dockerd does them: all sources first, then a tar of each.

Sources: moby/moby builder/dockerfile/copy.go ``getCopyInfosForSourcePaths`` and
``performCopyForInfo``, internals.go ``performCopy``, copy_unix.go ``fixPermissions``;
moby/go-archive ``CopyWithTar`` and ``Unpack``.
"""

from __future__ import annotations

import posixpath

import msgspec

from paritycheck.model.tree import FileEntry
from paritycheck.parse.build.gopattern import clean
from paritycheck.predict.copying.globbing import has_wildcard, match_whole_paths
from paritycheck.predict.copying.landing import (
    Cargo,
    Task,
    directory_entry,
    ensure_directory,
    is_directory,
    land_unknown,
    put_entry,
    single_file,
    spread_doubt,
)
from paritycheck.predict.copying.ownership import Owner, docker_owner
from paritycheck.predict.copying.remote import download_name, is_http
from paritycheck.predict.copying.request import CopyRecord, Landing
from paritycheck.predict.copying.unpacking import extract_archive, load_archive

_NEEDS_BUILDKIT = (
    "the --chmod option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ to learn how to "
    "build images with BuildKit enabled"
)
_ROOT_IN_USE = "Error processing tar file(exit status 1): unlinkat //merged: device or resource busy"
_MISSING = "file not found in build context or excluded by .dockerignore: "


class _Source(msgspec.Struct, frozen=True):
    """One thing to copy: the word it came from, its path as named, and what that leads to."""

    word: str
    path: str
    real: str
    cargo: Cargo
    known: bool = True
    remote: bool = False


class _Manner(msgspec.Struct, frozen=True):
    destination: str
    owner: Owner
    keep_owner: bool


def copy_docker(task: Task) -> CopyRecord:
    """Carry out the task; raises :class:`~paritycheck.errors.BuildRefused` where dockerd fails."""
    request = task.request
    if request.chmod:
        raise request.refusal(_NEEDS_BUILDKIT)
    sources = [found for word in request.sources for found in _find_sources(task, word)]
    if not sources:
        raise request.missing(f"{request.keyword} failed: no source files were specified")
    if len(sources) > 1 and not request.destination.endswith("/"):
        raise request.refusal(
            f"When using {request.keyword} with more than one source file, the destination must be a "
            "directory and end with a /"
        )
    owner = docker_owner(task.stage, request)
    manner = _Manner(
        destination=_normalise(request.workdir, request.destination),
        owner=owner or Owner(),
        keep_owner=owner is None and task.origin.kind in ("stage", "image"),
    )
    for source in sources:
        _copy_source(msgspec.structs.replace(task, cargo=source.cargo), source, manner)
    return task.record()


def _normalise(workdir: str, written: str) -> str:
    """Make the destination absolute; only a trailing ``/`` keeps its meaning."""
    if written.startswith("/"):
        return written
    joined = clean(posixpath.join("/", workdir, written))
    return joined + "/" if written.endswith("/") else joined


def _find_sources(task: Task, word: str) -> list[_Source]:
    request, tree = task.request, task.cargo.tree
    if is_http(word):
        return [_download(task, word)]
    path = word.removeprefix("/").removeprefix("./")
    if not has_wildcard(path):
        return [_stat_source(task, word, path)]
    found = list(match_whole_paths(tree, "", path, descend=True))
    if not found:
        if tree.doubt(posixpath.dirname(path)) is not None:
            return [_Source(word, path, posixpath.dirname(path), task.cargo, known=False)]
        task.unmatched.append(word)
    if clean(path).startswith(".."):
        raise request.refusal(
            f"{request.keyword} failed: forbidden path outside the build context: {word} ()"
        )
    return [_stat_source(task, word, path) for path in found]


def _stat_source(task: Task, word: str, path: str) -> _Source:
    request = task.request
    if clean(path).startswith("../") or clean(path) == "..":
        raise request.refusal(
            f"{request.keyword} failed: forbidden path outside the build context: {word} ()"
        )
    place = task.cargo.tree.locate(path)
    if place.certainty == "absent" or place.loop:
        missing = _MISSING if task.origin.kind in ("context", "named") else ""
        raise request.missing(f"{request.keyword} failed: {missing}stat {path}: file does not exist")
    return _Source(word, path, place.path, task.cargo, known=place.certainty == "present")


def _download(task: Task, address: str) -> _Source:
    request = task.request
    if request.keyword == "COPY":
        raise request.refusal("COPY failed: source can't be a URL for COPY")
    name = download_name(address) if not address.endswith("/") else ""
    if not name and request.destination.endswith("/"):
        raise request.refusal(f"ADD failed: cannot determine filename for source {address}")
    name = name or "__unnamed__"
    return _Source(address, name, name, single_file(name, None, 0o600, task.stage), remote=True)


def _copy_source(task: Task, source: _Source, manner: _Manner) -> None:
    stage, tree = task.stage, task.cargo.tree
    target = stage.locate(manner.destination).path
    if not source.known:
        land_unknown(task, target, f"nobody knows what /{source.path} is there", source.path)
        return
    if tree.is_dir(source.real):
        _copy_directory(task, source.real, target, manner)
        task.landings.append(Landing(source.word, source.real, target))
        return
    archive = load_archive(task, source.real) if task.request.keyword == "ADD" and not source.remote else None
    if archive is not None:
        model = directory_entry(task)
        _ensure(task, target, model, "Error processing tar file(exit status 1): ")
        extract_archive(task, archive, target, model, None)
        task.landings.append(Landing(source.word, source.real, target))
        return
    if manner.destination.endswith("/") or is_directory(task, target):
        # The last component as written: `.` after a file's name is the destination itself.
        target = clean(posixpath.join("/", target, posixpath.basename(source.path.rstrip("/")))).lstrip("/")
    if not target:
        raise task.request.refusal(f"failed to copy files: failed to copy file: {_ROOT_IN_USE}")
    owner = Owner() if manner.keep_owner else manner.owner
    _ensure(
        task,
        posixpath.dirname(target),
        directory_entry(task, 0o755, owner),
        "failed to create new directory: ",
    )
    entry = tree.get(source.real)
    if entry is not None:
        _put(task, entry, target, manner)
    task.landings.append(Landing(source.word, source.real, target))


def _copy_directory(task: Task, source: str, target: str, manner: _Manner) -> None:
    existed = task.stage.is_dir(target)
    _ensure(task, target, directory_entry(task), "failed to copy directory: ")
    top = task.stage.get(target)
    if not existed and not manner.keep_owner and top is not None:
        # Only the directory itself gets the owner that was asked for, not the parents made with it.
        task.stage.put(msgspec.structs.replace(top, uid=manner.owner.uid, gid=manner.owner.gid))
    cut = len(source) + 1 if source else 0
    for entry in task.cargo.tree.below(source):
        below = entry.path[cut:]
        _put(task, entry, f"{target}/{below}" if target else below, manner)
    spread_doubt(task, source, target)


def _ensure(task: Task, path: str, model: FileEntry, prefix: str) -> None:
    obstacle = ensure_directory(task.stage, path, model)
    if obstacle is not None:
        raise task.request.refusal(f"failed to copy files: {prefix}mkdir /{path}: not a directory")


def _put(task: Task, entry: FileEntry, path: str, manner: _Manner) -> None:
    entry = task.cargo.carry(entry)
    owner = Owner(entry.uid, entry.gid) if manner.keep_owner else manner.owner
    mode = entry.mode
    if not manner.keep_owner and entry.kind == "file":
        # chown(2) takes these bits away, and it comes last.
        mode &= ~0o4000 if not mode & 0o010 else ~0o6000
    put_entry(
        task,
        msgspec.structs.replace(
            entry, path=path, uid=owner.uid, gid=owner.gid, mode=mode, layer=task.request.layer
        ),
    )
