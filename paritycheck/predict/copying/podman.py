"""COPY and ADD as Buildah does them: what the destination is gets settled once, before anything is copied.

Sources: containers/buildah imagebuildah/stage_executor.go ``performCopy``, add.go ``Add``,
copier/copier.go ``copierHandlerPut``; openshift/imagebuilder internals.go ``makeAbsolute``.
"""

from __future__ import annotations

import posixpath

import msgspec

from paritycheck.model.engine import Engine
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.gopattern import clean
from paritycheck.predict.copying.landing import (
    Task,
    directory_entry,
    ensure_directory,
    is_directory,
    land_unknown,
    merge_layer,
    put_entry,
    spread_doubt,
)
from paritycheck.predict.copying.ownership import Owner, octal_mode, podman_owner
from paritycheck.predict.copying.podmansources import (
    Match,
    Source,
    find_sources,
    heredoc_source,
    join_path,
    read_items,
    refuse_copy_of_remote,
)
from paritycheck.predict.copying.remote import is_git_over_http, is_http
from paritycheck.predict.copying.request import CopyRecord, CopyRequest, Landing
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.copying.unpacking import extract_archive, load_archive

TRAILING_DOT = (1, 42)  # the version since when `/.` at the end makes a directory of the destination


class _Aim(msgspec.Struct, frozen=True):
    """Where everything goes: a directory, and the name that the one file gets there (``""``: its own)."""

    directory: str
    rename: str
    makes_directory: bool


class _Manner(msgspec.Struct, frozen=True):
    owner: Owner
    keep_owner: bool
    mode: int | None
    strip: bool


def copy_podman(task: Task) -> CopyRecord:
    """Carry out the task; raises :class:`~paritycheck.errors.BuildRefused` where Buildah fails."""
    request = task.request
    if request.keep_git_dir:
        raise request.refusal(f"{request.keyword} --keep-git-dir is not supported")
    mode = octal_mode(request.chmod) if request.chmod else None
    if request.chmod and mode is None:
        raise request.refusal(f"Error parsing chmod {request.chmod}")
    if request.heredocs:
        _copy_group(task, [heredoc_source(task, name, content) for name, content in request.heredocs], mode)
    plain = [word for word in request.sources if not (is_http(word) and is_git_over_http(word))]
    if plain:
        _copy_group(task, find_sources(task, plain), mode)
    for word in request.sources:
        if word not in plain:
            refuse_copy_of_remote(request)
            land_unknown(
                task, task.stage.locate(_absolute(request)).path, f"the content of {word} is not known"
            )
    return task.record()


def _absolute(request: CopyRequest) -> str:
    """Make the destination absolute as imagebuilder does; only relative ones are cleaned."""
    written, workdir = request.destination, request.workdir
    if written == ".":
        return workdir if _has_slash(workdir) else workdir + "/"
    if written.startswith("/"):
        return written
    joined = clean(posixpath.join("/", workdir, written))
    return joined.rstrip("/") + "/" if _has_slash(written) else joined


def _has_slash(path: str) -> bool:
    return path.endswith(("/", "/."))


def _copy_group(task: Task, sources: list[Source], mode: int | None) -> None:
    request = task.request
    owner = podman_owner(task.stage, request)
    from_context = task.origin.kind == "context" or sources[0].fresh
    manner = _Manner(
        owner=owner or Owner(),
        keep_owner=owner is None and not from_context,
        mode=mode,
        strip=from_context,
    )
    aim = _settle_destination(task, sources)
    if not request.link:
        _copy_sources(task, sources, aim, manner)
        return
    # The copy is a layer of its own, put on top without a look at the links below.
    upper = StageTree(FileTree())
    plain = clean(_absolute(request)).lstrip("/")
    written = msgspec.structs.replace(aim, directory=posixpath.dirname(plain) if aim.rename else plain)
    _copy_sources(msgspec.structs.replace(task, stage=upper), sources, written, manner)
    merge_layer(task.stage, upper)


def _settle_destination(task: Task, sources: list[Source]) -> _Aim:
    request, stage = task.request, task.stage
    written = _absolute(request)
    must_be_directory = len(sources) > 1 or _names_directory(written, request.workdir, task.engine)
    can_be_file = False
    if len(sources) == 1 and sources[0].matches:
        first = sources[0].matches[0]
        tree = sources[0].cargo.tree
        if first.found and tree.is_dir(first.real):
            must_be_directory = True
        elif first.found and tree.find(first.real) is not None:
            can_be_file = True
            must_be_directory = must_be_directory or _is_archive(task, sources[0], first.real)
    place = stage.locate(written)
    itself = stage.locate(written.rstrip("/") if clean(written) != "/" else "/", follow_last=False)
    entry = stage.get(place.path) if place.certainty == "present" else None
    if entry is not None and entry.kind == "file":
        if must_be_directory:
            raise request.refusal(f"destination {written} already exists but is not a directory")
        return _aim_at_file(stage, written)
    exists = itself.certainty == "present" or is_directory(task, place.path)
    if not exists and not must_be_directory and can_be_file:
        return _aim_at_file(stage, written)
    return _Aim(place.path, "", must_be_directory and not can_be_file)


