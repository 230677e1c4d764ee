"""Which files of a checkout a snapshot document carries: their imports, their text, their digest."""

import fnmatch
import re
from collections.abc import Container, Iterator

import msgspec

from paritycheck.capture.checkout.worktree import landmarks
from paritycheck.model.tree import FileEntry, FileTree

# What a build or a start reads, by name, whatever the case.
TEXT_NAMES = (
    *(
        "containerfile*",
        "dockerfile*",
        "*.containerfile",
        "*.dockerfile",
        "*.containerignore",
        "*.dockerignore",
    ),
    *("requirements*.txt", "requirements*.in", "*requirements.txt", "constraints*.txt"),
    *("pyproject.toml", "setup.cfg", "setup.py", "manifest.in"),
    *(
        "pipfile",
        "pipfile.lock",
        "poetry.lock",
        "pdm.lock",
        "uv.lock",
        "pylock*.toml",
        "pixi.toml",
        "pixi.lock",
    ),
    *("environment*.yml", "environment*.yaml", "conda-lock*.yml"),
    *("compose*.yml", "compose*.yaml", "*-compose*.yml", "*-compose*.yaml"),
    *("procfile", "alembic.ini", "*.sh"),
)
_TEXT_NAME = re.compile("|".join(fnmatch.translate(name) for name in TEXT_NAMES))
_REQUIREMENTS = re.compile(r"(?:.*/)?requirements/[^/]+\.(?:txt|in)")
# Made by a tool on this machine, file by file: nobody compares it with an image.
GENERATED = ("node_modules", "__pycache__")


class Carried(msgspec.Struct, frozen=True):
    """The paths that belong in a document; ``files`` are all, each with where its links lead."""

    modules: tuple[str, ...]
    digests: tuple[str, ...]
    files: tuple[tuple[str, str], ...]

    @property
    def texts(self) -> tuple[str, ...]:
        """The small texts that a build or a start reads."""
        return tuple(path for path, real in self.files if is_text(path) and not is_secret(real))


def choose_carried(tree: FileTree, ignored: Container[str] = frozenset()) -> Carried:
    """Choose from ``tree``, whose directories come before what they hold.

    Nothing of virtual environments, caches (CACHEDIR.TAG), ``node_modules`` and ``__pycache__``.
    Ignored and untracked modules and texts are carried, and so are those of nested repositories:
    they are on this disk, a build copies them, and that they are ignored is what explains an
    incident. Other ignored files (data, build results, often huge) have a size but no digest.
    ``.env`` files are never carried as texts, under whatever name a link gives them.
    """
    modules: list[str] = []
    digests: list[str] = []
    files: list[tuple[str, str]] = []
    for entry, is_ignored in _own(tree, ignored):
        path = entry.path
        real = tree.resolve(path) if entry.kind == "link" else path
        found = tree.get(real) if real is not None else None
        if real is None or found is None or found.kind != "file":
            continue
        is_module = path.endswith(".py")
        if is_module:
            modules.append(path)
        files.append((path, real))
        if is_module or not is_ignored:
            digests.append(path)
    return Carried(tuple(modules), tuple(digests), tuple(files))


def is_text(path: str) -> bool:
    """Tell whether a build or a start reads this file."""
    if is_secret(path):
        return False
    name = path.rpartition("/")[2].lower()
    return _TEXT_NAME.match(name) is not None or _REQUIREMENTS.fullmatch(path.lower()) is not None


def is_secret(path: str) -> bool:
    """Tell whether this is a file of environment variables by the usual name."""
    return path.rpartition("/")[2].lower().startswith(".env")


def _own(tree: FileTree, ignored: Container[str]) -> Iterator[tuple[FileEntry, bool]]:
    """Yield what is the project's own, and whether it is ignored, itself or with a directory above it."""
    marks = landmarks(tree)
    apart = {*marks.virtual_environments, *marks.caches}
    below_ignored: set[str] = set()
    for entry in tree:
        parent, _, name = entry.path.rpartition("/")
        if parent in apart or entry.path in apart or name in GENERATED or name == ".git":
            apart.add(entry.path)
            continue
        is_ignored = parent in below_ignored or entry.path in ignored
        if is_ignored:
            below_ignored.add(entry.path)
        yield entry, is_ignored
