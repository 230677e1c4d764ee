"""The comments of the checkout that let findings pass, as far as a check has to do with their files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from paritycheck.config import Config
from paritycheck.config.suppression import UNUSED_IGNORE, Comments, Suppressed, suppress
from paritycheck.gates import Facts
from paritycheck.model.ignore import InlineIgnore
from paritycheck.model.report import Finding
from paritycheck.model.tree import join
from paritycheck.parse.inlineignores import text_ignores

# Machines write them, and they are long.
_LOCKED = (".lock", ".json")


def let_pass(findings: Iterable[Finding], facts: Facts, config: Config) -> Suppressed:
    """Return the findings that are wanted, those let pass marked, and what is said of idle ignores."""
    comments = _comments_of(facts)
    told = config.wants(UNUSED_IGNORE)
    passed = suppress(
        [finding for finding in findings if config.wants(finding.code)],
        config.ignores,
        comments,
        _commented_files(facts, comments) if told else {},
        image=config.image,
        today=config.today,
    )
    return passed if told else msgspec.structs.replace(passed, idle=())


def _comments_of(facts: Facts) -> Comments:
    """Return what reads the comments of a file of the checkout."""
    known: dict[str, Sequence[InlineIgnore]] = {}
    whole = _files_with_whole_lines(facts)

    def read(path: str) -> Sequence[InlineIgnore]:
        if path not in known:
            known[path] = _read(path, facts, trailing=path not in whole)
        return known[path]

    return read


def _commented_files(facts: Facts, comments: Comments) -> Mapping[str, Sequence[InlineIgnore]]:
    """Return the comments of the modules that arrived and of the texts that the build reads.

    Those of other files may be meant for other images.
    """
    paths = set(_files_with_whole_lines(facts))
    for install in facts.plan.prediction.installs if facts.plan else ():
        paths.update(join(facts.context_root, path) for path in install.files)
    for path in facts.container.application_modules:
        # What arrived has been read; the checkout's own file only has to be if there is something in it.
        source = facts.placement.local_of.get(path)
        said = facts.container.modules.get(path)
        if source is not None and said is not None and said.ignores:
            paths.add(source)
    found = {path: comments(path) for path in sorted(paths) if not path.endswith(_LOCKED)}
    return {path: written for path, written in found.items() if written}


def _read(path: str, facts: Facts, *, trailing: bool) -> Sequence[InlineIgnore]:
    if path.endswith(".py"):
        module = facts.local.modules.get(path)
        return module.ignores if module else ()
    text = facts.local.texts.get(path)
    return text_ignores(text, trailing=trailing) if text else ()


def _files_with_whole_lines(facts: Facts) -> frozenset[str]:
    """Return the files in which a ``#`` behind something is no comment: Containerfile and ignore file."""
    if facts.plan is None:
        return frozenset()
    ignore = facts.plan.context.ignore
    return frozenset({facts.plan.containerfile.path, *([ignore.path] if ignore else [])})
