"""The commands of poetry, pdm, pipenv, hatch and flit that install the project itself.

Source: the reference pages of poetry ``install`` and ``virtualenvs.*``, pdm ``install`` and ``sync``,
pipenv ``install`` and ``sync``, hatch and flit.
"""

from __future__ import annotations

import re
import tomllib
from typing import Any

from paritycheck.model.tree import join
from paritycheck.predict.running.installing import (
    bring_distributions,
    current_target,
    install_project,
    is_project,
    target_below,
)
from paritycheck.predict.running.installsites import active_venv
from paritycheck.predict.running.managerwords import FALSE, Values, chosen_folder, normal_name
from paritycheck.predict.running.pipsteps import read_words, run_build
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field

_POETRY_CONFIG = ".config/pypoetry/config.toml"


def run_poetry(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``poetry``: ``install``, ``build``, ``run``, and the settings of its environments."""
    values, operands = read_words(list(fields[1:]))
    action = operands[0] if operands else ""
    if action == "config" and len(operands) >= 3:
        _poetry_configure(shell, str(operands[1]), str(operands[2]))
    elif action in ("install", "sync", "update"):
        _poetry_install(shell, values)
    elif action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    elif action == "run":
        rest = fields[list(fields).index("run") + 1 :]
        return shell.scene.perform(shell, rest, text) if rest else None
    elif action == "export":
        output = next((values[n][-1] for n in ("-o", "--output") if values.get(n)), None)
        if output is not None:
            shell.write(output, None)
    return None


def _poetry_configure(shell: Shell, key: str, value: str) -> None:
    if key in ("virtualenvs.create", "virtualenvs.in-project"):
        home = shell.lookup("HOME")
        path = f"{home if isinstance(home, str) else '/root'}/{_POETRY_CONFIG}"
        shell.write(path, f"{key} = {value}\n".encode(), append=True)


def _poetry_setting(shell: Shell, key: str) -> str:
    home = shell.lookup("HOME")
    path = f"{home if isinstance(home, str) else '/root'}/{_POETRY_CONFIG}"
    text = (shell.read(path) or b"").decode("utf-8", "replace")
    given = shell.variable("POETRY_" + key.upper().replace(".", "_").replace("-", "_"))
    found = re.findall(rf"^{re.escape(key)} = (\w+)$", text, re.MULTILINE)
    return (given or (found[-1] if found else "")).lower()


def _poetry_install(shell: Shell, values: Values) -> None:
    folder = chosen_folder(shell, values)
    project = Project(shell, folder)
    venv = active_venv(shell)
    if venv is None and _poetry_setting(shell, "virtualenvs.create") not in FALSE:
        inside = _poetry_setting(shell, "virtualenvs.in-project") in ("1", "true", "yes")
        name = normal_name(project.name) or "project"
        venv = join(folder, ".venv") if inside else f"root/.cache/pypoetry/virtualenvs/{name}-py3"
    target = target_below(shell, venv)
    if venv is not None:
        shell.make_directory(f"{venv}/bin")
    bring_distributions(shell, target)
    shell.need("/" + join(folder, "pyproject.toml"))
    table = project.table("tool", "poetry")
    if table.get("package-mode", True) is not False and "--no-root" not in values:
        install_project(shell, folder, target, editable=True, forgiving=_forgives(shell))
    if "--no-directory" in values:
        return
    for value in _poetry_paths(table):
        path = project.at(str(value["path"]))
        if is_project(shell, path):
            install_project(shell, path, target, editable=bool(value.get("develop", False)))


def _forgives(shell: Shell) -> bool:
    """Tell whether this is a Poetry that only warns of a project that it cannot build: those before 2."""
    site = target_below(shell, None).site
    folders = [n for n in shell.tree.children(site) if n.startswith("poetry-") and n.endswith(".dist-info")]
    version = shell.variable("POETRY_VERSION") or (folders[-1].removeprefix("poetry-") if folders else "")
    return re.match(r"\D*[01]\.", version) is not None


def _poetry_paths(table: dict[str, Any]) -> list[dict[str, Any]]:
    groups = [table.get("dependencies") or {}, table.get("dev-dependencies") or {}]
    groups += [group.get("dependencies") or {} for group in (table.get("group") or {}).values()]
    return [
        value for group in groups for value in group.values() if isinstance(value, dict) and "path" in value
    ]


def run_pdm(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``pdm``: ``install``, ``sync``, ``build``, ``run``."""
    values, operands = read_words(list(fields[1:]))
    action = operands[0] if operands else ""
    if action in ("install", "sync"):
        folder = chosen_folder(shell, values)
        project = Project(shell, folder)
        target = target_below(shell, active_venv(shell) or join(folder, ".venv"))
        shell.make_directory(f"{target.prefix}/bin")
        bring_distributions(shell, target)
        installed = project.table("tool", "pdm").get(
            "distribution", "build-system" in (project.pyproject or {})
        )
        if installed and "--no-self" not in values:
            plain = "--no-editable" in values
            install_project(shell, folder, target, editable=not plain)
    elif action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    elif action == "run":
        return shell.scene.perform(shell, fields[2:], text) if len(fields) > 2 else None
    return None


def run_pipenv(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``pipenv``: ``install``, ``sync``, ``run``; the project itself only if the Pipfile says so."""
    values, operands = read_words(list(fields[1:]))
    action = operands[0] if operands else ""
    if action == "run":
        return shell.scene.perform(shell, fields[2:], text) if len(fields) > 2 else None
    if action not in ("install", "sync", "update"):
        return None
    venv = active_venv(shell)
    if venv is None and "--system" not in values:
        inside = shell.variable("PIPENV_VENV_IN_PROJECT").lower() not in ("", *FALSE)
        name = shell.cwd.rpartition("/")[2] or "project"
        venv = join(shell.cwd, ".venv") if inside else f"root/.local/share/virtualenvs/{name}-pipenv"
    target = target_below(shell, venv)
    bring_distributions(shell, target)
    if action == "sync" or "--deploy" in values or "--ignore-pipfile" in values:
        shell.need("Pipfile.lock")
    try:
        pipfile = tomllib.loads((shell.read("Pipfile") or b"").decode("utf-8", "replace"))
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    for section in ("packages", "dev-packages"):
        for value in (pipfile.get(section) or {}).values():
            if isinstance(value, dict) and isinstance(value.get("path"), str):
                path = shell.place(value["path"]).path
                if is_project(shell, path):
                    install_project(shell, path, target, editable=bool(value.get("editable")))
    return None


def run_hatch(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``hatch`` and ``flit``: ``build``, and flit's ``install``."""
    action = next((field for field in fields[1:] if isinstance(field, str) and not field.startswith("-")), "")
    if action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    if action == "install":
        linked = bool({"-s", "--symlink", "--pth-file"} & {f for f in fields if isinstance(f, str)})
        install_project(shell, shell.cwd, current_target(shell), editable=linked)
        return None
    shell.touch(shell.cwd, "generated")
    return None
