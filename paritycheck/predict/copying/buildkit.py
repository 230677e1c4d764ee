"""COPY and ADD as BuildKit does them: match after match, each time looking at what is there by then.

Sources: moby/buildkit frontend/dockerfile/dockerfile2llb/convert_copy.go ``dispatchCopy``,
solver/llbsolver/file/backend.go ``docopy``, cache/contenthash/checksum.go (missing sources),
tonistiigi/fsutil copy/copy.go.
"""

from __future__ import annotations

import posixpath

import msgspec

from paritycheck.model.engine import BUILDKIT, Engine
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.build.gopattern import clean
from paritycheck.predict.context.ignoring import IgnoreMatcher, matcher_for
from paritycheck.predict.copying.globbing import clean_source, has_wildcard, match_whole_paths, split_wildcard
from paritycheck.predict.copying.landing import (
    Task,
    directory_entry,
    ensure_directory,
    is_directory,
    land_unknown,
    merge_layer,
    put_entry,
    single_file,
    spread_doubt,
)
from paritycheck.predict.copying.ownership import (
    Owner,
    apply_symbolic_mode,
    buildkit_owner,
    is_symbolic_mode,
    octal_mode,
)
from paritycheck.predict.copying.remote import download_name, is_git, is_http
from paritycheck.predict.copying.request import CopyRecord, CopyRequest, Landing
from paritycheck.predict.copying.stagetree import StageTree
from paritycheck.predict.copying.unpacking import extract_archive, load_archive
from paritycheck.predict.copying.walking import walk_selected

CHMOD_OF_PARENTS = (0, 21)  # the version since when an octal --chmod takes new parents, too
CHOWN_OF_MEMBERS = (0, 23)  # the version since when --chown takes what an archive holds, too
SYMBOLIC_CHMOD = (0, 17)
CHMOD_OF_SPECIAL_BITS = (0, 13)
SPARSE_TRANSFER = (0, 10)  # the version since when directories without a match stay with the client
TRAILING_DOT = (0, 12)  # the version since when `/.` at the end makes a directory of the destination


class _Manner(msgspec.Struct, frozen=True):
    """How one instruction writes: owner and mode asked for, what is left out, what is kept of the path."""

    owner: Owner | None
    mode: int | None
    symbolic: str
    destination: str
    exclude: IgnoreMatcher | None
    include: IgnoreMatcher | None = None
    keep_special: bool = False  # an octal --chmod leaves setuid, setgid and sticky as they are

    def dress(self, entry: FileEntry, layer: int) -> FileEntry:
        owner = self.owner or Owner(entry.uid, entry.gid)
        mode = entry.mode
        if entry.kind != "link":
            if self.mode is not None:
                mode = mode & 0o7000 | self.mode & 0o777 if self.keep_special else self.mode
            mode = apply_symbolic_mode(self.symbolic, mode, entry.kind == "dir") if self.symbolic else mode
        return msgspec.structs.replace(entry, uid=owner.uid, gid=owner.gid, mode=mode, layer=layer)


def copy_buildkit(task: Task) -> CopyRecord:
    """Carry out the task; raises :class:`~paritycheck.errors.BuildRefused` where BuildKit fails."""
    request = task.request
    if request.link and not request.chmod:
        # The copy is a layer of its own, made on nothing and put on top.
        upper = StageTree(FileTree(), read=task.stage.read)
        record = _copy_all(msgspec.structs.replace(task, stage=upper))
        merge_layer(task.stage, upper)
        return record
    return _copy_all(task)


