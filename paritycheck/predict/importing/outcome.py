"""What becomes of an import: found, not found and why, or not to be known.

The kinds are those of CPython's loaders (``importlib.machinery``); the reasons are the ways in which
a file can nearly be the one that its finder looks for.
"""

from typing import Literal

import msgspec

from paritycheck.model.snapshot import Unknown

FoundKind = Literal["source", "package", "namespace", "bytecode", "extension", "builtin", "frozen"]
MissReason = Literal[
    "absent",
    "not-a-package",
    "wrong-abi",
    "case-differs",
    "stub-only",
    "cache-only",
    "dangling-link",
    "editable-target",
    "no-name",
    "beyond-top-level",
]


class Found(msgspec.Struct, frozen=True, omit_defaults=True):
    """A module that would be imported.

    ``path`` is the real path of the file that runs (a package's ``__init__``; a namespace's first
    portion; empty for builtin and frozen), ``portions`` the directories in which submodules are
    looked for, ``entry`` the index of the sys.path entry (or of the parent's portion) that had it,
    -1 for none. ``doubt``: an unknown part of the tree comes before it on the path.
    """

    name: str
    kind: FoundKind
    path: str = ""
    portions: tuple[str, ...] = ()
    entry: int = -1
    doubt: Unknown | None = None

    @property
    def is_package(self) -> bool:
        """Tell whether it can have submodules."""
        return self.kind in ("package", "namespace")


class NotFound(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name that cannot be imported: ``missing`` is its first component that is not there, in full."""

    name: str
    missing: str
    reason: MissReason
    evidence: tuple[str, ...] = ()

    @property
    def parent(self) -> str:
        """The module in which ``missing`` was looked for; empty for sys.path."""
        return self.missing.rpartition(".")[0]


class Doubtful(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name that is not among what is known, but may be in an unknown part of the tree."""

    name: str
    missing: str
    unknown: Unknown


Outcome = Found | NotFound | Doubtful
