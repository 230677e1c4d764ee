"""The commands of uv, poetry, pdm, pipenv, hatch and flit that install the project itself.

Source: the reference pages of uv ``sync`` and ``run``, poetry ``install`` and ``virtualenvs.*``,
pdm ``install`` and ``sync``, pipenv ``install`` and ``sync``, hatch and flit.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

from paritycheck.model.tree import join
from paritycheck.predict.installing import (
    Target,
    bring_distributions,
    current_target,
    install_project,
    is_project,
    target_below,
)
from paritycheck.predict.installsites import active_venv
from paritycheck.predict.pipsteps import collect, pip_target, read_words, run_build, run_pip
from paritycheck.predict.projecttree import Project
from paritycheck.predict.shellstate import Shell, Status
from paritycheck.predict.shellwords import Field

Values = dict[str, list[Field]]
_POETRY_CONFIG = ".config/pypoetry/config.toml"
_FALSE = ("0", "false", "no")


def run_uv(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``uv``: ``pip``, ``sync``, ``run``, ``build``, ``venv``."""
    values, operands = read_words(list(fields[1:]))
    action = operands[0] if operands else ""
    if action == "pip":
        if operands[1:2] == ["install"]:
            _uv_pip_install(shell, values, operands[2:])
        elif operands[1:2] == ["sync"]:
            collect(shell, {"-r": operands[2:]}, [])
            bring_distributions(shell, _uv_target(shell, values))
    elif action == "sync":
        _uv_sync(shell, values, _folder(shell, values))
    elif action == "run":
        return _uv_run(shell, fields, text)
    elif action == "build":
        return run_build(shell, [fields[0], *fields[2:]], text)
    elif action == "venv":
        path = next((o for o in operands[1:] if isinstance(o, str)), ".venv")
        bring_distributions(shell, target_below(shell, shell.place(path).path))
    elif action in ("tool", "python", "add"):
        shell.touch("", "distributions")
    elif action in ("export", "lock"):
        output = next((values[n][-1] for n in ("-o", "--output-file") if values.get(n)), "uv.lock")
        shell.write(output, None)
    return None


def _folder(shell: Shell, values: Values) -> str:
    for name in ("--directory", "--project"):
        if values.get(name):
            given = values[name][-1]
            return shell.place(given).path if isinstance(given, str) else shell.cwd
    return shell.cwd


def _uv_target(shell: Shell, values: Values) -> Target:
    if any(n in values for n in ("--target", "-t", "--prefix")):
        return pip_target(shell, "", values)
    python = values.get("--python") or values.get("-p")
    if python and isinstance(python[-1], str) and "/bin/" in python[-1]:
        return current_target(shell, python[-1])
    system = "--system" in values or shell.variable("UV_SYSTEM_PYTHON").lower() in ("1", "true", "yes")
    if system:
        return target_below(shell, None)
    venv = active_venv(shell)
    if venv is None and shell.tree.is_dir(join(shell.cwd, ".venv")):
        venv = join(shell.cwd, ".venv")
    return target_below(shell, venv)


def _uv_pip_install(shell: Shell, values: Values, operands: list[Field]) -> None:
    target = _uv_target(shell, values)
    words: list[Field] = ["pip", "install"]
    for name in ("-r", "--requirement", "--requirements", "-e", "--editable", "-c", "--constraint"):
        for value in values.get(name, ()):
            words += [name, value]
    run_pip(shell, [*words, "--target", "/" + target.site, *operands], None)
    bring_distributions(shell, target)


def _uv_sync(shell: Shell, values: Values, directory: str) -> None:
    given = shell.variable("UV_PROJECT_ENVIRONMENT")
    project = Project(shell, directory)
    venv = join(directory, given or ".venv")
    if not given and "--active" in values:
        venv = active_venv(shell) or venv
    target = target_below(shell, None if venv in ("usr/local", "usr") else venv)
    if not shell.tree.is_dir(target.prefix) or target.prefix not in ("usr/local", "usr"):
        shell.make_directory(f"{target.prefix}/bin")
    bring_distributions(shell, target)
    shell.need("/" + join(directory, "pyproject.toml"))
    if {"--frozen", "--locked"} & values.keys() or shell.variable("UV_FROZEN") or shell.variable("UV_LOCKED"):
        shell.need("/" + join(directory, "uv.lock"))
    if {"--no-install-workspace", "--no-install-local", "--only-group", "--only-dev"} & values.keys():
        return
    plain = "--no-editable" in values or shell.variable("UV_NO_EDITABLE").lower() not in ("", *_FALSE)
    members = _uv_members(project)
    chosen = [str(name) for name in values.get("--package", ())]
    starts = [members[_normal(name)] for name in chosen if _normal(name) in members]
    if "--all-packages" in values:
        starts = list(members.values())
    skips = {_normal(str(name)) for name in values.get("--no-install-package", ())}
    seen: set[str] = set()
    for start in starts or [directory]:
        for path, editable in _uv_closure(shell, start, members, seen):
            own = Project(shell, path)
            if path == start and "--no-install-project" in values:
                continue
            if _uv_installs(own) and _normal(own.name) not in skips:
                install_project(shell, path, target, editable and not plain)


