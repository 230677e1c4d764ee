"""Files that give commands names: Makefile, justfile, and the tasks of pyproject.toml.

Sources: GNU make ("Rules", "Variables"), just ("Recipes", "Dependencies"), Poe the Poet ("Task types"),
PDM ("User scripts"), Hatch ("Scripts"), Rye ("Scripts"). A recipe is given as the text of a shell script;
what is not literal in it stays as ``MARK``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from typing import NamedTuple

from paritycheck.parse.command.optionwords import flag_names, read_options

MAKEFILES = ("GNUmakefile", "makefile", "Makefile")
MARK = "\0"  # stands for a value that is not known
_DEEPEST = 20  # rules that need each other
_MAKE_FLAGS = flag_names("-s --silent -k -B -i -n --no-print-directory -e -r -R -w -d")
_ASSIGNMENT = re.compile(r"(?:export\s{1,9})?([A-Za-z_][\w-]{0,99})\s{0,9}(\?|:{1,3}|\+)?=\s{0,9}(.*)")
_RULE = re.compile(r"([\w./ -]{1,200}?)\s{0,9}:(?![=:])([^=]{0,500}|[^=]{0,500}[;#].{0,500})$")
_RECIPE = re.compile(r"@?([\w-]{1,100})((?:\s[^:]{0,200})?):(?!=)\s{0,9}(.{0,200})$")
_MAKE_VALUE = re.compile(r"\$(?:\(([^()$]{0,200})\)|\{([^{}$]{0,200})\})")
_JUST_VALUE = re.compile(r"\{\{\s{0,9}([^{}]{0,200}?)\s{0,9}\}\}")


class MakeCall(NamedTuple):
    """A command line of ``make``: the ``directory`` it goes to first (``""``: none), the files it looks for.

    ``goals`` are at least one, ``""`` for the first rule; ``given`` the variables that it sets.
    """

    directory: str
    files: tuple[str, ...]
    goals: tuple[str, ...]
    given: dict[str, str]


def read_make(words: tuple[str, ...]) -> MakeCall:
    """Read the words behind ``make``: ``[-C DIR] [-f FILE] [GOAL] [VAR=value]``."""
    options = read_options(words, _MAKE_FLAGS)
    named = options.last("-f", "--file", "--makefile")
    return MakeCall(
        options.last("-C", "--directory") or "",
        (named,) if named else MAKEFILES,
        tuple(word for word in options.rest if "=" not in word) or ("",),
        dict(word.split("=", 1) for word in options.rest if "=" in word),
    )


def read_makefile(
    text: str, goal: str, environment: Mapping[str, str], given: Mapping[str, str]
) -> str | None:
    """Return the recipe of ``goal`` (``""``: the first) after those of its prerequisites.

    ``given`` are the variables of the command line, which win over the file's. ``None``: no such goal.
    """
    rules: dict[str, tuple[list[str], list[str]]] = {}
    variables = dict(environment)
    current: list[list[str]] = []
    for line in re.sub(r"\\\n[ \t]{0,99}", " ", text).splitlines():
        if line.startswith("\t"):
            for lines in current:
                lines.append(line.strip().lstrip("@-+"))
        elif match := _ASSIGNMENT.match(line):
            if match[2] != "?" or match[1] not in variables:
                variables[match[1]] = match[3].partition(" #")[0].strip()
        elif match := _RULE.match(line):
            names = [name for name in match[1].split() if name != ".PHONY"]
            needs, _, inline = match[2].partition("#")[0].partition(";")
            current = []
            for name in names:
                needed, lines = rules.setdefault(name, ([], []))
                needed += needs.split()
                lines += [inline.strip()] * bool(inline.strip())
                current.append(lines)
    first = next((name for name in rules if not name.startswith(".")), "")
    script = _with_needs(goal or first, rules)
    return None if script is None else _expanded(script, {**variables, **given})


def _with_needs(goal: str, rules: Mapping[str, tuple[list[str], list[str]]], depth: int = 0) -> str | None:
    if goal not in rules or depth > _DEEPEST:
        return None
    needs, lines = rules[goal]
    before = [_with_needs(each, rules, depth + 1) for each in dict.fromkeys(needs)]
    return "\n".join([*(each for each in before if each), *map(_alone, lines)])


def _alone(line: str) -> str:
    """Every line of a recipe has a shell of its own."""
    return f"( {line}\n)"


def _expanded(script: str, variables: Mapping[str, str]) -> str:
    for _ in range(_DEEPEST):
        changed = _MAKE_VALUE.sub(lambda match: variables.get(match[1] or match[2] or "", MARK), script)
        if changed == script:
            break
        script = changed[: 1 << 16]
    return script.replace("$$", "$")


def read_justfile(text: str, goal: str) -> str | None:
    """Return the recipe of ``goal`` (``""``: the first) after those it depends on; ``None`` without it."""
    rules: dict[str, tuple[list[str], list[str]]] = {}
    variables: dict[str, str] = {}
    lines: list[str] = []
    for line in text.splitlines():
        if line[:1].isspace():
            lines.append(
                _JUST_VALUE.sub(lambda match: variables.get(match[1], MARK), line.strip().lstrip("@-"))
            )
        elif match := re.match(r"(?:export\s)?([\w-]{1,99})\s{0,9}:=\s{0,9}(.*)", line):
            literal = re.fullmatch(r"'([^']*)'|\"([^\"]*)\"", match[2].strip())
            variables[match[1]] = (literal[1] or literal[2] or "") if literal else MARK
        elif match := _RECIPE.match(line):
            needs = re.sub(r"[()&]", " ", match[3]).split()
            lines = []
            rules[match[1]] = (needs, lines)
    return _with_needs(goal or next(iter(rules), ""), rules)


_TABLES = {
    "poe": ("tool", "poe", "tasks"),
    "pdm": ("tool", "pdm", "scripts"),
    "rye": ("tool", "rye", "scripts"),
    "hatch": ("tool", "hatch", "envs", "default", "scripts"),
    "pixi": ("tool", "pixi", "tasks"),
}


def read_project_task(text: str, tool: str, name: str) -> str | None:
    """Return what the task ``name`` of a pyproject.toml runs, as a shell script; ``None`` if it is none."""
    try:
        table: object = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        return None
    for key in _TABLES[tool]:
        table = table.get(key) if isinstance(table, dict) else None
    return _task(table, name, 0) if isinstance(table, dict) else None


def _task(table: Mapping[str, object], name: str, depth: int) -> str | None:
    return None if name not in table or depth > _DEEPEST else _said(table, table[name], depth)


def _said(table: Mapping[str, object], value: object, depth: int) -> str | None:
    match value:
        case str():
            return value
        case list():
            steps = [_step(table, each, depth) for each in value]
            return "\n".join(_alone(step) for step in steps if step is not None)
        case {"cmd": list() as words}:
            return " ".join(map(str, words))
        case {"cmd": str() as text} | {"shell": str() as text}:
            return text
        case {"script": str() as target} | {"call": str() as target}:
            module, _, function = target.partition(":")
            called = re.match(r"\w{0,100}", function)
            return f"python -c 'from {module} import {called[0]}'" if called and called[0] else None
        case {"sequence": list() as steps} | {"composite": list() as steps} | {"chain": list() as steps}:
            return _said(table, steps, depth)
    return None


def _step(table: Mapping[str, object], value: object, depth: int) -> str | None:
    """A word in a sequence is another task, where there is one of that name."""
    if isinstance(value, str) and value.split()[:1]:
        other = _task(table, value.split()[0], depth + 1)
        return value if other is None else other
    return _said(table, value, depth + 1) if isinstance(value, dict) else None
