"""The images that a repository builds: its Containerfiles, each with the context that it is written for."""

from __future__ import annotations

import contextlib
import posixpath
import shlex
import tomllib
from collections.abc import Iterator
from typing import Any

import msgspec

from paritycheck.errors import ParityError
from paritycheck.model.engine import ENGINES
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import join
from paritycheck.parse.build.containerfile import parse_containerfile
from paritycheck.parse.compose.project import Project
from paritycheck.predict.context.discovery import find_containerfile

_WORDS = ("containerfile", "dockerfile")
_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")
_ROOT = "/checkout"  # any name will do: what lies in it is named below it
_PODMAN = ENGINES["podman"]
# What lies in them was not written to build an image of this repository.
_ASIDE = frozenset({"test", "tests", "fixtures", "examples", "node_modules", "vendor", "third_party"})


class Build(msgspec.Struct, frozen=True):
    """A Containerfile and its context, both relative to the repository's root (``""``: the root itself).

    ``default`` is whether the engine takes this file when it is told the context alone.
    """

    file: str
    context: str
    default: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        """The words that name this build to ``podman build``, and to every command of ours."""
        return (self.context or ".",) if self.default else ("-f", self.file, self.context or ".")

    @property
    def command_line(self) -> str:
        """The same, quoted for a shell."""
        return shlex.join(self.words)


def find_builds(local: Snapshot) -> tuple[Build, ...]:
    """Return the builds of a checkout in the order of their paths; those of tests and examples are left out.

    A compose file that builds a Containerfile names its context. Else it is the directory, the root or
    that of the file, which has more of what its COPY and ADD lines name; the root if none has more.
    """
    contexts = dict(_composed(local))
    builds = []
    for path in sorted(own_files(local)):
        if _is_containerfile(path) and not _ASIDE & set(path.lower().split("/")[:-1]):
            context = contexts.get(path)
            context = _guess(local, path) if context is None else context
            default = find_containerfile(local.tree, context, _PODMAN) == path
            builds.append(Build(path, context, default))
    return tuple(builds)


def names_images(local: Snapshot) -> bool:
    """Tell whether the repository's configuration names its images, so that a check of all needs no words."""
    for path, section in (("paritycheck.toml", ()), ("pyproject.toml", ("tool", "paritycheck"))):
        try:
            says: Any = tomllib.loads(local.texts.get(path) or "")
        except tomllib.TOMLDecodeError:
            continue
        for key in (*section, "image"):
            says = says.get(key) if isinstance(says, dict) else None
        if says:
            return True
    return False


def own_files(local: Snapshot) -> frozenset[str]:
    """Return the paths of the files that git has or would take; all files where there is no git."""
    git = local.git
    if git is not None and git.state == "repository":
        return git.tracked | git.untracked
    return frozenset(path for path in local.tree.paths() if not path.startswith("."))


def _is_containerfile(path: str) -> bool:
    name = posixpath.basename(path).lower()
    words = name.split(".")
    return bool({words[0], words[-1]} & set(_WORDS)) and not name.endswith("ignore")


def _composed(local: Snapshot) -> Iterator[tuple[str, str]]:
    """Yield Containerfile and context of every service; a file that cannot be read says nothing."""
    for path in sorted(own_files(local)):
        if posixpath.basename(path) not in _COMPOSE:
            continue
        with contextlib.suppress(ParityError):
            project = Project(local.texts.get, {}, _ROOT)
            files = tuple(project.open(path, posixpath.dirname(path)))
            for name in sorted(project.names(files)):
                with contextlib.suppress(ParityError):
                    build = project.finished(project.merged(files, name)).build
                    if build is None or build.context is None:
                        continue
                    file = build.file or find_containerfile(local.tree, build.context, _PODMAN)
                    if file:
                        yield file, build.context


def _guess(local: Snapshot, path: str) -> str:
    beside = posixpath.dirname(path)
    try:
        parsed = parse_containerfile(local.texts.get(path) or "", path, _PODMAN)
    except ParityError:
        return ""
    sources = [
        word.lstrip("/")
        for instruction in parsed.instructions
        if instruction.keyword in ("COPY", "ADD")
        and not any(flag.name == "from" for flag in instruction.flags)
        for word in instruction.words[:-1]
        if not set(word) & set("*?[$") and "://" not in word and word.strip("./")
    ]
    found = {
        context: sum(1 for source in sources if join(context, posixpath.normpath(source)) in local.tree)
        for context in ("", beside)
    }
    return beside if found[beside] > found[""] else ""
