"""The shell's own commands, as far as a start script changes its state by them.

Source: POSIX.1-2024, Shell Command Language 2.15 (special built-ins), ``cd``; Bash's ``declare``,
``pushd``; venv's ``activate``, which puts its ``bin`` first on PATH.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping

from paritycheck.predict.environment.interpreting import DEFAULT_PATH
from paritycheck.predict.starting.scene import UNKNOWN, Scene
from paritycheck.predict.starting.state import ShellState

# The state, the words after the name, the assignments among them.
Builtin = Callable[[ShellState, list[str], Mapping[str, str]], None]


def _cd(state: ShellState, rest: list[str], _: Mapping[str, str]) -> None:
    directory = next((word for word in rest if not word.startswith("-")), "")
    if directory and UNKNOWN not in directory:
        state.scene = state.scene.entered(directory)


def _declare(state: ShellState, rest: list[str], given: Mapping[str, str]) -> None:
    plain = dict(word.split("=", 1) for word in rest if "=" in word and not word.startswith("-"))
    state.assign({**plain, **given})
    if "-x" in rest:
        state.scene = state.scene.given({**plain, **given})


def _export(state: ShellState, rest: list[str], given: Mapping[str, str]) -> None:
    # A name alone exports the variable as it is.
    bare = {word: state.variables[word] for word in rest if word in state.variables}
    _declare(state, ["-x", *rest], {**bare, **given})


def _set(state: ShellState, rest: list[str], _: Mapping[str, str]) -> None:
    if "--" in rest:
        state.arguments = (*state.arguments[:1], *rest[rest.index("--") + 1 :])
    elif rest and not rest[0].startswith(("-", "+")):
        state.arguments = (*state.arguments[:1], *rest)


def _shift(state: ShellState, rest: list[str], _: Mapping[str, str]) -> None:
    count = int(rest[0]) if rest and rest[0].isdecimal() and len(rest[0]) < 6 else 1
    state.arguments = (*state.arguments[:1], *state.arguments[1 + count :])


def _unset(state: ShellState, rest: list[str], _: Mapping[str, str]) -> None:
    state.assign(dict.fromkeys((word for word in rest if not word.startswith("-")), ""))


def _exit(state: ShellState, _rest: list[str], _: Mapping[str, str]) -> None:
    state.over = True


def _nothing(_state: ShellState, _rest: list[str], _: Mapping[str, str]) -> None:
    return


BUILTINS: dict[str, Builtin] = {
    "cd": _cd,
    "pushd": _cd,
    "export": _export,
    "declare": _declare,
    "typeset": _declare,
    "local": _declare,
    "readonly": _declare,
    "set": _set,
    "shift": _shift,
    "unset": _unset,
    "exit": _exit,
    "return": _nothing,
    "break": _nothing,
    "continue": _nothing,
    ":": _nothing,
    "true": _nothing,
}


def activate(scene: Scene, path: str) -> Scene:
    """Return the scene after ``source VENV/bin/activate``."""
    root = posixpath.dirname(posixpath.dirname(path))
    before = scene.env.get("PATH") or DEFAULT_PATH
    return scene.given({"VIRTUAL_ENV": root, "PATH": f"{root}/bin:{before}"})


def _echo(_: Scene, operands: list[str]) -> str:
    return " ".join(operands)


def _dirname(_: Scene, operands: list[str]) -> str:
    return posixpath.dirname(operands[0].rstrip("/")) or "." if operands else ""


def _basename(_: Scene, operands: list[str]) -> str:
    name = posixpath.basename(operands[0].rstrip("/")) if operands else ""
    return name.removesuffix(operands[1]) if len(operands) > 1 else name


def _real(scene: Scene, operands: list[str]) -> str:
    return scene.files.real(scene.absolute(operands[-1])) if operands else ""


# What they print is known.
PRINTERS: dict[str, Callable[[Scene, list[str]], str]] = {
    "echo": _echo,
    "pwd": lambda scene, _: scene.cwd,
    "dirname": _dirname,
    "basename": _basename,
    "realpath": _real,
    "readlink": _real,
}


def after_options(words: list[str]) -> tuple[str, ...]:
    """Return the words after the options of ``exec``; ``-a NAME`` takes one."""
    position = 0
    while position < len(words) and words[position] in ("-a", "-c", "-l", "--"):
        position += 2 if words[position] == "-a" else 1
    return tuple(words[position:])
