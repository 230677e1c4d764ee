"""The commands of Poetry that install a project, and its settings.

Source: the reference pages of poetry ``install``, ``sync``, ``add``, ``export``, ``config`` and
``virtualenvs.*``.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

import msgspec

from paritycheck.model.tree import join
from paritycheck.predict.running.buildsteps import run_build
from paritycheck.predict.running.exporting import export
from paritycheck.predict.running.installing import install_project, is_project
from paritycheck.predict.running.installsites import Target, active_venv, enter, target_below
from paritycheck.predict.running.interpreters import system_python
from paritycheck.predict.running.localsources import need_sources, unconditional
from paritycheck.predict.running.managerwords import FALSE, Values, chosen_folder, normal_name
from paritycheck.predict.running.piprequest import command_text, given, read_words
from paritycheck.predict.running.pipsteps import install
from paritycheck.predict.running.projectrequest import poetry_request
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.recording import HELD_TO, present_in, record
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.surrounding import Reading, surroundings
from paritycheck.predict.running.virtualenvs import make_venv
from paritycheck.predict.selecting.poetry import select_poetry
from paritycheck.predict.selecting.selection import Selection

_LETTERS = "EfoPCG"
_CONFIG = ".config/pypoetry/config.toml"


def run_poetry(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``poetry``: ``install``, ``build``, ``run``, ``export``, and the settings of its environments."""
    values, operands = read_words(list(fields[1:]), _LETTERS)
    action = operands[0] if operands else ""
    command = command_text(fields)
    if action == "config" and len(operands) >= 3:
        _configure(shell, str(operands[1]), str(operands[2]), "--local" in values)
    elif action in ("install", "sync", "update"):
        # Only these two install the project itself.
        _install(shell, values, command, exact=action == "sync", root=action != "update")
    elif action == "add":
        _install(shell, values, command, exact=False, root=False)
        install(shell, command, values, operands[1:], _target(shell, chosen_folder(shell, values)))
    elif action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    elif action == "run":
        return _run(shell, fields, text)
    elif action == "export":
        _export(shell, values)
    return None


def _run(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    rest = fields[list(fields).index("run") + 1 :]
    target = _target(shell, shell.cwd)
    before = dict(shell.env)
    if shell.tree.locate(f"{target.prefix}/pyvenv.cfg").entry is not None:
        enter(shell, target.prefix)
    status = shell.scene.perform(shell, rest, text) if rest else None
    shell.env = before
    return status


def _configure(shell: Shell, key: str, value: str, local: bool) -> None:
    if key.startswith("virtualenvs."):
        path = "poetry.toml" if local else f"{_home(shell)}/{_CONFIG}"
        shell.write(path, f"{key} = {value}\n".encode(), append=True)


def _home(shell: Shell) -> str:
    home = shell.lookup("HOME")
    return home if isinstance(home, str) else "/root"


def _setting(shell: Shell, folder: str, key: str) -> str:
    """Return a setting: the variable's, the project's, the user's; empty if there is none."""
    given_by = shell.variable("POETRY_" + key.upper().replace(".", "_").replace("-", "_"))
    if given_by:
        return given_by.lower()
    section, _, name = key.partition(".")
    for path in ("/" + join(folder, "poetry.toml"), f"{_home(shell)}/{_CONFIG}"):
        text = (shell.read(path) or b"").decode("utf-8", "replace")
        found = re.findall(rf"^{re.escape(key)} = (\S+)$", text, re.MULTILINE)
        try:
            table = tomllib.loads(text).get(section)
        except (tomllib.TOMLDecodeError, RecursionError):
            table = None
        if isinstance(table, dict) and name in table:
            return str(table[name]).lower()
        if found:
            return str(found[-1]).strip("\"'").lower()
    return ""


def _target(shell: Shell, folder: str) -> Target:
    """Return the environment that Poetry installs into, as its settings say."""
    venv = active_venv(shell)
    if venv is None and _setting(shell, folder, "virtualenvs.create") not in FALSE:
        inside = _setting(shell, folder, "virtualenvs.in-project")
        name = normal_name(Project(shell, folder).name) or "project"
        own = inside in ("1", "true", "yes") or (not inside and shell.tree.is_dir(join(folder, ".venv")))
        cache = shell.variable("POETRY_CACHE_DIR") or f"{_home(shell)}/.cache/pypoetry"
        base = _setting(shell, folder, "virtualenvs.path") or f"{cache}/virtualenvs"
        venv = join(folder, ".venv") if own else shell.path(f"{base}/{name}-py3")
    return target_below(shell, venv)


def _install(shell: Shell, values: Values, command: str, exact: bool, root: bool) -> None:
    if "--dry-run" in values:
        return
    folder = chosen_folder(shell, values)
    project = Project(shell, folder)
    target = _target(shell, folder)
    if target.prefix not in ("usr", "usr/local"):
        system_site = _setting(shell, folder, "virtualenvs.options.system-site-packages") in ("1", "true")
        target = make_venv(shell, target.prefix, system_python(shell), system_site, ("pip",))
    shell.need("/" + join(folder, "pyproject.toml"))
    reading = Reading(shell)
    request = poetry_request(shell, values, folder, exact)
    around = surroundings(shell, target, reading)
    selection = Selection() if "--only-root" in values else select_poetry(request, around)
    name = normal_name(project.name)
    record(shell, target, command, selection, reading.files, own=frozenset({name}))
    table = project.table("tool", "poetry")
    if root and table.get("package-mode", True) is not False and "--no-root" not in values:
        install_project(shell, folder, target, editable=True, forgiving=_forgives(shell))
    if "--no-directory" in values:
        return
    if not {"--only", "--only-root"} & values.keys():
        need_sources(project, unconditional(table.get("dependencies") or {}), "tool.poetry.dependencies")
    for value in _paths(table):
        path = project.at(str(value["path"]))
        if is_project(shell, path):
            install_project(shell, path, target, editable=bool(value.get("develop", False)))


def _forgives(shell: Shell) -> bool:
    """Tell whether this is a Poetry that only warns of a project that it cannot build: those before 2."""
    site = target_below(shell, None).site
    found = present_in(shell, site).get("poetry")
    version = shell.variable("POETRY_VERSION") or (found.version if found is not None else "")
    if found is not None and not version:
        text = shell.read(f"/{site}/{found.folder}/METADATA") or b""
        held = re.search(rf"^{HELD_TO}: (?:==|~=|<=?)(\S+)$", text.decode(), re.MULTILINE)
        version = "1." if held and re.fullmatch(r"[01]\..*|2(?:\.0)*", held[1]) else ""
    return re.match(r"\D*[01]\.", version) is not None


def _paths(table: dict[str, Any]) -> list[dict[str, Any]]:
    groups = [table.get("dependencies") or {}, table.get("dev-dependencies") or {}]
    groups += [group.get("dependencies") or {} for group in (table.get("group") or {}).values()]
    return [
        value for group in groups for value in group.values() if isinstance(value, dict) and "path" in value
    ]


def _export(shell: Shell, values: Values) -> None:
    folder = chosen_folder(shell, values)
    around = surroundings(shell, _target(shell, folder), Reading(shell))
    request = poetry_request(shell, {**values, "--no-root": []}, folder)
    if not request.only and not request.all_groups:
        # Unlike an install, it leaves out every group that is not asked for.
        left_in = tuple(name for name in ("main", *request.groups) if name not in request.without)
        request = msgspec.structs.replace(request, only=left_in)
    selection = select_poetry(request, around)
    own = normal_name(Project(shell, folder).name)
    export(shell, selection, given(values, "-o", "--output"), own)
