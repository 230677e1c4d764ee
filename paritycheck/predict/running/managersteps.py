"""The commands of pdm, pipenv, hatch and flit that install a project and what it requires.

Source: the reference pages of pdm ``install``, ``sync``, ``export`` and ``python.use_venv``, pipenv
``install``, ``sync`` and ``requirements``, hatch and flit.
"""

from __future__ import annotations

import tomllib

from paritycheck.model.tree import join
from paritycheck.predict.running.buildsteps import run_build
from paritycheck.predict.running.exporting import export
from paritycheck.predict.running.installing import install_project, is_project
from paritycheck.predict.running.installsites import Target, active_venv, current_target, enter, target_below
from paritycheck.predict.running.interpreters import system_python
from paritycheck.predict.running.managerwords import FALSE, Values, chosen_folder, is_on, normal_name
from paritycheck.predict.running.piprequest import command_text, given, read_words
from paritycheck.predict.running.pipsteps import install, required_by
from paritycheck.predict.running.projectrequest import pdm_request, pipenv_request
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.recording import record
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.surrounding import Reading, surroundings
from paritycheck.predict.running.virtualenvs import make_venv
from paritycheck.predict.selecting.pdm import select_pdm
from paritycheck.predict.selecting.pipenv import select_pipenv

_PDM_CONFIG = "/root/.config/pdm/config.toml"


