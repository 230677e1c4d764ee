"""One image compared as its settings say, and several of one repository in one run."""

from __future__ import annotations

import contextlib
import datetime
from collections.abc import Sequence

from paritycheck.capture.bases import Reached
from paritycheck.capture.composefiles import open_service
from paritycheck.capture.configuration import Configuration
from paritycheck.capture.shared import Checkouts
from paritycheck.capture.sides import BuildPaths, Machine, open_local
from paritycheck.check import compare
from paritycheck.cli.judging import build_options, open_container
from paritycheck.cli.options import read_machine
from paritycheck.cli.settings import Settings, shown_path
from paritycheck.cli.terminal import announced
from paritycheck.composite import combine
from paritycheck.config import Config, parse_codes
from paritycheck.errors import NothingCompared, ParityError
from paritycheck.model.report import Report, UncheckedImage
from paritycheck.model.snapshot import Snapshot
from paritycheck.predict.planning.composing import with_inline_file


def check_one(settings: Settings, configured: Configuration) -> Report:
    """Return the report on the image that flags and general settings describe."""
    machine = _machine(settings)
    with contextlib.ExitStack() as stack:
        with announced(f"reading {settings.context}"):
            side = open_local(
                settings.context, settings.file, settings.ignorefile, machine, committed=settings.committed
            )
        return _compare(stack, settings, configured, side, machine, Reached(stack))


def check_images(images: Sequence[Settings], common: Settings, configured: Configuration) -> Report:
    """Return the report on several configured images; the others are awaited: somebody else checks them.

    Images that cannot be checked are in the report. Raises NothingCompared if no image can.
    """
    checkouts = Checkouts(shown_path(configured.directory), committed=common.committed)
    machines: dict[str | None, Machine] = {}
    reports: list[Report] = []
    unchecked: list[UncheckedImage] = []
    with contextlib.ExitStack() as run:
        reached = Reached(run)
        for settings in images:
            if settings.python not in machines:
                machines[settings.python] = _machine(settings)
            machine = machines[settings.python]
            try:
                with contextlib.ExitStack() as stack, announced(f"checking {settings.name}"):
                    side = checkouts.open(settings.context, settings.file, settings.ignorefile, machine)
                    reports.append(_compare(stack, settings, configured, side, machine, reached))
            except ParityError as error:
                unchecked.append(UncheckedImage(settings.name, error.message, error.hint))
    if not reports:
        told = "; ".join(f"{each.name}: {each.message}" for each in unchecked)
        raise NothingCompared(f"no image could be checked: {told}", unchecked[0].hint)
    return combine(reports, unchecked, [image.name for image in configured.settings.images])


def _compare(
    stack: contextlib.ExitStack,
    settings: Settings,
    configured: Configuration,
    side: tuple[Snapshot, BuildPaths],
    machine: Machine,
    reached: Reached,
) -> Report:
    local, place = side
    run_by = open_service(settings.compose, settings.service, local, place, machine)
    options = build_options(
        place, settings.file, settings.target, settings.build_arg, settings.engine, run_by
    )
    config = Config(
        context=options.context,
        start=settings.start,
        service=run_by,
        fail_on=settings.fail_on.value,
        select=parse_codes(tuple(settings.select)),
        ignore=parse_codes(tuple(settings.ignore)),
        ignores=configured.settings.ignores,
        today=datetime.date.today(),
        image=settings.name,
    )
    container, plan = open_container(
        stack, with_inline_file(run_by, local), options, settings.image, machine, reached
    )
    with announced("comparing"):
        return compare(local, container, plan, config)


def _machine(settings: Settings) -> Machine:
    return read_machine(
        settings.python, probe=settings.probe, resolve=settings.resolve, no_cache=settings.no_cache
    )
