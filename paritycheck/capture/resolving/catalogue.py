"""The catalogue of distributions: the local environment, and with --resolve what an index says."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from packaging.utils import canonicalize_name

from paritycheck.capture.resolving.memory import Memory
from paritycheck.capture.resolving.releases import Target, minor_of
from paritycheck.capture.resolving.resolver import resolve_with, target_machine
from paritycheck.capture.resolving.shelf import Shelf
from paritycheck.capture.resolving.uvprogram import find_uv
from paritycheck.model.environment import Distribution, Environment
from paritycheck.predict.selecting.selection import Catalogue, Question, Resolution

PYPI = "https://pypi.org/simple"
INDEX_VARIABLES = ("UV_DEFAULT_INDEX", "UV_INDEX_URL", "PIP_INDEX_URL")


def open_catalogue(
    stack: contextlib.ExitStack,
    environment: Environment,
    variables: Mapping[str, str],
    cache_dir: Path | None,
    *,
    resolve: bool,
) -> Catalogue:
    """Return what is known of distributions beside the project's own files.

    ``environment`` is the local one, ``variables`` those of this process, ``cache_dir`` where files of
    wheels are kept (``None``: nowhere). Unless ``resolve``, nothing ever asks the network; with it, the
    answer is of use until ``stack`` closes. Raises UsageError if there is no uv to resolve with;
    ``Catalogue.resolve`` raises SourceError if uv does not answer.
    """
    local: dict[str, Distribution] = {
        canonicalize_name(each.name): each for each in environment.distributions
    }
    if not resolve:
        return Catalogue(local=local)
    program = find_uv(variables)
    shelf = Shelf(_index(variables), Memory(cache_dir))
    stack.callback(shelf.close)
    known: list[tuple[Question, Resolution | None]] = []

    def ask(question: Question) -> Resolution | None:
        for earlier, answer in known:  # a build is predicted several times: once more with its bases
            if earlier == question:
                return answer
        answer = resolve_with(program, question)
        known.append((question, answer))
        if answer is not None:
            releases = [(each.name, each.version) for each in answer.packages if each.version]
            target = Target(minor_of(question.python), target_machine(question), question.musl)
            shelf.fit(releases, target)
            shelf.expect(releases)
        return answer

    return Catalogue(local=local, resolve=ask, listing=shelf.listing, read=shelf.read, expect=shelf.expect)


def _index(variables: Mapping[str, str]) -> str:
    named = (variables.get(name, "") for name in INDEX_VARIABLES)
    # uv lets an index have a name: NAME=URL.
    urls = (value.partition("=")[2] if "=" in value.partition("://")[0] else value for value in named)
    return next((url for url in urls if url.startswith(("http://", "https://"))), PYPI)