def _uv_installs(project: Project) -> bool:
    setting = project.table("tool", "uv").get("package")
    return bool(setting) if setting is not None else "build-system" in (project.pyproject or {})


def _uv_members(project: Project) -> dict[str, str]:
    """Return the workspace's members by normalised name, with their tree paths."""
    found: dict[str, str] = {_normal(project.name): project.path} if project.name else {}
    for pattern in project.table("tool", "uv", "workspace").get("members") or ():
        for path in _expand(project, str(pattern)):
            member = Project(project.shell, project.at(path))
            if member.name:
                found[_normal(member.name)] = member.path
    return found


def _expand(project: Project, pattern: str) -> list[str]:
    found = [""]
    for part in filter(None, pattern.strip("/").split("/")):
        if "*" in part:
            regex = re.compile(re.escape(part).replace(r"\*", ".*"))
            found = [f"{p}/{n}".lstrip("/") for p in found for n in project.children(p) if regex.fullmatch(n)]
        else:
            found = [f"{p}/{part}".lstrip("/") for p in found]
    return found


def _uv_closure(shell: Shell, start: str, members: dict[str, str], seen: set[str]) -> list[tuple[str, bool]]:
    """Return a project and the local ones that it depends on, each with whether it is editable."""
    found: list[tuple[str, bool]] = []
    waiting = [(start, True)]
    while waiting:
        path, editable = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        found.append((path, editable))
        project = Project(shell, path)
        sources = {_normal(k): v for k, v in project.table("tool", "uv", "sources").items()}
        for name in _dependencies(project):
            source = sources.get(name)
            if isinstance(source, dict) and isinstance(source.get("path"), str):
                below = project.at(source["path"])
                if not below.endswith((".whl", ".gz")):
                    waiting.append((below, bool(source.get("editable", False))))
            elif name in members and (source is None or source.get("workspace")):
                waiting.append((members[name], True))
    return found


def _dependencies(project: Project) -> list[str]:
    table = project.table("project")
    lines = list(table.get("dependencies") or ())
    for group in (
        *project.table("project", "optional-dependencies").values(),
        *project.table("dependency-groups").values(),
    ):
        lines += [line for line in group if isinstance(line, str)] if isinstance(group, list) else []
    names = (re.match(r"\s*([\w.-]+)", str(line)) for line in lines)
    return [_normal(name[1]) for name in names if name]


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _uv_run(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    rest = list(fields[2:])
    options: list[Field] = []
    while rest and isinstance(rest[0], str) and rest[0].startswith("-"):
        word = str(rest.pop(0))
        options.append(word)
        if word in ("-m", "--module"):
            rest.insert(0, "-m")
            rest.insert(0, "python")
            break
        if "=" not in word and word in _RUN_VALUED and rest:
            options.append(rest.pop(0))
    values, _ = read_words(options)
    if not {"--no-sync", "--no-project"} & values.keys() and is_project(shell, _folder(shell, values)):
        _uv_sync(shell, values, _folder(shell, values))
    return shell.scene.perform(shell, rest, text) if rest else None


_RUN_VALUED = frozenset(
    {"--with", "--with-requirements", "--extra", "--group", "--package", "--python", "-p", "--env-file",
     "--directory", "--project", "--index-url", "--with-editable", "--only-group", "--no-group"}
)  # fmt: skip


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
    folder = _folder(shell, values)
    project = Project(shell, folder)
    venv = active_venv(shell)
    if venv is None and _poetry_setting(shell, "virtualenvs.create") not in _FALSE:
        inside = _poetry_setting(shell, "virtualenvs.in-project") in ("1", "true", "yes")
        name = _normal(project.name) or "project"
        venv = join(folder, ".venv") if inside else f"root/.cache/pypoetry/virtualenvs/{name}-py3"
    target = target_below(shell, venv)
    if venv is not None:
        shell.make_directory(f"{venv}/bin")
    bring_distributions(shell, target)
    shell.need("/" + join(folder, "pyproject.toml"))
    table = project.table("tool", "poetry")
    if table.get("package-mode", True) is not False and "--no-root" not in values:
        install_project(shell, folder, target, editable=True)
    if "--no-directory" in values:
        return
    for value in _poetry_paths(table):
        path = project.at(str(value["path"]))
        if is_project(shell, path):
            install_project(shell, path, target, editable=bool(value.get("develop", False)))


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
        folder = _folder(shell, values)
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
        inside = shell.variable("PIPENV_VENV_IN_PROJECT").lower() not in ("", *_FALSE)
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


INSTALLERS: dict[str, Callable[[Shell, list[Field], bytes | None], Status]] = {
    "flit": run_hatch,
    "hatch": run_hatch,
    "pdm": run_pdm,
    "pip": run_pip,
    "pipenv": run_pipenv,
    "poetry": run_poetry,
    "uv": run_uv,
    "-m build": run_build,
    "pyproject-build": run_build,
}
