"""A COPY or ADD step of a stage: what it took is kept, and a missing source may be left out.

No engine goes on after a missing source. Going on here shows, in one run, what else is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from paritycheck.errors import SourceMissing
from paritycheck.predict.building.origins import Building, StageRun, find_origin
from paritycheck.predict.building.request import MissingSource, StageCopy
from paritycheck.predict.building.steps import Step
from paritycheck.predict.copying.applying import CopyOrigin, CopyRecord, CopyRequest, apply_copy


def copy_step(building: Building, run: StageRun, step: Step) -> None:
    """Apply a step. Raises :class:`~paritycheck.errors.BuildRefused` where the engine fails."""
    layer = run.add_layer(step.instruction)
    origin = find_origin(building, run, step)
    for wanted in step.copies:
        request = msgspec.structs.replace(wanted, layer=layer)
        for made, record in _attempt(building, run, origin, request):
            building.copies.append(
                StageCopy(
                    stage=run.stage.index,
                    location=step.instruction.location,
                    source=step.source or "",
                    origin=origin.kind,
                    request=made,
                    record=record,
                )
            )


def _attempt(
    building: Building, run: StageRun, origin: CopyOrigin, request: CopyRequest
) -> Iterator[tuple[CopyRequest, CopyRecord]]:
    try:
        yield request, apply_copy(run.tree, origin, request, building.request.engine)
    except SourceMissing as error:
        if not building.request.tolerant:
            raise
        if len(request.sources) == 1:
            building.missing_sources.append(MissingSource(request.location, request.sources[0], error.reason))
            return
        for source in request.sources:
            # What several sources are copied into is a directory.
            alone = msgspec.structs.replace(
                request, sources=(source,), destination=request.destination.rstrip("/") + "/"
            )
            yield from _attempt(building, run, origin, alone)
