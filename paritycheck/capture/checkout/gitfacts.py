"""What git knows about a working tree: tracked, changed, untracked, and ignored by which line."""

import os
from collections.abc import Callable, Iterable
from pathlib import Path

import msgspec

from paritycheck.capture.checkout.git import Git, GitError, Place, filters_off
from paritycheck.capture.checkout.worktree import Worktree, landmarks, printable
from paritycheck.model.location import Location
from paritycheck.model.snapshot import GitFacts
from paritycheck.model.tree import FileTree

LFS_POINTER = b"version https://git-lfs"
# The shortest pointer has 126 bytes; the specification of LFS allows less than 1024.
LFS_SIZES = range(126, 1024)

STATUS = (
    "status",
    "--porcelain=v1",
    "-z",
    "--untracked-files=all",
    "--ignored=matching",  # a directory that a rule names stands for what is below it
    "--no-renames",
    "--ignore-submodules=all",  # git would run in them, under their own configuration
)


class Answers(msgspec.Struct, frozen=True):
    """What git prints about a working tree, whatever is found in it."""

    status: bytes
    index: bytes
    head: bytes
    shallow: bytes


def ask_git(place: Place, git: Git) -> Answers | None:
    """Ask git about the whole working tree; ``None`` where there is no repository. Raises GitError."""
    if place.state != "repository":
        return None
    root = place.root
    return Answers(
        git.ask(root, *filters_off(root, git), *STATUS),
        git.ask(root, "ls-files", "-z", "--stage"),
        git.ask(root, "rev-parse", "--quiet", "--verify", "HEAD", passing=(0, 1)),
        git.ask(root, "rev-parse", "--is-shallow-repository"),
    )


def git_facts(place: Place, worktree: Worktree, git: Git, answers: Callable[[], Answers | None]) -> GitFacts:
    """Return what git says about ``worktree``; when it says nothing, the state and its reason.

    ``answers`` gives what ``ask_git`` says, which may have been asked meanwhile.

    Content filters are not run: a file that passes through one counts as modified as soon as its
    time stamp differs from the index. Files that initialised submodules track are tracked; what
    is untracked or ignored inside of them is not asked for.
    """
    repositories = landmarks(worktree.tree).repositories
    try:
        said = answers()
        if said is None:
            return GitFacts(place.state, place.reason, nested=repositories)
        return _read(said, place.root, worktree, repositories, git)
    except GitError as error:
        return GitFacts("refused", error.message, nested=repositories)


def _read(said: Answers, root: Path, worktree: Worktree, repositories: tuple[str, ...], git: Git) -> GitFacts:
    status = _read_status(said.status)
    index = _read_index(said.index)
    tracked = index.tracked
    initialised = index.submodules & set(repositories)
    if initialised:
        inside = git.ask(root, "ls-files", "-z", "--cached", "--recurse-submodules")
        tracked = tracked | {printable(path) for path in inside.split(b"\0") if path}
    listed = tracked | status.untracked
    return GitFacts(
        "repository",
        head=printable(said.head).strip(),
        shallow=said.shallow.strip() == b"true",
        tracked=frozenset(tracked),
        modified=frozenset(status.modified),
        deleted=frozenset(status.deleted),
        untracked=frozenset(status.untracked),
        ignored=_rules(root, status.ignored, git),
        submodules=tuple(sorted(index.submodules - initialised)),
        lfs_pointers=tuple(sorted(_lfs_pointers(worktree, tracked))),
        case_differs=case_differences(tracked, worktree.tree),
        nested=tuple(
            path
            for path in repositories
            # A .git that git does not accept makes no repository: git looks inside.
            if path not in index.submodules and not any(name.startswith(f"{path}/") for name in listed)
        ),
    )


class _Status(msgspec.Struct, frozen=True):
    modified: set[str]
    deleted: set[str]
    untracked: set[str]
    ignored: tuple[bytes, ...]  # as git spells them, to ask it again


def _read_status(output: bytes) -> _Status:
    """Read ``status --porcelain=v1 -z``: two letters (index and HEAD, disk and index), a blank, a path.

    ``modified`` is what HEAD does not hold as it lies here, staged or not, added included.
    """
    modified: set[str] = set()
    deleted: set[str] = set()
    untracked: set[str] = set()
    ignored: list[bytes] = []
    for record in output.split(b"\0")[:-1]:
        letters, path = record[:2], record[3:]
        if letters == b"!!":
            ignored.append(path.rstrip(b"/"))
        elif letters == b"??":
            if not path.endswith(b"/"):  # a directory, although all files were asked for: a repository
                untracked.add(printable(path))
        elif letters[1:] == b"D":
            deleted.add(printable(path))
        elif letters != b"D ":  # deleted on purpose: not tracked any more
            modified.add(printable(path))
    return _Status(modified, deleted, untracked, tuple(ignored))


class _Index(msgspec.Struct, frozen=True):
    tracked: set[str]
    submodules: set[str]


def _read_index(output: bytes) -> _Index:
    """Read ``ls-files --stage -z``: mode, object, stage, a tab, the path."""
    records = output.split(b"\0")[:-1]
    submodules = {printable(record.partition(b"\t")[2]) for record in records if record.startswith(b"160000")}
    return _Index({printable(record.partition(b"\t")[2]) for record in records}, submodules)


def _rules(root: Path, ignored: tuple[bytes, ...], git: Git) -> dict[str, Location]:
    """Ask for the rule that ignores each path; its file as git names it, outside the repository absolute."""
    if not ignored:
        return {}
    # "./", for git takes a path that begins with ":" as an instruction.
    given = b"".join(b"./" + path + b"\0" for path in ignored)
    output = git.ask(root, "check-ignore", "-z", "-v", "--stdin", given=given, passing=(0, 1))
    fields = [printable(field) for field in output.split(b"\0")[:-1]]
    one_by_one = iter(fields)
    rules = {
        path.removeprefix("./"): Location(source, int(line), pattern)
        for source, line, pattern, path in zip(*[one_by_one] * 4, strict=True)
    }
    # git has said that they are ignored; a rule it does not name is an empty location.
    return {path: rules.get(path, Location("")) for path in map(printable, ignored)}


def _lfs_pointers(worktree: Worktree, tracked: Iterable[str]) -> Iterable[str]:
    for path in tracked:
        entry = worktree.tree.get(path)
        if entry is None or entry.kind != "file" or entry.size not in LFS_SIZES:
            continue
        try:
            descriptor = os.open(worktree.on_disk(path), os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:  # unreadable, or gone: whoever needs its content will say so
            continue
        try:
            if os.read(descriptor, len(LFS_POINTER)) == LFS_POINTER:
                yield path
        finally:
            os.close(descriptor)


def case_differences(tracked: Iterable[str], tree: FileTree) -> dict[str, str]:
    """Map paths on disk to tracked paths that are not there but for their case."""
    tracked = set(tracked)
    missing = {path.casefold(): path for path in tracked if path not in tree}
    if not missing:
        return {}
    disk = ((path, missing.get(path.casefold())) for path in tree.paths() if path not in tracked)
    return {path: name for path, name in disk if name is not None}
