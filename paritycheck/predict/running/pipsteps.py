"""The commands of pip, and ``pip-sync``, as they change a stage.

Source: pip's ``install``, ``wheel``, ``download`` and ``uninstall``; pip-tools ``pip-sync``; ``uv
pip install``.
"""

from __future__ import annotations

import posixpath
import re

import msgspec

from paritycheck.predict.running.exporting import print_present
from paritycheck.predict.running.installing import (
    install_project,
    missing_for_build,
    static_name,
)
from paritycheck.predict.running.installsites import Target, current_target, target_below
from paritycheck.predict.running.managerwords import Values, normal_name
from paritycheck.predict.running.piprequest import (
    STREAM,
    Wanted,
    collect,
    command_text,
    given,
    pip_request,
    read_words,
)
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.recording import note, present_in, record, remove_distribution
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.surrounding import Reading, surroundings
from paritycheck.predict.running.wheelhouse import (
    Wheel,
    pack_selection,
    pack_wheel,
    unpack_wheel,
    wheel_at,
    wheels_in,
)
from paritycheck.predict.selecting.pip import select_pip
from paritycheck.predict.selecting.request import PipRequest
from paritycheck.predict.selecting.selection import Selected, Selection

# Environment variables of pip that change what is installed, and where.
_VARIABLES = {
    "PIP_CONSTRAINT": "--constraint", "PIP_TARGET": "--target", "PIP_PREFIX": "--prefix",
    "PIP_USER": "--user", "PIP_NO_DEPS": "--no-deps", "PIP_NO_INDEX": "--no-index",
    "PIP_FIND_LINKS": "--find-links",
}  # fmt: skip

_ALONE = frozenset({"pip", "setuptools", "uv", "wheel"})  # they require nothing


