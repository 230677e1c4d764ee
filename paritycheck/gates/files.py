"""The gates of a file of the checkout: a module or data."""

from __future__ import annotations

from collections.abc import Callable

from paritycheck.gates.facts import Facts, verdict
from paritycheck.model.journey import Gate, Item, Verdict
from paritycheck.model.location import Location
from paritycheck.model.snapshot import GitFacts
from paritycheck.predict.importing.outcome import Doubtful, Found, NotFound
from paritycheck.predict.planning.composing import look, supplied
from paritycheck.predict.planning.explaining import explain_not_copied


def pass_worktree(item: Item, facts: Facts) -> Verdict:
    """Gate 1: is it in the working tree?"""
    if not item.path:
        return verdict("worktree", "lost", "imported locally from outside the checkout")
    if facts.local.tree.find(item.path) is None:
        return verdict("worktree", "lost", f"{item.path} is not in the working tree", Location(item.path))
    return verdict("worktree", "passed", f"{item.path} is in the working tree")


def pass_tracked(item: Item, facts: Facts) -> Verdict:
    """Gate 2: does git track it, so that a clean clone has it?"""
    git = facts.local.git
    if not item.path:
        return verdict("tracked", "skipped", "not a file of the checkout")
    if git is None or git.state != "repository":
        return verdict("tracked", "unknown", (git and git.reason) or "the checkout is no git repository")
    if _is_tracked(item.path, facts, git):
        return verdict("tracked", "passed", "git tracks it")
    rule = ignored_by(git, item.path)
    if rule is not None:
        return verdict("tracked", "lost", f"git ignores it because of {rule}", rule)
    for submodule in git.submodules:
        if item.path.startswith(submodule + "/"):
            return verdict(
                "tracked", "lost", f"submodule {submodule} is not initialised", Location(".gitmodules")
            )
    return verdict("tracked", "lost", "never added to git", Location(item.path))


def _is_tracked(path: str, facts: Facts, git: GitFacts) -> bool:
    if path in git.tracked:
        return True
    # git knows no directories, only what is in them.
    return facts.local.tree.is_dir(path) and any(name.startswith(path + "/") for name in git.tracked)


def ignored_by(git: GitFacts, path: str) -> Location | None:
    """Return the .gitignore line that hides ``path`` or a directory above it."""
    while path:
        rule = git.ignored.get(path)
        if rule is not None:
            return rule
        path = path.rpartition("/")[0]
    return None


def pass_context(item: Item, facts: Facts) -> Verdict:
    """Gate 3: does the ignore file let it into the build context?"""
    if not item.path:
        return verdict("context", "skipped", "not a file of the checkout")
    if facts.plan is None:
        return verdict("context", "unknown", "no Containerfile was found, so the build context is not known")
    inside = _in_context(item.path, facts.context_root)
    if inside is None:
        where = facts.context_root or "."
        return verdict("context", "lost", f"outside the build context {where}", Location(item.path))
    decision = facts.plan.context.decide(inside)
    if decision.included:
        return verdict("context", "passed", "in the build context")
    locations = (decision.location,) if decision.location else ()
    return verdict("context", "lost", "the ignore file keeps it out", *locations)


def _in_context(path: str, root: str) -> str | None:
    if not root:
        return path
    return path[len(root) + 1 :] if path.startswith(root + "/") else None


def pass_copied(item: Item, facts: Facts) -> Verdict:
    """Gate 4: does a COPY or ADD of the target stage put it into the image?"""
    if not item.path:
        return verdict("copied", "skipped", "not a file of the checkout")
    if facts.plan is None:
        return verdict("copied", "unknown", "no Containerfile was found, so its COPY lines are not known")
    landed = facts.plan.landings.container_of(item.path)
    if not landed and facts.plan.landings.holds_below(item.path):
        return verdict("copied", "passed", "the build puts what is in it into the image")
    if not landed and item.path not in facts.plan.clone.tree:
        return verdict("copied", "skipped", "a build from a clean clone has no such file")
    if landed:
        return verdict("copied", "passed", f"the build puts it at /{landed[0]}")
    inside = _in_context(item.path, facts.context_root)
    if inside is None:
        return verdict("copied", "skipped", "not in the build context")
    if not facts.plan.context.decide(inside).included:
        return verdict("copied", "skipped", "not in the build context")
    reason, locations = explain_not_copied(inside, facts.plan.prediction)
    return verdict("copied", "lost", reason, *locations)


def pass_image(item: Item, facts: Facts) -> Verdict:
    """Gate 5: is it in the actual image?"""
    if not facts.actual:
        return verdict("image", "skipped", "no image was given: the container side is predicted")
    there = facts.placement.container_of(item.path)
    if there:
        return verdict("image", "passed", f"the image has it at /{there[0]}")
    if facts.placement.holds_below(item.path):
        return verdict("image", "passed", "the image has what is in it")
    if facts.container.unknown and not facts.container.tree:
        return verdict("image", "unknown", facts.container.unknown[0].reason)
    expected = facts.plan.landings.container_of(item.path) if facts.plan else ()
    at = f" at /{expected[0]}" if expected else ""
    return verdict("image", "lost", f"the image does not have it{at}")


