"""The commands of uv: ``pip``, ``sync``, ``run``, ``venv``, ``export``, ``build``, ``tool``, ``python``.

Source: the reference pages of uv's commands and of its environment variables.
"""

from __future__ import annotations

import posixpath
import re

from paritycheck.model.tree import join
from paritycheck.predict.running.buildsteps import run_build, run_compile
from paritycheck.predict.running.exporting import export
from paritycheck.predict.running.installing import install_project, is_project, missing_for_build
from paritycheck.predict.running.installsites import Target, active_venv, current_target, enter, target_below
from paritycheck.predict.running.localsources import need_sources
from paritycheck.predict.running.managerwords import Values, chosen_folder, is_on, normal_name
from paritycheck.predict.running.piprequest import command_text, read_words
from paritycheck.predict.running.pipsteps import install, pip_target, uninstall
from paritycheck.predict.running.projectrequest import uv_request
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.recording import note, record
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.surrounding import Reading, surroundings
from paritycheck.predict.running.uvworkspace import installs, local_closure, members
from paritycheck.predict.running.virtualenvs import make_venv, managed_python, seeds_of, uv_python
from paritycheck.predict.selecting.request import ProjectRequest
from paritycheck.predict.selecting.selection import Selection
from paritycheck.predict.selecting.uv import select_uv

_LETTERS = "recifbopPCw"
_RUN_VALUED = frozenset(
    {"--with", "--with-requirements", "--extra", "--group", "--package", "--python", "-p", "--env-file",
     "--directory", "--project", "--index-url", "--with-editable", "--only-group", "--no-group", "-w"}
)  # fmt: skip
_INLINE = re.compile(rb"^# /// script\s*$", re.MULTILINE)  # PEP 723


