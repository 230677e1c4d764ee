"""What an exception that was raised in the container misses, as the checkout knows it."""

from __future__ import annotations

import posixpath
from collections.abc import Sequence

from packaging.utils import canonicalize_name

from paritycheck.gates import Facts
from paritycheck.model.journey import Item
from paritycheck.model.smoke import Frame, Raised
from paritycheck.parse.logs.exceptions import missing_library
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.judging.providers import likely_providers
from paritycheck.predict.judging.thirdparty import Outside, Wanted


def decisive(raised: Sequence[Raised]) -> Raised:
    """Return the exception that explains the others: the outermost ImportError, else the outermost."""
    return next((each for each in raised if each.imports), raised[0])


def missed_item(raised: Raised, importer: str, facts: Facts) -> Item | None:
    """Return what the exception misses, as the checkout knows it."""
    library = missing_library(raised)
    if library:
        return Item("library", library.rpartition("/")[2])
    if raised.file:
        path = local_path(raised.file, facts) or _alike(raised, facts)
        return Item("data", path, path) if path else None
    if not raised.imports or not raised.name:
        return None
    names = [f"{raised.name}.{raised.wanted}"] if raised.wanted else []
    for name in (*names, raised.name):
        found = facts.local_view.find(name, importer)
        if isinstance(found, Found) and found.path in facts.local.tree:
            return Item("module", name, found.path)
    found_by = (wanted_distribution(name, facts) for name in (*names, raised.name))
    distribution = next(filter(None, found_by), "")
    return Item("distribution", distribution) if distribution else None


def wanted_distribution(module: str, facts: Facts) -> str:
    """Return the distribution that brings ``module``, as far as metadata, a declaration or a table tell.

    A name that nobody declares and no table knows is not taken for a distribution's.
    """
    provider = facts.local_view.provider(module)
    if provider is not None:
        return provider.name
    outcome = facts.view.finder.find(module)
    if isinstance(outcome, Found):
        return ""
    judged = Outside(facts.container, facts.view, facts.local_view, facts.placement).judge(module, outcome)
    provision = likely_providers(module)
    if isinstance(judged, Wanted) and judged.since is None and judged.stray is None:
        named = canonicalize_name(judged.name)
        if judged.installed or provision.certainty == "table" or _is_mentioned(named, facts):
            return judged.name
        return ""
    # Where neither side has it, a declaration still says that it was meant to be there.
    return next((name for name in provision.names if _is_mentioned(name, facts)), "")


def _is_mentioned(name: str, facts: Facts) -> bool:
    declarations = facts.supply.declarations
    return bool(declarations.of(name)) or declarations.locked(name) is not None


def local_path(file: str, facts: Facts) -> str:
    """Return the file of the checkout that an absolute path in the container would be."""
    parts = file.lstrip("/").split("/")
    if not file.startswith("/"):
        return ""
    for count in range(len(parts) - 1, -1, -1):
        tail = "/".join(parts[count:])
        for directory in facts.placement.counterparts("/".join(parts[:count])):
            path = f"{directory}/{tail}".lstrip("/")
            entry = facts.local.tree.find(path)
            if entry is not None and entry.kind == "file":
                return path
    return ""


def _alike(raised: Raised, facts: Facts) -> str:
    """Return the file that lies to the code in the checkout as the missing one would in the container.

    A path that code puts together from its own place leads there on both sides.
    """
    for frame in reversed(raised.frames):
        own = own_file(frame, facts)
        if not own or own.startswith("/") or not (frame.file.startswith("/") and raised.file.startswith("/")):
            continue
        way = posixpath.relpath(raised.file, posixpath.dirname(frame.file))
        path = posixpath.normpath(posixpath.join(posixpath.dirname(own), way))
        entry = facts.local.tree.find(path)
        if entry is not None and entry.kind == "file":
            return path
    return ""


def own_file(frame: Frame, facts: Facts) -> str:
    """Return the file of the checkout that a frame ran in, else an application file's path, else nothing."""
    path = facts.container.tree.resolve(frame.file) or ""
    if path in facts.placement.local_of:
        return facts.placement.local_of[path]
    return f"/{path}" if path in facts.container.application_modules else ""
