"""What the judgement depends on, once flags, files and defaults are settled."""

from __future__ import annotations

import datetime

import msgspec

from paritycheck.model.ignore import Ignore
from paritycheck.model.report import Threshold
from paritycheck.parse.compose.service import Service


class Config(msgspec.Struct, frozen=True, omit_defaults=True):
    """The settings that the judgement depends on.

    ``context`` is the build context relative to the repository root, ``start`` a command instead of the
    container's own; ``service`` is the compose service that runs the image; ``select`` and ``ignore`` are
    rule-code prefixes, ``ignores`` what is to be let pass and why, as of ``today`` (``None``: nothing
    expires). ``image`` is the name of the image among several.
    """

    context: str = ""
    start: str = ""
    service: Service | None = None
    fail_on: Threshold = "error"
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    ignores: tuple[Ignore, ...] = ()
    today: datetime.date | None = None
    image: str = ""

    def wants(self, code: str) -> bool:
        """Tell whether findings of this rule belong in the report; the longer prefix wins."""
        chosen = max((len(prefix) for prefix in self.select if code.startswith(prefix)), default=-1)
        dropped = max((len(prefix) for prefix in self.ignore if code.startswith(prefix)), default=-1)
        return dropped <= chosen if dropped >= 0 else chosen >= 0 or not self.select
