"""The catalogue of distributions that asks: uv what an install would bring, an index for the files of it."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from paritycheck.capture.resolving.memory import Memory
from paritycheck.capture.resolving.releases import Target, minor_of
from paritycheck.capture.resolving.resolver import resolve_with, target_machine
from paritycheck.capture.resolving.shelf import Shelf
from paritycheck.capture.resolving.uvprogram import PYPI, find_limit, find_uv
from paritycheck.model.environment import Distribution
from paritycheck.predict.selecting.selection import Catalogue, Question, Resolution


def ask_index(
    stack: contextlib.ExitStack,
    local: Mapping[str, Distribution],
    variables: Mapping[str, str],
    cache_dir: Path | None,
) -> Catalogue:
    """Return a catalogue that asks the network, of use until ``stack`` closes; see ``open_catalogue``."""
    program = find_uv(variables)
    # Files are only taken from the network.
    index = program.index if program.index.startswith(("http://", "https://")) else PYPI
    shelf = Shelf(index, Memory(cache_dir), find_limit(variables))
    stack.callback(shelf.close)
    known: list[tuple[Question, Resolution | None]] = []

    def ask(question: Question) -> Resolution | None:
        for earlier, answer in known:  # a build is predicted several times: once more with its bases
            if earlier == question or (answer is not None and _is_met(question, earlier, answer)):
                return answer
        target = Target(minor_of(question.python), target_machine(question), question.musl)
        answer = resolve_with(program, question, lambda wanted: shelf.sources(wanted, target))
        known.append((question, answer))
        if answer is not None:
            releases = [(each.name, each.version) for each in answer.packages if each.version]
            shelf.fit(releases, target)
            shelf.expect(releases)
        return answer

    return Catalogue(local=local, resolve=ask, listing=shelf.listing, read=shelf.read, expect=shelf.expect)


def _is_met(question: Question, earlier: Question, answer: Resolution) -> bool:
    """Tell whether a question asks for nothing but what an earlier one has brought already."""
    same = question.python == earlier.python and question.options == earlier.options
    same &= set(question.constraints) <= set(earlier.constraints) and not answer.problems
    asked = set(question.requirements) <= set(earlier.requirements)
    return same and asked and all(question.present.get(each.name) == each.version for each in answer.packages)