def pass_mounted(item: Item, facts: Facts) -> Verdict:
    """Gate 6: is it still visible at run time?"""
    if facts.mounts is None:
        return verdict("mounted", "skipped", "no compose file was given, so no mounts are known")
    there = facts.placement.container_of(item.path)
    if not there:
        return _pass_supplied(item, facts)
    # One visible copy is enough: which of them is imported is for the last gate to say.
    seen = min(
        (look(path, facts.mounts, facts.local) for path in there), key=lambda each: _SIGHTS[each.sight]
    )
    if seen.mount is None:
        return verdict("mounted", "passed", "nothing is mounted over it")
    line = seen.mount.location
    match seen.sight:
        case "checkout":
            return verdict("mounted", "passed", f"{seen.mount} shows the checkout's own", line)
        case "copied-once":
            reason = f"{seen.mount} is filled from the image when it is new, and keeps what it has then"
            return verdict("mounted", "passed", reason, line)
        case "hidden":
            return verdict("mounted", "lost", f"{seen.mount} hides /{there[0]}", line)
    return verdict("mounted", "unknown", f"nobody knows what {seen.mount} holds", line)


# The best sight first.
_SIGHTS = {"image": 0, "checkout": 1, "copied-once": 2, "unknown": 3, "hidden": 4}


def _pass_supplied(item: Item, facts: Facts) -> Verdict:
    """Never passed: the image alone decides whether production works."""
    for place, mount in supplied(item.path, facts.mounts or ()) if item.path else ():
        if item.kind != "module" or item.name in facts.view.names(place):
            reason = f"supplied by {mount} in development only: the image does not have it"
            return verdict("mounted", "skipped", reason, mount.location)
    return verdict("mounted", "skipped", "not in the container")


def _is_hidden(item: Item, facts: Facts) -> bool:
    return bool(facts.mounts) and pass_mounted(item, facts).outcome == "lost"


def pass_syspath(item: Item, facts: Facts) -> Verdict:
    """Gate 7: is it below a directory that the interpreter searches, under its name?"""
    if item.kind != "module":
        return verdict("syspath", "skipped", "not a module")
    there = facts.placement.container_of(item.path)
    if not there:
        return verdict("syspath", "skipped", "not in the container")
    if _is_hidden(item, facts):
        return verdict("syspath", "skipped", "a mount hides it")
    if any(facts.view.reaches(path, item.name) for path in there):
        return verdict("syspath", "passed", "below a directory of sys.path")
    return verdict(
        "syspath", "lost", f"/{there[0]} is {item.name} from no directory of sys.path", *facts.view.path_lines
    )


def pass_importable(item: Item, facts: Facts) -> Verdict:
    """Gate 8: would the interpreter import this very file under this name?"""
    if item.kind != "module":
        return verdict("importable", "skipped", "not a module")
    if _is_hidden(item, facts):
        return verdict("importable", "skipped", "a mount hides it")
    outcome = facts.view.finder.find(item.name)
    match outcome:
        case NotFound():
            return verdict(
                "importable",
                "lost",
                describe_miss(outcome),
                *(Location("/" + path) for path in outcome.evidence),
            )
        case Found() if outcome.path and outcome.path not in facts.placement.container_of(item.path):
            return verdict(
                "importable", "lost", f"/{outcome.path} is imported instead", Location("/" + outcome.path)
            )
        case Found():
            return verdict("importable", "passed", f"imported from /{outcome.path}")
        case Doubtful():
            return verdict("importable", "unknown", outcome.unknown.reason)


def describe_miss(miss: NotFound) -> str:
    """Say in words why a name cannot be imported."""
    where = f"in {miss.parent}" if miss.parent else "on sys.path"
    seen = f" (/{miss.evidence[0]})" if miss.evidence else ""
    words = {
        "absent": f"there is no {miss.missing} {where}",
        "not-a-package": f"{miss.parent} is a module, not a package{seen}",
        "wrong-abi": f"{miss.missing} is built for another interpreter{seen}",
        "case-differs": f"{miss.missing} differs by case only{seen}",
        "stub-only": f"only a stub of {miss.missing} is there{seen}",
        "cache-only": f"only a cached .pyc of {miss.missing} is there, which needs its source{seen}",
        "dangling-link": f"{miss.missing} is a link that leads nowhere{seen}",
        "editable-target": f"an editable install maps {miss.missing} to a path that is not there{seen}",
        "no-name": f"nothing binds the name {miss.missing}{seen}",
        "beyond-top-level": "a relative import leads above the top-level package",
    }
    return words[miss.reason]


FILE_GATES: dict[Gate, Callable[[Item, Facts], Verdict]] = {
    "worktree": pass_worktree,
    "tracked": pass_tracked,
    "context": pass_context,
    "copied": pass_copied,
    "image": pass_image,
    "mounted": pass_mounted,
    "syspath": pass_syspath,
    "importable": pass_importable,
}
