"""What requirements bring where no lock says it: by a resolver, else by local metadata.

Source: PyPA "Core metadata" (Requires-Dist, Provides-Extra); pip's resolver keeps what is installed and
satisfies. Without either, only the requirements themselves are known.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from paritycheck.model.location import Location
from paritycheck.model.requirement import Declaration
from paritycheck.predict.selecting.assembling import pinned, satisfies, select_declared
from paritycheck.predict.selecting.markers import decide
from paritycheck.predict.selecting.request import Surroundings
from paritycheck.predict.selecting.selection import Question, Selected
from paritycheck.predict.selecting.wellknown import brought_by


class Closure(msgspec.Struct, frozen=True):
    """Requirements with what they bring; ``open``: why there may be more (``""``: this is all)."""

    selected: tuple[Selected, ...] = ()
    open: str = ""


def close(
    declared: Sequence[Declaration],
    constraints: Sequence[Declaration],
    around: Surroundings,
    options: Sequence[str] = (),
) -> Closure:
    """Return what an installer brings for declarations whose markers hold."""
    if not declared:
        return Closure()
    limits = _limits(constraints, around)
    bounded = [_bound(each, limits) for each in declared]
    answer = _resolve(bounded, constraints, around, options)
    if answer is not None and not answer.open:
        return answer
    known = _close_locally(bounded, limits, around)
    if not known.open:
        return known
    if answer is not None:
        return answer
    return known


def _limits(constraints: Sequence[Declaration], around: Surroundings) -> dict[str, str]:
    limits: dict[str, str] = {}
    for each in constraints:
        if each.specifier and decide(each.marker, around.markers) is not False:
            limits[each.name] = ",".join(filter(None, (limits.get(each.name, ""), each.specifier)))
    return limits


def _bound(declaration: Declaration, limits: dict[str, str]) -> Declaration:
    limit = limits.get(declaration.name)
    if not limit or declaration.source != "index":
        return declaration
    specifier = ",".join(filter(None, (declaration.specifier, limit)))
    return msgspec.structs.replace(declaration, specifier=specifier)


def _select(declaration: Declaration, around: Surroundings, version: str = "") -> Selected:
    """What is installed already and satisfies stays, unless the resolver or a pin says otherwise."""
    present = around.present.get(declaration.name, "")
    kept = present if present and satisfies(present, declaration.specifier) else ""
    return select_declared(declaration, kept or _replaced(declaration.name, version, around))


def _replaced(name: str, version: str, around: Surroundings) -> str:
    """Return the version that takes the place of what is there; ``""`` where that most likely satisfies.

    A base image brings setuptools of a release that is not known: an installer keeps it, unless it has to go.
    """
    return "" if name in around.present and not around.present[name] else version


def _requirement(declaration: Declaration) -> str:
    extras = f"[{','.join(declaration.extras)}]" if declaration.extras else ""
    if declaration.url:
        return f"{declaration.name}{extras} @ {declaration.url}"
    return f"{declaration.name}{extras}{declaration.specifier}"


def _resolve(
    declared: Sequence[Declaration],
    constraints: Sequence[Declaration],
    around: Surroundings,
    options: Sequence[str],
) -> Closure | None:
    """Ask the resolver; ``None`` if there is none, or it has no answer."""
    if around.catalogue.resolve is None:
        return None
    askable = [each for each in declared if each.name and each.source in ("index", "url", "git")]
    question = Question(
        tuple(dict.fromkeys(_requirement(each) for each in askable)),
        tuple(
            dict.fromkeys(
                f"{each.name}{each.specifier}"
                for each in constraints
                if each.specifier and decide(each.marker, around.markers) is not False
            )
        ),
        around.python,
        around.markers,
        tuple(options),
        present={name: version for name, version in around.present.items() if version},
    )
    resolution = around.catalogue.resolve(question)
    if resolution is None:
        return None
    versions = {each.name: each.version for each in resolution.packages}
    selected = [_select(each, around, versions.get(each.name, "")) for each in declared]
    own = {each.name for each in declared}
    by = {each.name: next(iter(each.required_by), "") for each in resolution.packages}
    selected += [
        Selected(
            each.name,
            _replaced(each.name, each.version, around),
            _place(each.name, by, selected),
            required_by=by[each.name],
        )
        for each in resolution.packages
        if each.name not in own
    ]
    doubts = [f"not resolved: {problem}" for problem in resolution.problems]
    doubts += [
        f"{each.location}: only its source knows what it requires" for each in declared if each not in askable
    ]
    return Closure(tuple(selected), "; ".join(doubts))


def _place(name: str, by: dict[str, str], selected: Sequence[Selected]) -> Location | None:
    """The line of the declaration that brings a distribution in the end."""
    lines = {each.name: each.location for each in selected if each.direct}
    seen: set[str] = set()
    while name and name not in seen:
        if name in lines:
            return lines[name]
        seen.add(name)
        name = by.get(name, "")
    return None


class _Wish(msgspec.Struct, frozen=True):
    """One requirement met on the way: who has it, and the declaration that it comes from."""

    name: str
    specifier: str
    extras: tuple[str, ...]
    by: str
    origin: Declaration


def _close_locally(declared: Sequence[Declaration], limits: dict[str, str], around: Surroundings) -> Closure:
    """Follow the metadata of what is installed locally, as long as it is what would be installed."""
    local = around.catalogue.local
    selected: dict[str, Selected] = {}
    doubts: dict[str, None] = {}
    queue = [_Wish(each.name, each.specifier, each.extras, "", each) for each in declared]
    seen: set[tuple[str, str]] = set()
    for each in declared:
        if each.name:
            selected.setdefault(each.name, _select(each, around))
        else:
            doubts[f"{each.location}: nobody knows what it is the source of"] = None
    for wish in queue:  # grows while it is walked: breadth first
        if not wish.name:
            continue
        if wish.name not in selected or selected[wish.name].possible:
            selected[wish.name] = Selected(
                wish.name,
                pinned(wish.specifier),
                wish.origin.location,
                required_by=wish.by,
                specifier=wish.specifier,
                extras=wish.extras,
            )
        if not wish.extras and satisfies(around.present.get(wish.name, ""), wish.specifier):
            continue  # it stays as it is, with all that it requires
        found = local.get(wish.name)
        if found is None or not satisfies(found.version, wish.specifier):
            brought = brought_by(wish.name, wish.extras)
            if brought is not None:
                line = selected[wish.name].location
                for name in sorted(brought - selected.keys()):
                    version = around.present.get(name, "")
                    selected[name] = Selected(name, version, line, wish.name, possible=True)
                continue
        if found is None:
            doubts[f"{wish.origin.location}: what {wish.name} requires is not known"] = None
            continue
        if not satisfies(found.version, wish.specifier):
            there = f"{wish.name} {found.version} is installed locally"
            doubts[f"{wish.origin.location}: {there}, not {wish.specifier}"] = None
        for extra in ("", *wish.extras):
            if (wish.name, extra) in seen:
                continue
            seen.add((wish.name, extra))
            queue += _wishes(found.requires, wish, extra, limits, around, doubts)
    return Closure(tuple(selected.values()), _shorten(doubts))


def _wishes(
    requires: Sequence[str],
    wish: _Wish,
    extra: str,
    limits: dict[str, str],
    around: Surroundings,
    doubts: dict[str, None],
) -> list[_Wish]:
    wishes = []
    for line in requires:
        try:
            required = Requirement(line)
        except (InvalidRequirement, RecursionError):
            doubts[f"{wish.name} requires what nobody can read: {line[:100]}"] = None
            continue
        marker = str(required.marker or "")
        truth = decide(marker, around.markers, (extra,) if extra else ())
        if truth is False or (extra and decide(marker, around.markers) is True):
            continue
        if truth is None:
            doubts[f"{wish.name} requires {required.name} only if `{marker}`, which is not decided"] = None
        name = canonicalize_name(required.name)
        specifier = ",".join(filter(None, (str(required.specifier), limits.get(name, ""))))
        extras = tuple(sorted(canonicalize_name(each) for each in required.extras))
        wishes.append(_Wish(name, specifier, extras, wish.name, wish.origin))
    return wishes


def _shorten(doubts: dict[str, None], most: int = 3) -> str:
    given = list(doubts)
    more = f"; and {len(given) - most} more" if len(given) > most else ""
    return "; ".join(given[:most]) + more
