"""Lines of an ignore file that do not do what their writer most probably meant.

A pattern for files that happen not to exist (``__pycache__``) is no mistake. These are: a ``!`` that
lets nothing in although there is something to let in, a comment after a pattern, and a name that
a .gitignore would match anywhere but an ignore file of a build matches only at the top.
"""

from __future__ import annotations

import fnmatch
import itertools
import re

import msgspec

from paritycheck.model.contextreport import DeadLine
from paritycheck.model.location import Location
from paritycheck.model.tree import FileTree
from paritycheck.parse.build.ignorefile import IgnorePattern
from paritycheck.predict.context.effective import Context, build_context
from paritycheck.predict.planning.plan import Plan

GLOBS = frozenset("*?[")


def explain_dead_lines(tree: FileTree, plan: Plan) -> list[DeadLine]:
    """Return the lines without effect on the working tree that look like mistakes, with the reason."""
    ignore = plan.context.ignore
    if ignore is None:
        return []
    contexts = [plan.context]
    # What only this disk has is walked apart: the clean clone has been walked already.
    beyond = FileTree(entry for entry in tree if entry.path not in plan.clone.tree)
    if len(beyond):
        contexts.append(build_context(beyond, plan.options.context, ignore, plan.options.engine))
    # The first path of each name that is not at the top: what a line without a slash may have meant.
    nested: dict[str, str] = {}
    for entry in itertools.chain.from_iterable(context.effective for context in contexts):
        parent, _, name = entry.path.rpartition("/")
        if parent:
            nested.setdefault(name, entry.path)
    found = []
    dead, *others = (context.dead_lines(_is_telling) for context in contexts)
    for pattern in (each for each in dead if all(each in other for other in others)):
        reason = next(filter(None, (_explain(pattern, context, nested) for context in contexts)), "")
        if reason:
            location = Location(ignore.path, pattern.line, pattern.text)
            found.append(DeadLine(location, reason))
    return found


def _is_telling(pattern: IgnorePattern) -> bool:
    """Tell whether there can be a reason to say of a pattern without effect."""
    return pattern.negated or " #" in pattern.text or "/" not in pattern.pattern


def _explain(pattern: IgnorePattern, context: Context, nested: dict[str, str]) -> str:
    if " #" in pattern.text:
        return "matches nothing: a # only begins a comment at the beginning of a line"
    if pattern.negated:
        return _explain_negation(pattern, context)
    if "/" in pattern.pattern:
        return ""
    matches = re.compile(fnmatch.translate(pattern.pattern)).match
    path = next((path for name, path in nested.items() if matches(name)), None)
    if path is None:
        return ""
    return f"matches nothing, for it only counts at the top: {path} needs `**/{pattern.pattern}`"


def _explain_negation(pattern: IgnorePattern, context: Context) -> str:
    """A ``!`` without effect is a mistake only if something of that name is there and left out."""
    alone = msgspec.structs.replace(pattern, negated=False)
    shape = alone.pattern.replace("**/", "").strip("/")
    matches = re.compile(fnmatch.translate(shape)).match if GLOBS & set(shape) else None
    for excluded in context.excluded:
        inside = (entry.path for entry in context.source.below(excluded.path))
        for path in (excluded.path, *inside):
            if path == shape or (matches is not None and matches(path.rpartition("/")[2])):
                return f"lets nothing in: {path} stays out because of {excluded.location}"
    return ""