def run_uv(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``uv``, by its command."""
    values, operands = read_words(list(fields[1:]), _LETTERS)
    command = command_text(fields)
    action = operands[0] if operands else ""
    if action == "pip":
        return _run_pip(shell, fields, values, operands[1:])
    if action == "sync":
        return _sync(shell, values, chosen_folder(shell, values), command)
    if action == "run":
        return _run(shell, fields, text)
    if action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    if action == "venv":
        _make_venv(shell, values, operands[1:])
    elif action == "tool":
        shell.touch(shell.path("/root/.local"), "system")  # in environments of their own
    elif action == "python":
        _install_python(shell, operands[1:])
    elif action == "add":
        _add(shell, values, operands[1:], command)
    elif action == "export":
        directory = chosen_folder(shell, values)
        reading = Reading(shell)
        around = surroundings(shell, _project_target(shell, values, directory), reading)
        selection = select_uv(uv_request(shell, values, directory), around)
        own = normal_name(Project(shell, directory).name)
        export(shell, selection, _outputs(values), own)
    elif action == "lock" and not shell.tree.locate(join(chosen_folder(shell, values), "uv.lock")).entry:
        shell.write(join("/" + chosen_folder(shell, values), "uv.lock"), None)
    return None


def _outputs(values: Values) -> list[Field]:
    return [value for name in ("-o", "--output-file") for value in values.get(name, ())]


def _run_pip(shell: Shell, fields: list[Field], values: Values, operands: list[Field]) -> Status:
    action, rest = (operands[0], operands[1:]) if operands else ("", [])
    command = command_text(fields)
    if action == "install":
        return install(shell, command, values, rest, _target(shell, values))
    if action == "sync":
        return install(shell, command, {**values, "-r": rest}, [], _target(shell, values), exact=True)
    if action == "uninstall":
        uninstall(shell, values, rest, _target(shell, values))
    elif action == "compile":
        run_compile(shell, fields, None)
    return None


def _target(shell: Shell, values: Values) -> Target:
    if any(n in values for n in ("--target", "-t", "--prefix")):
        return pip_target(shell, "", values)
    python = values.get("--python") or values.get("-p")
    if python and isinstance(python[-1], str) and "/" in python[-1]:
        path = python[-1]
        if shell.tree.locate(f"{shell.path(path)}/pyvenv.cfg").entry is not None:
            return target_below(shell, shell.path(path))
        return current_target(shell, path) if "/bin/" in path else target_below(shell, shell.path(path))
    if "--system" in values or is_on(shell, "UV_SYSTEM_PYTHON"):
        return target_below(shell, None)
    venv = active_venv(shell)
    folder = shell.cwd
    while venv is None:
        if shell.tree.is_dir(join(folder, ".venv")):
            venv = join(folder, ".venv")
        if not folder:
            break
        folder = posixpath.dirname(folder)
    return target_below(shell, venv)


def _make_venv(shell: Shell, values: Values, operands: list[Field]) -> None:
    default = shell.variable("UV_PROJECT_ENVIRONMENT") or ".venv"
    path = next((o for o in operands if isinstance(o, str)), default)
    python = uv_python(shell, values, shell.cwd)
    seeds = seeds_of(python[1]) if {"--seed"} & values.keys() or is_on(shell, "UV_VENV_SEED") else ()
    make_venv(shell, shell.place(path).path, python, "--system-site-packages" in values, seeds)


def _install_python(shell: Shell, operands: list[Field]) -> None:
    if operands and operands[0] == "install":
        for version in operands[1:]:
            minor = ".".join(version.split(".")[:2]) if isinstance(version, str) else ""
            if minor.startswith("3.") and minor[2:].isdigit():
                managed_python(shell, minor)
        shell.touch(shell.path("/root/.local"), "system")
    elif operands and operands[0] == "pin" and len(operands) > 1 and isinstance(operands[1], str):
        shell.write(".python-version", f"{operands[1]}\n".encode())


def _project_target(shell: Shell, values: Values, directory: str) -> Target:
    """Return the environment of a project."""
    given = shell.variable("UV_PROJECT_ENVIRONMENT")
    venv = join(directory, given or ".venv")
    if "--active" in values and "--no-active" not in values:
        venv = active_venv(shell) or venv
    return target_below(shell, None if venv in ("usr/local", "usr") else venv)


def _prepare(shell: Shell, values: Values, directory: str) -> Target:
    """Return the environment of a project; it is made where it is not there."""
    target = _project_target(shell, values, directory)
    if target.prefix in ("usr/local", "usr"):
        return target
    conda = shell.tree.is_dir(f"{target.prefix}/conda-meta")
    return target if conda else make_venv(shell, target.prefix, uv_python(shell, values, directory))


def _sync(shell: Shell, values: Values, directory: str, command: str, exact: bool = True) -> Status:
    """``uv sync``; return whether it succeeds. It builds first: where that fails, nothing is installed."""
    directory = _workspace_root(shell, directory)
    if "--dry-run" in values or "--script" in values:
        return None
    target = _prepare(shell, values, directory)
    shell.need("/" + join(directory, "pyproject.toml"))
    lock = "/" + join(directory, "uv.lock")
    absent = []
    if {"--frozen", "--locked"} & values.keys() or is_on(shell, "UV_FROZEN") or is_on(shell, "UV_LOCKED"):
        shell.need(lock)
        absent = [lock] if shell.is_absent(lock) else []
    reading = Reading(shell)
    request = uv_request(shell, values, directory, exact)
    selection = select_uv(request, surroundings(shell, target, reading))
    local = members(Project(shell, directory))
    projects = _local_projects(shell, values, request, selection, local)
    if projects and not selection.open:
        project, names = Project(shell, directory), {each.name for each in selection.selected}
        sources = project.table("tool", "uv", "sources")
        chosen = {name: source for name, source in sources.items() if normal_name(name) in names}
        need_sources(project, chosen, "tool.uv.sources")
    if shell.guarded > shell.doubted:
        absent += [path for folder, _ in projects for path in missing_for_build(shell, folder)]
        if absent:
            note(shell, target, command, selection, reading.files, absent)
            return False
    record(shell, target, command, selection, reading.files, absent, own=frozenset(local))
    plain = "--no-editable" in values or is_on(shell, "UV_NO_EDITABLE")
    for path, editable in projects:
        install_project(shell, path, target, editable and not plain)
    return None


def _local_projects(
    shell: Shell, values: Values, request: ProjectRequest, selection: Selection, local: dict[str, str]
) -> list[tuple[str, bool]]:
    """Return the local projects that are installed, each with whether it is editable."""
    if {"--no-install-workspace", "--no-install-local", "--only-group", "--only-dev"} & values.keys():
        return []
    starts = [local[normal_name(name)] for name in request.package if normal_name(name) in local]
    if request.all_packages:
        starts = list(local.values())
    names = {each.name for each in selection.selected}
    skips = {normal_name(name) for name in request.skip}
    seen: set[str] = set()
    found = []
    for start in starts or [request.directory]:
        for path, editable in local_closure(shell, start, local, seen):
            own = Project(shell, path)
            name = normal_name(own.name)
            # What the lock does not select comes with an extra or group that nobody asked for.
            left_out = path != start and name in local and not selection.open and name not in names
            if (path == start and request.no_project) or left_out or name in skips:
                continue
            if installs(own, required=path != start):
                found.append((path, editable))
    return found


def _workspace_root(shell: Shell, directory: str) -> str:
    """Return the project that a command works on: the nearest one, from here upwards."""
    folder = directory
    while folder and not is_project(shell, folder):
        folder = posixpath.dirname(folder)
    return folder if is_project(shell, folder) else directory


def _add(shell: Shell, values: Values, operands: list[Field], command: str) -> None:
    """``uv add``: what the words name, and the project's own requirements, go into its environment."""
    directory = chosen_folder(shell, values)
    target = _prepare(shell, values, directory)
    if is_project(shell, directory):
        _sync(shell, values, directory, command, exact=False)
    install(shell, command, values, operands, target)


def _run(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    rest = list(fields[2:])
    options: list[Field] = []
    while rest and isinstance(rest[0], str) and rest[0].startswith("-"):
        word = str(rest.pop(0))
        if word == "--":
            break
        options.append(word)
        if word in ("-m", "--module"):
            rest.insert(0, "-m")
            rest.insert(0, "python")
            break
        if "=" not in word and word in _RUN_VALUED and rest:
            options.append(rest.pop(0))
    if rest and isinstance(rest[0], str) and _INLINE.search(shell.read(rest[0]) or b""):
        shell.touch(shell.cwd, "generated")
        return None  # the script says what it needs, and gets an environment of its own
    values, _ = read_words(options, _LETTERS)
    directory = chosen_folder(shell, values)
    silent = {"--no-sync", "--no-project", "--isolated"} & values.keys() or is_on(shell, "UV_NO_SYNC")
    project = is_project(shell, _workspace_root(shell, directory)) and "--no-project" not in values
    if not silent and project:
        _sync(shell, values, directory, command_text(fields), exact="--exact" in values)
    before = dict(shell.env)
    if project:
        enter(shell, _project_target(shell, values, _workspace_root(shell, directory)).prefix)
    status = shell.scene.perform(shell, rest, text) if rest else None
    shell.env = before
    return status
