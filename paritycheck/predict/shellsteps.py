"""Commands that work on files, as they change a stage: ``rm``, ``mv``, ``cp``, ``mkdir``, ``ln`` and others.

Source: POSIX.1-2024 Utilities, and the options that GNU coreutils and BusyBox add to them. A
removal that is not certain is taken not to happen.
"""

from __future__ import annotations

import posixpath
import re

import msgspec

from paritycheck.model.snapshot import Brings
from paritycheck.model.tree import FileEntry, join
from paritycheck.predict.ownership import UNKNOWN_ID
from paritycheck.predict.shellstate import Shell, Status, covers
from paritycheck.predict.shellwords import Field, Unsure


class Options:
    """The options of a command, and its operands; ``valued`` are the short and long ones with a value."""

    def __init__(self, fields: list[Field], valued: str = "", long_valued: tuple[str, ...] = ()) -> None:
        self.letters: set[str] = set()
        self.values: dict[str, Field] = {}
        self.operands: list[Field] = []
        rest = list(fields)
        while rest:
            field = rest.pop(0)
            if field == "--":
                self.operands += rest
                break
            if isinstance(field, Unsure) or not field.startswith("-") or field == "-":
                self.operands.append(field)
            elif field.startswith("--"):
                name, equals, value = field.partition("=")
                self.letters.add(name)
                if equals:
                    self.values[name] = value
                elif name in long_valued and rest:
                    self.values[name] = rest.pop(0)
            else:
                self._read_letters(field[1:], valued, rest)

    def _read_letters(self, letters: str, valued: str, rest: list[Field]) -> None:
        for index, letter in enumerate(letters):
            self.letters.add(letter)
            if letter in valued:
                if letters[index + 1 :]:
                    self.values[letter] = letters[index + 1 :]
                elif rest:
                    self.values[letter] = rest.pop(0)
                return

    def has(self, *names: str) -> bool:
        """Tell whether one of these options was given."""
        return any(name in self.letters for name in names)


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
    """Remove a path; what nobody knew about it is known, too."""
    if not path:
        return
    shell.tree.remove(path)
    shell.tree.unknown[:] = [
        part for part in shell.tree.unknown if not part.path or not covers(path, part.path)
    ]


def _target(shell: Shell, options: Options) -> tuple[list[Field], Field | None, bool]:
    """Return the sources, the destination, and whether it is a directory to put them into."""
    into = options.values.get("t", options.values.get("--target-directory"))
    if into is not None:
        return options.operands, into, True
    if len(options.operands) < 2:
        return [], None, False
    *sources, destination = options.operands
    if isinstance(destination, Unsure):
        return sources, destination, False
    place = shell.place(destination)
    is_dir = shell.tree.is_dir(place.path) or (place.certainty == "unknown" and destination.endswith("/"))
    return (
        sources,
        destination,
        (is_dir or len(sources) > 1) and not options.has("T", "--no-target-directory"),
    )


def copy(shell: Shell, fields: list[Field]) -> Status:
    """``cp``."""
    options = Options(fields, "tS", ("--target-directory", "--suffix"))
    recursive = options.has("r", "R", "a", "--recursive", "--archive")
    keeps_links = recursive and not options.has("L", "H", "--dereference")
    keeps_old = options.has("n", "--no-clobber", "u", "--update")
    return _transfer(shell, options, recursive, keeps_links, keeps_old, moves=False)


def move(shell: Shell, fields: list[Field]) -> Status:
    """``mv``."""
    options = Options(fields, "tS", ("--target-directory", "--suffix"))
    return _transfer(shell, options, True, True, options.has("n", "--no-clobber"), moves=True)


def _transfer(
    shell: Shell, options: Options, recursive: bool, keeps_links: bool, keeps_old: bool, moves: bool
) -> Status:
    sources, destination, into = _target(shell, options)
    if destination is None:
        return False
    if isinstance(destination, Unsure):
        shell.touch(_known_start(shell, destination), "anything")
        return None
    status: Status = True
    for source in sources:
        if isinstance(source, Unsure):
            shell.touch(shell.place(destination).path, "anything")
            status = status and None
            continue
        place = shell.place(source, follow_last=not keeps_links or source.endswith("/"))
        target = destination
        name = posixpath.basename(source.rstrip("/"))
        if into and name not in ("", ".", ".."):
            target = f"{destination}/{name}"
        if options.has("--parents"):
            target = f"{destination}/{source}"
        if place.certainty == "present":
            end = shell.place(target, follow_last=shell.tree.is_dir(shell.place(target).path)).path
            if shell.tree.is_dir(place.path) and not recursive:
                status = False
                continue
            replant(shell, place.path, end, keeps_old)
            if moves and not covers(end, place.path):
                remove_path(shell, place.path)
        elif place.certainty == "unknown":
            _spread(shell, place.path, shell.place(target).path)
            status = status and None
        else:
            shell.need(source)
            status = False
    return status


