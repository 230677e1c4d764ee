"""The commands of uv that install the project itself, its workspace's members and its local sources.

Source: the reference pages of uv ``sync``, ``run``, ``pip``, ``venv``, and of workspaces and sources.
"""

from __future__ import annotations

import re

from paritycheck.model.tree import join
from paritycheck.predict.running.installing import (
    Target,
    bring_distributions,
    current_target,
    install_project,
    is_project,
    target_below,
)
from paritycheck.predict.running.installsites import active_venv
from paritycheck.predict.running.managerwords import FALSE, Values, chosen_folder, normal_name
from paritycheck.predict.running.pipsteps import collect, pip_target, read_words, run_build, run_pip
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field

_RUN_VALUED = frozenset(
    {"--with", "--with-requirements", "--extra", "--group", "--package", "--python", "-p", "--env-file",
     "--directory", "--project", "--index-url", "--with-editable", "--only-group", "--no-group"}
)  # fmt: skip


def run_uv(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``uv``: ``pip``, ``sync``, ``run``, ``build``, ``venv``."""
    values, operands = read_words(list(fields[1:]))
    action = operands[0] if operands else ""
    if action == "pip":
        if operands[1:2] == ["install"]:
            _pip_install(shell, values, operands[2:])
        elif operands[1:2] == ["sync"]:
            collect(shell, {"-r": operands[2:]}, [])
            bring_distributions(shell, _target(shell, values))
    elif action == "sync":
        _sync(shell, values, chosen_folder(shell, values))
    elif action == "run":
        return _run(shell, fields, text)
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


def _target(shell: Shell, values: Values) -> Target:
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


def _pip_install(shell: Shell, values: Values, operands: list[Field]) -> None:
    target = _target(shell, values)
    words: list[Field] = ["pip", "install"]
    for name in ("-r", "--requirement", "--requirements", "-e", "--editable", "-c", "--constraint"):
        for value in values.get(name, ()):
            words += [name, value]
    run_pip(shell, [*words, "--target", "/" + target.site, *operands], None)
    bring_distributions(shell, target)


def _sync(shell: Shell, values: Values, directory: str) -> None:
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
    plain = "--no-editable" in values or shell.variable("UV_NO_EDITABLE").lower() not in ("", *FALSE)
    members = _members(project)
    chosen = [str(name) for name in values.get("--package", ())]
    starts = [members[normal_name(name)] for name in chosen if normal_name(name) in members]
    if "--all-packages" in values:
        starts = list(members.values())
    skips = {normal_name(str(name)) for name in values.get("--no-install-package", ())}
    seen: set[str] = set()
    for start in starts or [directory]:
        for path, editable in _closure(shell, start, members, seen):
            own = Project(shell, path)
            if path == start and "--no-install-project" in values:
                continue
            if _installs(own) and normal_name(own.name) not in skips:
                install_project(shell, path, target, editable and not plain)


def _installs(project: Project) -> bool:
    setting = project.table("tool", "uv").get("package")
    return bool(setting) if setting is not None else "build-system" in (project.pyproject or {})


def _members(project: Project) -> dict[str, str]:
    """Return the workspace's members by normalised name, with their tree paths."""
    found: dict[str, str] = {normal_name(project.name): project.path} if project.name else {}
    for pattern in project.table("tool", "uv", "workspace").get("members") or ():
        for path in _expand(project, str(pattern)):
            member = Project(project.shell, project.at(path))
            if member.name:
                found[normal_name(member.name)] = member.path
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


def _closure(shell: Shell, start: str, members: dict[str, str], seen: set[str]) -> list[tuple[str, bool]]:
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
        sources = {normal_name(k): v for k, v in project.table("tool", "uv", "sources").items()}
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
    return [normal_name(name[1]) for name in names if name]


def _run(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
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
    if not {"--no-sync", "--no-project"} & values.keys() and is_project(shell, chosen_folder(shell, values)):
        _sync(shell, values, chosen_folder(shell, values))
    return shell.scene.perform(shell, rest, text) if rest else None
