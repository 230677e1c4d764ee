"""Several images in one report: what is said of each, put together so that parts can be checked anywhere.

Whoever checks which image, and in whatever parts the reports come together, the whole is the same: everything
in it follows from what is said of each image.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from paritycheck.config.suppression import Suppressed
from paritycheck.errors import UsageError
from paritycheck.model.report import (
    SEVERITIES,
    CheckedImage,
    Finding,
    Looked,
    Report,
    Summary,
    Threshold,
    UncheckedImage,
    rank_finding,
    recounted,
)
from paritycheck.model.snapshot import Origin

SHOWN = 5  # names of images that the report's own origin tells
_AGAIN = "check the images of one commit, each once, with one version of paritycheck"


def combine(
    reports: Sequence[Report], unchecked: Iterable[UncheckedImage] = (), configured: Iterable[str] = ()
) -> Report:
    """Return the one report that has everything of these, in whatever order they come.

    ``unchecked`` are further images, ``configured`` the names of all that there should be, beside those
    that a report awaits.
    Raises UsageError if they are of different commits, have an image twice, or are not of named images.
    """
    _refuse_mixtures(reports)
    images = sorted((image for report in reports for image in report.images), key=lambda image: image.name)
    missed = [*unchecked, *(each for report in reports for each in report.unchecked)]
    there = {each.name for each in images} | {each.name for each in missed}
    awaited = {*configured, *(name for report in reports for name in report.awaited)} - there
    # What concerns no image in particular is found out anew.
    findings = [finding for report in reports for finding in report.findings if finding.image]
    # As long as images are missing, nobody knows what hides nothing in any of them.
    findings += [] if awaited or missed else _idle(images)
    first = min(reports, key=lambda report: report.images[0].name)
    return recounted(
        Report(
            schema_version=first.schema_version,
            tool=first.tool,
            local=first.local,
            container=images[0].container if len(images) == 1 else _origin(images),
            summary=_total([image.summary for image in images]),
            findings=tuple(sorted(findings, key=rank_finding)),
            remarks=_remarks(images),
            looked=_looked(images),
            images=tuple(images),
            unchecked=tuple(sorted(missed, key=lambda image: image.name)),
            awaited=tuple(sorted(awaited)),
            gone=tuple(
                sorted(
                    (finding for report in reports for finding in report.gone),
                    key=lambda finding: (finding.image, finding.code, finding.fingerprint),
                )
            ),
        )
    )


def fails(report: Report, threshold: Threshold | None = None) -> bool:
    """Tell whether a report makes a run exit with 1: each of several images has its own threshold.

    ``threshold`` is instead of those. What concerns no image in particular fails if it would for any.
    """
    thresholds = {image.name: threshold or image.fail_on for image in report.images}
    thresholds = thresholds or {"": threshold or "error"}
    for finding in report.findings:
        asked = [thresholds[finding.image]] if finding.image in thresholds else [*thresholds.values()]
        if finding.counts and any(_reaches(finding, each) for each in asked):
            return True
    return False


def _reaches(finding: Finding, threshold: Threshold) -> bool:
    return threshold != "never" and SEVERITIES.index(finding.severity) <= SEVERITIES.index(threshold)


def _refuse_mixtures(reports: Sequence[Report]) -> None:
    if any(not report.images for report in reports):
        raise UsageError(
            "a report that is of no named image cannot be put together with others",
            "name the images in [[tool.paritycheck.image]], and check them by --name or --shard",
        )
    commits = sorted({report.local.digest for report in reports})
    if len(commits) > 1:
        raise UsageError(f"the reports are of different commits: {', '.join(map(str, commits))}", _AGAIN)
    versions = sorted({f"{report.tool.name} {report.tool.version}" for report in reports})
    if len(versions) > 1:
        raise UsageError(f"the reports are of different versions: {', '.join(versions)}", _AGAIN)
    names = Counter(image.name for report in reports for image in report.images)
    names.update(image.name for report in reports for image in report.unchecked)
    twice = sorted(name for name, count in names.items() if count > 1)
    if twice:
        raise UsageError(f"two of the reports have {', '.join(twice)}", _AGAIN)


def _idle(images: Sequence[CheckedImage]) -> list[Finding]:
    """Return, each once, the findings about ignores that hide nothing in any image."""
    used = {place for image in images for place in image.used}
    told = {", ".join(map(str, finding.locations)): finding for image in images for finding in image.idle}
    return [finding for place, finding in told.items() if place not in used]


def _origin(images: Sequence[CheckedImage]) -> Origin:
    names = [image.name for image in images]
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return Origin("images", ", ".join(names[:SHOWN]) + more)


def _total(summaries: Sequence[Summary]) -> Summary:
    fields = Summary.__struct_fields__
    return Summary(*(sum(getattr(summary, field) for summary in summaries) for field in fields))


def _looked(images: Sequence[CheckedImage]) -> Looked:
    """Return what all images have in common."""
    fields = Looked.__struct_fields__
    common = {field: {getattr(image.looked, field) for image in images} for field in fields}
    return Looked(**{field: values.pop() if len(values) == 1 else "" for field, values in common.items()})


def _remarks(images: Sequence[CheckedImage]) -> tuple[str, ...]:
    """Return each remark once, with the images that it concerns unless it concerns them all."""
    concerned: dict[str, list[str]] = {}
    for image in images:
        for remark in image.remarks:
            concerned.setdefault(remark, []).append(image.name)
    return tuple(
        remark if len(names) == len(images) else f"{', '.join(names)}: {remark}"
        for remark, names in sorted(concerned.items())
    )


def as_named(report: Report, name: str, fail_on: Threshold, passed: Suppressed) -> Report:
    """Return the report of one image as that of an image among several, of which it is a part."""
    findings = tuple(
        msgspec.structs.replace(finding, image=name, fingerprint=_fingerprint(finding, name))
        for finding in report.findings
    )
    image = CheckedImage(
        name=name,
        container=report.container,
        summary=report.summary,
        looked=report.looked,
        remarks=report.remarks,
        fail_on=fail_on,
        used=passed.used,
        idle=passed.idle,
    )
    return msgspec.structs.replace(report, findings=findings, images=(image,))


def _fingerprint(finding: Finding, name: str) -> str:
    return hashlib.sha256(f"{name}\0{finding.fingerprint}".encode("utf-8", "replace")).hexdigest()[:32]
