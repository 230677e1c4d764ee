"""Commands that make and remove a stage's files: ``rm``, ``mkdir``, ``touch``, ``tee``; and ``cd``.

Source: POSIX.1-2024 Utilities, and the options that GNU coreutils and BusyBox add to them. A
removal that is not certain is taken not to happen.
"""

from __future__ import annotations

import posixpath
import re

from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.recording import recorded_files
from paritycheck.predict.running.shellstate import Shell, Status, covers
from paritycheck.predict.running.shellwords import Field, Unsure


def remove(shell: Shell, fields: list[Field]) -> Status:
    """``rm``, ``rmdir``, ``unlink``."""
    options = Options(fields)
    forced = options.has("f", "--force")
    status: Status = True
    for operand in options.operands:
        if isinstance(operand, Unsure):
            status = status and None
            continue
        place = shell.place(operand, follow_last=operand.endswith("/"))
        if place.certainty == "present":
            remove_path(shell, place.path)
        elif not forced:
            status = None if place.certainty == "unknown" else False
    return status


def remove_path(shell: Shell, path: str) -> None:
    """Remove a path; what nobody knew about it is known, too.

    Metadata that is removed by hand takes no module along: unless those that it records are gone already,
    nobody knows from then on what is installed.
    """
    if not path:
        return
    if path.endswith((".dist-info", ".egg-info")) and not _is_empty_shell(shell, path):
        shell.touch(posixpath.dirname(path), "distributions")
    shell.tree.remove(path)
    shell.tree.unknown[:] = [
        part for part in shell.tree.unknown if not part.path or not covers(path, part.path)
    ]


def _is_empty_shell(shell: Shell, folder: str) -> bool:
    """Tell whether nothing is left of a distribution but its metadata."""
    site = posixpath.dirname(folder)
    recorded = recorded_files(shell, folder)
    others = [path for path in recorded if covers(site, path) and not covers(folder, path)]
    return bool(others) and all(shell.tree.get(path) is None for path in others)


def make_directories(shell: Shell, fields: list[Field]) -> Status:
    """``mkdir``."""
    options = Options(fields, "mZ", ("--mode",))
    parents = options.has("p", "--parents")
    status: Status = True
    for operand in options.operands:
        if isinstance(operand, Unsure):
            continue
        place = shell.place(operand)
        if shell.tree.is_dir(place.path):
            status = status if parents else False
        else:
            shell.make_directory(place.path)
    return status


def create(shell: Shell, fields: list[Field]) -> Status:
    """``touch``."""
    options = Options(fields, "rtd", ("--reference", "--date"))
    for operand in options.operands:
        if isinstance(operand, Unsure) or shell.place(operand).certainty != "present":
            shell.write(operand, b"")
    return True


def change_directory(shell: Shell, fields: list[Field]) -> Status:
    """``cd``."""
    operands = Options(fields).operands
    wanted = operands[0] if operands else shell.variable("HOME") or shell.scene.home
    if isinstance(wanted, Unsure) or wanted == "-":
        return None
    place = shell.place(wanted)
    shell.cwd = place.path
    if place.certainty == "present" and shell.tree.is_dir(place.path):
        return True
    return None


def tee(shell: Shell, fields: list[Field]) -> Status:
    """``tee``: files whose content nobody knows."""
    options = Options(fields)
    for operand in options.operands:
        shell.write(operand, None, append=options.has("a", "--append"))
    return None


def edit(shell: Shell, fields: list[Field]) -> Status:
    """``patch``, ``dos2unix``: the files stay the modules that they are."""
    for field in fields:
        if isinstance(field, str) and re.fullmatch(r"[\w./-]+\.\w+", field) and not field.startswith("-"):
            shell.need(field)
    return None
