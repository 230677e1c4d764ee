"""Which names the dependency files mention: enough to keep a module and a distribution apart.

A file ``openai.py`` beside one that says ``import openai`` is not what it means when the project
declares the distribution. Every word counts as a mention: a doubt must not become an alarm.
"""

from __future__ import annotations

import re

from paritycheck.model.snapshot import Snapshot

_FILES = re.compile(
    r"(?:.*/)?(?:[^/]*requirements[^/]*\.(?:txt|in)|requirements/[^/]+|constraints[^/]*\.txt|pyproject\.toml"
    r"|setup\.(?:py|cfg)|Pipfile|environment[^/]*\.ya?ml|(?:uv|poetry|pdm)\.lock|Pipfile\.lock|pylock.*\.toml)",
    re.IGNORECASE,
)
_WORD = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


def mentioned_names(local: Snapshot) -> frozenset[str]:
    """Return every word of the dependency files, lower-cased, with ``_`` for ``-`` and ``.``."""
    words: set[str] = set()
    for path in local.tree.paths():
        if _FILES.fullmatch(path):
            words.update(_WORD.findall(local.texts.get(path) or ""))
    return frozenset(normalise(word) for word in words)


def normalise(name: str) -> str:
    """Return a name in the form that :func:`mentioned_names` uses."""
    return name.lower().replace("-", "_").replace(".", "_").strip("_")
