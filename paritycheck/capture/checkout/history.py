"""The history of one path: which commits touched it, which lost it, since when another file names it.

Every question is bounded by commits and by seconds: an audit tells what it can within them.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from paritycheck.capture.checkout.git import Git, GitError
from paritycheck.capture.checkout.worktree import printable
from paritycheck.model.history import Commit, PathHistory
from paritycheck.parse.logs.redaction import redact

SECONDS = 4.0  # for one question
TOUCHED = 5
SEARCHED = 400  # commits of the importer's file that are searched for the words
# No program that the repository configures may see a blob.
PLAIN = ("--no-textconv", "--no-ext-diff", "--no-show-signature", "--no-mailmap")
FORMAT = "--format=%H%x00%aI%x00%s%x1e"


def path_history(root: Path, path: str, git: Git, *, importer: str = "", words: str = "") -> PathHistory:
    """Return the history of ``path`` below ``root``; ``importer`` is a file that has ``words`` in it.

    Never raises: what git does not answer within its time is a remark.
    """
    quick = msgspec.structs.replace(git, seconds=SECONDS)
    remarks: list[str] = []

    def log(what: str, *arguments: str) -> tuple[Commit, ...]:
        try:
            return _commits(quick.ask(root, "log", *PLAIN, FORMAT, *arguments))
        except GitError as error:
            remarks.append(f"{what}: {error.message[:200]}")
            return ()

    literal = f":(literal,top){path}"
    in_head: bool | None = None
    try:
        in_head = bool(quick.ask(root, "ls-tree", "--name-only", "HEAD", "--", path))
    except GitError as error:
        remarks.append(f"whether HEAD has {path}: {error.message[:200]}")
    touched = log(f"the commits that touched {path}", f"-n{TOUCHED}", "--", literal)
    deleted: tuple[Commit, ...] = ()
    last: tuple[Commit, ...] = ()
    if in_head is False:
        deleted = log(f"the commit that removed {path}", "-n1", "--diff-filter=D", "--", literal)
        last = log(
            f"the last commit of any branch that has {path}",
            "--all",
            "-n1",
            "--diff-filter=AMR",
            "--",
            literal,
        )
    since: tuple[Commit, ...] = ()
    if importer and words:
        since = log(
            f"since when {importer} names it",
            f"-n{SEARCHED}",
            f"-S{words}",
            "--",
            f":(literal,top){importer}",
        )
    return PathHistory(
        path,
        in_head=in_head,
        touched=touched,
        last_there=last[0] if last else None,
        deleted=deleted[0] if deleted else None,
        importer=importer,
        since=since[-1] if since else None,
        remarks=tuple(remarks),
    )


def _commits(output: bytes) -> tuple[Commit, ...]:
    records = (record.strip("\n") for record in printable(output).split("\x1e"))
    fields = (record.split("\0") for record in records if record)
    return tuple(Commit(one[0], one[1], redact(one[2])[:200]) for one in fields if len(one) == 3)
