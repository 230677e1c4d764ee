"""Which files, texts and variables of an image belong in a snapshot document.

Only what an application brought: not what the system or a distribution installed, and no value that
may be a secret. Everything here is decided from names; nothing is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from paritycheck.model.secrecy import STARTING
from paritycheck.model.tree import FileTree

MAX_TEXT = 256 << 10  # bytes of a text that a snapshot carries
MAX_SOURCE = 8 << 20  # bytes of a Python source file that is worth parsing
SOURCE_SUFFIXES = (".py", ".pyw")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Top directories of the Filesystem Hierarchy Standard that hold no applications.
SYSTEM_TOPS = _words("bin boot dev etc lib lib32 lib64 libx32 lost+found nix proc run sbin sys tmp")
LOCAL_SYSTEM = _words("bin sbin lib lib32 lib64 libexec include share man etc games")
VAR_SYSTEM = _words("lib cache log run spool tmp backups mail local lock opt")
SKELETON = _words(".bashrc .profile .bash_logout")  # what adduser puts into a home
INSTALLED = _words(
    "site-packages dist-packages node_modules __pycache__ .git .hg .svn .cache .tox .nox "
    ".mypy_cache .pytest_cache .ruff_cache"
)
PYTHON_LIBRARY = re.compile(r"(?:^|/)(?:lib|lib32|lib64)/(?:python|pypy)\d[^/]*/")
PREFIX_PARTS = _words("bin lib lib64 include share Scripts conda-meta etc man ssl")

TEXT_NAMES = re.compile(
    r"""
    (?:.*[._-])?(?:containerfile|dockerfile)(?:[._-].*)? | .*\.?(?:containerignore|dockerignore|gitignore)
    | (?:.*[._-])?(?:requirements|constraints)(?:[._-].*)?\.(?:txt|in) | pyproject\.toml | setup\.(?:cfg|py)
    | pipfile(?:\.lock)? | poetry\.lock | uv\.lock | pdm\.lock | pylock(?:\..*)?\.toml | .*\.pth | pyvenv\.cfg
    | environment\.ya?ml | \.python-version | runtime\.txt | manifest\.in | alembic\.ini | procfile | makefile
    | (?:docker-)?compose(?:[._-].*)?\.ya?ml | supervisord?(?:[._-].*)?\.(?:conf|ini) | uwsgi\.(?:ini|ya?ml)
    | gunicorn(?:[._-].*)?\.(?:py|conf) | .*\.sh | (?:docker-)?entrypoint(?:[._-].*)?
    """,
    re.VERBOSE | re.IGNORECASE,
)

KEPT_VARIABLES = _words(
    "PATH VIRTUAL_ENV HOME LANG LC_ALL LD_LIBRARY_PATH DJANGO_SETTINGS_MODULE FLASK_APP CONDA_PREFIX "
    "CONDA_DEFAULT_ENV PIPENV_VENV_IN_PROJECT UV_CACHE_DIR UV_COMPILE_BYTECODE UV_LINK_MODE "
    "UV_PROJECT UV_PROJECT_ENVIRONMENT UV_PYTHON UV_PYTHON_BIN_DIR UV_PYTHON_INSTALL_DIR "
    "UV_SYSTEM_PYTHON UV_TOOL_BIN_DIR UV_TOOL_DIR UV_WORKING_DIR POETRY_CACHE_DIR POETRY_CONFIG_DIR "
    "POETRY_DATA_DIR POETRY_HOME POETRY_VERSION POETRY_VIRTUALENVS_CREATE "
    "POETRY_VIRTUALENVS_IN_PROJECT POETRY_VIRTUALENVS_PATH"
)
SECRET_WORDS = re.compile(r"TOKEN|SECRET|PASS|KEY|CREDENTIAL|AUTH|COOKIE|SALT", re.IGNORECASE)
URL_CREDENTIALS = re.compile(r"://[^/@\s]+@")


def keeps_value(name: str, value: str) -> bool:
    """Tell whether a variable's value may travel: it steers Python or a search path, is no secret."""
    if name not in KEPT_VARIABLES | STARTING and not name.startswith("PYTHON"):
        return False
    return not SECRET_WORDS.search(name) and not URL_CREDENTIALS.search(value)


