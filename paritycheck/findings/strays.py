"""A module that works on this machine because something outside of the checkout answers for it."""

from __future__ import annotations

from paritycheck.model.environment import EditableModule
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.predict.judging.losses import Loss
from paritycheck.predict.judging.thirdparty import Wanted
from paritycheck.rules import make_finding


def stray_finding(loss: Loss, wanted: Wanted, stray: EditableModule) -> Finding:
    """Return the finding for a module that only the local interpreter finds, at ``stray``."""
    doubt = f"; the container may have it after all: {wanted.doubt}" if wanted.doubt else ""
    certain = loss.breaks and loss.sure and not wanted.doubt
    importers = loss.importers[:1]
    return make_finding(
        "PC101",
        f"{stray.name} is imported, and lies outside of the checkout, in {stray.path}{doubt}",
        gate="worktree",
        severity="error" if certain else "warning",
        items=[ReportItem("module", stray.name)],
        locations=dict.fromkeys((stray.location, *(Location(each.path, each.line) for each in importers))),
        imported_by=loss.importers,
    )
