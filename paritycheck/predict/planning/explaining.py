"""Why the image does not get a file that the build context has: the COPY that comes nearest."""

from __future__ import annotations

from paritycheck.model.location import Location
from paritycheck.predict.building.request import Prediction, StageCopy


def explain_not_copied(path: str, prediction: Prediction) -> tuple[str, tuple[Location, ...]]:
    """Say in words why no COPY of the target stage brings ``path`` of the context, and the nearest line.

    A stage that has the file and keeps it is the cause; else the COPY whose source shares the
    longest beginning with the path; else the target stage's FROM line.
    """
    target = prediction.stages[prediction.target]
    for stage in prediction.stages:
        if stage.index != prediction.target and stage.tree is not None:
            held = next((entry.path for entry in stage.tree if entry.source == path), None)
            if held is not None:
                name = stage.name or str(stage.index)
                taken = _nearest(held, [copy for copy in prediction.copies if copy.source == stage.name])
                lines = (taken.location,) if taken else ()
                return f"stage {name} has it at /{held}, and the final stage does not take it", (
                    *lines,
                    stage.location,
                )
    copies = [copy for copy in prediction.copies if copy.origin == "context"]
    own = [copy for copy in copies if copy.stage == prediction.target]
    nearest = _nearest(path, own) or _nearest(path, copies)
    if nearest is not None:
        sources = " ".join(nearest.request.sources)
        return f"no COPY takes it; the nearest copies {sources}", (nearest.location,)
    return "no COPY of the final stage takes anything from the build context", (target.location,)


def _nearest(path: str, copies: list[StageCopy]) -> StageCopy | None:
    """Return the COPY with a source closest to ``path``; of equals the last, where a line would be added."""
    best: tuple[int, int] | None = None
    found: StageCopy | None = None
    for order, copy in enumerate(copies):
        if not copy.request.sources:
            continue
        rank = (max(_shared(path, source) for source in copy.request.sources), order)
        if best is None or rank >= best:
            best, found = rank, copy
    return found


def _shared(path: str, source: str) -> int:
    """Count the components that two paths begin with; a neighbour in the same directory is closest."""
    left, right = path.split("/"), source.strip("/").removeprefix("./").split("/")
    count = 0
    while count < min(len(left), len(right)) and left[count] == right[count]:
        count += 1
    return count
