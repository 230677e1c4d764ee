"""The journey of one thing from the checkout to the container, gate by gate."""

from typing import Literal

import msgspec

from paritycheck.model.location import Location

Gate = Literal["worktree", "tracked", "context", "copied", "image", "mounted", "syspath", "importable"]
GATE_ORDER: tuple[Gate, ...] = (
    "worktree",
    "tracked",
    "context",
    "copied",
    "image",
    "mounted",
    "syspath",
    "importable",
)
# Whoever passes these has not arrived yet: they are about the way there.
DEPARTURE: tuple[Gate, ...] = ("worktree", "tracked", "context")
Outcome = Literal["passed", "lost", "unknown", "skipped"]
ItemKind = Literal["module", "data", "distribution", "library", "setting"]


class Item(msgspec.Struct, frozen=True, order=True, omit_defaults=True):
    """What travels: ``name`` as an importer would write it, ``path`` relative to the repository root."""

    kind: ItemKind
    name: str
    path: str = ""


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one gate says: the reason always in words, the evidence as lines."""

    gate: Gate
    outcome: Outcome
    reason: str
    locations: tuple[Location, ...] = ()


class Journey(msgspec.Struct, frozen=True):
    """All verdicts on one item, in the order of the gates.

    The deepest gate that knows decides whether it arrived: an item may arrive by another road
    than the one an earlier gate closed. Earlier gates only explain; where no later one knows, what one
    of them lost did not arrive.
    """

    item: Item
    verdicts: tuple[Verdict, ...]

    @property
    def arrived(self) -> bool | None:
        """True or false by the deepest gate that knows; ``None`` if none does."""
        for verdict in reversed(self.verdicts):
            if verdict.outcome == "lost":
                return False
            if verdict.outcome == "passed" and verdict.gate not in DEPARTURE:
                return True
        return None

    @property
    def lost_at(self) -> Verdict | None:
        """The first gate that lost it, if it did not arrive."""
        if self.arrived is not False:
            return None
        return next(verdict for verdict in self.verdicts if verdict.outcome == "lost")


class Explanation(msgspec.Struct, frozen=True):
    """The answer to ``why``: every item that the subject may mean, and its journey."""

    schema_version: str
    subject: str
    journeys: tuple[Journey, ...]
