"""The local projects that an install by uv brings: workspace members and sources that are paths.

Source: the reference pages of uv on workspaces, ``tool.uv.sources`` and ``tool.uv.package``.
"""

from __future__ import annotations

import re

from paritycheck.predict.running.managerwords import normal_name
from paritycheck.predict.running.projecttree import Project
from paritycheck.predict.running.shellstate import Shell


def installs(project: Project, required: bool = False) -> bool:
    """Tell whether uv installs the project itself: it is to be packed, another requires it, or it says so."""
    setting = project.table("tool", "uv").get("package")
    if setting is not None:
        return bool(setting)
    return required or "build-system" in (project.pyproject or {})


def members(project: Project) -> dict[str, str]:
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


def local_closure(
    shell: Shell, start: str, members: dict[str, str], seen: set[str]
) -> list[tuple[str, bool]]:
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
