"""The local projects that a dependency names by its path: an install fails where they are not there.

Source: the reference pages of uv (``tool.uv.sources``) and Poetry ("path dependencies").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from paritycheck.predict.running.installing import is_project
from paritycheck.predict.running.projecttree import Project

_BUILD_FILES = ("pyproject.toml", "setup.py", "setup.cfg")
_CONDITIONS = frozenset({"optional", "markers", "python", "platform"})


def need_sources(project: Project, sources: Mapping[str, Any], table: str) -> None:
    """Note every path among these sources that the context has and the stage certainly has not.

    ``table`` is where they stand. Archives are left out: their names are patterns as often as not.
    """
    shell = project.shell
    for name, source in sources.items():
        written = source.get("path") if isinstance(source, dict) else None
        if not isinstance(written, str) or written.endswith((".whl", ".gz", ".zip")):
            continue
        path = project.at(written)
        files = [f"{path}/{file}" for file in _BUILD_FILES]
        if is_project(shell, path) or not all(shell.is_absent(f"/{file}") for file in files):
            continue
        for file in files:
            if any(shell.scene.has_source(source) for source in shell.sources_of(file) if "/" in source):
                shell.need(f"/{file}", project.location("pyproject.toml", project.line_of(name, table)))
                break


def unconditional(sources: Mapping[str, Any]) -> dict[str, Any]:
    """Return Poetry's dependencies that every install of their group brings."""
    return {
        name: source
        for name, source in sources.items()
        if isinstance(source, dict) and not _CONDITIONS & source.keys()
    }
