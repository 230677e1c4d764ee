"""What ``conda env create|update`` selects from an environment file: what it names, and what pip adds.

Source: conda's documentation ("Managing environments"). What conda's packages pull in is decided by its
solver.
"""

from __future__ import annotations

from paritycheck.model.location import Location
from paritycheck.parse.requirements.files import read_dependency_file
from paritycheck.predict.selecting.assembling import finish, select_declared, split_markers
from paritycheck.predict.selecting.reading import Opened, gather, shown
from paritycheck.predict.selecting.request import Surroundings
from paritycheck.predict.selecting.selection import Selection


def select_conda(location: Location, path: str, around: Surroundings) -> Selection:
    """Return what the environment file at a tree path asks for; always open, see the module."""
    text = around.read(path)
    read = None if text is None else read_dependency_file(text.source, text.text)
    if text is None or read is None:
        return Selection(open=f"{location}: {shown(path)} is not there")
    gathered = gather(around, Opened(path, read, text.text))
    holding, skipped, doubts = split_markers(gathered.declarations, around.markers)
    open_reason = f"{location}: conda's solver decides what its packages require"
    return finish(
        (select_declared(each) for each in holding if each.name),
        skipped,
        (open_reason, *gathered.doubts, *doubts),
    )
