"""What was known before: findings written down, and what is new, unchanged or gone since.

A finding is known if its cause is, and all its items: a cause that costs less than before is nothing new.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from paritycheck.config.suppression import UNUSED_IGNORE
from paritycheck.model.baseline import BASELINE_VERSION, Baseline, Known
from paritycheck.model.journey import Item
from paritycheck.model.location import Location
from paritycheck.model.report import BaselineState, Finding, Report, ReportItem, recounted


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
    fingerprints = {known.fingerprint for known in earlier}
    before = _by_cause(earlier)
    now = _by_cause([_known(each) for each in report.findings])
    there = {each.fingerprint for each in report.findings}

    def state(finding: Finding) -> BaselineState | None:
        if finding.code == UNUSED_IGNORE:
            return None  # it is to be removed, not kept: it always counts
        known = _known(finding)
        fewer = known.items and before.get(_cause(known), set()).issuperset(known.items)
        return "unchanged" if fewer or finding.fingerprint in fingerprints else "new"

    findings = tuple(msgspec.structs.replace(each, baseline_state=state(each)) for each in report.findings)
    away = [
        each
        for each, known in zip(gone, earlier, strict=True)
        # What a cause still costs is there as unchanged.
        if each.fingerprint not in there and now.get(_cause(known), set()).isdisjoint(known.items)
    ]
    away.sort(key=lambda each: (each.image, each.code, each.fingerprint))
    return recounted(msgspec.structs.replace(report, findings=findings, gone=tuple(away)))


def _by_cause(findings: Iterable[Known]) -> dict[tuple[str, ...], set[Item]]:
    items: dict[tuple[str, ...], set[Item]] = {}
    for known in findings:
        items.setdefault(_cause(known), set()).update(known.items)
    return items


def _cause(known: Known) -> tuple[str, ...]:
    return known.image, known.code, known.path, known.text


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
