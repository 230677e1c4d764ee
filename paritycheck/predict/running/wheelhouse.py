"""Wheels that a build makes for later: of the project, and of what a selection names.

Source: pip ``wheel`` and ``download``, pypa/build, pip's ``--find-links`` and ``--no-index``. A wheel stands
in the tree as a file that lists what it holds.
"""

from __future__ import annotations

import posixpath
import re

import msgspec

from paritycheck.model.tree import FileEntry
from paritycheck.predict.copying.landing import keep_inline
from paritycheck.predict.running.backendfiles import project_payload
from paritycheck.predict.running.installing import check_needs, place_file, static_version
from paritycheck.predict.running.installsites import Target
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.recording import write_text
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.selecting.selection import Selected, Selection

WHEEL = b"stand-in for a wheel\n"  # begins the content of a wheel whose members we know
_END = "-py3-none-any.whl"
BOTH = (_END, ".tar.gz")


class Wheel(msgspec.Struct):
    """What a wheel is of, and what it holds; ``problem``: why its members are not known.

    ``own``: it is of the project, and ``requires`` (with ``open``: why it may be more) is what comes with it.
    ``complete``: what it needs lies beside it.
    """

    selected: Selected
    own: bool = False
    problem: str = ""
    members: list[FileEntry] = []
    requires: tuple[Selected, ...] = ()
    open: str = ""
    complete: bool = False


def pack_wheel(
    shell: Shell,
    directory: str,
    folder: str,
    requires: Selection,
    complete: bool,
    ends: tuple[str, ...] = (_END,),
) -> None:
    """Build the project's wheel into the tree path ``folder``: a file that lists what it holds.

    ``requires`` is what an install of it brings, ``complete`` whether the wheels of that lie beside it. For
    each of ``ends`` there is a file: an install of the source archive brings what one of the wheel does.
    """
    project = Project(shell, directory)
    payload = project_payload(project)
    check_needs(shell, project, payload)
    members = [
        msgspec.structs.replace(entry, path=path)
        for path, source in payload.files.items()
        if (entry := shell.tree.get(source)) is not None
    ]
    selected = Selected(payload.name or "project", static_version(project), direct=True)
    wheel = Wheel(selected, True, payload.problem, members, requires.selected, requires.open, complete)
    for end in ends:
        _write(shell, folder, wheel, end)


def pack_selection(shell: Shell, folder: str, selection: Selection, complete: bool) -> None:
    """Put the wheels of a selection into the tree path ``folder``; ``complete``: with what they need."""
    shell.make_directory(folder)
    for each in selection.selected:
        _write(shell, folder, Wheel(each, complete=complete and not selection.open))
    if selection.open:
        shell.touch(folder, "distributions", selection.open)


def _write(shell: Shell, folder: str, wheel: Wheel, end: str = _END) -> None:
    data = WHEEL + msgspec.json.encode(wheel)
    shell.make_directory(folder)
    name = re.sub(r"[-_.]+", "_", wheel.selected.name)
    path = f"{folder}/{name}-{wheel.selected.version or '0'}{end}".lstrip("/")
    digest = keep_inline(shell.tree, data)
    shell.tree.put(shell.entry(path, "file", size=len(data), digest=digest))


def wheel_at(shell: Shell, path: str) -> Wheel | None:
    """Return what the wheel at a tree path holds, if this build made it, whatever its version."""
    entry = shell.tree.get(path)
    if entry is None:
        name = posixpath.basename(path).partition("-")[0].lower()
        folder = posixpath.dirname(path)
        for other in shell.tree.children(folder):
            if other.endswith(_END) and other.lower().startswith(name + "-"):
                entry = shell.tree.get(f"{folder}/{other}".lstrip("/"))
    data = shell.tree.inline.get(entry.digest, b"") if entry is not None else b""
    return msgspec.json.decode(data[len(WHEEL) :], type=Wheel) if data.startswith(WHEEL) else None


def wheels_in(shell: Shell, folder: str) -> tuple[Wheel, ...]:
    """Return the wheels that this build put into a directory."""
    names = (name for name in shell.tree.children(folder) if name.endswith(_END))
    found = (wheel_at(shell, f"{folder}/{name}".lstrip("/")) for name in names)
    return tuple(wheel for wheel in found if wheel is not None)


def unpack_wheel(shell: Shell, wheel: Wheel, target: Target) -> None:
    """Install a wheel of the project."""
    shell.make_directory(target.site)
    if wheel.problem:
        shell.touch(target.site, "anything", wheel.problem)
    for member in wheel.members:
        place_file(shell, member, f"{target.site}/{member.path}")
    selected = wheel.selected
    folder = f"{re.sub(r'[-_.]+', '_', selected.name)}-{selected.version}.dist-info"
    head = f"Metadata-Version: 2.1\nName: {selected.name}\nVersion: {selected.version}\n"
    write_text(shell, f"{target.site}/{folder}/METADATA", head)
    if not wheel.problem:
        rows = [member.path for member in wheel.members] + [f"{folder}/METADATA", f"{folder}/RECORD"]
        write_text(shell, f"{target.site}/{folder}/RECORD", "".join(f"{row},,\n" for row in rows))
