"""Commands that change whose a stage's files are and what may be done with them: ``chmod``, ``chown``.

Source: POSIX.1-2024 chmod (symbolic modes) and chown, and the options that GNU coreutils adds to them.
"""

from __future__ import annotations

import re

import msgspec

from paritycheck.model.tree import FileEntry
from paritycheck.predict.copying.ownership import UNKNOWN_ID
from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field, Unsure


def change_mode(shell: Shell, fields: list[Field]) -> Status:
    """``chmod``."""
    # A mode may begin with a dash: ``chmod -x file``.
    flags = [f for f in fields if isinstance(f, str) and re.fullmatch(r"-[RfvcR]+|--[a-z-]+.*", f)]
    rest = [field for field in fields if field not in flags]
    recursive = any("R" in flag or flag == "--recursive" for flag in flags if isinstance(flag, str))
    if len(rest) < 2 or not isinstance(rest[0], str):
        return None
    status: Status = True
    for operand in rest[1:]:
        if isinstance(operand, str):
            if shell.place(operand).certainty == "present":
                set_mode(shell, operand, rest[0], recursive)
            else:
                shell.need(operand)
                status = None
    return status


def set_mode(shell: Shell, written: str, mode: str, recursive: bool) -> None:
    """Change the mode of a path that is there, with all that is below it if ``recursive``."""
    top = shell.place(written)
    if top.certainty != "present":
        return
    entries = [top.entry] if top.entry is not None else []
    if recursive and shell.tree.is_dir(top.path):
        entries += list(shell.tree.below(top.path))
    for entry in entries:
        if entry.kind != "link":
            changed = change_bits(entry, mode)
            if changed != entry.mode:
                shell.tree.put(msgspec.structs.replace(entry, mode=changed, layer=shell.scene.layer))


def change_bits(entry: FileEntry, text: str) -> int:
    """Return the permission bits after ``chmod`` with this mode, numeric or symbolic."""
    if re.fullmatch(r"[0-7]{1,4}", text):
        return int(text, 8)
    bits = entry.mode
    for clause in text.split(","):
        found = re.fullmatch(r"([ugoa]*)([-+=])([rwxXst]*)", clause)
        if found is None:
            continue
        who, operator, letters = found.groups()
        value = 0
        for letter in letters:
            if letter == "X" and (entry.kind == "dir" or bits & 0o111):
                value |= 0o1
            value |= {"r": 0o4, "w": 0o2, "x": 0o1}.get(letter, 0)
        masks = {"u": 6, "g": 3, "o": 0}
        shifts = [masks[one] for one in ("ugo" if not who or "a" in who else who)]
        for shift in shifts:
            wanted = value << shift
            if operator == "+":
                bits |= wanted
            elif operator == "-":
                bits &= ~wanted
            else:
                bits = (bits & ~(7 << shift)) | wanted
    return bits


def change_owner(shell: Shell, fields: list[Field]) -> Status:
    """``chown``: a name's number is not known here."""
    options = Options(fields, "", ("--from", "--reference"))
    if len(options.operands) < 2 or not isinstance(options.operands[0], str):
        return None
    user, _, group = options.operands[0].replace(".", ":", 1).partition(":")
    status: Status = True
    for operand in options.operands[1:]:
        place = None if isinstance(operand, Unsure) else shell.place(operand)
        if place is None or place.certainty != "present":
            status = None
            continue
        entries = [place.entry] if place.entry is not None else []
        if options.has("R", "--recursive"):
            entries += list(shell.tree.below(place.path))
        for entry in entries:
            if entry.layer < 0 and not entry.source:
                continue  # the system's own: of no interest, and many
            changed = msgspec.structs.replace(
                entry, uid=_number(user, entry.uid), gid=_number(group, entry.gid)
            )
            shell.tree.put(changed)
    return status


def _number(text: str, old: int) -> int:
    if not text:
        return old
    return int(text) if text.isdecimal() else 0 if text == "root" else UNKNOWN_ID
