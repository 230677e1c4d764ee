"""The command that sets the check up in a repository: init."""

# Annotations stay real objects here: typer reads them.
import contextlib
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from paritycheck import __version__
from paritycheck.capture.bases import plan_with_bases
from paritycheck.capture.sides import Machine, open_local
from paritycheck.check import gather_facts
from paritycheck.cli.options import read_machine
from paritycheck.cli.terminal import announced, write
from paritycheck.config import Config
from paritycheck.errors import ParityError, UsageError
from paritycheck.integrations import (
    Build,
    Kind,
    Proposal,
    Target,
    find_builds,
    find_kinds,
    names_images,
    propose,
)
from paritycheck.model.engine import ENGINES
from paritycheck.model.snapshot import Snapshot
from paritycheck.output.style import harmless
from paritycheck.predict.planning.plan import BuildOptions


class Service(StrEnum):
    """Where pipelines run."""

    GITHUB = "github"
    GITLAB = "gitlab"


def init(
    directory: Annotated[Path, typer.Argument(metavar="DIRECTORY", help="The repository's root.")] = Path(),
    ci: Annotated[
        Service | None, typer.Option("--ci", help="A workflow of GitHub, or a job of GitLab.")
    ] = None,
    pre_commit: Annotated[
        bool, typer.Option("--pre-commit", help="A hook for pre-commit: the prediction, no engine.")
    ] = False,
    container: Annotated[
        bool, typer.Option("--container", help="A build step that fails where an import would.")
    ] = False,
    make: Annotated[bool, typer.Option("--make", help="A recipe: build, check, push.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show the files, write none.")] = False,
) -> None:
    """Set the check up where this repository will keep it switched on.

    Without flags: what the repository uses already. Nothing is overwritten: where a file is there, what to
    add is printed. Nothing is written outside of DIRECTORY.

    Exit code: 0 done, 2 there is nothing to set up, or it could not be written.
    """
    machine = read_machine(None, probe=False)
    with announced(f"reading {directory}"):
        local, place = open_local(directory, None, None, machine, environment=False)
    if place.context:
        raise UsageError(
            f"{directory} is not the root of its repository",
            f"integrations belong there: paritycheck init {place.root}",
        )
    builds = find_builds(local)
    if not builds:
        raise UsageError(f"{directory} has no Containerfile or Dockerfile", "there is nothing to check yet")
    chosen = {Kind.PRE_COMMIT: pre_commit, Kind.CONTAINER: container, Kind.MAKE: make}
    kinds = [Kind(ci.value)] if ci else []
    kinds += [kind for kind, wanted in chosen.items() if wanted]
    kinds = kinds or list(find_kinds(local))
    if not kinds:
        raise UsageError(
            f"{directory} uses neither a known CI service nor pre-commit nor make",
            "say what to set up: --ci github, --ci gitlab, --pre-commit, --container, --make",
        )
    roots, paths = _started(local, builds[0], machine) if Kind.CONTAINER in kinds else ((), ())
    name = place.root.name.lower() or "app"
    target = Target(__version__, name, builds, roots, paths, names_images(local))
    for proposal in propose(kinds, target, local):
        write(_settle(proposal, place.root, dry_run=dry_run), None)


def _settle(proposal: Proposal, root: Path, *, dry_run: bool) -> str:
    """Write what is to be written; returns what to tell about it."""
    path = harmless(proposal.path)
    if proposal.by_hand:
        return f"left {path} as it is; {proposal.why}:\n\n{proposal.text}\n"
    if dry_run:
        return f"would write {path}:\n\n{proposal.text}\n"
    _create(root, proposal)
    return f"wrote {path}\n"


def _create(root: Path, proposal: Proposal) -> None:
    path = root / proposal.path
    try:
        above = next(parent for parent in path.parents if parent.exists())
        # A directory of the repository may be a link that leads out of it.
        if not above.resolve().is_relative_to(root.resolve()):
            raise UsageError(f"{proposal.path} would lie outside of {root}", f"look where {above} leads")
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(proposal.text)
    except OSError as error:
        raise UsageError(
            f"{proposal.path}: cannot be written: {error.strerror}", "--dry-run shows what it would hold"
        ) from error


def _started(local: Snapshot, build: Build, machine: Machine) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what the container starts and where its interpreter looks first; nothing if nobody can tell."""
    options = BuildOptions(
        engine=ENGINES["podman"], context=build.context, file=build.file, written=build.file
    )
    with contextlib.ExitStack() as stack, contextlib.suppress(ParityError):
        plan = plan_with_bases(stack, local, options, machine)
        start = gather_facts(local, None, plan, Config(context=build.context)).view.start
        sure = [root for root in start.roots if root.context == "module"]
        roots = tuple("/" + root.path if root.path else root.name for root in sure)
        entries = tuple(entry.path for entry in start.path_entries)
        return roots, () if entries in ((), (start.cwd,)) else entries
    return (), ()
