"""The console scripts that a project declares: pyproject.toml, setup.cfg, setup.py.

Sources: PyPA "Declaring project metadata" (``[project.scripts]``), Poetry's ``[tool.poetry.scripts]``,
setuptools' ``[options.entry_points]`` and ``entry_points=``.
"""

import re
import tomllib
from typing import Any

from paritycheck.parse.command.processfiles import read_ini

_DECLARED = re.compile(r"""['"\s]([\w.-]{1,99})\s{0,9}=\s{0,9}([\w.]{1,200}:[\w.]{1,200})""")


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


def _from_pyproject(text: str) -> dict[str, str]:
    try:
        document: dict[str, Any] = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return {}
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
