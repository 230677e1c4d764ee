"""The two sides of a comparison, opened as the settings in force say."""

from __future__ import annotations

import contextlib
import datetime
from dataclasses import dataclass

from paritycheck.capture.bases import Reached, plan_with_bases
from paritycheck.capture.composefiles import open_service
from paritycheck.capture.configuration import Configuration
from paritycheck.capture.references import open_source
from paritycheck.capture.sides import BuildPaths, Machine, open_local
from paritycheck.cli.options import read_machine
from paritycheck.cli.settings import DEFAULT, Settings
from paritycheck.cli.terminal import announced
from paritycheck.config import Config, parse_build_args, parse_codes, parse_engine
from paritycheck.errors import UsageError
from paritycheck.model.engine import BUILDKIT
from paritycheck.model.snapshot import Snapshot
from paritycheck.parse.compose.service import Service
from paritycheck.predict.planning.composing import service_options, with_inline_file
from paritycheck.predict.planning.plan import BuildOptions, Plan


@dataclass(frozen=True)
class Checkout:
    """The local side as a service of a compose file runs it, and what is asked of its build."""

    local: Snapshot
    options: BuildOptions
    config: Config


@dataclass(frozen=True)
class Sides:
    """Both sides: the actual image, if one is named, and what the build is predicted to make."""

    local: Snapshot
    image: Snapshot | None
    plan: Plan | None
    config: Config


def open_machine(settings: Settings) -> Machine:
    """Return this machine as the settings let it be used."""
    return read_machine(
        settings.python, probe=settings.probe, resolve=settings.resolve, no_cache=settings.no_cache
    )


def read_checkout(settings: Settings, machine: Machine) -> tuple[Snapshot, BuildPaths]:
    """Return the snapshot of the checkout around the context, and where the build's files lie in it."""
    with announced(f"reading {settings.context}"):
        return open_local(
            settings.context, settings.file, settings.ignorefile, machine, committed=settings.committed
        )


def open_checkout(
    settings: Settings, configured: Configuration, side: tuple[Snapshot, BuildPaths], machine: Machine
) -> Checkout:
    """Return a checkout that was read as flags and the compose service, if there is one, want it built."""
    local, place = side
    service = open_service(settings.compose, settings.service, local, place, machine)
    options = _build_options(settings, place, service)
    config = Config(
        context=options.context,
        start=settings.start,
        service=service,
        fail_on=settings.fail_on.value,
        select=parse_codes(tuple(settings.select)),
        ignore=parse_codes(tuple(settings.ignore)),
        ignores=configured.settings.ignores,
        today=datetime.date.today(),
        image=settings.name,
    )
    return Checkout(with_inline_file(service, local), options, config)


def open_sides(
    stack: contextlib.ExitStack,
    settings: Settings,
    configured: Configuration,
    *,
    side: tuple[Snapshot, BuildPaths] | None = None,
    machine: Machine | None = None,
    reached: Reached | None = None,
) -> Sides:
    """Open both sides until ``stack`` closes; the keywords are what other images of the run have opened."""
    machine = machine or open_machine(settings)
    checkout = open_checkout(settings, configured, side or read_checkout(settings, machine), machine)
    image = None
    if settings.image is None and machine.probe:
        raise UsageError("--probe runs an image, and none is named", "name it with -i, or leave out --probe")
    if settings.image is not None:
        with announced(f"reading {settings.image}"):
            image = stack.enter_context(open_source(settings.image, machine))
    with announced("predicting the build"):
        plan = plan_with_bases(stack, checkout.local, checkout.options, machine, reached)
    return Sides(checkout.local, image, plan, checkout.config)


def _build_options(settings: Settings, place: BuildPaths, service: Service | None) -> BuildOptions:
    options = BuildOptions(
        engine=parse_engine(settings.engine),
        # Most Containerfiles are built by Docker: one that Podman refuses was written for it.
        otherwise=BUILDKIT if settings.sources.get("engine", DEFAULT) == DEFAULT else None,
        context=place.context,
        file=place.file,
        written=str(settings.file or ""),
        ignorefile=place.ignorefile,
        target=settings.target,
        build_args=parse_build_args(tuple(settings.build_arg)),
    )
    return service_options(service, options) if service else options
