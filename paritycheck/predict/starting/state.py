"""A shell while a start script is followed: its variables and parameters, and what words become.

Source: POSIX.1-2024, Shell Command Language 2.5 (parameters and variables), 2.6 (word expansions).
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Mapping

from paritycheck.model.location import Location
from paritycheck.parse.command import shellscript as sh
from paritycheck.parse.command.shell import parse_script
from paritycheck.predict.starting.scene import UNKNOWN, Scene

_TRIM = re.compile(r"\$\{(\w+)(%%?|##?)([^${}]*)\}")
_DEFAULT = re.compile(r"\$\{(\w+)(:?[-+=])(.*)\}", re.DOTALL)
_LOOKUP = re.compile(
    r"\$\(\s*(?:command\s+-v|which|type\s+-P)\s+([\w.+-]+)\s*\)"
    r"|`\s*(?:command\s+-v|which|type\s+-P)\s+([\w.+-]+)\s*`"
)
_ARRAY = re.compile(r"\$\{(\w+)\[[@*]\]\}")
_NESTED = 10  # defaults in each other
_LONGEST = 1 << 16  # characters of a word; doubling a variable makes them long fast


class ShellState:
    """The state of one shell.

    ``scene`` holds what is exported, ``variables`` what else is set; ``arguments`` are ``$0`` and
    what follows; ``name`` and ``text`` are the script's, ``offset`` where in it the last command was.
    """

    def __init__(self, scene: Scene, arguments: tuple[str, ...], name: str, text: str) -> None:
        self.scene = scene
        self.arguments = arguments
        self.name = name
        self.text = text
        self.offset = 0
        self.variables: dict[str, str] = {}
        self.arrays: dict[str, tuple[str, ...]] = {}
        self.functions: dict[str, sh.Command] = {}
        self.depth = 0
        self.over = False

    def fork(self) -> ShellState:
        """Return an independent shell in the same state."""
        twin = ShellState(self.scene, self.arguments, self.name, self.text)
        twin.variables, twin.functions = dict(self.variables), dict(self.functions)
        twin.arrays, twin.offset, twin.depth = dict(self.arrays), self.offset, self.depth
        return twin

    def meet(self, ends: list[ShellState]) -> None:
        """Go on in the state that the branches agree on; those that are over do not go on."""
        going = [branch for branch in ends if not branch.over]
        if not going:
            self.over = bool(ends)
            return
        for name in {name for branch in going for name in branch.variables}:
            values = {branch.variables.get(name, UNKNOWN) for branch in going}
            self.variables[name] = values.pop() if len(values) == 1 else UNKNOWN
        changed = [branch.scene for branch in going if branch.scene != self.scene]
        self.scene = changed[0] if changed else self.scene

    def assign(self, given: Mapping[str, str]) -> None:
        """Set variables; those that are exported already reach the programs."""
        self.variables.update(given)
        self.scene = self.scene.given(
            {name: value for name, value in given.items() if name in self.scene.env}
        )

    def lookup(self, name: str) -> str | None:
        """Return a parameter's value; ``None`` where it is not set, though it may be from outside."""
        if name.isdecimal():
            number = int(name) if len(name) < 6 else len(self.arguments)
            return self.arguments[number] if number < len(self.arguments) else ""
        if name == "#":
            return str(max(0, len(self.arguments) - 1))
        if name in ("@", "*"):
            return " ".join(self.arguments[1:])
        if name == "PWD":
            return self.scene.cwd
        if name in self.variables:
            return self.variables[name]
        if name in self.scene.env:
            value = self.scene.env[name]
            return UNKNOWN if value is None else value
        return None

    def place(self, text: str) -> Location | None:
        """Return where in the script a command stands, by how it is written."""
        if not self.name:
            return self.scene.location
        first = text.strip().partition("\n")[0]
        position = self.text.find(first, self.offset)
        position = self.text.find(first) if position < 0 else position
        if position < 0:
            return Location(self.name)
        self.offset = position
        return Location(self.name, self.text.count("\n", 0, position) + 1, first[:200])


