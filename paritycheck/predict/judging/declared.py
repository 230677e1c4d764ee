"""Which names the dependency files mention: enough to keep a module and a distribution apart.

A file ``openai.py`` beside one that says ``import openai`` is not what it means when the project
declares the distribution. Every word counts as a mention: a doubt must not become an alarm.
"""

from __future__ import annotations

import posixpath
import re
import tomllib
from typing import Any

from paritycheck.model.snapshot import Snapshot

_FILES = re.compile(
    r"(?:.*/)?(?:[^/]*requirements[^/]*\.(?:txt|in)|requirements/[^/]+|constraints[^/]*\.txt|pyproject\.toml"
    r"|setup\.(?:py|cfg)|Pipfile|environment[^/]*\.ya?ml|(?:uv|poetry|pdm)\.lock|Pipfile\.lock|pylock.*\.toml)",
    re.IGNORECASE,
)
_AFFIX = re.compile(r"^(?:python_?|py_?)|_?(?:python|py)$")
_LOCAL = re.compile(r"@\s*(?:file:|[./{])")
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def mentioned_names(local: Snapshot) -> frozenset[str]:
    """Return every word of the dependency files, lower-cased, with ``_`` for ``-`` and ``.``."""
    words: set[str] = set()
    for path in local.tree.paths():
        if _FILES.fullmatch(path):
            words.update(_WORD.findall(local.texts.get(path) or ""))
    names = {normalise(word) for word in words}
    # PyGithub is imported as github, python-magic as magic, discord.py as discord.
    names |= {short for name in names if (short := _AFFIX.sub("", name))}
    return frozenset(names)


def requires_elsewhere(local: Snapshot, importer: str, path: str, name: str) -> bool:
    """Tell whether a project around ``importer``, without ``path``, requires the distribution ``name``.

    It then means the published one, whatever lies beside the project in the repository.
    """
    directory = posixpath.dirname(importer)
    while directory and not path.startswith(directory + "/"):
        if normalise(name) in _requirements(local.texts.get(f"{directory}/pyproject.toml") or ""):
            return True
        directory = posixpath.dirname(directory)
    return False


def _requirements(text: str) -> frozenset[str]:
    """Return the distributions that a pyproject.toml requires from an index, not from a path."""
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return frozenset()
    project, tool = _table(document, "project"), _table(document, "tool")
    lines = project.get("dependencies")
    found = {
        normalise(word[0])
        for line in (lines if isinstance(lines, list) else ())
        if not _LOCAL.search(str(line)) and (word := _WORD.match(str(line).strip()))
    }
    poetry = _table(_table(tool, "poetry"), "dependencies")
    found |= {normalise(name) for name, value in poetry.items() if "path" not in _table({"": value}, "")}
    sources = _table(_table(tool, "uv"), "sources")
    local = {normalise(name) for name in sources if {"path", "workspace"} & _table(sources, name).keys()}
    return frozenset(found - local)


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}


def normalise(name: str) -> str:
    """Return a name in the form that :func:`mentioned_names` uses."""
    return name.lower().replace("-", "_").replace(".", "_").strip("_")
