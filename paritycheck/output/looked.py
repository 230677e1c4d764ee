"""What an answer rests on, in words: the line that stands where others write OK."""

from __future__ import annotations

from paritycheck.model.report import Report
from paritycheck.output.style import harmless

DIGEST_DIGITS = 12


def looked_at(report: Report) -> str:
    """Return what was looked at, in one harmless line; what is not there is said, too."""
    summary, looked, image = report.summary, report.looked, report.container
    parts = [
        count(summary.modules, "module"),
        count(summary.files, "file"),
        count(summary.distributions, "distribution"),
        looked.containerfile or "no Containerfile",
        looked.ignorefile or "no ignore file",
        looked.interpreter or "no known interpreter",
        f"image {short_digest(image.digest)}" if image.digest else f"{image.kind} {image.reference}",
    ]
    return harmless(", ".join(parts))


def judged(report: Report) -> str:
    """Return what became of the items that were judged."""
    summary = report.summary
    return f"{summary.arrived} arrived, {summary.lost} lost, {summary.unknown} unknown"


def verdict(report: Report) -> str:
    """Return the counts of findings; ``parity`` where there are none."""
    summary = report.summary
    if not (summary.errors or summary.warnings or summary.notes):
        return "parity"
    counts = ((summary.errors, "error"), (summary.warnings, "warning"), (summary.notes, "note"))
    return ", ".join(count(number, word) for number, word in counts)


def count(number: int, word: str) -> str:
    """Return ``1 file``, ``2 files``."""
    return f"{number:d} {word}{'' if number == 1 else 's'}"


def short_digest(digest: str) -> str:
    """Return a digest as engines show it: its algorithm aside, its first digits."""
    algorithm, _, digits = digest.rpartition(":")
    return f"{algorithm}:{digits[:DIGEST_DIGITS]}" if algorithm else digits[:DIGEST_DIGITS]
