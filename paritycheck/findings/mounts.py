"""What a compose service's mounts hide of the image that the service needs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from paritycheck.gates import Facts, travel
from paritycheck.model.journey import Item, ItemKind
from paritycheck.model.report import Finding, Importer, ReportItem
from paritycheck.model.tree import join
from paritycheck.predict.importing.outcome import Found
from paritycheck.predict.importing.statements import resolve_import
from paritycheck.predict.judging.losses import in_order
from paritycheck.predict.judging.needs import follow_start, list_needs
from paritycheck.predict.planning.composing import Mount, look
from paritycheck.rules import make_finding


class Needed(msgspec.Struct, frozen=True):
    """Something in the image that the service needs, at a tree path; ``importer`` is the statement."""

    kind: ItemKind
    name: str
    path: str
    breaks: bool = True
    importer: Importer | None = None


def mount_findings(facts: Facts, command: Importer) -> Iterator[Finding]:
    """Return a finding for every mount that hides what is needed, or keeps an old copy of it.

    What the image lacks itself is not looked at here: no mount can lose it.
    """
    if not facts.mounts:
        return
    hidden: dict[Mount, list[Needed]] = defaultdict(list)
    stale: dict[Mount, list[Needed]] = defaultdict(list)
    for needed in (*_places(facts), *_imports(facts, command)):
        seen = look(needed.path, facts.mounts, facts.local)
        if seen.mount is not None and seen.sight == "hidden":
            hidden[seen.mount].append(needed)
        elif seen.mount is not None and seen.sight == "copied-once" and seen.mount.kind == "volume":
            stale[seen.mount].append(needed)
    for mount, all_needed in hidden.items():
        yield _finding(mount, all_needed, facts, f"{mount} hides")
    for mount, all_needed in stale.items():
        # A volume for installed packages alone is a known idiom; one over the code means old code.
        own = [needed for needed in all_needed if needed.path in facts.placement.local_of]
        if own:
            yield _finding(
                mount, own, facts, f"{mount} is filled once, and then hides what newer images have of"
            )


def _finding(mount: Mount, all_needed: list[Needed], facts: Facts, what: str) -> Finding:
    unique = list({(needed.kind, needed.name): needed for needed in reversed(all_needed)}.values())[::-1]
    names = ", ".join(needed.name for needed in unique[:3])
    more = f" and {len(unique) - 3} more" if len(unique) > 3 else ""
    breaks = any(needed.breaks for needed in all_needed) and not mount.fills
    return make_finding(
        "PC106",
        f"{what} {names}{more}",
        gate="mounted",
        severity="error" if breaks else "warning",
        items=[_item(needed, facts) for needed in unique],
        locations=[mount.location],
        imported_by=in_order(needed.importer for needed in all_needed if needed.importer is not None),
        hint=_hint(mount, unique, facts),
    )


def _item(needed: Needed, facts: Facts) -> ReportItem:
    source = facts.placement.local_of.get(needed.path, "")
    if not source:
        return ReportItem(needed.kind, needed.name, f"/{needed.path}")
    journey = travel(Item(needed.kind, needed.name, source), facts)
    return ReportItem(needed.kind, needed.name, source, journey.verdicts)


def _hint(mount: Mount, unique: list[Needed], facts: Facts) -> str:
    """An anonymous volume over a directory that only the image has keeps it visible."""
    if mount.kind != "bind":
        return (
            ""
            if mount.fills is False
            else f"remove the volume before a new image starts, or drop {mount.written}"
        )
    tops = {needed.path[len(mount.target) :].strip("/").partition("/")[0] for needed in unique}
    kept = sorted(
        f"/{mount.target}/{top}" for top in tops if facts.container.tree.is_dir(f"{mount.target}/{top}")
    )
    if len(kept) != len(tops):
        return ""
    return f"mount narrower, or keep {' and '.join(kept)} with a volume of its own: `- {kept[0]}`"


def _imports(facts: Facts, command: Importer) -> Iterator[Needed]:
    """Yield every module that an import of the container's code finds in the image."""
    view = facts.view
    closure = follow_start(facts.container, view)
    for need in list_needs(facts.container, view, facts.placement, command, closure):
        if need.context == "type-checking" or not need.reached:
            continue
        for target in resolve_import(need.statement, need.module, need.package, view.finder):
            match target.outcome:
                case Found(path=path) if path:
                    yield Needed("module", target.name, path, need.breaks, need.importer)


def _places(facts: Facts) -> Iterator[Needed]:
    """Yield what the start itself needs: scripts, the words of the command, the virtual environment."""
    start, config, tree = facts.view.start, facts.container.config, facts.container.tree
    for root in start.roots:
        if root.path and root.path in tree:
            yield Needed("module", root.name if root.name != "__main__" else root.path, root.path)
    for path in start.data:
        if path.lstrip("/") in tree:
            yield Needed("data", path, path.lstrip("/"))
    if config is None:
        return
    for word in (*config.entrypoint, *config.cmd):
        entry = tree.find(join(config.workdir, word)) if "/" in word else None
        if entry is not None and entry.kind == "file":
            yield Needed("data", word, entry.path)
    for directory in _environments(facts):
        yield Needed("setting", f"/{directory}", directory)


def _environments(facts: Facts) -> Iterator[str]:
    """Yield the virtual environments that PATH and VIRTUAL_ENV name, as far as the image may have them."""
    config, tree = facts.container.config, facts.container.tree
    env = config.env if config else {}
    declared = env.get("VIRTUAL_ENV") or ""
    named = [declared]
    named += [
        entry.removesuffix("/bin") for entry in (env.get("PATH") or "").split(":") if entry.endswith("/bin")
    ]
    for directory in dict.fromkeys(each.lstrip("/") for each in named if each):
        name = directory.rpartition("/")[2]
        is_one = f"{directory}/pyvenv.cfg" in tree or f"/{directory}" == declared or name in (".venv", "venv")
        if is_one and (tree.is_dir(directory) or facts.container.doubt(directory) is not None):
            yield directory
