"""Which integrations fit a repository, which files they are, and what to add where a file is there."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable
from enum import StrEnum

import msgspec

from paritycheck.integrations.builds import Build, own_files
from paritycheck.integrations.templates import fill, read_template
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import join

CHECK_SCRIPT = "paritycheck_imports.py"
_MAKEFILES = ("GNUmakefile", "makefile", "Makefile")


class Kind(StrEnum):
    """What can be set up."""

    GITHUB = "github"
    GITLAB = "gitlab"
    PRE_COMMIT = "pre-commit"
    CONTAINER = "container"
    MAKE = "make"


class Target(msgspec.Struct, frozen=True):
    """What the files are written for: ``version`` of this tool, the ``builds`` of the repository.

    ``name`` is what the image is called in recipes, ``roots`` the modules or scripts that the first build's
    container starts (empty: not known), ``paths`` the directories that its interpreter searches first.
    ``configured`` is whether the configuration names the images: then one check without words is for all.
    """

    version: str
    name: str
    builds: tuple[Build, ...]
    roots: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    configured: bool = False

    @property
    def checks(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The checks to run: a name and the words of each."""
        named = tuple((f"paritycheck {build.file}", build.words) for build in self.builds)
        return (("paritycheck", ()),) if self.configured else named


class Proposal(msgspec.Struct, frozen=True):
    """A file to be written, and its text; or (``by_hand``) what a person is to add to it, and why."""

    path: str
    text: str
    by_hand: bool = False
    why: str = ""


def find_kinds(local: Snapshot) -> tuple[Kind, ...]:
    """Return what fits by the look of the repository: what it uses already, nothing that it does not."""
    files = own_files(local)
    fits = {
        Kind.GITHUB: any(path.startswith(".github/") for path in files),
        Kind.GITLAB: ".gitlab-ci.yml" in files,
        Kind.PRE_COMMIT: ".pre-commit-config.yaml" in files,
        Kind.MAKE: any(name in files for name in _MAKEFILES),
    }
    return tuple(kind for kind, does in fits.items() if does)


def propose(kinds: Iterable[Kind], target: Target, local: Snapshot) -> tuple[Proposal, ...]:
    """Return the files of these kinds; one that is there already is never replaced."""
    return tuple(
        _unless_there(proposal, local)
        for kind in dict.fromkeys(kinds)
        for proposal in _PROPOSALS[kind](target, local)
    )


def _unless_there(proposal: Proposal, local: Snapshot) -> Proposal:
    if proposal.by_hand or proposal.path not in local.tree:
        return proposal
    why = "it is there already; this would be its content"
    return msgspec.structs.replace(proposal, by_hand=True, why=why)


def _github(target: Target, _local: Snapshot) -> tuple[Proposal, ...]:
    text = fill(read_template("github.yml"), version=target.version, builds=_listed(target))
    return (Proposal(".github/workflows/paritycheck.yml", text),)


def _gitlab(target: Target, local: Snapshot) -> tuple[Proposal, ...]:
    text = fill(read_template("gitlab.yml"), version=target.version, builds=_listed(target))
    own = Proposal(".gitlab/paritycheck.gitlab-ci.yml", text)
    include = f"include:\n  - local: {own.path}\n"
    return own, _extend(".gitlab-ci.yml", include, local, "the pipeline includes the job by this")


def _pre_commit(target: Target, local: Snapshot) -> tuple[Proposal, ...]:
    hooks = "\n".join(
        fill(
            read_template("pre-commit-hook.yaml").rstrip("\n"),
            version=target.version,
            name=_quoted(name),
            words="".join(f"{_quoted(word)}, " for word in words),
        )
        for name, words in target.checks
    )
    block = f"  - repo: local\n    hooks:\n{hooks}\n"
    path = ".pre-commit-config.yaml"
    if path in local.tree:
        return (Proposal(path, block, by_hand=True, why="add it to its `repos:`"),)
    return (Proposal(path, f"repos:\n{block}"),)


def _container(target: Target, _local: Snapshot) -> tuple[Proposal, ...]:
    script = Proposal(join(target.builds[0].context, CHECK_SCRIPT), read_template(CHECK_SCRIPT))
    started = [*(word for path in target.paths for word in ("--path", path)), *(target.roots or ("MODULE",))]
    stage = fill(read_template("stage.Containerfile"), script=CHECK_SCRIPT, words=" ".join(started))
    why = "add it at the end of the stage that ships"
    if not target.roots:
        why += "; what the container starts could not be told: put its module in the place of MODULE"
    return script, Proposal(target.builds[0].file, stage, by_hand=True, why=why)


def _make(target: Target, local: Snapshot) -> tuple[Proposal, ...]:
    build = target.builds[0].command_line.replace("$", "$$")
    own = Proposal("paritycheck.mk", fill(read_template("paritycheck.mk"), name=target.name, build=build))
    there = next((name for name in _MAKEFILES if name in local.tree), "Makefile")
    return own, _extend(there, f"include {own.path}\n", local, "make reads the recipe by this")


def _extend(path: str, text: str, local: Snapshot, why: str) -> Proposal:
    """Return the file of its own, or, if there is one, what to add to it."""
    return Proposal(
        path, text, by_hand=path in local.tree, why=f"add it: {why}" if path in local.tree else ""
    )


def _listed(target: Target) -> str:
    """Return the items of a YAML list, as deep as the templates have them: each check as a shell reads it."""
    return "\n".join(f"          - {_quoted(shlex.join(words))}" for _, words in target.checks)


def _quoted(word: str) -> str:
    """Return a YAML scalar, single-quoted."""
    doubled = word.replace("'", "''")
    return f"'{doubled}'"


_PROPOSALS: dict[Kind, Callable[[Target, Snapshot], tuple[Proposal, ...]]] = {
    Kind.GITHUB: _github,
    Kind.GITLAB: _gitlab,
    Kind.PRE_COMMIT: _pre_commit,
    Kind.CONTAINER: _container,
    Kind.MAKE: _make,
}
