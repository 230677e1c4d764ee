"""``[tool.pdm]`` of pyproject.toml: the groups for development.

Source: PDM's documentation ("Manage dependencies", "Install development dependencies"): every group is
installed unless it is deselected.
"""

from __future__ import annotations

from paritycheck.parse.requirements.projectdraft import ProjectDraft
from paritycheck.parse.requirements.requirementsfile import RequirementLine


def read_pdm(draft: ProjectDraft) -> None:
    """Read ``[tool.pdm.dev-dependencies]`` and what is installed by default."""
    if not draft.document.table("tool", "pdm"):
        return
    for group, listed in draft.document.table("tool", "pdm", "dev-dependencies").items():
        section = draft.section("group", group)
        draft.groups.setdefault(section.partition(":")[2])
        lines = RequirementLine(section)
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            location = draft.document.at("tool", "pdm", "dev-dependencies", group, index)
            if not isinstance(item, str):
                continue
            if item.strip().startswith("-e"):
                lines.read(item, location)
            else:
                draft.declare_text(item, location, section)
        draft.declarations += lines.declarations
        draft.problems += lines.problems
    draft.defaults = tuple(draft.groups)
