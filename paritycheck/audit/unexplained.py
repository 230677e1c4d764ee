"""Failures that no lost file explains: what facts there are about them, and where facts end."""

from __future__ import annotations

import posixpath

from paritycheck.audit.dossier import Dossier
from paritycheck.model.audit import Explained
from paritycheck.model.journey import Item, Journey
from paritycheck.model.location import Location
from paritycheck.model.smoke import Raised
from paritycheck.parse.logs.exceptions import is_circular, missing_program
from paritycheck.predict.environment.interpreting import DEFAULT_PATH
from paritycheck.predict.importing.outcome import Found

Answer = tuple[Explained, str, str]  # who explains it, the reason, what to do


def explain_otherwise(
    raised: Raised, item: Item | None, journey: Journey | None, origin: Location | None, dossier: Dossier
) -> Answer:
    """Say what is known of an exception that no gate explains."""
    if item is not None and item.kind == "library":
        there = f"{_reason(journey)}, and the loader does not accept it"
        return "none-of-ours", there, "check LD_LIBRARY_PATH, ldconfig, and the architecture"
    if is_circular(raised):
        return "none-of-ours", f"{raised.name} imports itself by way of other modules: nothing is missing", ""
    if raised.imports and raised.name:
        return _import(raised, item, journey, dossier)
    if missing_program(raised):
        return _program(missing_program(raised), dossier)
    if raised.file:
        return _file(raised, journey, dossier)
    if raised.type in ("SyntaxError", "IndentationError", "TabError"):
        return _syntax(dossier)
    if not raised.type:
        return (
            "unknown",
            "the log ends before the name of the exception",
            "read more of the log with --tail all",
        )
    return "none-of-ours", f"nothing that the container lacks is named: {_same_code(origin, dossier)}", ""


def _reason(journey: Journey | None) -> str:
    verdicts = journey.verdicts if journey else ()
    return next(
        (each.reason for each in reversed(verdicts) if each.outcome == "passed"), "nothing is missing"
    )


def _same_code(origin: Location | None, dossier: Dossier) -> str:
    """Say whether the failing file is the checkout's own."""
    facts = dossier.facts
    if origin is None:
        return "no line of the application is in the traceback"
    for path in facts.placement.container_of(origin.path):
        here, there = facts.local.digests.get(origin.path), facts.container.digests.get(path)
        if here is not None and here == there:
            return f"{origin} raises it, and the file is the same in the checkout"
        if here is not None and there is not None:
            return f"{origin.path} raises it, and it differs between the container and the checkout"
    return f"{origin} raises it"


def _import(raised: Raised, item: Item | None, journey: Journey | None, dossier: Dossier) -> Answer:
    there = dossier.facts.view.finder.find(raised.name)
    lacks_name = isinstance(there, Found) and raised.wanted and (item is None or item.kind == "distribution")
    if journey is not None and item is not None and journey.arrived and not lacks_name:
        verdict = next(each for each in reversed(journey.verdicts) if each.outcome == "passed")
        return "none-of-ours", f"{item.name} is there: {verdict.reason}", ""
    if isinstance(there, Found) and raised.wanted:
        return (
            "none-of-ours",
            f"{raised.name} is there (/{there.path}), and nothing in it is called {raised.wanted}",
            "",
        )
    top = raised.name.partition(".")[0]
    if dossier.facts.local.environment.interpreter is None:
        return (
            "unknown",
            (
                f"the checkout has no module {raised.name}, and there is no local environment to look into "
                f"for a distribution that provides {top}"
            ),
            f"if {top} is a distribution: declare it in the file that the image installs from, and rebuild",
        )
    return (
        "both-sides",
        f"neither the checkout nor the local environment has {raised.name}",
        f"declare the distribution that provides {top} in the file that the image installs from",
    )


def _program(name: str, dossier: Dossier) -> Answer:
    container = dossier.facts.container
    path = (container.config.env.get("PATH") if container.config else "") or DEFAULT_PATH
    there = next((f"{each}/{name}" for each in path.split(":") if container.tree.find(f"{each}/{name}")), "")
    if there:
        return "none-of-ours", f"the container has {there}: its interpreter or its loader may be missing", ""
    provider = next(
        (each for each in container.environment.distributions if each.name.lower() == name.lower()), None
    )
    known = f"; {provider.name} {provider.version} is installed, without this program" if provider else ""
    return (
        "parity",
        f"no directory of PATH ({path}) in the container has the program {name}{known}",
        f"declare the distribution or package that brings {name}, and rebuild",
    )


def _file(raised: Raised, journey: Journey | None, dossier: Dossier) -> Answer:
    container = dossier.facts.container
    workdir = (container.config.workdir if container.config else "") or "/"
    path = posixpath.normpath(posixpath.join(workdir, raised.file))
    entry = container.tree.find(path)
    if entry is not None:
        user = (container.config.user if container.config else "") or "root"
        return (
            "none-of-ours",
            (
                f"{path} is in the container (owner {entry.uid}:{entry.gid}, mode {entry.mode:04o}), "
                f"which runs as {user}"
            ),
            "",
        )
    where = f"; /{workdir.strip('/')} is the working directory" if raised.file[0] != "/" else ""
    if journey is not None:
        return "none-of-ours", f"the checkout's {journey.item.path} does arrive{where}", ""
    return (
        "none-of-ours",
        f"the container has no {path}, and no file of the checkout belongs there{where}",
        "",
    )


def _syntax(dossier: Dossier) -> Answer:
    here = dossier.facts.local.environment.interpreter
    there = dossier.facts.container.environment.interpreter
    if here is None or there is None:
        return "unknown", "which Python the checkout is run with is not known", ""
    left, right = here.version.split(".")[:2], there.version.split(".")[:2]
    if [int(part) for part in left if part.isdecimal()] > [int(part) for part in right if part.isdecimal()]:
        return (
            "parity",
            (
                f"the container runs Python {there.version}, the local environment {here.version}: what the "
                "newer one reads is a syntax error to the older one"
            ),
            "use the same minor version of Python on both sides",
        )
    return (
        "none-of-ours",
        f"the container's Python {there.version} is not older than the local {here.version}",
        "",
    )
