"""Journeys gate by gate for a person: the answer to ``why``."""

from __future__ import annotations

from collections.abc import Iterator

from tabulate import tabulate

from paritycheck.model.journey import Explanation, Journey
from paritycheck.output.style import Paint, harmless, plain
from paritycheck.output.text import MARKS


def render_journeys(explanation: Explanation, paint: Paint = plain) -> str:
    """Return every journey: a line a gate, with the reason and the lines that are its evidence."""
    return "\n\n".join("\n".join(_journey(journey, paint)) for journey in explanation.journeys) + "\n"


def _journey(journey: Journey, paint: Paint) -> Iterator[str]:
    item = journey.item
    where = f"  {harmless(item.path)}" if item.path and item.path != item.name else ""
    yield f"{item.kind} {paint(harmless(item.name), 'strong')}{where}"
    rows: list[tuple[str, str, str]] = []
    for verdict in journey.verdicts:
        evidence = [f"{place}  {place.text}".rstrip() for place in verdict.locations]
        rows.append((paint(*MARKS[verdict.outcome]), verdict.gate, harmless(verdict.reason)))
        rows += [("", "", "  " + harmless(line)) for line in evidence]
    table = tabulate(rows, tablefmt="plain", disable_numparse=True, preserve_whitespace=True)
    yield from ("  " + line for line in table.splitlines())
    lost = journey.lost_at
    match journey.arrived:
        case True:
            yield f"{paint('arrives', 'good')} in the container"
        case False if lost is not None:
            yield f"{paint('lost', 'bad')} at gate {lost.gate}: {harmless(lost.reason)}"
        case _:
            yield f"{paint('unknown', 'doubt')}: no gate could tell"
