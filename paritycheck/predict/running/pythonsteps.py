"""``python`` as a RUN calls it: a module that installs, one that is known, or a program of the project.

Source: CPython's command line (``-m``, ``-c``, ``-W``, ``-X``, a script), venv and virtualenv.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from paritycheck.predict.running.buildsteps import run_build, run_setup
from paritycheck.predict.running.commandoptions import Options
from paritycheck.predict.running.installsites import current_target
from paritycheck.predict.running.interpreters import system_python
from paritycheck.predict.running.managersteps import run_pdm, run_pipenv
from paritycheck.predict.running.managerwords import normal_name
from paritycheck.predict.running.piprequest import command_text
from paritycheck.predict.running.pipsteps import run_pip
from paritycheck.predict.running.poetrysteps import run_poetry
from paritycheck.predict.running.recording import present_in, record, write_text
from paritycheck.predict.running.scriptsteps import start_program
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellsteps import remove_path
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.uvsteps import run_uv
from paritycheck.predict.running.virtualenvs import make_venv, seeds_of
from paritycheck.predict.selecting.selection import Selected, Selection

_THIRD_PARTY_MODULES = frozenset(
    {"compileall", "ensurepip", "nltk.downloader", "playwright", "site", "sysconfig",
     "textblob.download_corpora", "json.tool", "py_compile", "zipfile", "cmdstanpy.install_cmdstan"}
)  # fmt: skip

_PROGRAM = re.compile(r"-[bBdEiIOPqsSuvx]*([mc])(.*)", re.DOTALL)


def run_python(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``python``: a module, code or a file of the project."""
    rest = list(fields[1:])
    while rest and isinstance(rest[0], str) and rest[0].startswith("-"):
        option = str(rest.pop(0))
        joined = _PROGRAM.fullmatch(option)
        if joined is not None:  # -m venv, -mvenv, -um venv
            rest = [joined[2], *rest] if joined[2] else rest
        if option in ("-W", "-X") and rest:
            rest.pop(0)
        elif joined is not None and joined[1] == "m" and rest:
            return _run_module(shell, str(fields[0]), rest, text)
        elif joined is not None and joined[1] == "c":
            return start_program(shell, [fields[0], "-c", *rest])
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
    return start_program(shell, [fields[0], *rest])


def _run_module(shell: Shell, python: str, rest: list[Field], text: bytes | None) -> Status:
    name = rest[0] if isinstance(rest[0], str) else ""
    if name == "spacy":
        return download_model(shell, rest, text)
    if name in _THIRD_PARTY_MODULES:
        shell.touch("", "system")
        return None
    if name in ("venv", "virtualenv"):
        return make_environment(
            shell, [posixpath.join(posixpath.dirname(python), name), *rest[1:]], text, python
        )
    program = _MODULES.get(name)
    if program is not None:
        # As if the program beside that interpreter had been called: it acts on the same environment.
        return program(shell, [posixpath.join(posixpath.dirname(python), name), *rest[1:]], text)
    return start_program(shell, [python, "-m", *rest])


def make_environment(shell: Shell, fields: list[Field], _: bytes | None, python: str = "python3") -> Status:
    """``python -m venv`` and ``virtualenv``: a virtual environment of its own."""
    options = Options(fields[1:], "p", ("--python", "--prompt"))
    named = options.values.get("p", options.values.get("--python"))
    chosen = named if isinstance(named, str) else python
    executable, minor = system_python(shell, posixpath.basename(chosen))
    if isinstance(named, str) and re.fullmatch(r"3\.\d+", named):
        executable, minor = system_python(shell, f"python{named}")
    plain = options.has("--without-pip", "--no-pip", "--no-seed")
    for operand in options.operands:
        if isinstance(operand, str):
            path = shell.place(operand).path
            if options.has("--clear"):
                remove_path(shell, path)
            site = options.has("--system-site-packages")
            seeds = () if plain else seeds_of(minor)
            copies = options.has("--copies", "--always-copy")
            make_venv(shell, path, (executable, minor), site, seeds, copies)
    return None


def download_model(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``spacy download``: a model is a distribution with a module of its name, installed by pip."""
    names = [field for field in fields[1:] if isinstance(field, str) and not field.startswith("-")]
    if names[:1] != ["download"]:
        return None
    target = current_target(shell)
    for name in names[1:]:
        selected = Selected(normal_name(name), location=shell.scene.location, direct=True)
        record(shell, target, command_text(fields), Selection((selected,)))
        folder = present_in(shell, target.site)[selected.name].folder
        write_text(shell, f"{target.site}/{folder}/top_level.txt", f"{name}\n")
    return None


def run_pipx(shell: Shell, _: list[Field], __: bytes | None) -> Status:
    """``pipx``: programs in environments of their own, which no program of the project sees."""
    shell.touch(shell.path("/root/.local"), "system")
    return None


# What ``-m`` may name that does more to a stage than start the project.
_MODULES: dict[str, Callable[[Shell, list[Field], bytes | None], Status]] = {
    "build": run_build,
    "pdm": run_pdm,
    "pip": run_pip,
    "pipenv": run_pipenv,
    "poetry": run_poetry,
    "pipx": run_pipx,
    "uv": run_uv,
}
