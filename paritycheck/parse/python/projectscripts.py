"""The entry points that a project declares, console scripts first: pyproject.toml, setup.cfg, setup.py.

Sources: PyPA "Declaring project metadata" (``[project.scripts]``), Poetry's ``[tool.poetry.scripts]``,
setuptools' ``[options.entry_points]`` and ``entry_points=``.
"""

import re
import tomllib
from typing import Any

from paritycheck.parse.command.processfiles import read_ini
from paritycheck.parse.python.setupscript import parse_setup_script

_DECLARED = re.compile(r"""['"\s]([\w.-]{1,99})\s{0,9}=\s{0,9}([\w.]{1,200}:[\w.]{1,200})""")

_POINT = re.compile(r"\n\s{0,99}([^=\n]{1,99}?)\s{0,9}=\s{0,9}([\w.]{1,200}(?::[\w.]{1,200})?)")
_SCRIPTS = frozenset({"console_scripts", "gui_scripts"})


def read_scripts(name: str, text: str) -> dict[str, str]:
    """Return script name -> ``module:attribute``; ``name`` is the file's own. A broken file declares none."""
    if name == "pyproject.toml":
        return _from_pyproject(text)
    if name == "setup.cfg":
        text = read_ini(text).get("options.entry_points", {}).get("console_scripts", "")
        return dict(_DECLARED.findall("\n" + text))
    if name == "setup.py":
        _, found, after = text.partition("console_scripts")
        return dict(_DECLARED.findall(after.partition("]")[0])) if found else {}
    return {}


def read_entry_points(name: str, text: str) -> dict[str, dict[str, str]]:
    """Return group -> name -> ``module:attribute`` of all groups but scripts; a broken file declares none."""
    if name == "pyproject.toml":
        document = _document(text)
        declared = _table(_table(document, "project"), "entry-points")
        poetry = _table(_table(_table(document, "tool"), "poetry"), "plugins")
        return {
            group: {each: target for each, target in points.items() if isinstance(target, str)}
            for group, points in {**poetry, **declared}.items()
            if isinstance(points, dict)
        }
    if name == "setup.cfg":
        groups = read_ini(text).get("options.entry_points", {})
        listed = {group: dict(_POINT.findall("\n" + points)) for group, points in groups.items()}
    elif name == "setup.py":
        listed = _from_call(text)
    else:
        return {}
    return {group: points for group, points in listed.items() if group not in _SCRIPTS}


def _from_call(text: str) -> dict[str, dict[str, str]]:
    """Read ``entry_points={"group": ["name = module:attribute"]}`` where it is written down as it is."""
    script = parse_setup_script(text.encode("utf-8", "replace"))
    value = script.options.get("entry_points") if script is not None else None
    found: dict[str, dict[str, str]] = {}
    for group, points in value.items() if isinstance(value, dict) else ():
        lines = points if isinstance(points, list | tuple) else str(points).splitlines()
        found[str(group)] = dict(_POINT.findall("".join(f"\n{line}" for line in lines)))
    return found


def _document(text: str) -> dict[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}


def _from_pyproject(text: str) -> dict[str, str]:
    document = _document(text)
    project, tool = _table(document, "project"), _table(document, "tool")
    declared = {
        **_table(_table(tool, "poetry"), "scripts"),
        **_table(project, "scripts"),
        **_table(project, "gui-scripts"),
    }
    return {name: target for name, target in declared.items() if isinstance(target, str)}


def _table(document: dict[str, Any], name: str) -> dict[str, Any]:
    value = document.get(name)
    return value if isinstance(value, dict) else {}
