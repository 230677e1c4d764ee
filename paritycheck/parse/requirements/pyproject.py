"""``pyproject.toml``: the project table, dependency groups, and what the tools say beside them.

Sources: PyPA "Declaring project metadata" (PEP 621), "Dependency Groups" (PEP 735); setuptools' user guide
(``dynamic`` with ``file``), hatch-requirements-txt. The tables of Poetry, uv and PDM have their own modules.
"""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.model.requirement import DependencyFile
from paritycheck.parse.requirements.pdmproject import read_pdm
from paritycheck.parse.requirements.poetryproject import read_poetry
from paritycheck.parse.requirements.projectdraft import ProjectDraft
from paritycheck.parse.requirements.tomllines import TomlPath, read_toml
from paritycheck.parse.requirements.uvproject import read_uv


def read_pyproject(path: str, text: str) -> DependencyFile:
    """Read a pyproject.toml; a broken one says its problem and nothing else."""
    document = read_toml(path, text)
    draft = ProjectDraft(path, document)
    if document.problems:
        return draft.finish()
    read_metadata(draft)
    read_groups(draft)
    for reader in TOOLS:
        reader(draft)
    return draft.finish()


def read_metadata(draft: ProjectDraft) -> None:
    """Read ``[project]``."""
    project = draft.document.table("project")
    draft.name_project(project.get("name"), project.get("version"))
    if isinstance(project.get("requires-python"), str):
        draft.python = project["requires-python"]
        draft.python_location = draft.document.at("project", "requires-python")
    draft.declare_all(project.get("dependencies"), ("project", "dependencies"), "")
    extras = draft.document.table("project", "optional-dependencies")
    for extra, listed in extras.items():
        draft.declare_all(listed, ("project", "optional-dependencies", extra), draft.section("extra", extra))
    dynamic = project.get("dynamic")
    if not isinstance(dynamic, list):
        return
    for key, section in (("dependencies", ""), ("optional-dependencies", "extra:*")):
        if key in dynamic and not _read_dynamic(draft, key):
            draft.dynamic.append(section)


def _read_dynamic(draft: ProjectDraft, key: str) -> bool:
    """Read the files that a backend takes dynamic dependencies from; tell whether it names any."""
    found = False
    for table, requirements, by_extra in _DYNAMIC_FILES:
        start = (*table, requirements if key == "dependencies" else by_extra)
        value = draft.document.table(*table).get(start[-1])
        if key == "dependencies":
            found |= _include_files(draft, value, start, "")
        elif isinstance(value, dict):
            for extra, files in value.items():
                found |= _include_files(draft, files, (*start, extra), draft.section("extra", extra))
    return found


_DYNAMIC_FILES = (
    (("tool", "setuptools", "dynamic"), "dependencies", "optional-dependencies"),
    (("tool", "hatch", "metadata", "hooks", "requirements_txt"), "files", "optional-dependencies"),
)


def _include_files(draft: ProjectDraft, value: object, path: TomlPath, section: str) -> bool:
    if isinstance(value, dict):
        value, path = value.get("file"), (*path, "file")
    files = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    for index, file in enumerate(files):
        draft.include(file, draft.document.at(*path, index), section)
    return bool(files)


def read_groups(draft: ProjectDraft) -> None:
    """Read ``[dependency-groups]``."""
    for group, listed in draft.document.table("dependency-groups").items():
        path = ("dependency-groups", group)
        section = draft.section("group", group)
        draft.groups.setdefault(section.partition(":")[2])
        draft.declare_all(listed, path, section)
        for index, item in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(item, dict) and isinstance(item.get("include-group"), str):
                target = draft.section("group", item["include-group"])
                draft.include(target, draft.document.at(*path, index), section)


TOOLS: tuple[Callable[[ProjectDraft], None], ...] = (read_poetry, read_pdm, read_uv)
