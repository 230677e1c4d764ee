"""What another engine would make of the same build.

The classic builder is no rival: it is gone from current Docker, and refuses much that every other
engine builds.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from paritycheck.errors import BuildRefused, ParityError
from paritycheck.model.engine import BUILDKIT, PODMAN
from paritycheck.predict.planning.plan import Plan, make_plan

RIVALS = (PODMAN, BUILDKIT)


def plan_for_rivals(plan: Plan) -> Iterator[tuple[str, Plan | BuildRefused]]:
    """Yield the name of every other engine, with its plan or its refusal."""
    for engine in RIVALS:
        if engine.name == plan.options.engine.name:
            continue
        options = msgspec.structs.replace(
            plan.options, engine=engine, otherwise=None, file=plan.containerfile.path
        )
        try:
            rival = make_plan(plan.clone, options)
        except BuildRefused as refusal:
            yield engine.name, refusal
        except ParityError:
            continue
        else:
            if rival is not None:
                yield engine.name, rival