def is_system(path: str, workdir: str = "") -> bool:
    """Tell by its name whether ``path`` belongs to the system, an interpreter or a distribution.

    What lies below ``workdir``, the directory that the image starts in, is an application's wherever
    that is: ``/etc/shop``, ``/var/lib/shop``. A directory of the system itself makes none of them.
    """
    home = workdir.strip("/")
    parts = path.split("/")
    if home and path.startswith(home + "/") and not _is_of_the_system(home):
        path = path[len(home) + 1 :]
    elif _in_system(parts):
        return True
    if parts[-1] in SKELETON and len(parts) <= 3:
        return True
    return not INSTALLED.isdisjoint(path.split("/")) or PYTHON_LIBRARY.search(path) is not None


def _in_system(parts: list[str]) -> bool:
    """Tell whether a path leads into a directory in which no applications are."""
    top, second = parts[0], parts[1] if len(parts) > 1 else ""
    if top in SYSTEM_TOPS or (top == "var" and second in VAR_SYSTEM):
        return True
    if top == "usr" and second == "local":
        third = parts[2] if len(parts) > 2 else ""
        if third in ("bin", "sbin") and parts[-1].endswith((".py", ".sh")):
            return False  # where official images put an application's own scripts
        return third in LOCAL_SYSTEM
    return top == "usr" and second != "src"


def _is_of_the_system(directory: str) -> bool:
    """Tell whether a directory is one of the Filesystem Hierarchy Standard, or in what was installed."""
    parts = directory.split("/")
    depth = 3 if parts[:2] == ["usr", "local"] else 2 if parts[0] in ("usr", "var") else 1
    installed = not INSTALLED.isdisjoint(parts) or PYTHON_LIBRARY.search(directory + "/") is not None
    return installed or len(parts) <= depth


def application_files(tree: FileTree, own: Iterable[str] = (), workdir: str = "") -> Iterator[str]:
    """Yield the paths of an image's application files, links to files included, sorted.

    ``own`` are paths below a system directory that the project itself installed there, ``workdir`` is
    the directory that the image starts in.
    """
    prefixes = sorted(_python_prefixes(tree))
    found = set(own)
    for entry in tree:
        if (
            entry.kind in ("dir", "other")
            or is_system(entry.path, workdir)
            or _in_prefix(entry.path, prefixes)
        ):
            continue
        if entry.kind == "link":
            target = tree.find(entry.path)
            if target is None or target.kind != "file":
                continue
        found.add(entry.path)
    return iter(sorted(path for path in found if path in tree))


def is_source(path: str) -> bool:
    """Tell whether ``path`` is a Python source file by its name."""
    return path.endswith(SOURCE_SUFFIXES)


def is_installed_code(name: str) -> bool:
    """Tell whether a RECORD line of a distribution names code or data, and no metadata or byte code."""
    return ".dist-info/" not in name and "__pycache__/" not in name


def is_carried_text(path: str) -> bool:
    """Tell whether a build or a start reads the file as text, by its name."""
    return TEXT_NAMES.fullmatch(path.rpartition("/")[2]) is not None


def command_files(tree: FileTree, words: Iterable[str], workdir: str) -> Iterator[str]:
    """Yield the real paths of the files that the words of a start command name."""
    for word in words:
        for part in word.split():
            path = part if part.startswith("/") else f"{workdir}/{part}"
            entry = tree.find(path) if "/" in part or "." in part else None
            if entry is not None and entry.kind == "file":
                yield entry.path


def _python_prefixes(tree: FileTree) -> Iterator[str]:
    """Yield the directories in which an interpreter or a virtual environment is installed."""
    for path in tree.paths():
        parent, _, name = path.rpartition("/")
        if name in ("pyvenv.cfg", "conda-meta"):
            yield parent
        elif name == "os.py":
            library = PYTHON_LIBRARY.search(path)
            if library and path == path[: library.end()] + "os.py":
                yield path[: library.start()]


def _in_prefix(path: str, prefixes: Iterable[str]) -> bool:
    for prefix in prefixes:
        if prefix and path.startswith(prefix + "/") and prefix not in ("usr", "usr/local"):
            return path[len(prefix) + 1 :].partition("/")[0] in PREFIX_PARTS
    return False
