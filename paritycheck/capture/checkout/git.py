"""How git is asked: without running anything that the repository configures, and within a time limit.

A repository is hostile input, yet its configuration may name programs: hooks, a file system
monitor, content filters, remote helpers. Those that the commands of this package would reach are
switched off by the command line, which overrides every configuration file.
"""

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

import msgspec

from paritycheck.capture.checkout.worktree import printable
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import GitState

# The user's own choice of configuration and of where to look; every other GIT_ variable (set in
# hooks, above all GIT_DIR and GIT_INDEX_FILE) would turn the question to another repository.
KEPT = ("GIT_CONFIG_", "GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM", "GIT_EXEC_PATH")
SET = {
    "LC_ALL": "C",
    "GIT_OPTIONAL_LOCKS": "0",  # the index is never written, not even refreshed
    "GIT_TERMINAL_PROMPT": "0",
    # A partial clone fetches what it lacks by whatever program its remote names. The first
    # variable is understood from git 2.45 on, the second by all.
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
}
OVERRIDES = ("core.fsmonitor=false", "core.hooksPath=/dev/null", "core.pager=cat", "submodule.recurse=false")


class GitError(SourceError):
    """git could not answer; the message is in its own words."""


class GitMissing(GitError):
    """There is no git program."""


class Git(msgspec.Struct, frozen=True):
    """How to run git: the caller's environment variables, the program, the seconds for one command."""

    environ: Mapping[str, str]
    program: str = "git"
    seconds: float = 60.0

    def ask(
        self, directory: Path, *arguments: str, given: bytes = b"", passing: tuple[int, ...] = (0,)
    ) -> bytes:
        """Return what git prints in ``directory``, fed with ``given``; exit codes in ``passing`` are answers.

        Raises GitMissing, or GitError for any other failure and when the time is over.
        """
        try:
            done = subprocess.run(
                self.command(directory, *arguments),
                env=self.environment(),
                input=given,
                capture_output=True,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired as error:
            raise GitError(f"no answer from git {arguments[0]} within {self.seconds:g} s") from error
        except OSError as error:
            raise GitMissing(f"{self.program}: {(error.strerror or str(error)).lower()}") from error
        if done.returncode not in passing:
            words = " ".join(printable(done.stderr).removeprefix("fatal: ").split())
            raise GitError(words[:2000] or f"git {arguments[0]} ended with exit code {done.returncode}")
        return done.stdout

    def command(self, directory: Path, *arguments: str) -> list[str]:
        """Return the command line that asks git safely."""
        options = [part for override in OVERRIDES for part in ("-c", override)]
        return [self.program, "--no-pager", *options, "-C", str(directory), *arguments]

    def environment(self) -> dict[str, str]:
        """Return the environment variables for the command."""
        own = {
            name: value
            for name, value in self.environ.items()
            if not name.startswith("GIT_") or (name.startswith(KEPT) and name != "GIT_CONFIG_PARAMETERS")
        }
        return own | SET


class Place(msgspec.Struct, frozen=True):
    """Where a path lies: ``prefix`` below ``root`` (``""``: it is the root), and what git says of that root.

    ``root`` is the top of the working tree if git says so, else the path itself.
    """

    root: Path
    prefix: str
    state: GitState
    reason: str = ""


def locate(path: Path, git: Git) -> Place:
    """Return the root of the checkout that ``path`` lies in. Raises SourceError if it is no directory."""
    here = path.resolve()
    if not os.path.isdir(here):  # noqa: PTH112 (never raises, whatever the permissions above it)
        raise SourceError(f"{printable(str(path))}: no such directory", "name the directory of a checkout")
    try:
        answer = git.ask(here, "rev-parse", "--show-toplevel")
    except GitMissing as error:
        return Place(here, "", "unavailable", error.message)
    except GitError as error:
        # "(or any of the parent directories)": git found no trace. Without these words there is a
        # .git that it does not accept: a worktree file that leads nowhere, a foreign owner, a bare one.
        nothing = "not a git repository (or any " in error.message
        return Place(here, "", "none" if nothing else "refused", error.message)
    top = Path(os.fsdecode(answer.removesuffix(b"\n")))
    # core.worktree may lead anywhere, "/" included; a tree of its own has a .git at its top.
    if not here.is_relative_to(top) or not os.path.lexists(top / ".git"):
        return Place(here, "", "refused", f"its core.worktree leads to {printable(str(top))}")
    prefix = here.relative_to(top).as_posix()
    return Place(top, "" if prefix == "." else printable(prefix), "repository")


def filters_off(root: Path, git: Git) -> tuple[str, ...]:
    """Return the options that keep git from running the content filters which its configuration defines.

    Whenever git doubts a file's time stamp it compares content, and that runs the filter's
    program. Raises GitError for a filter whose name the command line cannot spell.
    """
    listed = git.ask(root, "config", "-z", "--name-only", "--get-regexp", r"^filter\.", passing=(0, 1))
    names = {key.removeprefix("filter.").rpartition(".")[0] for key in os.fsdecode(listed).split("\0") if key}
    for name in names:
        if "=" in name:
            raise GitError(f"the content filter {printable(name)!r} cannot be kept from running")
    settings = ("clean=", "process=", "required=false")
    return tuple(
        part for name in sorted(names) for end in settings for part in ("-c", f"filter.{name}.{end}")
    )
