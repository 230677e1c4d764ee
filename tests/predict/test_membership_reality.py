"""Which names installed modules lack, held against the interpreter that imports them.

The distributions are those that these tests run with: all that their modules really hold, and all
that they take from each other.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from importlib.machinery import EXTENSION_SUFFIXES
from pathlib import Path

import pytest

from paritycheck.model.snapshot import OnDemand, Origin, Snapshot
from paritycheck.model.source import SourceFile
from paritycheck.model.tree import FileEntry, FileTree
from paritycheck.parse.python.imports import parse_source
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found, NotFound
from paritycheck.predict.importing.statements import Target, resolve_import
from paritycheck.predict.judging.membership import Membership

PACKAGES = ("click", "docker", "hypothesis", "jinja2", "jsonschema", "packaging", "requests", "rich", "yaml")
SITE = Path(pytest.__file__).parent.parent
LISTING = """
import contextlib, importlib, io, json, sys
for name in sys.argv[1:]:
    with contextlib.redirect_stdout(io.StringIO()):
        try: held = [each for each in vars(importlib.import_module(name)) if each.isidentifier()]
        except BaseException: held = None
    print(json.dumps([name, held]))
"""


class Installed:
    """The site directory as a container's, and what its modules hold when they are imported."""

    def __init__(self) -> None:
        paths = [path for name in PACKAGES for path in (SITE / name).rglob("*") if path.is_file()]
        self.tree = FileTree(
            FileEntry(str(path.relative_to(SITE)), "file", size=path.stat().st_size) for path in paths
        )
        sources = OnDemand(cache(_source), lambda: ())
        texts = OnDemand(_text, lambda: ())
        container = Snapshot(Origin("image", "this"), self.tree, sources, texts, {})
        self.finder = Finder(self.tree, [""], EXTENSION_SUFFIXES, modules=sources)
        self.sources = sources
        self.membership = Membership(container, self.finder, wholly=True)
        self.held = self._held()

    def modules(self) -> Iterator[tuple[str, str]]:
        """Yield name and path of every module but those for tests and programs."""
        for path in self.tree.paths():
            name = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
            if path.endswith(".py") and not {"tests", "__main__"} & set(name.split(".")):
                yield name, path

    def _held(self) -> dict[str, frozenset[str]]:
        names = [name for name, _ in self.modules()]
        command = [sys.executable, "-W", "ignore", "-c", LISTING, *names]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        answers = (json.loads(line) for line in said.splitlines())
        return {name: frozenset(held) for name, held in answers if held is not None}


def _source(path: str) -> SourceFile | None:
    file = SITE / path
    return parse_source(file.read_bytes()) if file.is_file() else None


def _text(path: str) -> str | None:
    file = SITE / path
    return file.read_text(encoding="utf-8") if file.is_file() else None


@pytest.fixture(scope="module")
def installed() -> Installed:
    return Installed()


def _misses(target: Target) -> bool:
    return bool(target.attribute) and isinstance(target.outcome, NotFound)


def test_no_name_is_missed_that_a_module_holds(installed: Installed) -> None:
    assert len(installed.held) > 300
    wrong = []
    for name, held in installed.held.items():
        found = installed.finder.find(name)
        says = installed.sources.get(found.path) if isinstance(found, Found) else None
        if says is None or says.open_ended or says.problem is not None:
            continue
        unseen = held - frozenset(says.defines)
        others = (each for each in unseen if not isinstance(installed.finder.find(f"{name}.{each}"), Found))
        wrong += [f"{name}.{each}" for each in others if installed.membership.lacks(name, each)]
    assert not wrong


def test_what_modules_take_from_each_other_is_there(installed: Installed) -> None:
    asked, wrong = 0, []
    for name, path in installed.modules():
        says = installed.sources[path]
        for statement in says.imports:
            targets = resolve_import(statement, name, path.endswith("/__init__.py"), installed.finder)
            asked += len(targets)
            wrong += [
                f"{name}:{statement.line} {target.name}.{target.attribute}"
                for target in targets
                if _misses(target)
                and installed.membership.lacks(target.name, target.attribute)
                and target.attribute in installed.held.get(target.name, ())
            ]
    assert asked > 3000
    assert not wrong


def test_a_name_that_nobody_speaks_of_is_missed(installed: Installed) -> None:
    plain = [
        name
        for name in installed.held
        if isinstance(found := installed.finder.find(name), Found)
        and (says := installed.sources.get(found.path)) is not None
        and not says.open_ended
    ]
    lacking = [name for name in plain if installed.membership.lacks(name, "no_such_name_anywhere")]
    assert len(lacking) > len(plain) // 2
