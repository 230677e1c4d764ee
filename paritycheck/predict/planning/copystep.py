"""A COPY or ADD step of a stage: what it took is kept, and a missing source may be left out.

No engine goes on after a missing source. Going on here shows, in one run, what else is wrong.
"""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Callable, Iterator

import msgspec

from paritycheck.errors import SourceMissing
from paritycheck.model.snapshot import Unknown
from paritycheck.model.tree import FileTree, join
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
        for made, record in _attempt(building, run, step.source or "", origin, request):
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
    building: Building, run: StageRun, name: str, origin: CopyOrigin, request: CopyRequest
) -> Iterator[tuple[CopyRequest, CopyRecord]]:
    try:
        yield request, apply_copy(run.tree, origin, request, building.request.engine)
    except SourceMissing as error:
        if not building.request.tolerant:
            raise
        if len(request.sources) == 1:
            building.missing_sources.append(
                MissingSource(request.location, request.sources[0], error.reason, name)
            )
            _leave_open(run, origin, request)
            return
        for source in request.sources:
            # What several sources are copied into is a directory.
            alone = msgspec.structs.replace(
                request, sources=(source,), destination=request.destination.rstrip("/") + "/"
            )
            yield from _attempt(building, run, name, origin, alone)


def _matcher(pattern: str) -> Callable[[str], object]:
    return re.compile(fnmatch.translate(pattern)).match


def _leave_open(run: StageRun, origin: CopyOrigin, request: CopyRequest) -> None:
    """Say that nobody knows what a source that is nowhere would have brought: its absence is the one cause.

    A source that only the ignore file keeps out is known: what needs that is lost by the same line.
    """
    source = request.sources[0]
    pattern = join("", source)
    if not isinstance(origin.tree, FileTree) or any(map(_matcher(pattern), origin.tree.paths())):
        return
    written = posixpath.join(request.workdir, request.destination)
    path = join("", written)
    name = posixpath.basename(pattern)
    file = "." in name.lstrip(".") and "*" not in name
    if file and (written.endswith("/") or run.tree.is_dir(path)):
        path = join(path, name)  # of a directory the content would have come here, of a pattern anything
    run.tree.unknown.append(
        Unknown(path, f"{source}, which {request.location} copies, is not there", request.location)
    )
