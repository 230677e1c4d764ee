"""Whose finding it is, and whether it counts, in the words that every format uses."""

from __future__ import annotations

from paritycheck.model.report import Finding


def told(finding: Finding) -> str:
    """Return the message, behind the name of the image where there are several."""
    return f"{finding.image}: {finding.message}" if finding.image else finding.message


def standing(finding: Finding) -> str:
    """Return why a finding does not count; ``""`` for one that does."""
    if finding.suppressed_by:
        return f"suppressed by {finding.suppressed_by}"
    if finding.baseline_state == "gone":
        return "gone"
    return "" if finding.counts else "known before"
