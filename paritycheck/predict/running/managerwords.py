"""What the commands of all package managers share: a switch, a chosen directory, a name's form.

Source: the reference pages of uv and poetry (``--directory``, ``--project``); PyPA name normalisation.
"""

from __future__ import annotations

import re

from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.running.shellwords import Field

Values = dict[str, list[Field]]  # options with their values, in order
FALSE = ("0", "false", "no", "off", "f", "n")


def chosen_folder(shell: Shell, values: Values) -> str:
    """Return the tree path of the project that a command is told to work on, else where it runs."""
    for name in ("--directory", "--project", "-C", "-P"):
        if values.get(name):
            given = values[name][-1]
            return shell.place(given).path if isinstance(given, str) else shell.cwd
    return shell.cwd


def is_on(shell: Shell, variable: str) -> bool:
    """Tell whether a variable switches something on."""
    return shell.variable(variable).lower() not in ("", *FALSE)


def normal_name(name: str) -> str:
    """Return a distribution's name in the form in which names are compared."""
    return re.sub(r"[-_.]+", "-", name).lower()
