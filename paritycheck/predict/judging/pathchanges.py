"""Which directories the container's code itself puts on ``sys.path``.

Source: the library reference on ``sys.path`` and ``site.addsitedir``. When in the course of a start that
happens is not asked: what is found with it is not said to be missing.
"""

from __future__ import annotations

from paritycheck.model.snapshot import Snapshot, read_ahead
from paritycheck.model.source import SourceData
from paritycheck.predict.importing.closure import import_closure
from paritycheck.predict.importing.conditions import Fact
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.judging.dataplaces import place_meant
from paritycheck.predict.judging.naming import is_test
from paritycheck.predict.starting.start import Start


def path_changes(
    container: Snapshot, start: Start, finder: Finder, facts: dict[str, Fact]
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the directories that go first on ``sys.path``, and those that go last, as tree paths.

    Changed by the modules that the start reaches; where it is not understood, by any but tests.
    """
    own = container.application_modules
    read_ahead(container.modules, own)
    changing = [path for path in own if (says := container.modules.get(path)) and says.changes_path]
    if changing and start.resolved:
        closure = import_closure(start.roots, finder, container.modules, frozenset(own).__contains__, facts)
        reached = {each.path for each in closure.modules.values()}
        changing = [path for path in changing if path in reached]
    else:
        changing = [path for path in changing if not is_test(path)]
    read_ahead(container.data, changing)
    first: dict[str, None] = {}
    last: dict[str, None] = {}
    for path in changing:
        for reference in container.data.get(path, SourceData()).references:
            if reference.use in ("inserted", "appended"):
                place = place_meant(reference, path, start.cwd.strip("/"), finder, container.data)
                real = container.tree.resolve(place) if place is not None else None
                if real is not None and container.tree.is_dir(real):
                    (first if reference.use == "inserted" else last)[real] = None
    return tuple(first), tuple(last)
