"""The examples of the documentation: their files are laid out, their commands run, their output compared.

In a page, a fenced block whose first line is a comment that names a path is that file, ``(untracked)``
behind the path if git is not to know it; the line is part of the file. A block of the language ``console``
is a session: what stands behind ``$`` is run in the checkout, what follows is all that it prints. A comment
``<!-- image: {...} -->`` makes ``../app.tar``, an image as in the scenarios (see tests.scenario).
"""

from __future__ import annotations

import io
import json
import os
import re
import shlex
import sys
from collections.abc import Iterator
from contextlib import chdir, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

from paritycheck.cli import run
from tests.scenario import Scenario, commit, write_archive

_FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_PATH = re.compile(r"# ([\w./@-]+)(?: \((untracked)\))?\n")
_IMAGE = re.compile(r"<!-- image: (.*?) -->", re.DOTALL)
_DEFAULT_IMAGE = {"python": "3.12", "env": {"PATH": "/usr/local/bin:/usr/bin:/bin"}}


def sessions(page: str) -> Iterator[str]:
    """Yield every session of a page, as it is written."""
    for found in _FENCE.finditer(page):
        if found[1] == "console":
            yield found[2]


def fill_in(page: str, directory: Path) -> str:
    """Return the page of a rule with the output that its commands have today; ``directory`` is empty."""
    return replay(page, lay_out(page, directory)) if any(sessions(page)) else page


def replay(page: str, checkout: Path) -> str:
    """Return the page with the output that its commands have in ``checkout``."""

    def played(found: re.Match[str]) -> str:
        if found[1] != "console":
            return found[0]
        commands = [line for line in found[2].splitlines() if line.startswith("$ ")]
        shown = "\n\n".join(f"{line}\n{play(line[2:], checkout).rstrip()}" for line in commands)
        return f"```console\n{shown}\n```"

    return _FENCE.sub(played, page)


def lay_out(page: str, directory: Path) -> Path:
    """Write the files of a page below ``directory`` and commit them; returns the checkout."""
    checkout = directory / "checkout"
    untracked = []
    for language, text in _FENCE.findall(page):
        named = None if language == "console" else _PATH.match(text)
        if named is None:
            continue
        path = checkout / named[1]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        if named[2]:
            untracked.append(named[1])
    commit(checkout, untracked)
    for text in _IMAGE.findall(page):
        image: dict[str, Any] = {"image": {**_DEFAULT_IMAGE, **json.loads(text)}}
        write_archive(Scenario(directory, image), checkout, directory / "app.tar")
    return checkout


def play(command: str, checkout: Path) -> str:
    """Return what a command prints, without colours and with nothing of this machine."""
    nothing = checkout.parent / "nothing"
    nothing.mkdir(exist_ok=True)
    settings = f'[storage]\ndriver = "vfs"\ngraphroot = "{nothing}"\nrunroot = "{nothing}"\n'
    (nothing / "storage.conf").write_text(settings)
    variables = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "HOME": str(nothing),
        "XDG_CACHE_HOME": str(nothing),
        "CONTAINERS_STORAGE_CONF": str(nothing / "storage.conf"),
    }
    words = shlex.split(command)
    assert words[0] == "paritycheck", f"only our own commands are played: {command}"
    before = dict(os.environ)
    printed = io.TextIOWrapper(io.BytesIO(), encoding="utf-8", write_through=True)
    try:
        os.environ.clear()
        os.environ.update(variables)
        with chdir(checkout), redirect_stdout(printed), redirect_stderr(printed):
            run(words[1:])
    finally:
        os.environ.clear()
        os.environ.update(before)
    printed.seek(0)
    return printed.read()
