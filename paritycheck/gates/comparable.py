"""What must be there before two sides can be called equal: code on both, and some of it that can be read."""

from __future__ import annotations

from collections.abc import Iterable

from paritycheck.errors import NothingCompared
from paritycheck.gates.facts import Facts
from paritycheck.model.location import Location
from paritycheck.model.report import Finding
from paritycheck.model.snapshot import Snapshot, read_ahead
from paritycheck.predict.importing.closure import Root
from paritycheck.predict.importing.outcome import Found, NotFound
from paritycheck.rules import RULE_OF_GATE


def require_comparable(facts: Facts, started: Iterable[Finding] = ()) -> None:
    """Raise :class:`NothingCompared` if there is nothing of the application to judge on one of the sides.

    ``started`` is what the start command shows. A build or a command that fails for want of what the
    checkout has is an answer, though nothing gets into the image. Reads the container's modules: all of
    them are judged afterwards.
    """
    _require_local(facts.local)
    what = facts.container.origin.reference
    if facts.container.origin.kind != "predicted" and facts.container.environment.interpreter is None:
        why = "; ".join(facts.container.environment.problems)
        raise NothingCompared(f"{what} has no Python: {why}", "name the image that runs the code")
    if _is_answered(facts, started):
        return
    modules = frozenset(facts.container.application_modules)
    if not any(path.endswith(".py") or path in modules for path in facts.placement.local_of):
        image = what if facts.actual else f"the image that {what} builds"
        raise NothingCompared(f"no Python file of {_looked_at(facts)} is in {image}", _next_step(facts))
    _require_readable(facts.container)


def _looked_at(facts: Facts) -> str:
    """Name the checkout, or the build context where that is only a part of it, or a service's."""
    if facts.actual or not (facts.context_root or facts.service):
        return facts.local.origin.reference
    of = f" of the service {facts.service}" if facts.service else ""
    return f"the build context {facts.context_root or facts.local.origin.reference}{of}"


def _next_step(facts: Facts) -> str:
    bind = next((each for each in facts.mounts or () if each.source is not None), None)
    if bind is not None:
        return f"{bind} brings the code in development only: check the image that is shipped, without -c"
    step = "check that the image is built from this checkout, and that the Containerfile copies its code"
    if facts.service:
        step += "; if the service runs no Python, name the one that does with --service"
    doubt = next((part.reason for part in facts.container.unknown if part.brings == "anything"), "")
    return f"{step}; it may be there after all: {doubt}" if doubt else step


def _is_answered(facts: Facts, started: Iterable[Finding]) -> bool:
    """Tell whether the build fails for want of a source, or the start for want of a file of the checkout.

    What a mount of a compose service may bring is no answer.
    """
    if facts.plan is None or facts.actual:
        return False
    if facts.plan.prediction.missing_sources:
        return True
    lacking = any(each.severity == "error" and each.code in RULE_OF_GATE.values() for each in started)
    return not facts.mounts and (lacking or any(_is_lost(root, facts) for root in facts.view.start.roots))


def _is_lost(root: Root, facts: Facts) -> bool:
    if root.path or root.context != "module" or not isinstance(facts.view.finder.find(root.name), NotFound):
        return False
    here = facts.local_view.find(root.name, "")
    return isinstance(here, Found) and bool(here.path)


def _require_local(local: Snapshot) -> None:
    if not local.application_modules:
        raise NothingCompared(
            f"{local.origin.reference} holds no Python file",
            "run this in the checkout that the image is built from",
        )


def _require_readable(container: Snapshot) -> None:
    """Where not one module that says anything could be parsed, no import was looked at."""
    paths = [
        path
        for path in container.application_modules
        if (entry := container.tree.get(path)) is not None and entry.size
    ]
    read_ahead(container.modules, container.application_modules)
    says = [container.modules.get(path) for path in paths]
    if paths and all(each is None or each.problem is not None for each in says):
        problem = says[0].problem if says[0] else None
        where = str(Location(f"/{paths[0]}", problem.line)) if problem else f"/{paths[0]}"
        raise NothingCompared(
            f"no module of the application could be parsed; {where}: "
            f"{problem.message if problem else 'it cannot be read'}",
            "repair the file, or run paritycheck with a Python that is as new as the container's",
        )
