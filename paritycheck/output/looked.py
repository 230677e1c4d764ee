"""What an answer rests on, in words: the line that stands where others write OK."""

from __future__ import annotations

from collections.abc import Iterator

from paritycheck.model.report import CheckedImage, Report
from paritycheck.output.style import harmless

DIGEST_DIGITS = 12


def looked_at(report: Report | CheckedImage) -> str:
    """Return what was looked at, in one harmless line; what is not there is said, too."""
    summary, looked, image = report.summary, report.looked, report.container
    parts = [
        count(summary.modules, "module"),
        count(summary.files, "file"),
        count(summary.distributions, "distribution"),
    ]
    if isinstance(report, Report) and (report.images or report.unchecked):
        parts.insert(0, count(len(report.images), "image"))
    else:
        parts += [
            looked.containerfile or "no Containerfile",
            looked.ignorefile or "no ignore file",
            looked.interpreter or "no known interpreter",
            f"image {short_digest(image.digest)}" if image.digest else f"{image.kind} {image.reference}",
        ]
    return harmless(", ".join(parts))


def judged(report: Report | CheckedImage) -> str:
    """Return what became of the items that were judged."""
    summary = report.summary
    return f"{summary.arrived} arrived, {summary.lost} lost, {summary.unknown} unknown"


def in_parity(report: Report | CheckedImage) -> bool:
    """Whether all was checked and nothing found that counts."""
    summary = report.summary
    unchecked = isinstance(report, Report) and report.unchecked
    return not (summary.errors or summary.warnings or summary.notes or unchecked)


def verdict(report: Report | CheckedImage) -> str:
    """Return the counts of findings; ``parity`` where there are none."""
    summary = report.summary
    counts = ((summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note"))
    parts = ["parity"] if in_parity(report) else [count(number, word) for number, word in counts]
    if summary.suppressed:
        parts.append(f"{summary.suppressed} suppressed")
    if summary.known:
        parts.append(f"{summary.known} known before")
    if isinstance(report, Report):
        parts += [f"{count(len(report.gone), 'finding')} gone"] if report.gone else []
        parts += [f"{count(len(report.unchecked), 'image')} not checked"] if report.unchecked else []
        parts += [f"{count(len(report.awaited), 'image')} awaited"] if report.awaited else []
    return ", ".join(parts)


def image_lines(report: Report) -> Iterator[str]:
    """Yield what is said of each of several images: its verdict and what was looked at, or why it was not."""
    for image in report.images:
        yield harmless(f"{image.name}: {verdict(image)}; looked at {looked_at(image)}; {judged(image)}")
    for missed in report.unchecked:
        hint = f" ({missed.hint})" if missed.hint else ""
        yield harmless(f"{missed.name}: not checked: {missed.message}{hint}")


def count(number: int, word: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{number:d} {word}{'' if number == 1 else 's'}"


def short_digest(digest: str) -> str:
    """Return a digest as engines show it: its algorithm aside, its first digits."""
    algorithm, _, digits = digest.rpartition(":")
    return f"{algorithm}:{digits[:DIGEST_DIGITS]}" if algorithm else digits[:DIGEST_DIGITS]
