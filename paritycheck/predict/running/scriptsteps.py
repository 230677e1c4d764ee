"""Scripts and programs of the project as a RUN starts them: by a shell, by name, by ``.`` or ``eval``.

Source: POSIX.1-2024 sh, dot and eval; bash's ``-c``, ``-o`` and ``-O``; venv's ``activate``;
util-linux su.
"""

from __future__ import annotations

import posixpath
import re

from paritycheck.parse.command.shell import parse_script
from paritycheck.predict.building.notes import RunStart
from paritycheck.predict.running.following import follow
from paritycheck.predict.running.installsites import current_target, enter
from paritycheck.predict.running.shellstate import Shell, Status, covers
from paritycheck.predict.running.shellwords import Field, Unsure

_DEPTH = 8  # of scripts that call scripts
_CALL = re.compile(r"\b(?:subprocess|os\.system|os\.exec\w*|os\.spawn\w*|runpy|(?:import|from)\s+pip)\b")
_INSTALLER = re.compile(
    r"\b(?:pip3?|pipmain|uv|poetry|pdm|pipenv|conda|mamba|micromamba)\b\W{1,40}(?:\w{1,20}\W{1,10})?"
    r"(?:install|sync)\b"
)


def run_shell(shell: Shell, fields: list[Field], text: bytes | None) -> Status:
    """``sh``, ``bash`` and others: ``-c TEXT``, a script, or a here-document."""
    rest = list(fields[1:])
    while rest and isinstance(rest[0], str) and rest[0][:1] in "-+" and len(rest[0]) > 1:
        word = rest.pop(0)
        if word in ("-o", "+o", "-O") and rest:
            rest.pop(0)
        elif isinstance(word, str) and not word.startswith("--") and "c" in word:
            if rest and isinstance(rest[0], str):
                return run_text(shell, rest[0], tuple(rest[2:]), "e" in word)
            shell.touch(shell.cwd, "anything")
            return None
    if rest:
        return run_script(shell, rest[0], rest[1:])
    if text is not None:
        return run_text(shell, text.decode("utf-8", "surrogateescape"), ())
    return None


def run_text(shell: Shell, text: str, parameters: tuple[Field, ...], errexit: bool = False) -> Status:
    """Follow a script in a shell of its own; its files stay, its variables do not."""
    if shell.depth >= _DEPTH:
        shell.touch(shell.cwd, "anything")
        return None
    inner = Shell(shell.scene, shell.tree, shell.cwd, {}, shell.notes)
    inner.adopt_variables(shell)
    inner.depth, inner.parameters, inner.errexit = shell.depth + 1, parameters, errexit
    status = follow(
        parse_script(text),
        inner,
    )
    return inner.ended if inner.is_over else status


def run_script(shell: Shell, written: Field, words: list[Field]) -> Status:
    """Run a file: shell scripts that can be read are followed, Python programs and others are noted."""
    if isinstance(written, Unsure):
        shell.touch(shell.cwd, "generated")
        return None
    place = shell.place(written)
    if place.certainty != "present":
        if not covers("usr", place.path) and not covers("bin", place.path):
            shell.need(written)
        shell.touch(shell.cwd, "generated")
        return None
    data = shell.read(written)
    if data is None or b"\0" in data[:1024]:
        shell.touch(shell.cwd, "generated")
        return None
    first = data.split(b"\n", 1)[0]
    if first.startswith(b"#!") and b"python" in first:
        return start_program(shell, ["python", written, *words])
    if written.endswith(".py"):
        return start_program(shell, ["python", written, *words])
    if first.startswith(b"#!") and not re.search(rb"\b(ba|da|a|z|k)?sh\b", first):
        shell.touch(shell.cwd, "generated")
        return None
    errexit = re.search(rb"sh\s+-\w*e", first) is not None
    return run_text(shell, data.decode("utf-8", "surrogateescape"), tuple(words), errexit)


def source(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``. FILE``: a virtual environment's activation, or a script in this very shell."""
    if len(fields) < 2 or isinstance(fields[1], Unsure):
        shell.touch(shell.cwd, "anything")
        return None
    path = shell.path(fields[1])
    if posixpath.basename(path) == "activate":
        prefix = posixpath.dirname(posixpath.dirname(path))
        enter(shell, prefix)
        return None
    data = shell.read(fields[1])
    if data is None or shell.depth >= _DEPTH:
        return None
    shell.depth += 1
    status = follow(parse_script(data.decode("utf-8", "surrogateescape")), shell)
    shell.depth -= 1
    return status


def evaluate(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``eval``: its words, joined, are a script."""
    if any(isinstance(field, Unsure) for field in fields[1:]):
        shell.touch(shell.cwd, "anything")
        return None
    return run_text(shell, " ".join(str(field) for field in fields[1:]), ())


def run_as(shell: Shell, fields: list[Field], _: bytes | None) -> Status:
    """``su -c TEXT``."""
    if "-c" in fields[:-1]:
        script = fields[fields.index("-c") + 1]
        if isinstance(script, str):
            return run_text(shell, script, ())
    return None


def start_program(shell: Shell, words: list[Field]) -> Status:
    """Note that a program of the project is started; it may make files where it is."""
    shell.notes.starts.append(
        RunStart(
            location=shell.scene.location,
            command=tuple(word if isinstance(word, str) else "" for word in words),
            cwd=shell.cwd,
            env={name: value for name, value in shell.env.items() if value is not None and _steers(name)},
            tree=shell.tree.fork(),
            certain=shell.guarded == 0,
        )
    )
    shell.touch(shell.cwd, "generated")
    if _installs(_program_text(shell, words)):
        shell.touch(current_target(shell, str(words[0])).site, "distributions")
    return None


def _program_text(shell: Shell, words: list[Field]) -> str:
    """Return what a Python command line runs, as far as it can be read."""
    code = words[1:3]
    if len(code) == 2 and code[0] == "-c" and isinstance(code[1], str):
        return code[1]
    data = shell.read(code[0]) if code and isinstance(code[0], str) else None
    return (data or b"").decode("utf-8", "replace")


def _installs(text: str) -> bool:
    """Tell whether a Python program may call an installer: nobody knows with which words."""
    return _CALL.search(text) is not None and _INSTALLER.search(text) is not None


def _steers(name: str) -> bool:
    return name.startswith("PYTHON") or name in ("PATH", "VIRTUAL_ENV", "DJANGO_SETTINGS_MODULE", "FLASK_APP")
