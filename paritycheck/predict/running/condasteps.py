"""conda, mamba and micromamba: environments with an interpreter of their own, and what is named for them.

Source: the reference pages of conda ``create``, ``install``, ``env create``, ``env update`` and ``run``, of
micromamba's ``-f`` and MAMBA_ROOT_PREFIX; conda's match specifications. What the packages named
depend on is not known: a solver decides it.
"""

from __future__ import annotations

import posixpath
import re

from paritycheck.parse.requirements.condaenvironment import read_conda_environment
from paritycheck.predict.running.installsites import Target, enter
from paritycheck.predict.running.interpreters import system_python, version_below
from paritycheck.predict.running.managerwords import Values, normal_name
from paritycheck.predict.running.piprequest import command_text, given, read_words
from paritycheck.predict.running.recording import present_in, record, remove_distribution
from paritycheck.predict.running.shellstate import Shell, Status
from paritycheck.predict.running.shellwords import Field
from paritycheck.predict.running.surrounding import Reading
from paritycheck.predict.running.virtualenvs import put_interpreter
from paritycheck.predict.selecting.selection import Selected, Selection

_INSTALLING = frozenset({"create", "install", "update", "upgrade"})
_SPEC = re.compile(r"(?:[\w./-]+::)?(?P<name>[A-Za-z0-9_][\w.-]*)\s*(?P<rest>.*)")
_ROOT = "opt/conda"


def run_conda(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``conda``, ``mamba``, ``micromamba``."""
    values, operands = read_words(list(fields[1:]), "npfcr")
    words = [word for word in operands if isinstance(word, str)]
    if words[:1] == ["run"]:
        return _run(shell, fields, text)
    if words[:1] == ["env"]:
        words = words[1:]
    action, names = (words[0], words[1:]) if words else ("", [])
    if action in _INSTALLING:
        _install(shell, values, names, command_text(fields))
    elif action in ("remove", "uninstall"):
        site = _site(shell, _prefix(shell, values, ""), "")
        present = present_in(shell, site)
        for name in names:
            if normal_name(name) in present:
                remove_distribution(shell, site, present[normal_name(name)])
    return None


def _run(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``conda run -n NAME PROGRAM``: the program acts on that environment."""
    rest = list(fields[1:])
    options: list[Field] = []
    while rest and (rest[0] == "run" or (isinstance(rest[0], str) and rest[0].startswith("-"))):
        word = str(rest.pop(0))
        options.append(word)
        if word in ("-n", "-p", "--name", "--prefix", "--cwd") and rest:
            options.append(rest.pop(0))
    values, _ = read_words(options, "np")
    before = dict(shell.env)
    enter(shell, _prefix(shell, values, ""))
    status = shell.scene.perform(shell, rest, text) if rest else None
    shell.env = before
    return status


def _install(shell: Shell, values: Values, names: list[str], command: str) -> None:
    selected: dict[str, Selected] = {}
    reading = Reading(shell)
    absent: list[str] = []
    called = python = ""
    for field in given(values, "-f", "--file"):
        path = shell.place(field).path if isinstance(field, str) else ""
        found = reading.read(path)
        shell.need(f"/{path}")
        if found is None:
            absent.append(f"/{path}")
            continue
        file = read_conda_environment(found.source, found.text)
        name = re.search(r"^name:\s*[\"']?([\w.-]+)", found.text, re.MULTILINE)
        called, python = name[1] if name else called, file.python or python
        for each in file.declarations:
            version = re.fullmatch(r"==([^*,]+)", each.specifier)
            selected[each.name] = Selected(
                each.name,
                version[1] if version else "",
                each.location,
                direct=True,
                specifier=each.specifier,
                extras=each.extras,
            )
    for word in names:
        spec = _SPEC.fullmatch(word)
        if spec is not None:
            called_for, exact = normal_name(spec["name"]), re.fullmatch(r"==(\d[\w.]*)", spec["rest"])
            python = spec["rest"] if called_for == "python" else python
            selected[called_for] = Selected(
                called_for, exact[1] if exact else "", shell.scene.location, direct=True
            )
    minor = re.search(r"3\.\d+", python or (selected["python"].specifier if "python" in selected else ""))
    selected.pop("python", None)
    prefix = _prefix(shell, values, called)
    target = Target(_site(shell, prefix, minor[0] if minor else ""), prefix)
    _write_interpreter(shell, target)
    shell.make_directory(f"{prefix}/conda-meta")
    why = "what conda's solver brings with these packages is not known"
    selection = Selection(tuple(selected.values()), open=why)
    record(shell, target, command, selection, reading.files, absent)


def _prefix(shell: Shell, values: Values, called: str) -> str:
    """Return the environment that is meant: by path, by name, the active one, the base."""
    paths = [path for path in given(values, "-p", "--prefix") if isinstance(path, str)]
    if paths:
        return shell.path(paths[-1])
    root = shell.variable("MAMBA_ROOT_PREFIX") or shell.variable("CONDA_DIR")
    base = shell.path(root) if root else _ROOT
    names = [name for name in given(values, "-n", "--name") if isinstance(name, str)]
    name = names[-1] if names else called or shell.variable("CONDA_DEFAULT_ENV") or shell.variable("ENV_NAME")
    if not name and shell.variable("CONDA_PREFIX"):
        return shell.path(shell.variable("CONDA_PREFIX"))
    return base if name in ("", "base", "root") else f"{base}/envs/{name}"


def _site(shell: Shell, prefix: str, minor: str) -> str:
    version = minor or version_below(shell, prefix) or system_python(shell)[1] or "3"
    return f"{prefix}/lib/python{version}/site-packages"


def _write_interpreter(shell: Shell, target: Target) -> None:
    """Put the environment's interpreter where it is recognised, if its version is known."""
    minor = posixpath.basename(posixpath.dirname(target.site)).removeprefix("python")
    if "." not in minor:
        return
    put_interpreter(shell, target.prefix, minor, target.site)
    shell.tree.put(shell.entry(f"{target.prefix}/bin/python", "link", target="python3"))
