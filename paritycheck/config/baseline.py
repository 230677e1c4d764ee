"""What was known before: findings written down, and what is new, unchanged or gone since.

A finding is known if all its items are, under its rule and image, and no less grave: neither another line
that is to blame nor other company makes it new.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from paritycheck.config.suppression import UNUSED_IGNORE
from paritycheck.model.baseline import BASELINE_VERSION, Baseline, Known
from paritycheck.model.journey import Item
from paritycheck.model.location import Location
from paritycheck.model.report import (
    SEVERITIES,
    BaselineState,
    Finding,
    Report,
    ReportItem,
    Severity,
    recounted,
)


def mark(report: Report, baseline: Baseline) -> Report:
    """Return the report with every finding new or unchanged, and what is gone.

    What the baseline says of images that the report does not have is left alone.
    """
    images = {each.name for each in report.images} or {""}
    earlier = [known for known in baseline.findings if known.image in images]
    return _marked(report, earlier, [_gone(known) for known in earlier])


def changes(report: Report, earlier: Report) -> Report:
    """Return the report with what changed since an ``earlier`` one only: the new, and what is gone."""
    images = {each.name for each in report.images} or {""}
    known = [each for each in earlier.findings if not each.suppressed_by and each.image in images]
    gone = [msgspec.structs.replace(each, baseline_state="gone") for each in known]
    marked = _marked(report, [_known(each) for each in known], gone)
    left = tuple(each for each in marked.findings if each.counts)
    return recounted(msgspec.structs.replace(marked, findings=left))


def remember(report: Report, earlier: Baseline | None = None) -> Baseline:
    """Return the baseline that knows every finding that is not suppressed.

    Of images that the report does not have, what ``earlier`` says is kept.
    """
    images = {each.name for each in report.images} or {""}
    left = [known for known in earlier.findings if known.image not in images] if earlier else []
    now = [_known(each) for each in report.findings if not each.suppressed_by and each.code != UNUSED_IGNORE]
    found = {known.fingerprint: known for known in (*left, *now)}
    ordered = sorted(found.values(), key=lambda known: (known.image, known.code, known.fingerprint))
    return Baseline(BASELINE_VERSION, tuple(ordered))


def _marked(report: Report, earlier: Sequence[Known], gone: Sequence[Finding]) -> Report:
    covered = {
        (subject, grave) for known in earlier for grave in _upto(known) for subject in _subjects(known)
    }
    findings = [_known(each) for each in report.findings]
    there = {subject for known in findings for subject in _subjects(known)}

    def state(known: Known) -> BaselineState | None:
        if known.code == UNUSED_IGNORE:
            return None  # it is to be removed, not kept: it always counts
        return (
            "unchanged" if covered.issuperset((each, known.severity) for each in _subjects(known)) else "new"
        )

    marked = tuple(
        msgspec.structs.replace(finding, baseline_state=state(known))
        for finding, known in zip(report.findings, findings, strict=True)
    )
    away = [each for each, known in zip(gone, earlier, strict=True) if there.isdisjoint(_subjects(known))]
    away.sort(key=lambda each: (each.image, each.code, each.fingerprint))
    return recounted(msgspec.structs.replace(report, findings=marked, gone=tuple(away)))


def _subjects(known: Known) -> set[tuple[str, str, Item | str]]:
    return {(known.image, known.code, item) for item in known.items or (known.fingerprint,)}


def _upto(known: Known) -> tuple[Severity, ...]:
    """Return what a finding known with this severity may have: a warning that became an error is new."""
    return SEVERITIES[SEVERITIES.index(known.severity) :]


def _known(finding: Finding) -> Known:
    first = finding.locations[0] if finding.locations else None
    return Known(
        fingerprint=finding.fingerprint,
        code=finding.code,
        slug=finding.slug,
        severity=finding.severity,
        message=finding.message,
        image=finding.image,
        path=first.path if first else "",
        text=first.text if first else "",
        items=tuple(sorted(Item(item.kind, item.name, item.path) for item in finding.items)),
    )


def _gone(known: Known) -> Finding:
    return Finding(
        code=known.code,
        slug=known.slug,
        severity=known.severity,
        gate=None,
        message=known.message,
        hint="write the baseline anew with --write-baseline",
        items=tuple(ReportItem(item.kind, item.name, item.path) for item in known.items),
        locations=(Location(known.path, 0, known.text),) if known.path else (),
        imported_by=(),
        fingerprint=known.fingerprint,
        image=known.image,
        baseline_state="gone",
    )
