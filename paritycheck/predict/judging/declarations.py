"""What the dependency files and lock files of the checkout declare, and which of them git tracks."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.requirement import Declaration, DependencyFile, Lock, LockedPackage
from paritycheck.model.snapshot import Snapshot
from paritycheck.parse.requirements.files import read_dependency_file, read_lock

_ENDINGS = (".toml", ".txt", ".in", ".pip", ".lock", ".cfg", "setup.py", "Pipfile", ".yml", ".yaml")

_DEVELOPMENT = re.compile(
    r"(?:^|[-_/:.])(?:dev|develop|development|tests?|testing|lint|linting|docs?|typing|ci)(?:$|[-_/.])"
)


class Declarations(msgspec.Struct, frozen=True):
    """Every dependency file and lock of the checkout; ``by_name`` has its declarations, without constraints.

    ``untracked`` are the paths of those files that a clean clone lacks.
    """

    files: tuple[DependencyFile, ...] = ()
    locks: tuple[Lock, ...] = ()
    by_name: Mapping[str, tuple[Declaration, ...]] = {}
    untracked: frozenset[str] = frozenset()

    def of(self, name: str) -> tuple[Declaration, ...]:
        """Return the declarations of a distribution, files near the root first."""
        return self.by_name.get(canonicalize_name(name), ())

    def locked(self, name: str) -> LockedPackage | None:
        """Return the package of that name in a lock file."""
        wanted = canonicalize_name(name)
        return next((each for lock in self.locks for each in lock.packages if each.name == wanted), None)

    def file(self, path: str) -> DependencyFile | None:
        """Return the dependency file at a path of the checkout."""
        return next((each for each in self.files if each.path == path), None)

    @property
    def projects(self) -> frozenset[str]:
        """The names of the checkout's own projects, normalised."""
        return frozenset(canonicalize_name(each.name) for each in self.files if each.name)


def read_declarations(local: Snapshot) -> Declarations:
    """Read every dependency file and lock file of the checkout."""
    files: list[DependencyFile] = []
    locks: list[Lock] = []
    for path in sorted(local.tree.paths(), key=lambda each: (each.count("/"), each)):
        text = local.texts.get(path) if _may_declare(path) else None
        if text is None:
            continue
        file = read_dependency_file(path, text)
        lock = read_lock(path, text) if file is None else None
        if file is not None:
            files.append(file)
        if lock is not None:
            locks.append(lock)
    by_name: dict[str, list[Declaration]] = defaultdict(list)
    for file in files:
        for declaration in file.declarations:
            if declaration.section != "constraint":
                by_name[declaration.name].append(declaration)
    git = local.git
    known = git is not None and git.state == "repository"
    paths = [*(each.path for each in files), *(each.path for each in locks)]
    return Declarations(
        tuple(files),
        tuple(locks),
        {name: tuple(found) for name, found in by_name.items()},
        frozenset(path for path in paths if git is not None and known and path not in git.tracked),
    )


def is_for_development(declaration: Declaration) -> bool:
    """Tell by the name of the section, else of the file, whether only development needs it."""
    section = declaration.section.partition(":")[2].lower()
    return bool(_DEVELOPMENT.search(section or declaration.location.path.lower()))


def _may_declare(path: str) -> bool:
    """Keep the texts of all other files unread."""
    return path.endswith(_ENDINGS)
