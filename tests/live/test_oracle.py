"""What we say imports find, held against ``importlib`` in containers that were really started.

Every module of the application and every import statement of it, in images that were built in
different ways. The process that answers is the container's own: its first import asks the questions.
"""

from __future__ import annotations

import ast
import posixpath
import shlex
import subprocess
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import open_image
from paritycheck.model.snapshot import Snapshot
from paritycheck.model.source import ANY_SUBMODULE
from paritycheck.predict.importing.outcome import Doubtful, Found, NotFound, Outcome
from paritycheck.predict.importing.statements import absolute_name, parents, resolve_import
from paritycheck.predict.judging.views import ContainerView, view_container
from paritycheck.predict.starting.start import resolve_start
from tests.live.conftest import HERE, build, setting

BUILDS = HERE / "images" / "oracle"
NAMES = sorted(path.name.removesuffix(".Containerfile") for path in BUILDS.glob("*.Containerfile"))
ORACLE = (BUILDS / "questions.py").read_text(encoding="utf-8")
# Loaded before the program's directory was searched, or below a package that fails when it is imported; what
# setuptools puts in the place of distutils is found by a hook of its own.
DOUBTS = {"no package, but it may register modules itself"}
UNANSWERED = ("error", "DistutilsLoader")
Answer = tuple[str, str, tuple[str, ...] | None] | None


@dataclass(frozen=True)
class Questions:
    """Our answers, and what led to them: names, and the names that ``from`` takes."""

    names: dict[str, Outcome]
    taken: dict[tuple[str, str], str]
    asked_by: dict[str, str]


@pytest.mark.parametrize("name", NAMES)
def test_imports_find_what_we_say(name: str, record_property: Callable[[str, object], None]) -> None:
    reference = f"localhost/paritycheck-live/oracle-{name}:latest"
    build(BUILDS, reference, "-f", str(BUILDS / f"{name}.Containerfile"))
    began = time.monotonic()
    with open_image(reference, EngineHosts(container_host=setting("CONTAINER_HOST"))) as snapshot:
        start = resolve_start(snapshot)
        assert start.resolved, start.reason
        view = view_container(snapshot, start)
        ours = ask_ourselves(snapshot, view)
    middle = time.monotonic()
    path, cwd, early, answers, taken = ask_container(reference, ours)
    ended = time.monotonic()

    assert cwd == start.cwd
    theirs = list(dict.fromkeys(posixpath.normpath(posixpath.join(cwd, entry)) for entry in path))
    missing = [f"/{entry}" for entry in view.certain if f"/{entry}" not in theirs]
    differences = []
    unanswered = []
    doubts: Counter[str] = Counter()
    for each, outcome in ours.names.items():
        if isinstance(outcome, Doubtful):
            doubts[outcome.unknown.reason] += 1
            continue
        answer = answers[each]
        if answer is not None and answer[0] in UNANSWERED:
            unanswered.append(f"{each} ({answer[0]} {answer[1]})")
        elif not agree(outcome, answer) and each in early:
            unanswered.append(f"{each} (loaded)")
        elif not agree(outcome, answer):
            differences.append(f"{each} ({ours.asked_by[each]}): we say {outcome}, it says {answers[each]}")
    silent = 0
    for pair, verdict in ours.taken.items():
        answered = taken[pair] is not None
        silent += not answered
        if verdict != "doubt" and answered and taken[pair] != (verdict == "found"):
            differences.append(f"from {pair[0]} import {pair[1]}: we say {verdict}, it says {taken[pair]}")
    found = sum(answer is not None for answer in answers.values())
    record_property(
        "counted", [len(ours.names), found, len(ours.taken), silent, len(unanswered), len(doubts)]
    )
    record_property("seconds", [round(middle - began, 2), round(ended - middle, 2)])
    assert found > 40
    assert silent <= 1
    assert set(doubts) <= DOUBTS
    assert len(unanswered) <= 3, unanswered
    assert not differences, "\n".join(differences)
    assert not missing, (missing, theirs)


def ask_ourselves(snapshot: Snapshot, view: ContainerView) -> Questions:
    """Resolve every import statement of every application module."""
    questions = Questions({}, {}, {})
    own_files = {path.relative_to(BUILDS / "app").as_posix() for path in (BUILDS / "app").rglob("*.py")}
    for path in snapshot.application_modules:
        if not any(path.endswith("/" + each) for each in own_files) or "click/" in path:
            continue
        says = snapshot.modules[path]
        names = view.names(path)
        for own in names or (path.rpartition("/")[2].removesuffix(".py"),):
            package = path.endswith("/__init__.py")
            for statement in says.imports:
                full = absolute_name(statement, own, package)
                if full is None:
                    continue
                where = f"/{path}:{statement.line}"
                taken = [each for each in statement.names if each not in ("*", ANY_SUBMODULE)]
                for each in (*parents(full), full, *(f"{full}.{each}" for each in taken)):
                    questions.names.setdefault(each, view.finder.find(each))
                    questions.asked_by.setdefault(each, where)
                if full == own:
                    continue  # a package that takes from itself while it is being imported
                targets = {
                    target.attribute or target.name.rpartition(".")[2]: target.outcome
                    for target in resolve_import(statement, own, package, view.finder)[1:]
                }
                if isinstance(view.finder.find(full), Found):
                    for each in taken:
                        outcome = targets.get(each)
                        questions.taken[full, each] = _verdict(outcome)
    return questions


def _verdict(outcome: Outcome | None) -> str:
    """No target at all: the module binds the name."""
    return "lost" if isinstance(outcome, NotFound) else "doubt" if isinstance(outcome, Doubtful) else "found"


def ask_container(
    reference: str, ours: Questions
) -> tuple[list[str], str, set[str], dict[str, Answer], dict[tuple[str, str], bool | None]]:
    """Start the image as it starts itself; return sys.path, the working directory, and the answers."""
    text = f"NAMES = {sorted(ours.names)!r}\nTAKEN = {sorted(ours.taken)!r}\n{ORACLE}"
    command = ["podman", "--remote=false", "run", "--rm", "-i", "--network=none", "--env=ORACLE=1", reference]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=120, check=False)
    parts = done.stdout.split("#ORACLE#")
    assert len(parts) == 3, f"{shlex.join(command)}: {done.stdout[-2000:]}{done.stderr[-2000:]}"
    path, cwd, early, answers, taken = ast.literal_eval(parts[1])
    return path, cwd, set(early), answers, taken


def agree(ours: Outcome, theirs: Answer) -> bool:
    """Tell whether both find the same file, of the same kind, with the same directories below it."""
    if not isinstance(ours, Found) or theirs is None:
        return not isinstance(ours, Found) and theirs is None
    kind, file, portions = theirs
    if kind in ("builtin", "frozen") or ours.kind in ("builtin", "frozen"):
        return kind in ("builtin", "frozen") and (ours.kind in ("builtin", "frozen") or in_library(ours.path))
    below = tuple(f"/{portion}" for portion in ours.portions)
    place = f"/{ours.path}" if ours.kind != "namespace" else ""
    if kind == "zipimporter":  # it loads modules and packages alike, and its modules have an empty list
        kind = ours.kind
    return (ours.kind, place) == (kind, file) and (portions is None or below == tuple(portions))


def in_library(path: str) -> bool:
    """Tell whether a file is the standard library's: frozen modules have one too."""
    directory = path.partition("/lib/python3")[2]
    return bool(directory) and "-packages/" not in directory
