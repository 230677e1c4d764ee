"""What a ``setup.py`` says about dependencies, as far as it is literal, each requirement with its line.

Source: setuptools' keywords (``install_requires``, ``extras_require``, ``python_requires``). The script
is never run: a list read from a file is the inclusion of that file, any other computed list is dynamic.
"""

from __future__ import annotations

import ast

from paritycheck.model.requirement import DependencyFile
from paritycheck.parse.python.editable import parse_quietly
from paritycheck.parse.requirements.projectdraft import ProjectDraft
from paritycheck.parse.requirements.setupvalues import ScriptValues, called
from paritycheck.parse.requirements.sourcelines import SourceLines
from paritycheck.parse.requirements.tomllines import TomlDocument


def read_setup_call(path: str, text: str) -> DependencyFile:
    """Read the ``setup(...)`` of a setup.py; a script without one says nothing."""
    source = SourceLines(path, text)
    draft = ProjectDraft(path, TomlDocument({}, {}, source))
    tree = parse_quietly(text)
    if tree is None:
        draft.problems.append(("not Python", source.at(0)))
        return draft.finish()
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and called(node) == "setup"]
    if calls:
        try:
            _read_keywords(draft, ScriptValues(tree), calls[-1])
        except RecursionError:
            draft.problems.append(("nested too deeply", source.at(calls[-1].lineno)))
    return draft.finish()


def _read_keywords(draft: ProjectDraft, values: ScriptValues, call: ast.Call) -> None:
    keywords = {keyword.arg: keyword.value for keyword in call.keywords if keyword.arg}
    if any(keyword.arg is None for keyword in call.keywords):
        spread = [values.mapping(keyword.value) for keyword in call.keywords if keyword.arg is None]
        keywords |= {key: value for found in spread if found for key, value in found.items()}
        if None in spread:
            draft.dynamic += [
                section
                for key, section in (("install_requires", ""), ("extras_require", "extra:*"))
                if key not in keywords
            ]
    draft.name_project(values.text(keywords.get("name")), values.text(keywords.get("version")))
    python = keywords.get("python_requires")
    if python is not None:
        draft.python = values.text(python) or ""
        draft.python_location = draft.document.source.at(python.lineno)
    if "install_requires" in keywords:
        _read_list(draft, values, keywords["install_requires"], "", "")
    extras = keywords.get("extras_require")
    if extras is None:
        return
    listed = values.mapping(extras)
    if listed is None or values.changes(extras):
        draft.dynamic.append("extra:*")
    for key, value in (listed or {}).items():
        # `"ssl:python_version<'3'"` is an extra with a marker, `":..."` a marker alone.
        extra, _, marker = key.partition(":")
        _read_list(draft, values, value, draft.section("extra", extra) if extra else "", marker)


def _read_list(draft: ProjectDraft, values: ScriptValues, node: ast.expr, section: str, marker: str) -> None:
    items = values.texts(node)
    if items is None:
        targets = values.files(node)
        for target, line in targets:
            draft.include(target, draft.document.source.at(line), section)
        if not targets:
            draft.dynamic.append("extra:*" if section else "")
        return
    if values.changes(node):
        draft.dynamic.append("extra:*" if section else "")
    for text, line in items:
        condition = f"; {marker}" if marker and ";" not in text else ""
        draft.declare_text(text + condition, draft.document.source.at(line), section)
