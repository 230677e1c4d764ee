"""One image compared as its settings say, and several of one repository in one run."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

from paritycheck.capture.bases import Reached
from paritycheck.capture.configuration import Configuration
from paritycheck.capture.shared import Checkouts
from paritycheck.capture.sides import Machine
from paritycheck.check import compare
from paritycheck.cli.opening import Sides, open_machine, open_sides
from paritycheck.cli.settings import Settings, shown_path
from paritycheck.cli.terminal import announced
from paritycheck.composite import combine
from paritycheck.errors import NothingCompared, ParityError
from paritycheck.model.report import Report, UncheckedImage


def check_one(settings: Settings, configured: Configuration) -> Report:
    """Return the report on the image that flags and general settings describe."""
    with contextlib.ExitStack() as stack:
        return _compare(open_sides(stack, settings, configured))


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
                machines[settings.python] = open_machine(settings)
            machine = machines[settings.python]
            try:
                with contextlib.ExitStack() as stack, announced(f"checking {settings.name}"):
                    side = checkouts.open(settings.context, settings.file, settings.ignorefile, machine)
                    sides = open_sides(
                        stack, settings, configured, side=side, machine=machine, reached=reached
                    )
                    reports.append(_compare(sides))
            except ParityError as error:
                unchecked.append(UncheckedImage(settings.name, error.message, error.hint))
    if not reports:
        told = "; ".join(f"{each.name}: {each.message}" for each in unchecked)
        raise NothingCompared(f"no image could be checked: {told}", unchecked[0].hint)
    return combine(reports, unchecked, [image.name for image in configured.settings.images])


def _compare(sides: Sides) -> Report:
    with announced("comparing"):
        return compare(sides.local, sides.image, sides.plan, sides.config)
