"""All that the gates may ask, and how they answer."""

from __future__ import annotations

import msgspec

from paritycheck.model.journey import Gate, Outcome, Verdict
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Snapshot
from paritycheck.predict.judging.declarations import Declarations
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.judging.supply import Supply
from paritycheck.predict.judging.views import ContainerView, LocalView
from paritycheck.predict.planning.composing import Mount
from paritycheck.predict.planning.plan import Plan


class Facts(msgspec.Struct, frozen=True):
    """All that the gates may ask.

    ``container`` is the actual image where there is one (``actual``), else the prediction's
    snapshot. ``context_root`` is the build context below the repository root, ``mounts`` what a compose
    service mounts, ``supply`` how distributions get into the container, ``service`` the compose service with
    its line (``web (compose.yaml:3)``). Missing facts are ``None``, and the gates that need them say unknown
    or skipped.
    """

    local: Snapshot
    container: Snapshot
    actual: bool
    view: ContainerView
    local_view: LocalView
    placement: Placement
    context_root: str = ""
    plan: Plan | None = None
    mounts: tuple[Mount, ...] | None = None
    supply: Supply = Supply(Declarations())
    service: str = ""


def verdict(gate: Gate, outcome: Outcome, reason: str, *locations: Location) -> Verdict:
    """Return a verdict, the evidence as further arguments."""
    return Verdict(gate, outcome, reason, locations)
