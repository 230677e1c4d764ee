"""Conda's ``environment.yml``: packages of conda, and the list that it hands to pip.

Sources: conda's documentation ("Managing environments", "Package match specifications").
"""

from __future__ import annotations

import re

from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name

from paritycheck.errors import SourceError
from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration, DependencyFile
from paritycheck.parse.compose.yamlvalues import Map, Scalar, Sequence, Value, read_yaml
from paritycheck.parse.requirements.requirementsfile import RequirementLine, without_comment
from paritycheck.parse.requirements.sourcelines import SourceLines

_SPEC = re.compile(r"(?:[^:\s]+::)?([A-Za-z0-9_][\w.-]*)\s*(\[[^\]]*\])?\s*(.*)", re.DOTALL)
_VERSION_KEY = re.compile(r"""version\s*=\s*(?:'([^']*)'|"([^"]*)"|([^\s,\]]+))""")
_LINE = re.compile(r":(\d+):")


def read_conda_environment(path: str, text: str) -> DependencyFile:
    """Read an environment file of any name; one that is no mapping with dependencies says nothing."""
    source = SourceLines(path, text)
    try:
        document = read_yaml(text, path)
    except SourceError as error:
        line = _LINE.match(error.message.removeprefix(path))
        message = error.message.removeprefix(path).removeprefix(line[0] if line else ":").strip()
        return DependencyFile(path, problems=((message, source.at(int(line[1]) if line else 0)),))
    listed = document.items.get("dependencies") if isinstance(document, Map) else None
    declarations: list[Declaration] = []
    python, python_location = "", None
    lines = RequirementLine()
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Map):
            _read_pip(lines, item.items.get("pip"), source)
        elif isinstance(item, Scalar) and item.text:
            declared = _declaration(item.text, source.at(item.line))
            if declared is not None and declared.name == "python":
                python, python_location = declared.specifier, declared.location
            elif declared is not None:
                declarations.append(declared)
    return DependencyFile(
        path,
        declarations=(*declarations, *lines.declarations),
        inclusions=tuple(lines.inclusions),
        python=python,
        python_location=python_location,
        index_options=tuple(lines.options),
        problems=tuple(lines.problems),
    )


def _read_pip(lines: RequirementLine, listed: Value | None, source: SourceLines) -> None:
    for item in listed.items if isinstance(listed, Sequence) else ():
        if isinstance(item, Scalar) and item.text and (line := without_comment(item.text)):
            lines.read(line, source.at(item.line))


def _declaration(text: str, location: Location) -> Declaration | None:
    match = _SPEC.fullmatch(text.strip()[:500])
    if match is None:
        return None
    keyed = _VERSION_KEY.search(match[2] or "")
    version = next(filter(None, keyed.groups()), "") if keyed else match[3]
    return Declaration(canonicalize_name(match[1]), location, specifier=_specifier(version), source="conda")


def _specifier(version: str) -> str:
    """Return conda's version, which a build string may follow, as a specifier; ``""`` if it is none there."""
    version = version.strip()
    exact = re.fullmatch(r"==\s*([^=\s]+)(?:[=\s].*)?", version)
    prefix = re.fullmatch(r"=?\s*([\d.]+?)(?:\.?\*)?(?:([=\s]).*)?", version)
    if exact:
        version = f"=={exact[1]}"
    elif prefix:
        # A build string, or a version behind a space, pins the version.
        pinned = prefix[2] or (not version.startswith("=") and "*" not in version)
        version = f"=={prefix[1]}" if pinned else f"=={prefix[1].rstrip('.')}.*"
    try:
        return str(SpecifierSet(version.replace(" ", "")))
    except ValueError:
        return ""
