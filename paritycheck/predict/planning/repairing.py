"""Edits that would bring a lost file into the image, each tried in prediction before it is proposed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from paritycheck.errors import ParityError
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Edited
from paritycheck.parse.build.ignorefile import parse_ignorefile
from paritycheck.predict.context.effective import Context
from paritycheck.predict.judging.naming import name_below
from paritycheck.predict.judging.placement import Placement
from paritycheck.predict.planning.plan import Plan, make_plan

MAX_TRIES = 4  # each costs a whole prediction


def repair_ignore(plan: Plan, paths: Sequence[str], *, landing: bool = True) -> str | None:
    """Return a line to add to the ignore file that makes all ``paths`` arrive, if one does.

    Without ``landing`` it is enough that they are in the context: a step of the build needs them.
    """
    ignore = plan.context.ignore
    if ignore is None:
        return None
    root = f"{plan.options.context}/" if plan.options.context else ""
    inside = [path[len(root) :] for path in paths]
    text = plan.clone.texts.get(ignore.path, "")
    start = text if text.endswith("\n") or not text else text + "\n"
    for lines in list(_exceptions(inside))[:MAX_TRIES]:
        edited = start + "".join(f"{line}\n" for line in lines)
        # The pattern alone is asked first: that is a thousand times cheaper than a prediction.
        if _lets_in(plan, ignore.path, edited, inside) and (
            not landing or _lands(plan, ignore.path, edited, paths)
        ):
            shown = " and ".join(f"`{line}`" for line in lines)
            return f"add {shown} at the end of {ignore.path}"
    return None


def _lets_in(plan: Plan, path: str, text: str, inside: Sequence[str]) -> bool:
    try:
        ignore = parse_ignorefile(text.encode("utf-8"), path, plan.options.engine)
        context = Context(plan.context.source, ignore, plan.options.engine)
        return all(context.decide(each).included for each in inside)
    except ParityError:
        return False


def _exceptions(paths: list[str]) -> Iterator[tuple[str, ...]]:
    """Yield ``!`` lines: the directory that holds all paths, then the paths themselves."""
    common = posixpath.commonpath([path.rpartition("/")[0] or "." for path in paths])
    if len(paths) == 1:
        yield (f"!{paths[0]}",)
    if common not in ("", "."):
        yield (f"!{common}",)
        yield (f"!{common}/**",)
    if 1 < len(paths) <= 3:
        yield tuple(f"!{path}" for path in paths)


def repair_copy(
    plan: Plan, names: Mapping[str, str], nearest: Sequence[Location], roots: Sequence[str]
) -> str | None:
    """Return COPY lines that make all files arrive under their import names, if they do.

    ``names`` maps paths of the checkout to import names; ``nearest`` is the line to add it after,
    ``roots`` are the directories of the container that imports are found in.
    """
    containerfile = plan.containerfile
    text = plan.clone.texts.get(containerfile.path)
    if text is None or not names:
        return None
    root = f"{plan.options.context}/" if plan.options.context else ""
    after = nearest[0].line if nearest else 0
    if not any(copy.location.line == after for copy in plan.prediction.copies):
        return None
    lines = text.split("\n")
    end = next((one.end_line for one in containerfile.instructions if one.location.line == after), after)
    wanted = list(dict.fromkeys(_copies(root, names)))
    if len(wanted) > MAX_TRIES or any(" " in source for source, _ in wanted):
        return None
    for base in (".", *(f"/{root}".rstrip("/") for root in roots[:MAX_TRIES])):
        added = [f"COPY {source} {base}/{top}" for source, top in wanted]
        edited = "\n".join([*lines[:end], *added, *lines[end:]])
        if _importable(_landings(plan, containerfile.path, edited), names, roots):
            return f"add {' and '.join(f'`{line}`' for line in added)} after {containerfile.path}:{end}"
    return None


def repair_placing(plan: Plan, wanted: Mapping[str, str], nearest: Sequence[Location]) -> str | None:
    """Return COPY lines that put paths of the checkout where ``wanted`` says, if they do.

    ``wanted`` maps files and directories of the checkout to places in the container; ``nearest`` is
    the line to add it after.
    """
    containerfile = plan.containerfile
    text = plan.clone.texts.get(containerfile.path)
    root = f"{plan.options.context}/" if plan.options.context else ""
    after = nearest[0].line if nearest else 0
    known = any(copy.location.line == after for copy in plan.prediction.copies)
    if text is None or not known or not 0 < len(wanted) <= MAX_TRIES or not all(wanted.values()):
        return None
    if any(" " in path for path in wanted):
        return None
    lines = text.split("\n")
    end = next((one.end_line for one in containerfile.instructions if one.location.line == after), after)
    added = [f"COPY {path[len(root) :]} /{there}" for path, there in wanted.items()]
    landings = _landings(plan, containerfile.path, "\n".join([*lines[:end], *added, *lines[end:]]))
    placed = {(path, there) for there, path in landings.local_of.items()}
    for path, there in wanted.items():
        inside = ((source, place) for source, place in placed if source.startswith(f"{path}/"))
        below = any(place == there + source[len(path) :] for source, place in inside)
        if (path, there) not in placed and not below:
            return None
    return f"add {' and '.join(f'`{line}`' for line in added)} after {containerfile.path}:{end}"


def _copies(root: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield the outermost package of every file, as a source and by its own name."""
    for path, name in names.items():
        inside = path[len(root) :].split("/")
        depth = name.count(".") + 1 + path.endswith("/__init__.py")
        base = inside[: len(inside) - depth]
        top = inside[len(base)]
        yield "/".join([*base, top]), top


def _landings(plan: Plan, edited: str, text: str) -> Placement:
    """Return what lands where once ``edited`` holds ``text``; nothing does if the build is refused."""
    clone = msgspec.structs.replace(plan.clone, texts=Edited(plan.clone.texts, edited, text))
    try:
        repaired = make_plan(clone, plan.options)
    except ParityError:
        repaired = None
    return repaired.landings if repaired is not None else Placement({})


def _lands(plan: Plan, edited: str, text: str, paths: Sequence[str]) -> bool:
    landings = _landings(plan, edited, text)
    return all(landings.container_of(path) for path in paths)


def _importable(landings: Placement, names: Mapping[str, str], roots: Sequence[str]) -> bool:
    return all(
        any(name_below(root, place) == name for place in landings.container_of(path) for root in roots)
        for path, name in names.items()
    )
