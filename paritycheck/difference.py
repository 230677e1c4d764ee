"""Two snapshots of any kind, set against each other in both directions."""

from __future__ import annotations

from collections.abc import Mapping

from packaging.utils import canonicalize_name

from paritycheck.errors import NothingCompared
from paritycheck.model.difference import Changed, Difference, Section
from paritycheck.model.snapshot import ImageConfig, Snapshot
from paritycheck.predict.judging.naming import name_below, package_root
from paritycheck.predict.judging.placement import place_by_likeness
from paritycheck.predict.judging.views import view_container
from paritycheck.predict.starting.start import resolve_start


def find_differences(left: Snapshot, right: Snapshot) -> Difference:
    """Compare two snapshots.

    Files of two images are the same when their paths are; between a checkout and an image the
    image's path is translated to the checkout's first. Raises :class:`NothingCompared` when
    neither side has an application file, a distribution or a configuration.
    """
    left_files, right_files = _files(left, right), _files(right, left)
    difference = Difference(
        schema_version="1.0",
        left=left.origin,
        right=right.origin,
        files=compare_values(left_files, right_files),
        modules=compare_values(_modules(left), _modules(right)),
        distributions=compare_values(_distributions(left), _distributions(right)),
        sys_path=compare_values(_sys_path(left), _sys_path(right)),
        interpreter=compare_values(_interpreter(left), _interpreter(right)),
        config=compare_values(_config(left.config), _config(right.config)),
    )
    if not any(section.compared for section in difference.sections.values()):
        raise NothingCompared(
            f"neither {left.origin.reference} nor {right.origin.reference} holds anything to compare",
            "name a checkout, an image or a snapshot document that has Python files in it",
        )
    return difference


def compare_values(left: Mapping[str, str], right: Mapping[str, str]) -> Section:
    """Compare two mappings by key, then by value; everything sorted by key."""
    shared = sorted(left.keys() & right.keys())
    changed = tuple(Changed(name, left[name], right[name]) for name in shared if left[name] != right[name])
    return Section(
        only_left=tuple(sorted(left.keys() - right.keys())),
        only_right=tuple(sorted(right.keys() - left.keys())),
        changed=changed,
        same=len(shared) - len(changed),
    )


def _files(side: Snapshot, other: Snapshot) -> dict[str, str]:
    if side.origin.kind != "checkout" and other.origin.kind == "checkout":
        local_of = place_by_likeness(side, other, side.application_files).local_of
    else:
        local_of = {}
    return {local_of.get(path, path): digest for path, digest in side.digests.items()}


def _modules(side: Snapshot) -> dict[str, str]:
    if (
        side.origin.kind == "checkout"
    ):  # no start command, no sys.path of its own: packages name their modules
        named = (name_below(package_root(side.tree, path), path) for path in side.application_modules)
        return {name: "" for name in named if name}
    view = view_container(side, resolve_start(side))
    return {name: "" for path in side.application_modules for name in view.names(path)}


def _distributions(side: Snapshot) -> dict[str, str]:
    # The first on sys.path is the one that imports see.
    found: dict[str, str] = {}
    for distribution in side.environment.distributions:
        found.setdefault(canonicalize_name(distribution.name), distribution.version)
    return found


def _sys_path(side: Snapshot) -> dict[str, str]:
    return {entry.path: entry.reason for entry in side.environment.sys_path}


def _interpreter(side: Snapshot) -> dict[str, str]:
    interpreter = side.environment.interpreter
    if interpreter is None:
        return {}
    facts = {
        "implementation": interpreter.implementation,
        "version": interpreter.version,
        "platform": interpreter.platform,
    }
    return {name: value for name, value in facts.items() if value}


def _config(config: ImageConfig | None) -> dict[str, str]:
    if config is None:
        return {}
    facts = {
        "workdir": config.workdir,
        "user": config.user,
        "entrypoint": " ".join(config.entrypoint),
        "cmd": " ".join(config.cmd),
        "healthcheck": " ".join(config.healthcheck.test) if config.healthcheck else "",
        "architecture": config.architecture,
        "os": config.os,
    }
    named = {
        f"env {name}": value if value is not None else "(value not kept)"
        for name, value in config.env.items()
    }
    return {name: value for name, value in {**facts, **named}.items() if value}
