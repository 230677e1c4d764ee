"""What may come of it as things stand: each risk with the fact that makes it one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from paritycheck.audit.dossier import Dossier
from paritycheck.audit.pipelines import Pipelines
from paritycheck.audit.standing import has_given_up
from paritycheck.audit.whys import unseen_reasons
from paritycheck.model.audit import Evidence, Failure, Statement, Status


def weigh(
    status: Status, failures: Sequence[Failure], dossier: Dossier, pipelines: Pipelines
) -> Iterator[Statement]:
    """Yield the risks, the gravest first."""
    container = dossier.container
    if status == "crash-loop" and container is not None:
        name, _, most = container.restart_policy.partition(":")
        stays = f"{container.engine.capitalize()} has used up its {most} restarts"
        end = (
            stays
            if has_given_up(container)
            else f"After {most} restarts it stays down"
            if most
            else f"The restart policy “{name}” does not end it: no restart brings what is missing"
        )
        yield Statement(
            f"What this container serves is down. {end}.",
            (Evidence(f"{container.engine} inspect", f"RestartPolicy: {container.restart_policy}"),),
            "Outage",
            "error",
        )
    elif status == "crashed":
        said = f"ExitCode: {container.exit_code}" if container else "the log ends with an exception"
        source = f"{container.engine} inspect" if container else "log"
        yield Statement("What this container serves is down.", (Evidence(source, said),), "Outage", "error")
    plan = dossier.facts.plan
    for failure in failures:
        item = failure.journey.item if failure.journey else None
        if failure.explained != "parity" or plan is None or item is None or not item.path:
            continue
        if not plan.landings.container_of(item.path):
            yield Statement(
                f"Every other build from a clean clone of this commit lacks {item.name}, too: "
                "rolling out again does not help.",
                (Evidence("prediction", f"no {item.path} in the predicted image"),),
                "Repeats with each build",
                "error",
            )
            break
    named = {failure.journey.item.name for failure in failures if failure.journey}
    # What shares its cause with a failure is repaired with it.
    further = [finding for finding in dossier.errors if not named & {item.name for item in finding.items}]
    others = sorted({item.name for finding in further for item in finding.items})
    if others and failures:
        shown = ", ".join(others[:5]) + (f" and {len(others) - 5} more" if len(others) > 5 else "")
        yield Statement(
            f"Repairing the first failure alone shows the next: {shown} will not be found either.",
            tuple(Evidence(each.code, each.message) for each in further[:5]),
            "More of the kind",
            "error",
        )
    reasons = unseen_reasons(dossier, pipelines)
    if reasons and failures:
        yield Statement(
            "What else gets lost between checkout and container goes unseen, too.",
            tuple(Evidence(evidence.source, reason) for reason, evidence in reasons),
            "Goes unseen",
            "warning",
        )
