"""Console scripts that are declared by projects whose files are at hand, installed or not."""

from paritycheck.model.snapshot import Snapshot
from paritycheck.parse.python.projectscripts import read_scripts

_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
_MOST = 200  # projects of one tree that are read


def project_scripts(side: Snapshot) -> dict[str, str]:
    """Return script name -> ``module:attribute`` of every project in the tree, the outermost first."""
    paths = [
        path
        for path in side.tree.paths()
        if path.endswith(_FILES)
        and path.rpartition("/")[2] in _FILES
        and "/site-packages/" not in path
        and "/dist-packages/" not in path
    ]
    found: dict[str, str] = {}
    for path in sorted(paths, key=lambda path: (path.count("/"), path))[:_MOST]:
        for name, target in read_scripts(path.rpartition("/")[2], side.texts.get(path) or "").items():
            found.setdefault(name, target)
    return found