def _copy_all(task: Task) -> CopyRecord:
    request = task.request
    mode, symbolic = _parse_chmod(request, task.engine)
    manner = _Manner(
        owner=buildkit_owner(task.stage, request),
        mode=mode,
        symbolic=symbolic,
        destination=_normalise(request, task.engine),
        keep_special=task.engine.version < CHMOD_OF_SPECIAL_BITS,
        exclude=matcher_for(request.exclude, BUILDKIT) if request.exclude else None,
    )
    for source in request.sources:
        if is_git(source) or is_http(source):
            _add_remote(task, source, manner)
        elif request.parents:
            _copy_with_parents(task, source, manner)
        else:
            _copy_source(task, source, clean_source(source), manner)
    for name, content in request.heredocs:
        cargo = single_file(posixpath.basename(name), content, 0o644, task.stage)
        inner = msgspec.structs.replace(task, cargo=cargo)
        _copy_match(inner, f"<<{name}", posixpath.basename(name), posixpath.basename(name), manner)
    return task.record()


def _parse_chmod(request: CopyRequest, engine: Engine) -> tuple[int | None, str]:
    if not request.chmod:
        return None, ""
    mode = octal_mode(request.chmod)
    if mode is not None and mode <= 0o7777:
        return mode, ""
    symbolic = is_symbolic_mode(request.chmod) and engine.version >= SYMBOLIC_CHMOD
    if mode is not None or not symbolic:
        raise request.refusal(
            f"invalid chmod parameter: '{request.chmod}'. it should be octal string and between 0 and 07777"
        )
    return None, request.chmod


def _normalise(request: CopyRequest, engine: Engine) -> str:
    """Make the destination absolute and clean; a trailing ``/`` or ``/.`` keeps its meaning."""
    written = "./" if request.destination in ("", ".") else request.destination
    cleaned = clean(posixpath.join("/", request.workdir, written)).rstrip("/")
    ending = "/" if written.endswith("/") else ""
    if written.endswith("/.") and engine.version >= TRAILING_DOT:
        ending = "/."
    return cleaned + ending or "/"


def _copy_source(task: Task, pattern: str, source: str, manner: _Manner) -> None:
    """Copy what one local source names; ``source`` is clean and relative to the root."""
    matches = _resolve_source(task, source)
    if not matches:
        task.unmatched.append(pattern)
    for match in matches:
        place = task.cargo.tree.locate(match)
        if place.certainty == "unknown":
            target = task.stage.locate(manner.destination).path
            land_unknown(task, target, f"nobody knows what /{match} is there", match)
        elif place.certainty == "absent" or place.loop:
            raise task.request.missing(f'"/{match}": not found', "add the file, or take the source out")
        else:
            _copy_match(task, pattern, match, place.path, manner)


def _resolve_source(task: Task, source: str) -> list[str]:
    start, pattern = split_wildcard("/" + source)
    if not pattern:
        return [source]
    tree = task.cargo.tree
    place = tree.locate(start)
    if place.certainty == "unknown":
        return [start.strip("/")]
    if place.certainty == "absent" or not _was_transferred(task, place.path):
        raise task.request.missing(f"lstat {start}: no such file or directory")
    return list(match_whole_paths(tree, place.path, pattern, descend=False))


def _was_transferred(task: Task, directory: str) -> bool:
    """Tell whether BuildKit sends ``directory`` at all: a source of the build must need it or a part."""
    if not directory or task.origin.transferred is None or task.engine.version < SPARSE_TRANSFER:
        return True
    tree = task.cargo.tree
    for source in task.origin.transferred:
        wanted = clean_source(source)
        start, pattern = split_wildcard("/" + wanted)
        real = tree.locate(start)
        if real.certainty != "present":
            continue
        hits = match_whole_paths(tree, real.path, pattern, descend=False) if pattern else [real.path]
        for hit in hits:
            followed = tree.locate(hit).path
            if any(_contains(path, directory) or _contains(directory, path) for path in (hit, followed)):
                return True
    return False


def _contains(directory: str, path: str) -> bool:
    return not directory or path == directory or path.startswith(directory + "/")


