"""The base images of a build, as far as the local container store has them."""

from __future__ import annotations

import contextlib

import msgspec

from paritycheck.capture.image.sources import open_image
from paritycheck.capture.resolving.catalogue import open_catalogue
from paritycheck.capture.sides import Machine
from paritycheck.errors import SourceError
from paritycheck.model.snapshot import ImageConfig, Snapshot
from paritycheck.predict.building.request import BaseImage
from paritycheck.predict.context.effective import Contexts
from paritycheck.predict.planning.plan import BuildOptions, Plan, clean_clone, make_plan
from paritycheck.predict.selecting.selection import Catalogue


class Reached:
    """What the builds of one run have read, until ``stack`` closes: bases, contexts, clones of checkouts."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self.stack = stack
        self.bases: dict[str, BaseImage | None] = {}
        self.contexts = Contexts()
        self.checkouts: list[tuple[Snapshot, Snapshot, Catalogue]] = []


def plan_with_bases(
    stack: contextlib.ExitStack,
    local: Snapshot,
    options: BuildOptions,
    machine: Machine,
    reached: Reached | None = None,
) -> Plan | None:
    """Predict the build from a clean clone, reading the images that it begins from, if at hand.

    They stay open until ``stack`` closes, or that of what was ``reached`` for other builds of the run.
    No service is started and nothing is pulled: what the local store cannot give stays unknown. Only if
    the machine says so, an index is asked what an install would bring.
    """
    reached = reached or Reached(stack)
    clone, catalogue = _belongings(local, machine, reached)
    # Which Python the resolution is for may only be known with the bases at hand: it is not asked before.
    options = msgspec.structs.replace(
        options, catalogue=Catalogue(local=catalogue.local), make_context=reached.contexts.build
    )
    plan = make_plan(clone, options)
    if plan is None:
        return None
    bases: dict[str, BaseImage] = {}
    for name in plan.missing_bases:
        if name not in reached.bases:
            reached.bases[name] = _base(reached.stack, name, machine)
        base = reached.bases[name]
        if base is not None:
            bases[name] = base
    if not bases and not machine.resolve:
        return plan
    return make_plan(clone, msgspec.structs.replace(options, bases=bases, catalogue=catalogue))


def _belongings(local: Snapshot, machine: Machine, reached: Reached) -> tuple[Snapshot, Catalogue]:
    """Return the clean clone of a checkout, and what is known of distributions beside it."""
    for checkout, clone, catalogue in reached.checkouts:
        if checkout is local:
            return clone, catalogue
    catalogue = open_catalogue(
        reached.stack, local.environment, machine.variables, machine.cache_dir, resolve=machine.resolve
    )
    reached.checkouts.append((local, clean_clone(local), catalogue))
    return reached.checkouts[-1][1:]


def _base(stack: contextlib.ExitStack, name: str, machine: Machine) -> BaseImage | None:
    """Return the base image, ``None`` if the local store does not have it."""
    try:
        image = stack.enter_context(open_image(f"containers-storage:{name}", machine.hosts))
    except SourceError:
        return None

    def read(path: str) -> bytes | None:
        text = image.texts.get(path)
        return None if text is None else text.encode("utf-8")

    return BaseImage(tree=image.tree, config=image.config or ImageConfig(), read=read)
