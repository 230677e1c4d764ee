"""Which programs do what to a stage: the table that a RUN's commands are looked up in.

What a command brings is one of four: distributions (``distributions``), files of the operating system
(``system``), files that it makes out of what is there (compilers, the project's own programs: ``generated``),
or copies from elsewhere that may well be the project (``git clone``, archives: ``anything``).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from paritycheck.predict.running import modesteps, shellsteps, transfersteps
from paritycheck.predict.running.buildsteps import run_build, run_compile, run_setup
from paritycheck.predict.running.builtinsteps import export, leave, set_options, unset
from paritycheck.predict.running.condasteps import run_conda
from paritycheck.predict.running.fetchsteps import download, fetch, run_git, run_node, unpack
from paritycheck.predict.running.findsteps import find
from paritycheck.predict.running.installsites import current_target
from paritycheck.predict.running.managersteps import run_hatch, run_pdm, run_pipenv
from paritycheck.predict.running.managerwords import normal_name
from paritycheck.predict.running.pipsteps import run_pip, run_sync
from paritycheck.predict.running.poetrysteps import run_poetry
from paritycheck.predict.running.programnames import (
    GENERATORS,
    INSTALLERS,
    RECIPES,
    SILENT,
    STARTED,
    SYSTEM_TOOLS,
)
from paritycheck.predict.running.pythonsteps import download_model, make_environment, run_pipx, run_python
from paritycheck.predict.running.recipesteps import follow_recipes
from paritycheck.predict.running.recording import present_in
from paritycheck.predict.running.scriptsteps import (
    evaluate,
    run_as,
    run_script,
    run_shell,
    source,
    start_program,
)
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field, Unsure
from paritycheck.predict.running.systemsteps import manage_packages
from paritycheck.predict.running.testing import test
from paritycheck.predict.running.usersteps import add_user, change_user
from paritycheck.predict.running.uvsteps import run_uv
from paritycheck.predict.running.wrapsteps import WRAPPERS, run_xargs, wrap

Program = Callable[[Shell, list[Field], bytes | None], Status]


def perform(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """Run one program with its words; ``text`` is what it reads from a here-document."""
    if isinstance(fields[0], Unsure):
        shell.touch(shell.cwd, "anything")
        return None
    name = posixpath.basename(fields[0])
    own = _own_program(shell, fields[0])
    if own:
        return run_script(shell, own, fields[1:])
    program = PROGRAMS.get(name)
    if program is None and re.fullmatch(r"(python|pypy)[\d.]*", name):
        program = PROGRAMS.get("python")
    if program is None and re.fullmatch(r"pip[\d.]*", name):
        program = PROGRAMS.get("pip")
    if program is not None:
        return program(shell, fields, text)
    if "/" in fields[0]:
        return run_script(shell, fields[0], fields[1:])
    shell.touch(shell.cwd, "generated")
    if normal_name(name) not in present_in(shell, current_target(shell).site):
        shell.touch("", "distributions")  # it may install what it likes
    return None


def _own_program(shell: Shell, written: str) -> str:
    """Return the path of the program if it is a file of the checkout or of the build's own, else ``""``."""
    folders = [""] if "/" in written else [each for each in shell.variable("PATH").split(":") if each]
    for folder in folders:
        path = posixpath.join(folder, written)
        entry = shell.place(path).entry
        if entry is not None and entry.kind == "file":
            own = entry.source or ("/" in written and entry.digest in shell.tree.inline)
            return path if own else ""
    return ""


def _silent(_: Shell, __: list[Field], ___: bytes | None) -> Status:
    return None


def _true(_: Shell, __: list[Field], ___: bytes | None) -> Status:
    return True


def _false(_: Shell, __: list[Field], ___: bytes | None) -> Status:
    return False


def _system(shell: Shell, _: list[Field], __: bytes | None) -> Status:
    shell.touch("", "system")
    return None


def _distributions(shell: Shell, _: list[Field], __: bytes | None) -> Status:
    shell.touch("", "distributions")
    return None


def _generate(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    shell.touch(shell.cwd, "generated")
    for name in RECIPES.get(posixpath.basename(str(fields[0])), ()):
        entry = shell.place(name).entry
        if entry is not None and entry.source:
            shell.touch("", "distributions")  # the project's own recipe may install what it likes
    return None


def _make(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    follow_recipes(shell, fields)
    return _generate(shell, fields, text)


def _start(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    return start_program(shell, fields)


def _files(step: Callable[[Shell, list[Field]], Status]) -> Program:
    return lambda shell, fields, _: step(shell, fields[1:])


PROGRAMS: dict[str, Program] = {
    **dict.fromkeys(SILENT, _silent),
    **dict.fromkeys(SYSTEM_TOOLS, _system),
    **dict.fromkeys(INSTALLERS, _distributions),
    **dict.fromkeys(GENERATORS, _generate),
    "make": _make,
    **dict.fromkeys(STARTED, _start),
    **dict.fromkeys(WRAPPERS, wrap),
    **dict.fromkeys(("ash", "bash", "dash", "ksh", "sh", "zsh"), run_shell),
    **dict.fromkeys(("bsdtar", "tar", "unzip", "7z", "bsdcpio"), unpack),
    **dict.fromkeys(("npm", "yarn", "pnpm", "bun"), run_node),
    **dict.fromkeys(
        ("aws", "azcopy", "dvc", "gcloud", "gsutil", "hg", "rsync", "scp", "svn", "gdown"), fetch
    ),
    **dict.fromkeys(("aria2c", "curl", "wget"), download),
    **dict.fromkeys(("dos2unix", "patch", "unix2dos"), _files(shellsteps.edit)),
    **dict.fromkeys((".", "source"), source),
    **dict.fromkeys(("[", "[[", "test"), lambda shell, fields, _: test(shell, fields)),
    **dict.fromkeys(("rm", "rmdir", "unlink"), _files(shellsteps.remove)),
    **dict.fromkeys(("declare", "export", "local", "readonly", "typeset"), export),
    **dict.fromkeys(("flit", "hatch"), run_hatch),
    **dict.fromkeys(("apk", "apt", "apt-get", "aptitude", "dnf", "microdnf", "tdnf", "yum"), manage_packages),
    **dict.fromkeys(("conda", "mamba", "micromamba"), run_conda),
    ":": _true,
    "true": _true,
    "false": _false,
    "cd": _files(shellsteps.change_directory),
    "pushd": _files(shellsteps.change_directory),
    "chmod": _files(modesteps.change_mode),
    "chown": _files(modesteps.change_owner),
    "cp": _files(transfersteps.copy),
    "eval": evaluate,
    "exit": leave,
    "find": _files(find),
    "git": run_git,
    "install": _files(transfersteps.install),
    "ln": _files(transfersteps.link),
    "mkdir": _files(shellsteps.make_directories),
    "mv": _files(transfersteps.move),
    "npx": _generate,
    "pdm": run_pdm,
    "pip": run_pip,
    "pip-compile": run_compile,
    "pip-sync": run_sync,
    "pipenv": run_pipenv,
    "pipx": run_pipx,
    "poetry": run_poetry,
    "pyproject-build": run_build,
    "python": run_python,
    "set": set_options,
    "setup.py": run_setup,
    "spacy": download_model,
    "su": run_as,
    **dict.fromkeys(("adduser", "useradd"), add_user),
    "usermod": change_user,
    "tee": _files(shellsteps.tee),
    "touch": _files(shellsteps.create),
    "unset": unset,
    "uv": run_uv,
    "virtualenv": make_environment,
    "xargs": run_xargs,
}
