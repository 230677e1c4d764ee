"""Repairs tried in prediction: the build of a clone that has a file, or a line, which the real one lacks."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.audit.dossier import Dossier
from paritycheck.check import compare
from paritycheck.errors import ParityError
from paritycheck.model.report import Finding
from paritycheck.model.snapshot import Edited, Snapshot
from paritycheck.model.tree import FileTree
from paritycheck.predict.planning.plan import Plan, make_plan


def plan_with_tracked(paths: Iterable[str], dossier: Dossier) -> Plan | None:
    """Predict the build from a clone that has ``paths`` of the working tree; ``None`` if that fails."""
    plan, local = dossier.facts.plan, dossier.facts.local
    if plan is None:
        return None
    needed = {}
    for path in paths:
        while path:
            entry = local.tree.get(path)
            if entry is not None and path not in plan.clone.tree:
                needed[path] = entry
            path = path.rpartition("/")[0]
    clone = msgspec.structs.replace(plan.clone, tree=FileTree([*plan.clone.tree, *needed.values()]))
    return _plan(clone, plan)


def _plan(clone: Snapshot, plan: Plan) -> Plan | None:
    try:
        return make_plan(clone, plan.options)
    except ParityError:
        return None


def arrival(path: str, plan: Plan | None) -> str:
    """Return where the build of ``plan`` puts a file of the checkout, absolute; ``""`` for nowhere."""
    there = plan.landings.container_of(path) if plan else ()
    return f"/{there[0]}" if there else ""


def errors_of(plan: Plan | None, dossier: Dossier) -> tuple[Finding, ...] | None:
    """Return the errors that the check finds in the predicted image; ``None`` if nobody can tell."""
    if plan is None:
        return None
    try:
        report = compare(dossier.facts.local, None, plan, dossier.settings)
    except ParityError:
        return None
    return tuple(each for each in report.findings if each.severity == "error" and each.counts)


def prove_declared(name: str, file: str, dossier: Dossier) -> str:
    """Declare a distribution in a requirements file, predict the build; say what selects it, else ``""``."""
    plan = dossier.facts.plan
    text = plan.clone.texts.get(file) if plan and file.endswith(".txt") else None
    if plan is None or text is None:
        return ""
    texts = Edited(plan.clone.texts, file, f"{text.rstrip()}\n{name}\n")
    repaired = _plan(msgspec.structs.replace(plan.clone, texts=texts), plan)
    for install in repaired.prediction.installs if repaired else ():
        if any(each.name == canonicalize_name(name) for each in install.selection.selected):
            return f"the build was predicted with this line in {file}: `{install.command}` selects it"
    return ""
