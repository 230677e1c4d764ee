"""Programs that run commands by the names that a file gives them: make, just, poe.

Sources: GNU make ("Running"), just ("Working directory"), Poe the Poet ("Running tasks").
"""

from __future__ import annotations

import re

from paritycheck.parse.command.optionwords import flag_names, read_options
from paritycheck.parse.command.taskfiles import read_justfile, read_make, read_makefile, read_project_task
from paritycheck.predict.starting.scene import Command, Scene

_DEEPEST = 5  # makefiles that include each other
_LONGEST = 1 << 20  # characters of a makefile with all that it includes
_JUSTFILES = ("justfile", ".justfile", "Justfile")


def make(words: tuple[str, ...], scene: Scene) -> Command:
    """``make``: the recipes of its goals, one after the other."""
    call = read_make(words)
    scene = scene.entered(call.directory) if call.directory else scene
    text = _included(_read(scene, call.files), scene)
    known = {name: value for name, value in scene.env.items() if value is not None}
    scripts = [read_makefile(text, goal, known, call.given) for goal in call.goals]
    return _shell([script for script in scripts if script], scene.given(call.given))


def _included(text: str, scene: Scene, depth: int = 0) -> str:
    """Put the files in the place of the ``include`` lines that name them."""
    if depth > _DEEPEST:
        return text

    def read(match: re.Match[str]) -> str:
        return _included("\n".join(_read(scene, (name,)) for name in match[1].split()), scene, depth + 1)

    return re.sub(r"^-?include[ \t]{1,9}(.{1,500})$", read, text, flags=re.MULTILINE)[:_LONGEST]


def just(words: tuple[str, ...], scene: Scene) -> Command:
    """``just [RECIPE]``: what stands behind it is the recipe's own."""
    options = read_options(words, flag_names("-q --quiet -v --verbose -n --dry-run -u --unsorted"), stop=True)
    named = options.last("-f", "--justfile")
    text = _read(scene, (named,) if named else _JUSTFILES)
    script = read_justfile(text, options.rest[0] if options.rest else "")
    return _shell([script] if script else [], scene)


def poe(words: tuple[str, ...], scene: Scene) -> Command:
    """``poe [-C DIR] TASK [ARGUMENT …]``."""
    options = read_options(words, flag_names("-q --quiet -v --verbose -d --dry-run --no-ansi"), stop=True)
    directory = options.last("-C", "--directory", "--root")
    return project_task("poe", options.rest, scene.entered(directory) if directory else scene) or Command(
        (), scene
    )


def project_task(tool: str, words: tuple[str, ...], scene: Scene) -> Command | None:
    """Return what a task of the project is, its arguments behind it; ``None`` if it is none."""
    text = _read(scene, ("pyproject.toml",))
    script = read_project_task(text, tool, words[0]) if words else None
    return None if script is None else _shell([" ".join((script, *words[1:]))], scene)


def _read(scene: Scene, names: tuple[str, ...]) -> str:
    there = (text for name in names if (text := scene.text(scene.absolute(name))) is not None)
    return next(there, "")


def _shell(scripts: list[str], scene: Scene) -> Command:
    return Command(("sh", "-c", "\n".join(scripts)) if scripts else (), scene)