def _copy_match(task: Task, pattern: str, match: str, real: str, manner: _Manner) -> None:
    """Copy one match; ``match`` gives the name, ``real`` is what it leads to."""
    stage, request, tree = task.stage, task.request, task.cargo.tree
    entry = tree.get(real)
    is_dir = tree.is_dir(real)
    unpack = request.unpack if request.unpack is not None else request.keyword == "ADD"
    archive = load_archive(task, real) if unpack and entry is not None and entry.kind == "file" else None
    model = directory_entry(task, 0o755, manner.owner)
    if archive is not None:
        root = stage.locate(manner.destination).path
        _ensure(task, root, model)
        owner = manner.owner if task.engine.version >= CHOWN_OF_MEMBERS else None
        extract_archive(task, archive, root, directory_entry(task, 0o755, owner), owner)
        task.landings.append(Landing(pattern, real, root))
        return
    if manner.mode is not None and task.engine.version >= CHMOD_OF_PARENTS:
        model = msgspec.structs.replace(model, mode=manner.mode & 0o777)
    head, tail = posixpath.split(manner.destination)
    _ensure(task, stage.locate(manner.destination if tail in ("", ".") else head).path, model)
    target = stage.locate(clean(manner.destination)).path
    if is_dir:
        if stage.get(target) is None and not stage.is_dir(target):
            _ensure(task, target, model)
    elif is_directory(task, target):
        target = posixpath.join(target, posixpath.basename(match)).lstrip("/")
    _ensure(task, posixpath.dirname(target), model)
    if is_dir:
        _merge_directory(task, real, target, manner)
        spread_doubt(task, real, target)
    elif entry is not None:
        _put(task, manner.dress(task.cargo.carry(entry), request.layer), target)
    task.landings.append(Landing(pattern, real, target))


def _ensure(task: Task, path: str, model: FileEntry) -> None:
    obstacle = ensure_directory(task.stage, path, model)
    if obstacle is not None:
        raise task.request.refusal(f"mkdir /{obstacle}: not a directory")


def _merge_directory(task: Task, source: str, target: str, manner: _Manner) -> None:
    if not task.stage.is_dir(target):
        raise task.request.refusal(f"cannot copy to non-directory: /{target}")
    for entry, below in walk_selected(task.cargo.tree, source, manner.include, manner.exclude):
        dressed = manner.dress(task.cargo.carry(entry), task.request.layer)
        _put(task, dressed, f"{target}/{below}" if target else below)


def _put(task: Task, entry: FileEntry, path: str) -> None:
    there_is_dir = task.stage.is_dir(path)
    if entry.kind == "dir":
        if not there_is_dir and task.stage.get(path) is not None:
            raise task.request.refusal(f"cannot copy to non-directory: /{path}")
    elif there_is_dir:
        raise task.request.refusal(f"cannot replace to directory /{path} with file")
    put_entry(task, msgspec.structs.replace(entry, path=path))


def _copy_with_parents(task: Task, written: str, manner: _Manner) -> None:
    """Copy with the path after ``/./``, or the whole path, kept below the destination."""
    head, pivot, tail = written.partition("/./")
    head, tail = (head, tail) if pivot else ("/", written)
    pattern = clean_source(tail)
    start = clean_source(head)
    if not has_wildcard(head) and not has_wildcard(pattern):
        required = clean_source(f"{start}/{pattern}")
        place = task.cargo.tree.locate(required, follow_last=False)
        if place.certainty == "absent":
            raise task.request.missing(f'"/{required}": not found')
    include = matcher_for([pattern], BUILDKIT)
    _copy_source(task, written, start, msgspec.structs.replace(manner, include=include))


def _add_remote(task: Task, source: str, manner: _Manner) -> None:
    if task.request.keyword == "COPY":
        kind = "git ref" if is_git(source) else "URL"
        raise task.request.refusal(f"source can't be a {kind} for COPY")
    if is_git(source):
        root = task.stage.locate(manner.destination).path
        land_unknown(task, root, f"the content of {source} is not known")
        return
    name = download_name(source) or "__unnamed__"
    if task.request.unpack:
        land_unknown(
            task, task.stage.locate(manner.destination).path, f"the content of {source} is not known"
        )
        return
    inner = msgspec.structs.replace(task, cargo=single_file(name, None, 0o600, task.stage))
    _copy_match(inner, source, name, name, manner)
