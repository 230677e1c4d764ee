"""A checkout -> its snapshot: the working tree and what git knows of it, or what a clean clone would hold."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from paritycheck.capture.checkout.carried import choose_carried
from paritycheck.capture.checkout.committed import read_commit
from paritycheck.capture.checkout.contents import disk_reader, lazy_contents
from paritycheck.capture.checkout.git import Git, Place, locate
from paritycheck.capture.checkout.gitfacts import ask_git, git_facts
from paritycheck.capture.checkout.worktree import printable, walk
from paritycheck.capture.parsing.reading import Parser, parse_all
from paritycheck.errors import SourceError
from paritycheck.model.environment import Environment
from paritycheck.model.snapshot import Origin, Snapshot


def checkout_snapshot(
    path: Path,
    environment: Environment,
    git: Git,
    *,
    committed: bool = False,
    tracked: bool = True,
    parse: Parser = parse_all,
) -> Snapshot:
    """Return the snapshot of the checkout that ``path`` lies in, rooted where ``locate(path, git)`` says.

    With ``committed`` it is what a clean clone of HEAD holds (see ``read_commit`` for the
    limits); without, the working tree, git or no git. Contents are read on demand, so the
    checkout has to stay as it is while the snapshot is in use. Raises SourceError if ``path`` is
    no readable directory, or with ``committed`` if git has no HEAD to show. Unless ``tracked`` or
    ``committed``, git is not asked about the files, and the snapshot has no ``git``.
    """
    place = locate(path, git)
    if committed:
        return _of_commit(path, place, environment, git, parse)
    return _of_disk(path, place, environment, git if tracked else None, parse)


def _of_disk(path: Path, place: Place, environment: Environment, git: Git | None, parse: Parser) -> Snapshot:
    with ThreadPoolExecutor(1) as beside:  # git looks through the working tree as well, on another core
        answers = beside.submit(ask_git, place, git) if git is not None else None
        worktree = walk(place.root)
        facts = git_facts(place, worktree, git, answers.result) if git and answers else None
    ignored = facts.ignored if facts is not None else {}
    tree = worktree.tree
    contents = lazy_contents(tree, disk_reader(worktree), lambda: choose_carried(tree, ignored), parse)
    return Snapshot(
        Origin("checkout", printable(str(path)), digest=facts.head if facts is not None else ""),
        tree,
        contents.sources.modules,
        contents.texts,
        contents.digests,
        environment,
        git=facts,
        unknown=worktree.unknown,
        data=contents.sources.data,
    )


def _of_commit(path: Path, place: Place, environment: Environment, git: Git, parse: Parser) -> Snapshot:
    if place.state != "repository":
        raise SourceError(
            f"{printable(str(path))}: no commit to read: {place.reason}",
            "run this in a git repository, or check the working tree",
        )
    commit = read_commit(place.root, git)
    contents = lazy_contents(commit.tree, commit.read, lambda: choose_carried(commit.tree), parse)
    return Snapshot(
        Origin("checkout", printable(str(path)), digest=commit.facts.head),
        commit.tree,
        contents.sources.modules,
        contents.texts,
        contents.digests,
        environment,
        git=commit.facts,
        data=contents.sources.data,
    )
