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
from paritycheck.predict.planning.plan import BuildOptions, Plan, clean_clone, make_plan
from paritycheck.predict.selecting.selection import Catalogue


def plan_with_bases(
    stack: contextlib.ExitStack, local: Snapshot, options: BuildOptions, machine: Machine
) -> Plan | None:
    """Predict the build from a clean clone, reading the images that it begins from, if at hand.

    They stay open until ``stack`` closes. No service is started and nothing is pulled: what the
    local store cannot give stays unknown. Only if the machine says so, an index is asked what an
    install would bring.
    """
    catalogue = open_catalogue(
        stack, local.environment, machine.variables, machine.cache_dir, resolve=machine.resolve
    )
    clone = clean_clone(local)
    # Which Python the resolution is for may only be known with the bases at hand: it is not asked before.
    options = msgspec.structs.replace(options, catalogue=Catalogue(local=catalogue.local))
    plan = make_plan(clone, options)
    if plan is None:
        return None
    bases: dict[str, BaseImage] = {}
    for name in plan.missing_bases:
        with contextlib.suppress(SourceError):
            bases[name] = _base(stack.enter_context(open_image(f"containers-storage:{name}", machine.hosts)))
    if not bases and not machine.resolve:
        return plan
    return make_plan(clone, msgspec.structs.replace(options, bases=bases, catalogue=catalogue))


def _base(image: Snapshot) -> BaseImage:
    def read(path: str) -> bytes | None:
        text = image.texts.get(path)
        return None if text is None else text.encode("utf-8")

    return BaseImage(tree=image.tree, config=image.config or ImageConfig(), read=read)