def _known_start(shell: Shell, field: Unsure) -> str:
    return shell.place(posixpath.dirname(field.start) or ".").path


def _spread(shell: Shell, source: str, target: str) -> None:
    """Something nobody can list goes to ``target``."""
    doubts = [part for part in shell.tree.unknown if covers(part.path, source)]
    worst: Brings = next((part.brings for part in doubts if part.brings != "distributions"), "distributions")
    shell.touch(target, worst)


def replant(shell: Shell, source: str, target: str, keeps_old: bool = False) -> None:
    """Copy a file or a whole directory to another path of the tree; directories merge."""
    if not source or covers(source, target):
        whole = [entry for entry in shell.tree.below(source) if not covers(target, entry.path)]
    else:
        whole = list(shell.tree.below(source))
    top = shell.tree.get(source)
    target = target.strip("/")
    shell.tree.make_parents(target, shell.entry(target, "dir"))
    if top is None or top.kind == "dir":
        shell.make_directory(target)
    else:
        whole.insert(0, top)
    for entry in whole:
        tail = entry.path[len(source) :].lstrip("/")
        path = f"{target}/{tail}" if target and tail else target or tail
        if keeps_old and shell.tree.get(path) is not None and entry.kind != "dir":
            continue
        if entry.kind == "dir" and shell.tree.is_dir(path):
            continue
        shell.tree.put(msgspec.structs.replace(entry, path=path, layer=shell.scene.layer))
    prefix = f"{source}/" if source else ""
    for part in tuple(shell.tree.unknown):
        if part.path == source or (part.path.startswith(prefix) and part.path):
            shell.touch(join(target, part.path[len(prefix) :]), part.brings, part.reason)


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


def link(shell: Shell, fields: list[Field]) -> Status:
    """``ln``: a symbolic link, or another name of the same content."""
    options = Options(fields, "tS", ("--target-directory", "--suffix"))
    symbolic = options.has("s", "--symbolic")
    operands = list(options.operands)
    if len(operands) == 1 and isinstance(operands[0], str):
        operands.append(posixpath.basename(operands[0].rstrip("/")))
        options.operands = operands
    sources, destination, into = _target(shell, options)
    if destination is None or isinstance(destination, Unsure):
        return None
    for source in sources:
        last = shell.place(destination, follow_last=False)
        onto = options.has("n", "--no-dereference") and last.entry is not None and last.entry.kind == "link"
        name = "" if isinstance(source, Unsure) else posixpath.basename(source.rstrip("/"))
        target = f"{destination}/{name}" if into and not onto else destination
        place = shell.place(target, follow_last=False)
        if isinstance(source, Unsure):
            shell.touch(place.path, "anything")
        elif place.entry is not None and not options.has("f", "--force"):
            return False
        elif not symbolic:
            old = shell.place(source)
            if old.certainty == "present":
                replant(shell, old.path, place.path)
        else:
            shell.tree.make_parents(place.path, shell.entry(place.path, "dir"))
            shell.tree.put(shell.entry(place.path, "link", target=source))
    return True


def create(shell: Shell, fields: list[Field]) -> Status:
    """``touch``."""
    options = Options(fields, "rtd", ("--reference", "--date"))
    for operand in options.operands:
        if isinstance(operand, Unsure) or shell.place(operand).certainty != "present":
            shell.write(operand, b"")
    return True


def install(shell: Shell, fields: list[Field]) -> Status:
    """``install``: directories with ``-d``, else like ``cp``."""
    options = Options(fields, "mogtS", ("--mode", "--owner", "--group", "--target-directory"))
    if options.has("d", "--directory"):
        return make_directories(shell, ["-p", *options.operands])
    if options.has("D") and len(options.operands) == 2 and isinstance(options.operands[1], str):
        place = shell.place(options.operands[1])
        shell.make_directory(posixpath.dirname(place.path))
    status = _transfer(shell, options, False, False, False, moves=False)
    mode = options.values.get("m", options.values.get("--mode", "755"))
    sources, destination, into = _target(shell, options)
    if isinstance(destination, str) and isinstance(mode, str):
        names = [posixpath.basename(s) for s in sources if isinstance(s, str)] if into else [""]
        for name in names:
            _set_mode(shell, posixpath.join(destination, name).rstrip("/"), mode, False)
    return status


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
                _set_mode(shell, operand, rest[0], recursive)
            else:
                shell.need(operand)
                status = None
    return status


def _set_mode(shell: Shell, written: str, mode: str, recursive: bool) -> None:
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


def change_directory(shell: Shell, fields: list[Field]) -> Status:
    """``cd``."""
    operands = Options(fields).operands
    wanted = operands[0] if operands else shell.variable("HOME") or "/root"
    if isinstance(wanted, Unsure) or wanted == "-":
        return None
    place = shell.place(wanted)
    shell.cwd = place.path
    if place.certainty == "present" and shell.tree.is_dir(place.path):
        return True
    return None
