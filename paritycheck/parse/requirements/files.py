"""Which dependency files and lock files there are, by name, and who reads them."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatchcase
from typing import TypeVar

from paritycheck.model.requirement import DependencyFile, Lock
from paritycheck.parse.requirements.condaenvironment import read_conda_environment
from paritycheck.parse.requirements.pdmlock import read_pdm_lock
from paritycheck.parse.requirements.pipfile import read_pipfile
from paritycheck.parse.requirements.pipfilelock import read_pipfile_lock
from paritycheck.parse.requirements.poetrylock import read_poetry_lock
from paritycheck.parse.requirements.pylock import read_pylock
from paritycheck.parse.requirements.pyproject import read_pyproject
from paritycheck.parse.requirements.requirementsfile import read_requirements
from paritycheck.parse.requirements.setupcall import read_setup_call
from paritycheck.parse.requirements.setupconfig import read_setup_config
from paritycheck.parse.requirements.uvlock import read_uv_lock

DependencyReader = Callable[[str, str], DependencyFile]
LockReader = Callable[[str, str], Lock]
Reader = TypeVar("Reader")

# The first pattern that fits counts; one with a slash is held against the last two parts of the path.
DEPENDENCY_FILES: tuple[tuple[str, DependencyReader], ...] = (
    ("pyproject.toml", read_pyproject),
    ("setup.cfg", read_setup_config),
    ("setup.py", read_setup_call),
    ("Pipfile", read_pipfile),
    ("environment*.yml", read_conda_environment),
    ("environment*.yaml", read_conda_environment),
    ("*conda*.yml", read_conda_environment),
    ("*conda*.yaml", read_conda_environment),
    ("*requirement*.txt", read_requirements),
    ("*requirement*.in", read_requirements),
    ("*requirement*.pip", read_requirements),
    ("*requirements*.lock", read_requirements),
    ("*constraint*.txt", read_requirements),
    ("requirements/*.txt", read_requirements),
    ("requirements/*.in", read_requirements),
)
LOCKS: tuple[tuple[str, LockReader], ...] = (
    ("uv.lock", read_uv_lock),
    ("poetry.lock", read_poetry_lock),
    ("pdm.lock", read_pdm_lock),
    ("Pipfile.lock", read_pipfile_lock),
    ("pylock.toml", read_pylock),
    ("pylock.*.toml", read_pylock),
)


def read_dependency_file(path: str, text: str) -> DependencyFile | None:
    """Read a dependency file; ``None`` if its name is not that of one.

    Never raises: what cannot be read is among the ``problems``. A requirements file of any other name, which
    only a command line knows to be one, is for :func:`read_requirements`.
    """
    reader = _find(DEPENDENCY_FILES, path)
    return reader(path, text) if reader else None


def read_lock(path: str, text: str) -> Lock | None:
    """Read a lock file; ``None`` if its name is not that of one. Never raises, see ``problems``."""
    reader = _find(LOCKS, path)
    return reader(path, text) if reader else None


def _find(table: tuple[tuple[str, Reader], ...], path: str) -> Reader | None:
    *_, parent, name = ("", *path.split("/"))
    for pattern, reader in table:
        if fnmatchcase(f"{parent}/{name}" if "/" in pattern else name, pattern):
            return reader
    return None
