"""Programs in Python whose name does not say so: the start command tells that they are modules.

Source: CPython runs any file that it is given (Modules/main.c, ``pymain_run_file``), whatever it is called.
"""

from __future__ import annotations

import msgspec

from paritycheck.model.snapshot import OnDemand, Snapshot, carried_paths, read_behind
from paritycheck.predict.starting.start import Start


def with_scripts(container: Snapshot, start: Start) -> Snapshot:
    """Return the container with the application's scripts that are started among its modules."""
    modules = container.modules
    known = frozenset(carried_paths(modules))
    started = dict.fromkeys(root.path for root in start.roots if root.path not in known)
    own = frozenset(container.application_files)
    scripts = [path for path in started if path in own]
    if not scripts:
        return container

    more = OnDemand(modules.get, lambda: (*carried_paths(modules), *scripts), read_behind(modules))
    return msgspec.structs.replace(container, modules=more)