def _names_directory(written: str, workdir: str, engine: Engine) -> bool:
    """Tell whether a destination has to be a directory whatever is copied and whatever is there."""
    if engine.version < TRAILING_DOT:
        return written.endswith("/") or written == workdir
    return _has_slash(written) or not written or clean(written) == clean(workdir)


def _aim_at_file(stage: StageTree, written: str) -> _Aim:
    folder, name = posixpath.split(clean(written))
    return _Aim(stage.locate(folder).path, name, makes_directory=False)


def _is_archive(task: Task, source: Source, real: str) -> bool:
    if task.request.keyword != "ADD" or source.fresh:
        return False
    return load_archive(msgspec.structs.replace(task, cargo=source.cargo), real) is not None


def _copy_sources(task: Task, sources: list[Source], aim: _Aim, manner: _Manner) -> None:
    model = directory_entry(task, 0o755, manner.owner)
    obstacle = ensure_directory(task.stage, aim.directory, model)
    if obstacle is not None:
        raise task.request.refusal(
            f'copier: mkdir: error checking directory "/{aim.directory}": mkdir /{obstacle}: not a directory'
        )
    for source in sources:
        if not source.matches:
            continue
        inner = msgspec.structs.replace(task, cargo=source.cargo)
        copied = sum(_copy_match(inner, source, match, aim, manner) for match in source.matches)
        if not copied:
            raise task.request.missing(
                f'no items matching glob "{source.word}" copied ({len(source.matches)} filtered out): '
                "no such file or directory"
            )


def _copy_match(task: Task, source: Source, match: Match, aim: _Aim, manner: _Manner) -> int:
    """Copy one match and return how many items Buildah counts for it."""
    request, tree, chosen = task.request, task.cargo.tree, source.filter
    if match.unknown:
        target = join_path(aim.directory, aim.rename)
        land_unknown(task, target, f"nobody knows what /{match.path} is there", match.path)
        return 1
    counted = 0
    if not match.path:
        counted = 1
    elif chosen is not None and chosen.matches(match.path):
        is_dir = match.found and tree.is_dir(match.real)
        if not is_dir or not chosen.matcher.includes_directory_anyway(match.path):
            return 0
    elif aim.makes_directory:
        counted = 1
    if not match.found:
        raise request.missing(
            f'reading "{source.word}": copier: get: lstat "/{match.real}": no such file or directory'
        )
    items = [(entry, aim.rename or below) for entry, below in read_items(task, source, match)]
    if aim.rename and len(items) > 1:
        raise request.refusal(f"internal error: renamed {len(items)} items when we expected to only rename 1")
    landed = aim.directory if not items or tree.is_dir(match.real) else join_path(aim.directory, items[0][1])
    for entry, below in items:
        _put(task, entry, join_path(aim.directory, below), aim.directory, manner)
    if tree.is_dir(match.real):
        spread_doubt(task, match.real, aim.directory)
    elif request.keyword == "ADD" and not source.fresh and not items:
        counted += _extract(task, match, aim, manner)
    task.landings.append(Landing(source.word, match.real, landed))
    return counted + len(items)


def _extract(task: Task, match: Match, aim: _Aim, manner: _Manner) -> int:
    archive = load_archive(task, match.real)
    if archive is None:
        return 0
    if aim.rename:
        raise task.request.refusal("internal error: renamed items when we expected to only rename 1")
    extract_archive(task, archive, aim.directory, directory_entry(task, 0o755, manner.owner), None)
    return 1


def _put(task: Task, entry: FileEntry, path: str, top: str, manner: _Manner) -> None:
    entry = task.cargo.carry(entry)
    owner = Owner(entry.uid, entry.gid) if manner.keep_owner else manner.owner
    mode = entry.mode & ~0o6000 if manner.strip and entry.kind != "link" else entry.mode
    if manner.mode is not None and entry.kind != "link":
        mode = manner.mode & 0o7777
    folder = posixpath.dirname(path)
    if folder != top and not task.stage.is_dir(folder):
        # The parents of what `!` lets in again were not copied themselves.
        obstacle = ensure_directory(task.stage, folder, directory_entry(task, 0o755, manner.owner))
        if obstacle is not None:
            raise task.request.refusal(f'copier: put: error checking directory "/{folder}": not a directory')
    if entry.kind == "dir" and not task.stage.is_dir(path):
        task.stage.remove(path)
    put_entry(
        task,
        msgspec.structs.replace(
            entry, path=path, uid=owner.uid, gid=owner.gid, mode=mode, layer=task.request.layer
        ),
    )
