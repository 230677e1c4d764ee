"""A search path that would find the module: the ENV line to write, tried in prediction by the whole check."""

from __future__ import annotations

import msgspec

from paritycheck.audit.dossier import Dossier
from paritycheck.check import compare
from paritycheck.errors import ParityError
from paritycheck.model.journey import Item
from paritycheck.model.snapshot import Edited
from paritycheck.predict.planning.plan import make_plan

MOST_TRIES = 3


def repair_path(item: Item, dossier: Dossier) -> str | None:
    """Return an edit of PYTHONPATH after which the check does not miss ``item``, if there is one."""
    plan, facts = dossier.facts.plan, dossier.facts
    if plan is None:
        return None
    path = plan.containerfile.path
    text = plan.clone.texts.get(path)
    landed = plan.landings.container_of(item.path)
    roots = dict.fromkeys(filter(None, (_root_above(place, item.name) for place in landed)))
    if text is None:
        return None
    for root in list(roots)[:MOST_TRIES]:
        line = f"ENV PYTHONPATH={root}"
        old = plan.lines_of("ENV", "PYTHONPATH")[-1:]
        lines = text.split("\n")
        last = plan.lines_of("WORKDIR")[-1:] or plan.lines_of("COPY")[-1:]
        if old and lines[old[0].line - 1].strip() == old[0].text.strip() and old[0].text.count("=") == 1:
            where, said = old[0].line, f"write `{line}` in place of {old[0]}"
            edited = [*lines[: where - 1], line, *lines[where:]]
        elif last:
            where, said = last[0].line, f"add `{line}` after {last[0]}"
            edited = [*lines[:where], line, *lines[where:]]
        else:
            continue
        clone = msgspec.structs.replace(plan.clone, texts=Edited(plan.clone.texts, path, "\n".join(edited)))
        try:
            repaired = make_plan(clone, plan.options)
            report = compare(facts.local, None, repaired, dossier.settings)
        except ParityError:
            continue
        if not any(item.name in {one.name for one in finding.items} for finding in report.findings):
            return said
    return None


def _root_above(place: str, name: str) -> str:
    """Return the directory from which ``place`` is imported as ``name``; absolute, ``""`` if none."""
    stem = place.removesuffix(".py").removesuffix("/__init__")
    tail = name.replace(".", "/")
    if stem == tail or not stem.endswith(f"/{tail}"):
        return ""
    return "/" + stem[: -len(tail) - 1]