Substitute = Callable[[str], str]  # what a command substitution prints


def expand_text(word: sh.Word, state: ShellState, substitute: Substitute) -> str:
    """Return a word that is not split."""
    return "".join(_value(part, state, substitute) for part in word.parts)[:_LONGEST]


def looked_up(word: sh.Word) -> sh.Word:
    """Return a program that is looked for, ``$(command -v uwsgi)``, by its name; any other word as it is.

    Only for what is then called: a test asks whether it was found.
    """
    part = word.parts[0] if len(word.parts) == 1 else None
    found = _LOOKUP.fullmatch(part.text) if isinstance(part, sh.Unclear) else None
    return word if found is None else sh.Word((sh.Text(found[1] or found[2]),))


def expand_fields(word: sh.Word, state: ShellState, substitute: Substitute) -> list[str]:
    """Return the fields of a word: none for an empty ``$@``, several where it is split."""
    fields: list[str] = []
    for position, part in enumerate(word.parts):
        if isinstance(part, sh.Variable) and part.name == "@" and part.quoted and not part.operator:
            pieces = list(state.arguments[1:])
        elif isinstance(part, sh.Unclear) and (array := _ARRAY.fullmatch(part.text)):
            pieces = list(state.arrays.get(array[1], (UNKNOWN,)))
        elif isinstance(part, sh.Text) or part.quoted:
            pieces = [_value(part, state, substitute)[:_LONGEST]]
        else:
            pieces = _value(part, state, substitute)[:_LONGEST].split()
        if pieces and position and fields:
            fields[-1] += pieces.pop(0)
        fields.extend(pieces)
    return fields


def _value(part: sh.Part, state: ShellState, substitute: Substitute) -> str:
    match part:
        case sh.Text(text=text):
            return text
        case sh.Unclear(text=text):
            if text.startswith(("$(", "`")) and not text.startswith("$(("):
                return substitute(text[2:-1] if text.startswith("$(") else text[1:-1])
            return _trimmed(text, state) if _TRIM.fullmatch(text) else _defaulted(text, state, substitute)
        case sh.Variable():
            return _variable(part, state, substitute)


def _variable(part: sh.Variable, state: ShellState, substitute: Substitute) -> str:
    value = state.lookup(part.name)
    kind = part.operator[-1:]
    absent = value is None or (part.operator.startswith(":") and value == "")
    other = expand_text(part.operand, state, substitute) if part.operand is not None else ""
    if kind == "+":
        return "" if absent else other
    if absent and kind == "=":
        state.assign({part.name: other})
    if absent and kind in ("-", "="):
        return other
    return UNKNOWN if value is None else value


def _defaulted(text: str, state: ShellState, substitute: Substitute) -> str:
    """Return ``${X:-"default"}`` and ``${X:-${Y:-default}}``, whose default is a word of its own."""
    match = _DEFAULT.fullmatch(text)
    if match is None or text.count("${") > _NESTED:
        return UNKNOWN
    script = parse_script(f"x={match[3]}").commands
    if len(script) != 1 or not isinstance(script[0], sh.Simple) or len(script[0].assignments) != 1:
        return UNKNOWN
    operand = script[0].assignments[0][1]
    return _variable(sh.Variable(match[1], match[2], operand), state, substitute)


def _trimmed(text: str, state: ShellState) -> str:
    """Return ``${0%/*}`` and ``${1#-}`` with a literal pattern, which start scripts are fond of."""
    match = _TRIM.fullmatch(text)
    value = state.lookup(match[1]) if match else None
    if match is None or value is None or UNKNOWN in value or len(value) > 4096:
        return UNKNOWN
    from_end, longest = match[2].startswith("%"), len(match[2]) == 2
    for size in sorted(range(len(value) + 1), reverse=longest):
        piece = value[len(value) - size :] if from_end else value[:size]
        if fnmatch.fnmatchcase(piece, match[3]):
            return value[: len(value) - size] if from_end else value[size:]
    return value