def run_pdm(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``pdm``: ``install``, ``sync``, ``add``, ``export``, ``build``, ``run``, ``config``."""
    values, operands = read_words(list(fields[1:]), "GpLof")
    action = operands[0] if operands else ""
    command = command_text(fields)
    folder = chosen_folder(shell, values)
    if action in ("install", "sync", "add", "update"):
        target = _pdm_target(shell, values, folder)
        _pdm_install(shell, values, folder, target, command)
        if action == "add":
            install(shell, command, {}, operands[1:], target)
    elif action == "export":
        around = surroundings(shell, _pdm_target(shell, values, folder), Reading(shell))
        own = normal_name(Project(shell, folder).name)
        selection = select_pdm(pdm_request(shell, values, folder), around)
        export(shell, selection, given(values, "-o", "--output"), own)
    elif action == "config" and operands[1:2] == ["python.use_venv"]:
        shell.write(_PDM_CONFIG, f"use_venv = {operands[-1]}\n".encode(), append=True)
    elif action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    elif action == "run":
        return _run_in(shell, _pdm_target(shell, values, folder), fields[2:], text)
    return None


def _run_in(shell: Shell, target: Target, words: list[Field], text: bytes | None) -> Status:
    """Run a program in an environment, if that is one."""
    before = dict(shell.env)
    if shell.tree.locate(f"{target.prefix}/pyvenv.cfg").entry is not None:
        enter(shell, target.prefix)
    status = shell.scene.perform(shell, words, text) if words else None
    shell.env = before
    return status


def _pdm_target(shell: Shell, values: Values, folder: str) -> Target:
    """Return where pdm installs: the active environment, ``__pypackages__``, else the project's own."""
    if {"-g", "--global"} & values.keys():
        return target_below(shell, active_venv(shell))
    asked = (
        shell.variable("PDM_USE_VENV") or (shell.read(_PDM_CONFIG) or b"").decode().strip().rpartition(" ")[2]
    )
    local = join(folder, "__pypackages__")
    if shell.tree.is_dir(local) or asked.lower() in FALSE:
        prefix = f"{local}/{system_python(shell)[1] or '3'}"
        return Target(f"{prefix}/lib", prefix)
    return target_below(shell, active_venv(shell) or join(folder, ".venv"))


def _pdm_install(shell: Shell, values: Values, folder: str, target: Target, command: str) -> None:
    project = Project(shell, folder)
    if target.prefix == join(folder, ".venv"):
        target = make_venv(shell, target.prefix, system_python(shell))
    reading = Reading(shell)
    request = pdm_request(shell, values, folder, exact="--clean" in values)
    selection = select_pdm(request, surroundings(shell, target, reading))
    name = normal_name(project.name)
    record(shell, target, command, selection, reading.files, own=frozenset({name}))
    installed = project.table("tool", "pdm").get("distribution", "build-system" in (project.pyproject or {}))
    if installed and not request.no_project:
        plain = "--no-editable" in values or is_on(shell, "PDM_NO_EDITABLE")
        install_project(shell, folder, target, editable=not plain)


def run_pipenv(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``pipenv``: ``install``, ``sync``, ``requirements``, ``run``."""
    values, operands = read_words(list(fields[1:]), "rei")
    action = operands[0] if operands else ""
    command = command_text(fields)
    target = _pipenv_target(shell, values)
    if action == "run":
        if target.prefix not in ("usr", "usr/local") and not shell.tree.is_dir(target.prefix):
            target = make_venv(shell, target.prefix, system_python(shell), seeds=("pip",))
        return _run_in(shell, target, fields[2:], text)
    if action == "requirements" or (action == "lock" and {"-r", "--requirements"} & values.keys()):
        around = surroundings(shell, target, Reading(shell))
        request = pipenv_request(shell, {**values, "--ignore-pipfile": []}, shell.cwd)
        export(shell, select_pipenv(request, around), [])
    elif action in ("install", "sync", "update"):
        _pipenv_install(shell, values, action, target, command)
        taken = ("-r", "--requirements", "-e", "--editable")
        named: Values = {name: value for name, value in values.items() if name in taken}
        if operands[1:] or named:
            install(shell, command, named, operands[1:], target)
    return None


def _pipenv_target(shell: Shell, values: Values) -> Target:
    venv = None if is_on(shell, "PIPENV_IGNORE_VIRTUALENVS") else active_venv(shell)
    if venv is None and "--system" not in values and not is_on(shell, "PIPENV_SYSTEM"):
        name = (
            shell.variable("PIPENV_CUSTOM_VENV_NAME") or f"{shell.cwd.rpartition('/')[2] or 'project'}-pipenv"
        )
        home = shell.lookup("HOME")
        base = shell.variable("WORKON_HOME") or (
            f"{home if isinstance(home, str) else '/root'}/.local/share/virtualenvs"
        )
        inside = is_on(shell, "PIPENV_VENV_IN_PROJECT") or shell.tree.is_dir(join(shell.cwd, ".venv"))
        venv = join(shell.cwd, ".venv") if inside else shell.path(f"{base}/{name}")
    return target_below(shell, venv)


def _pipenv_install(shell: Shell, values: Values, action: str, target: Target, command: str) -> None:
    if target.prefix not in ("usr", "usr/local"):
        target = make_venv(shell, target.prefix, system_python(shell), seeds=("pip",))
    if action == "sync" or "--deploy" in values or "--ignore-pipfile" in values:
        shell.need("Pipfile.lock")
    reading = Reading(shell)
    # What `sync` finds in the Pipfile alone it does not install, and does not mind.
    kept = {**values, "--ignore-pipfile": []} if action == "sync" else values
    request = pipenv_request(shell, kept, shell.cwd)
    selection = select_pipenv(request, surroundings(shell, target, reading))
    record(shell, target, command, selection, reading.files)
    try:
        pipfile = tomllib.loads((shell.read("Pipfile") or b"").decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return
    for section in ("packages", "dev-packages"):
        for value in (pipfile.get(section) or {}).values():
            if isinstance(value, dict) and isinstance(value.get("path"), str):
                path = shell.place(value["path"]).path
                if is_project(shell, path):
                    install_project(shell, path, target, editable=bool(value.get("editable")))


def run_hatch(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``hatch`` and ``flit``: ``build``, and flit's ``install``."""
    action = next((field for field in fields[1:] if isinstance(field, str) and not field.startswith("-")), "")
    if action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    if action == "install":
        linked = bool({"-s", "--symlink", "--pth-file"} & {f for f in fields if isinstance(f, str)})
        target = current_target(shell)
        selection = required_by(shell, shell.cwd, target)
        record(shell, target, command_text(fields), selection)
        install_project(shell, shell.cwd, target, editable=linked)
        return None
    shell.touch(shell.cwd, "generated")
    return None
