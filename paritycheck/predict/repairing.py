"""Edits that would bring a lost file into the image, each tried in prediction before it is proposed."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from paritycheck.errors import ParityError
from paritycheck.model.location import Location
from paritycheck.model.snapshot import Edited
from paritycheck.predict.plan import Plan, make_plan

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
    for lines in list(_exceptions(inside))[:MAX_TRIES]:
        added = "".join(f"{line}\n" for line in lines)
        edited = text if text.endswith("\n") or not text else text + "\n"
        if _arrives(plan, ignore.path, edited + added, paths, landing=landing):
            shown = " and ".join(f"`{line}`" for line in lines)
            return f"add {shown} at the end of {ignore.path}"
    return None


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


def repair_copy(plan: Plan, names: Mapping[str, str], nearest: Sequence[Location]) -> str | None:
    """Return a COPY line that makes all files arrive under their import names, if one does.

    ``names`` maps paths of the checkout to import names; ``nearest`` is the line to add it after.
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
    for source, target in list(dict.fromkeys(_copies(root, names)))[:MAX_TRIES]:
        line = f"COPY {source} {target}"
        edited = "\n".join([*lines[:end], line, *lines[end:]])
        if " " not in source and _arrives(plan, containerfile.path, edited, list(names)):
            return f"add `{line}` after {containerfile.path}:{end}"
    return None


def _copies(root: str, names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Yield source and destination that put the outermost missing package below the working directory."""
    for path, name in names.items():
        inside = path[len(root) :].split("/")
        depth = name.count(".") + 1 + path.endswith("/__init__.py")
        base = inside[: len(inside) - depth]
        top = inside[len(base)]
        yield "/".join([*base, top]), f"./{top}"


def _arrives(plan: Plan, edited: str, text: str, paths: Sequence[str], *, landing: bool = True) -> bool:
    clone = msgspec.structs.replace(plan.clone, texts=Edited(plan.clone.texts, edited, text))
    try:
        repaired = make_plan(clone, plan.options)
    except ParityError:
        return False
    if repaired is None:
        return False
    if landing:
        return all(repaired.landings.container_of(path) for path in paths)
    root = f"{plan.options.context}/" if plan.options.context else ""
    return all(repaired.context.decide(path[len(root) :]).included for path in paths)
