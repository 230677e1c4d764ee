"""What git tells of one path: the commits that had it, lost it, and began to need it."""

import msgspec


class Commit(msgspec.Struct, frozen=True, omit_defaults=True):
    """A commit: its id, the author's date (ISO 8601), the first line of its message."""

    id: str
    date: str
    subject: str

    def __str__(self) -> str:
        return f"{self.id[:10]} of {self.date[:10]} ({self.subject})"


class PathHistory(msgspec.Struct, frozen=True, omit_defaults=True):
    """The history of ``path`` (below the repository root).

    ``touched`` are the last commits of HEAD's history that touched it, the newest first; ``last_there`` is
    the newest commit of any branch that had it, ``deleted`` the one of HEAD's history that removed it.
    ``importer`` names it since the commit ``since``. ``remarks``: what git did not answer in time.
    """

    path: str
    in_head: bool | None = None
    touched: tuple[Commit, ...] = ()
    last_there: Commit | None = None
    deleted: Commit | None = None
    importer: str = ""
    since: Commit | None = None
    remarks: tuple[str, ...] = ()
