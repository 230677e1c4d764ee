"""``python`` as a RUN calls it: a module that installs, one that is known, or a program of the project.

Source: CPython's command line (``-m``, ``-c``, ``-W``, ``-X``, a script), venv and virtualenv.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable

from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.installing import bring_distributions, target_below
from paritycheck.predict.running.managersteps import run_pdm, run_pipenv, run_poetry
from paritycheck.predict.running.pipsteps import run_build, run_pip, run_setup
from paritycheck.predict.running.scriptsteps import start_program
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.uvsteps import run_uv

_THIRD_PARTY_MODULES = frozenset(
    {"compileall", "ensurepip", "nltk.downloader", "playwright", "spacy", "site", "sysconfig",
     "textblob.download_corpora", "pipx", "json.tool", "py_compile", "zipfile", "cmdstanpy.install_cmdstan"}
)  # fmt: skip


def run_python(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``python``: a module, code or a file of the project."""
    rest = list(fields[1:])
    while rest and isinstance(rest[0], str) and rest[0].startswith("-"):
        option = rest.pop(0)
        if option in ("-W", "-X") and rest:
            rest.pop(0)
        elif option == "-m" and rest:
            return _run_module(shell, rest, text)
        elif option == "-c":
            return start_program(shell, ["python", "-c", *rest])
        elif option in ("--version", "-V", "-VV", "--help"):
            return True
        elif option == "-":
            shell.touch(shell.cwd, "generated")
            return None
    if not rest:
        if text is not None:
            shell.touch(shell.cwd, "generated")
        return None
    if isinstance(rest[0], str):
        if posixpath.basename(rest[0]) == "setup.py":
            return run_setup(shell, rest, text)
        shell.need(rest[0])
    return start_program(shell, ["python", *rest])


def _run_module(shell: Shell, rest: list[Field], text: bytes | None) -> Status:
    name = rest[0] if isinstance(rest[0], str) else ""
    if name in _THIRD_PARTY_MODULES:
        shell.touch("", "distributions")
        return None
    program = _MODULES.get(name)
    if program is not None:
        return program(shell, rest, text)
    return start_program(shell, ["python", "-m", *rest])


def make_environment(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``python -m venv`` and ``virtualenv``: a virtual environment of its own."""
    operands = Options(fields[1:], "p", ("--python", "--prompt")).operands
    if operands and isinstance(operands[0], str):
        path = shell.place(operands[0]).path
        shell.make_directory(f"{path}/bin")
        bring_distributions(shell, target_below(shell, path))
    return None


# What ``-m`` may name that does more to a stage than start the project.
_MODULES: dict[str, Callable[[Shell, list[Field], bytes | None], Status]] = {
    "build": run_build,
    "pdm": run_pdm,
    "pip": run_pip,
    "pipenv": run_pipenv,
    "poetry": run_poetry,
    "uv": run_uv,
    "venv": make_environment,
    "virtualenv": make_environment,
}
