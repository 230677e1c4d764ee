"""``[tool.uv]`` of pyproject.toml: sources, workspace, development dependencies, constraints.

Source: uv's documentation ("Managing dependencies", "Workspaces", "Settings").
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from packaging.utils import canonicalize_name

from paritycheck.parse.requirements.declaring import url_path
from paritycheck.parse.requirements.projectdraft import ProjectDraft


def read_uv(draft: ProjectDraft) -> None:
    """Read ``[tool.uv]``; the sources change what other tables declared, so this comes last."""
    settings = draft.document.table("tool", "uv")
    listed = settings.get("dev-dependencies")
    if isinstance(listed, list):
        draft.groups.setdefault("dev")
        draft.declare_all(listed, ("tool", "uv", "dev-dependencies"), "group:dev")
    draft.declare_all(
        settings.get("constraint-dependencies"), ("tool", "uv", "constraint-dependencies"), "constraint"
    )
    defaults = settings.get("default-groups")
    if defaults == "all":
        draft.uv_defaults = tuple(draft.groups)
    elif isinstance(defaults, list):
        draft.uv_defaults = tuple(canonicalize_name(each) for each in defaults if isinstance(each, str))
    draft.defaults = draft.uv_defaults or draft.defaults
    _read_workspace(draft)
    _read_indexes(draft, settings)
    sources = draft.document.table("tool", "uv", "sources")
    draft.rewrite({canonicalize_name(name): _source(given) for name, given in sources.items()})


def _read_workspace(draft: ProjectDraft) -> None:
    workspace = draft.document.table("tool", "uv", "workspace")
    for key, mark in (("members", ""), ("exclude", "!")):
        patterns = workspace.get(key)
        if isinstance(patterns, list):
            draft.members += [mark + each for each in patterns if isinstance(each, str)]


def _read_indexes(draft: ProjectDraft, settings: Mapping[str, Any]) -> None:
    indexes = settings.get("index")
    for index in indexes if isinstance(indexes, list) else ():
        # An explicit index serves only the packages that a source pins to it.
        if isinstance(index, dict) and isinstance(index.get("url"), str) and not index.get("explicit"):
            flag = "--index-url" if index.get("default") else "--extra-index-url"
            draft.index_options.append(f"{flag} {index['url']}")


def _source(given: object) -> dict[str, object]:
    """Return how a source changes a declaration; of several that depend on markers, the first."""
    if isinstance(given, list):
        given = given[0] if given else None
    match given:
        case {"workspace": True}:
            return {"source": "project"}
        case {"path": str(path), **rest}:
            return {
                "source": "path",
                "path": url_path(path),
                "url": "",
                "editable": rest.get("editable") is True,
            }
        case {"git": str(url)}:
            return {"source": "git", "url": f"git+{url}"}
        case {"url": str(url)}:
            return {"source": "url", "url": url}
        case _:
            return {}
