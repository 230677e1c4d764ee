"""Where in the checkout a finding is shown: annotations need a file that the repository has."""

from __future__ import annotations

from collections.abc import Iterator

from paritycheck.model.location import Location
from paritycheck.model.report import Finding, Report

FALLBACK = "Containerfile"


def place_of(finding: Finding, report: Report) -> Location:
    """Return the line to show a finding at: its cause, else who needs it, else what was built from."""
    sides = (each.looked for each in report.images if each.name == finding.image)
    built_from = next(sides, report.looked).containerfile
    return next(checkout_places(finding), Location(built_from if in_checkout(built_from) else FALLBACK))


def checkout_places(finding: Finding) -> Iterator[Location]:
    """Yield, each once, the places in the checkout that a finding names: causes, importers, items."""
    named = [
        *finding.locations,
        # Without a line it is the start command, whose path is the image's name.
        *(each.place for each in finding.imported_by if each.line > 0),
        *(Location(item.path) for item in finding.items if item.kind in ("module", "data")),
    ]
    seen: set[tuple[str, int]] = set()
    for place in named:
        if in_checkout(place.path) and (place.path, place.line) not in seen:
            seen.add((place.path, place.line))
            yield place


def in_checkout(path: str) -> bool:
    """Whether a path is relative to the repository root, and not one of the container."""
    return bool(path) and not path.startswith("/") and ".." not in path.split("/")