def run_pip(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``pip``: what its words and files name goes into the environment that it acts on."""
    values, operands = read_words(list(fields[1:]))
    action = operands.pop(0) if operands else ""
    program = fields[0] if isinstance(fields[0], str) else ""
    for variable, option in _VARIABLES.items():
        value = shell.variable(variable)
        if value and value.lower() not in ("0", "false", "no", "off"):
            values.setdefault(option, [value])
    if action == "install":
        return install(shell, command_text(fields), values, operands, pip_target(shell, program, values))
    if action == "uninstall":
        uninstall(shell, values, operands, current_target(shell, program))
    elif action == "freeze":
        print_present(shell, pip_target(shell, program, values).site)
    elif action in ("wheel", "download"):
        folders = given(values, "--wheel-dir", "-w") if action == "wheel" else given(values, "--dest", "-d")
        folder = folders[-1] if folders else "."
        _make_wheels(shell, values, operands, folder, current_target(shell, program))
    return None


def pip_target(shell: Shell, program: str, values: Values) -> Target:
    """Return where ``pip install`` with these options goes."""
    for names in (("--target", "-t"), ("--prefix",)):
        value = next((values[name][-1] for name in names if values.get(name)), None)
        if value is None:
            continue
        path = shell.place(value).path if isinstance(value, str) else shell.place(value.start or ".").path
        return Target(path, path) if "--target" in names else target_below(shell, path)
    if "--user" in values or shell.scene.unprivileged:
        venv = current_target(shell, program)
        if "--user" in values or venv.prefix in ("usr/local", "usr"):
            home = shell.lookup("HOME")
            base = shell.variable("PYTHONUSERBASE") or f"{home if isinstance(home, str) else '/root'}/.local"
            return target_below(shell, shell.path(base))
    return current_target(shell, program)


def install(
    shell: Shell, command: str, values: Values, operands: list[Field], target: Target, exact: bool = False
) -> Status:
    """Install what options and operands name; ``exact``: what they do not name is removed.

    Return whether it succeeds. An install that certainly fails installs nothing; where that would end the
    build, it is followed as if it did not.
    """
    if "--dry-run" in values:
        return True
    wanted = collect(shell, values, operands)
    wheels = [*_known_wheels(shell, wanted, target), *_wheels_by_name(shell, values, wanted)]
    reading = Reading(shell)
    request = pip_request(shell, values, wanted, exact)
    if request.words and all(re.split(r"[<>=!~ \[;]", word)[0].lower() in _ALONE for word in request.words):
        request = msgspec.structs.replace(request, no_deps=True)
    selection = select_wanted(shell, request, wanted, wheels, target, reading)
    selection = _serve_from_house(shell, values, selection)
    shell.tree.remove(STREAM)
    absent = [f"/{path}" for path in wanted.absent]
    if shell.guarded > shell.doubted:
        absent += [path for directory, _ in wanted.projects for path in missing_for_build(shell, directory)]
        if absent:
            note(shell, target, command, selection, reading.files, absent)
            return False
    record(shell, target, command, selection, reading.files, absent)
    for directory, editable in wanted.projects:
        install_project(shell, directory, target, editable)
    for wheel in wheels:
        if wheel.own:
            unpack_wheel(shell, wheel, target)
    return None


def _known_wheels(shell: Shell, wanted: Wanted, target: Target) -> list[Wheel]:
    """Return the named wheels that this build made; of any other nobody knows what it brings."""
    found: list[Wheel] = []
    for written in wanted.wheels:
        path = shell.path(written) if isinstance(written, str) else ""
        wheel = wheel_at(shell, path)
        if wheel is not None:
            found.append(wheel)
            continue
        name = re.match(r"([A-Za-z0-9][\w.]*?)-(\d[\w.!+]*)(?:-|\.tar\.gz$|\.zip$)", posixpath.basename(path))
        if name is not None:
            wanted.words.append(f"{name[1]}=={name[2]}")
        entry = shell.tree.get(path)
        if entry is None or entry.source:
            what = entry.source if entry is not None else "/" + path
            shell.make_directory(target.site)
            shell.touch(target.site, "anything", f"what {what} holds is not known")
    return found


def _wheels_by_name(shell: Shell, values: Values, wanted: Wanted) -> list[Wheel]:
    """Take the words that mean the project itself out of ``wanted``: its wheel lies where pip looks first."""
    house = {
        normal_name(w.selected.name): w for folder in _houses(shell, values) for w in wheels_in(shell, folder)
    }
    named = {word: house.get(normal_name(re.split(r"[<>=!~ \[;@]", word)[0])) for word in wanted.words}
    own = {word: wheel for word, wheel in named.items() if wheel is not None and wheel.own}
    wanted.words[:] = [word for word in wanted.words if word not in own]
    return list(own.values())


def _houses(shell: Shell, values: Values) -> list[str]:
    """Return the directories of ``--find-links``."""
    links = given(values, "--find-links", "-f")
    return [shell.place(link).path for link in links if isinstance(link, str) and "://" not in link]


def select_wanted(
    shell: Shell, request: PipRequest, wanted: Wanted, wheels: list[Wheel], target: Target, reading: Reading
) -> Selection:
    """Return what a request and the wheels beside it bring; the project itself is not listed."""
    loose = [w.selected for w in wheels if not w.own and not w.complete]
    words = (f"{each.name}=={each.version}" if each.version else each.name for each in loose)
    request = msgspec.structs.replace(request, words=(*request.words, *words))
    selection = Selection(exact=request.exact)
    if request.words or request.files or request.projects or request.groups:
        selection = select_pip(request, surroundings(shell, target, reading))
    brought: dict[str, Selected] = {}
    for wheel in wheels:
        for each in wheel.requires if wheel.own and not request.no_deps else ():
            brought[each.name] = each
    brought.update({w.selected.name: w.selected for w in wheels if not w.own})
    # A wheel's version is settled, whatever a requirement leaves open.
    brought.update({each.name: each for each in selection.selected if each.name not in brought})
    reasons = [selection.open, wanted.unclear]
    if not request.no_deps:
        reasons += [wheel.open for wheel in wheels if wheel.own and not wheel.complete]
    own = {static_name(Project(shell, path)) for path in (*dict(request.projects), *dict(wanted.projects))}
    own |= {normal_name(wheel.selected.name) for wheel in wheels if wheel.own}
    return msgspec.structs.replace(
        selection,
        selected=tuple(each for name, each in brought.items() if name not in own),
        open=next(filter(None, reasons), ""),
    )


def _serve_from_house(shell: Shell, values: Values, selection: Selection) -> Selection:
    """Let ``--find-links`` tell versions, and with ``--no-index`` what comes along."""
    if not {"--no-index", "--find-links", "-f"} & values.keys():
        return selection
    folders = _houses(shell, values)
    wheels = [wheel for folder in folders for wheel in wheels_in(shell, folder) if not wheel.own]
    house = {wheel.selected.name: wheel.selected for wheel in wheels}
    selected = [
        house[each.name] if not each.version and each.name in house else each for each in selection.selected
    ]
    names = {each.name for each in selected}
    if "--no-index" not in values or not selection.open or not house:
        return msgspec.structs.replace(selection, selected=tuple(selected))
    selected += [each for name, each in house.items() if name not in names]
    doubts = [p.reason for p in shell.tree.unknown if p.path in folders and p.brings != "system"]
    return msgspec.structs.replace(selection, selected=tuple(selected), open=doubts[0] if doubts else "")


def uninstall(shell: Shell, values: Values, operands: list[Field], target: Target) -> None:
    """Remove what the words name, and what the files of ``-r`` list."""
    wanted = [field for field in operands if isinstance(field, str)]
    for file in given(values, "-r", "--requirement", "--requirements"):
        text = (shell.read(file) or b"").decode("utf-8", "replace") if isinstance(file, str) else ""
        wanted += [
            line for line in text.splitlines() if line.strip() and not line.strip().startswith(("#", "-"))
        ]
    present = present_in(shell, target.site)
    for word in wanted:
        name = re.match(r"\s*([A-Za-z0-9][\w.-]*)", word)
        found = present.get(normal_name(name[1])) if name else None
        if found is not None and not shell.doubted:
            remove_distribution(shell, target.site, found)


def _make_wheels(shell: Shell, values: Values, operands: list[Field], folder: Field, target: Target) -> None:
    path = shell.place(folder).path if isinstance(folder, str) else shell.cwd
    shell.make_directory(path)
    wanted = collect(shell, values, operands)
    reading = Reading(shell)
    request = pip_request(shell, values, wanted)
    selection = select_wanted(shell, request, wanted, [], target, reading)
    alone = request.no_deps
    pack_selection(shell, path, selection, complete=not alone)
    for directory, _ in wanted.projects:
        requires = required_by(shell, directory, target) if alone else selection
        pack_wheel(shell, directory, path, requires, complete=not alone and not selection.open)
    if selection.open:
        shell.touch(path, "distributions", selection.open)


def required_by(shell: Shell, directory: str, target: Target) -> Selection:
    """Return what an install of the project at a tree path brings beside it."""
    request = PipRequest(location=shell.scene.location, projects=((directory, ()),), cwd=shell.cwd)
    selection = select_pip(request, surroundings(shell, target, Reading(shell)))
    own = static_name(Project(shell, directory))
    selected = tuple(each for each in selection.selected if each.name != own)
    return msgspec.structs.replace(selection, selected=selected)


def run_sync(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``pip-sync``: the environment holds what the files pin, and nothing else."""
    values, operands = read_words(list(fields[1:]), "fi")
    files: list[Field] = list(operands) or ["requirements.txt"]
    target = pip_target(shell, "", values)
    return install(shell, command_text(fields), {"-r": files}, [], target, exact=True)
