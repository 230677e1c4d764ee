"""``setup.cfg``: what setuptools takes from it about dependencies, line by line.

Sources: setuptools' user guide ("Configuring setup() using setup.cfg files"); the standard library's
configparser for what continues a value.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from paritycheck.model.requirement import DependencyFile
from paritycheck.parse.requirements.projectdraft import ProjectDraft
from paritycheck.parse.requirements.sourcelines import SourceLines
from paritycheck.parse.requirements.tomllines import TomlDocument

NumberedLines = list[tuple[int, str]]
_SECTION = re.compile(r"\[([^\]]+)\]")
_OPTION = re.compile(r"([^=:\s][^=:]*?)\s*[=:]\s*(.*)")


def read_setup_config(path: str, text: str) -> DependencyFile:
    """Read a setup.cfg; what is no option in it is passed over."""
    source = SourceLines(path, text)
    draft = ProjectDraft(path, TomlDocument({}, {}, source))
    sections = option_lines(text)
    metadata, options = sections.get("metadata", {}), sections.get("options", {})
    version = _first(metadata, "version")
    draft.name_project(_first(metadata, "name") or None, None if ":" in version else version)
    if "python_requires" in options:
        draft.python = _first(options, "python_requires")
        draft.python_location = source.at(options["python_requires"][0][0])
    _read_list(draft, options.get("install_requires", []), "")
    for extra, lines in sections.get("options.extras_require", {}).items():
        _read_list(draft, lines, draft.section("extra", extra))
    return draft.finish()


def option_lines(text: str) -> dict[str, dict[str, NumberedLines]]:
    """Return section -> option -> the lines of its value that say something, with their numbers."""
    sections: dict[str, dict[str, NumberedLines]] = {}
    options: dict[str, NumberedLines] = {}
    value: NumberedLines | None = None
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        if not line or line[0] in "#;":
            continue
        section = _SECTION.match(line)
        if raw[0] in " \t" and value is not None:
            value.append((number, line))
        elif section:
            options, value = sections.setdefault(section[1], {}), None
        elif option := _OPTION.fullmatch(line):
            value = options.setdefault(option[1].lower(), [])
            value[:] = [(number, option[2])]
    return sections


def _first(options: Mapping[str, NumberedLines], name: str) -> str:
    return next((line for _, line in options.get(name, []) if line), "")


def _read_list(draft: ProjectDraft, lines: NumberedLines, section: str) -> None:
    including = False
    for number, line in lines:
        location = draft.document.source.at(number)
        if line.startswith("file:"):
            line, including = line.removeprefix("file:"), True
        if including:
            for target in line.split(","):
                draft.include(target.strip(), location, section)
        elif line:
            draft.declare_text(line, location, section)
