"""What a clean clone of HEAD would hold, read from git's objects without checking anything out."""

import subprocess
import weakref
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from paritycheck.capture.checkout.contents import CHUNK, Reader
from paritycheck.capture.checkout.git import Git
from paritycheck.capture.checkout.gitfacts import LFS_POINTER, LFS_SIZES
from paritycheck.capture.checkout.worktree import printable
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import GitFacts
from paritycheck.model.tree import FileEntry, FileTree

LONGEST_LINK = 4096  # Linux's limit for a link's text
# Names that git refuses to check out, though a tree object can be forged with them.
FORBIDDEN = frozenset(("", ".", "..", ".git"))
# git keeps no more of a mode than this.
MODES = {"040000": 0o755, "160000": 0o755, "100755": 0o755, "120000": 0o777}


class Blobs:
    """The objects of a repository, read through one ``git cat-file --batch`` that ends with this object."""

    def __init__(self, root: Path, git: Git) -> None:
        self._process = subprocess.Popen(
            git.command(root, "cat-file", "--batch"),
            env=git.environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        weakref.finalize(self, _end, self._process)

    def read(self, name: str) -> Iterator[bytes]:
        """Yield the content of the object ``name``, piece by piece; to be read to its end.

        Raises OSError if git cannot give it. There is no time limit.
        """
        asked, answer = self._pipes()
        asked.write(name.encode() + b"\n")
        asked.flush()
        header = answer.readline().split()
        if len(header) != 3:
            raise OSError(f"git does not have the object {name}")
        left = int(header[2])
        while left:
            piece = answer.read(min(left, CHUNK))
            if not piece:
                raise OSError("git cat-file ended early")
            left -= len(piece)
            yield piece
        answer.readline()

    def _pipes(self) -> tuple[IO[bytes], IO[bytes]]:
        if self._process.stdin is None or self._process.stdout is None:
            raise OSError("git cat-file has ended")
        return self._process.stdin, self._process.stdout


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()


class Commit(msgspec.Struct, frozen=True):
    """The tree of HEAD, what reads its files, and what git knows of it."""

    tree: FileTree
    read: Reader
    facts: GitFacts


def read_commit(root: Path, git: Git) -> Commit:
    """Read the commit HEAD of the repository at ``root``. Raises SourceError if there is none.

    Content is what git stores: line ends and content filters that a checkout would apply are not
    applied, files that LFS would fetch are pointers, submodules empty directories. Owners are 0.
    """
    head = printable(
        git.ask(root, "rev-parse", "--quiet", "--verify", "HEAD^{commit}", passing=(0, 1, 128))
    ).strip()
    if not head:
        raise SourceError(
            f"{printable(str(root))}: HEAD has no commit yet", "commit, or check the working tree"
        )
    listed = git.ask(root, "ls-tree", "-r", "-t", "-z", "--long", "--full-tree", head)
    blobs = Blobs(root, git)
    names: dict[str, str] = {}
    entries: list[FileEntry] = []
    submodules: list[str] = []
    for record in listed.split(b"\0")[:-1]:
        described, _, spelled = record.partition(b"\t")
        mode, kind, name, size = described.decode().split()
        path = printable(spelled)
        if not FORBIDDEN.isdisjoint(path.lower().split("/")):
            continue
        names[path] = name
        if kind == "commit":
            submodules.append(path)
        entries.append(_entry(path, mode, int(size) if size.isdigit() else 0, name, blobs))
    tree = FileTree(entries)

    def read(path: str) -> Iterator[bytes]:
        return blobs.read(names[path])

    facts = GitFacts(
        "repository",
        head=head,
        shallow=git.ask(root, "rev-parse", "--is-shallow-repository").strip() == b"true",
        tracked=frozenset(entry.path for entry in entries if entry.kind != "dir") | frozenset(submodules),
        submodules=tuple(submodules),
        lfs_pointers=tuple(entry.path for entry in entries if _is_lfs_pointer(entry, read)),
    )
    return Commit(tree, read, facts)


def _is_lfs_pointer(entry: FileEntry, read: Reader) -> bool:
    if entry.kind != "file" or entry.size not in LFS_SIZES:
        return False
    try:
        return b"".join(read(entry.path)).startswith(LFS_POINTER)
    except OSError:  # not fetched: whoever needs its content will say so
        return False


def _entry(path: str, mode: str, size: int, name: str, blobs: Blobs) -> FileEntry:
    bits = MODES.get(mode, 0o644)
    if mode in ("040000", "160000"):
        return FileEntry(path, "dir", 0, bits)
    if mode == "120000":
        try:
            target = b"".join(blobs.read(name)) if size < LONGEST_LINK else b""
        except OSError as error:
            raise SourceError(f"{path}: {error}", "fetch the whole commit first") from error
        return FileEntry(path, "link", 0, bits, target=printable(target))
    return FileEntry(path, "file", size, bits)
