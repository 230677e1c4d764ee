"""Which of a repository's projects a dependency file belongs to, as seen from a module that needs something.

A project is the directory of its dependency files with all below it, of ``requirements/`` the one above.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable


def is_siblings(path: str, importer: str, read: Iterable[str]) -> bool:
    """Tell whether the dependency file ``path`` is that of another project than the importer's own.

    Its own one is known where the installers ``read`` a file of it. Without an importer nothing is.
    """
    if not importer or _holds(_home(path), importer):
        return False
    return any(_holds(home, importer) and not _holds(home, path) for home in map(_home, read))


def nearness(path: str, importer: str) -> int:
    """Count the directories above a dependency file, if the importer lies in the last of them."""
    home = _home(path)
    return home.count("/") + 1 if home and _holds(home, importer) else 0


def _home(path: str) -> str:
    directory = posixpath.dirname(path)
    above, _, last = directory.rpartition("/")
    return above if last == "requirements" else directory


def _holds(home: str, path: str) -> bool:
    return not home or path.startswith(home + "/")
