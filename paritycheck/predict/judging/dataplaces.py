"""Which path of a tree a place is that the code in it names."""

from __future__ import annotations

from collections.abc import Mapping

from paritycheck.model.source import DataReference, SourceData
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.judging.constants import settle


def place_meant(
    reference: DataReference,
    file: str,
    cwd: str,
    finder: Finder,
    data: Mapping[str, SourceData],
    settings: str = "",
) -> str | None:
    """Return the tree path that ``reference`` means in the module at ``file``, started in ``cwd``.

    ``data`` is what each module binds, ``settings`` Django's settings module. ``""`` if the place is above
    the root, or the root itself; ``None`` if it is not known.
    """
    settled = settle(reference, file, finder, data, settings)
    if settled is None:
        return None
    reference, file = settled
    match reference.base:
        case "file":
            parts = file.split("/")
            if reference.deepest > len(parts):
                return ""
            return below(parts[: max(len(parts) - reference.up, 0)], reference.path)
        case "cwd":
            here = cwd.split("/") if cwd else []
            return below(here[: max(len(here) - reference.up, 0)], reference.path)
        case "absolute":
            return reference.path
        case "package":
            found = finder.find(reference.package)
            if not isinstance(found, Found) or not found.path:
                return None
            return below(found.path.split("/")[:-1], reference.path)
        case _:
            return None


def below(directory: list[str], path: str) -> str:
    """Return ``path`` below the directory of these parts."""
    return "/".join([*directory, *([path] if path else [])])
