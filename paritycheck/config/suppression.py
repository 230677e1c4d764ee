"""What becomes of findings that somebody let pass, and of ignores that hide nothing.

An item is let pass by an ``[[ignore]]`` that matches its name or path; a finding when all its items are,
or when a comment stands at one of its lines or at every import of the item. A finding that is let pass
in part is shown in full: nobody has decided about the rest.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase

import msgspec

from paritycheck.config.words import parse_codes
from paritycheck.errors import UsageError
from paritycheck.model.ignore import Ignore, InlineIgnore
from paritycheck.model.location import Location
from paritycheck.model.report import Finding, ReportItem
from paritycheck.rules import RULES, make_finding

UNUSED_IGNORE = "PC902"
Comments = Callable[[str], Sequence[InlineIgnore]]
"""Returns the ignores among the comments of a file of the checkout."""


class Suppressed(msgspec.Struct, frozen=True):
    """The findings, some with ``suppressed_by``, the places of ignores ``used``, and PC902 of the others."""

    findings: tuple[Finding, ...]
    used: tuple[str, ...]
    idle: tuple[Finding, ...]


def suppress(
    findings: Iterable[Finding],
    ignores: Sequence[Ignore],
    comments: Comments,
    commented: Mapping[str, Sequence[InlineIgnore]],
    *,
    image: str = "",
    today: datetime.date | None = None,
) -> Suppressed:
    """Let pass what the ``ignores`` and the ``comments`` of the findings' files say.

    ``commented`` are the files whose comments are to be told of if they hide nothing.
    """
    valid = [each for each in ignores if not _expired(each, today) and _concerns(each, image)]
    used: set[str] = set()
    kept = []
    for finding in findings:
        by = _configured(finding, valid, used) or _beside(finding, comments, used)
        kept.append(msgspec.structs.replace(finding, suppressed_by=by) if by else finding)
    idle = [_idle(each, today) for each in ignores if str(each.location) not in used]
    for path, written in sorted(commented.items()):
        idle += [_idle_comment(path, each) for each in written if f"{path}:{each.line}" not in used]
    return Suppressed(tuple(kept), tuple(sorted(used)), tuple(idle))


def _expired(ignore: Ignore, today: datetime.date | None) -> bool:
    return today is not None and ignore.expires is not None and ignore.expires < today


def _concerns(ignore: Ignore, image: str) -> bool:
    return not ignore.image or fnmatchcase(image, ignore.image)


def _configured(finding: Finding, ignores: Sequence[Ignore], used: set[str]) -> str:
    """Return why all of the finding is let pass, if it is; note what matches any of it."""
    fitting = [each for each in ignores if finding.code.startswith(each.rule)]
    deciding: set[tuple[str, str]] = set()
    subjects = _subjects(finding) if fitting else []
    left = not subjects
    for names in subjects:
        by = [each for each in fitting if any(fnmatchcase(name, each.match) for name in names)]
        used.update(str(each.location) for each in by)
        deciding.update((str(each.location), each.reason) for each in by[:1])
        left = left or not by
    return "" if left else "; ".join(f"{place}: {reason}" for place, reason in sorted(deciding))


def _subjects(finding: Finding) -> list[set[str]]:
    """Return the names of each thing that a finding is about.

    What concerns no item is known by its lines: settings, instructions, lines of ignore files.
    """
    named = [{item.name, item.path} - {""} for item in finding.items]
    return named or [{place.path} for place in finding.locations] or [{""}]


def _beside(finding: Finding, comments: Comments, used: set[str]) -> str:
    """Return why a comment at a line of the finding lets it pass, or comments at every importer's line."""
    importers = [Location(each.path, each.line) for each in finding.imported_by if each.line]
    at_causes = _written(finding.locations, finding.code, comments)
    at_importers = _written(importers, finding.code, comments)
    used.update(place for place, _ in (*at_causes, *at_importers))
    if at_causes:
        return ": ".join(at_causes[0])
    return ": ".join(at_importers[0]) if importers and len(at_importers) == len(importers) else ""


def _written(places: Iterable[Location], code: str, comments: Comments) -> list[tuple[str, str]]:
    """Return, for each of the places that has one, where a comment about ``code`` stands, and its reason."""
    found = []
    for place in places:
        inside = place.line and not place.path.startswith("/")
        for comment in comments(place.path) if inside else ():
            if place.line in comment.covers and comment.reason and code.startswith(_codes(comment)):
                found.append((f"{place.path}:{comment.line}", comment.reason))
                break
    return found


def _codes(comment: InlineIgnore) -> tuple[str, ...]:
    """Return the codes that a comment means; none if it means none that there are."""
    try:
        return parse_codes(comment.codes)
    except UsageError:
        return ()


def _idle(ignore: Ignore, today: datetime.date | None) -> Finding:
    what = f"the ignore of {ignore.rule} for {ignore.match}"
    # The line of a table looks like that of any other.
    item = ReportItem("setting", f"{ignore.rule} {ignore.match} {ignore.image}".strip())
    if _expired(ignore, today):
        return make_finding(
            UNUSED_IGNORE,
            f"{what} expired on {ignore.expires}: {ignore.reason}",
            items=[item],
            locations=[ignore.location],
            hint="repair what it hid, or give it a new date",
        )
    return make_finding(UNUSED_IGNORE, f"{what} hides nothing", items=[item], locations=[ignore.location])


def _idle_comment(path: str, comment: InlineIgnore) -> Finding:
    said = f"# paritycheck: ignore[{', '.join(comment.codes)}] {comment.reason}"
    where = Location(path, comment.line, said)
    if not comment.codes or not comment.reason:
        lacks = "names no rule" if not comment.codes else "has no reason"
        message, hint = (
            f"the comment {lacks}, so it hides nothing",
            "write # paritycheck: ignore[RULE] reason",
        )
    elif not _codes(comment):
        message = f"the comment names {', '.join(comment.codes)}, which is no rule, so it hides nothing"
        hint = "`paritycheck rule` lists the rules"
    else:
        message, hint = (
            f"the comment to ignore {', '.join(comment.codes)} hides nothing",
            RULES[UNUSED_IGNORE].help,
        )
    return make_finding(UNUSED_IGNORE, message, locations=[where], hint=hint)
