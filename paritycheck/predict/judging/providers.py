"""Which distribution brings an import name, and how surely that is known.

Sources: the metadata of what is installed (PyPA "Recording installed projects"); else the table of
``predict.importing.knownnames``; else the name itself, as PEP 503 compares names. A namespace
package belongs to nobody: it is asked by submodule.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from typing import Literal

import msgspec
from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution
from paritycheck.predict.importing.knownnames import KNOWN, NAMESPACES

Certainty = Literal["metadata", "table", "name"]
# Whether a distribution brings a module; "unlikely": nobody knows what it brings, and it is called otherwise.
Brings = Literal["yes", "maybe", "unlikely", "no"]

_AFFIX = re.compile(
    r"^(?:python\d?|py|django|flask|fastapi|lib)-|-(?:python\d?|py|client|sdk|api|lib|ng|binary|headless)$"
)
_RELEASE = re.compile(r"_v\d\w*$")  # google.cloud.vision_v1 comes with google.cloud.vision
_IN_NAMESPACES = tuple(f"{name.replace('.', '-')}-" for name in NAMESPACES)
_SHORTEST = 3  # of modules whose name may be a part of the distribution's


class Provision(msgspec.Struct, frozen=True):
    """The distributions that may bring a module, the most usual first, normalised (PEP 503)."""

    names: tuple[str, ...]
    certainty: Certainty


def _reversed() -> dict[str, frozenset[str]]:
    brought: dict[str, set[str]] = defaultdict(set)
    for module, distributions in KNOWN.items():
        for name in distributions:
            brought[name].add(module)
    return {name: frozenset(modules) for name, modules in brought.items()}


_BROUGHT = _reversed()


def likely_providers(module: str) -> Provision:
    """Return what brings the module of this dotted name, as far as its name tells."""
    parts = module.split(".")
    for count in range(len(parts), 0, -1):
        prefix = ".".join(parts[:count])
        if prefix in KNOWN:
            return Provision(KNOWN[prefix], "table")
        if prefix in NAMESPACES:
            break
    else:
        return Provision((canonicalize_name(parts[0].strip("_") or parts[0]),), "name")
    if count == len(parts):
        return Provision((), "name")
    tail = _RELEASE.sub("", parts[count])
    return Provision((canonicalize_name(f"{prefix}.{tail}".replace(".", "-")),), "name")


def owned_part(module: str) -> str:
    """Return the part of a dotted name that one distribution has to itself: ``google.cloud.storage``."""
    parts = module.split(".")
    for count in range(1, len(parts) + 1):
        if ".".join(parts[:count]) not in NAMESPACES:
            return ".".join(parts[:count])
    return module


def called_like(module: str, is_namespace: Callable[[str], bool]) -> frozenset[str]:
    """Return the names (PEP 503) of distributions that are called like a module, or like a package above it.

    Of several parts only where all above have no code: ``space.part`` is a distribution's, ``package.part``
    belongs to the package.
    """
    parts = module.split(".")
    count = 1
    while count < len(parts) and is_namespace(".".join(parts[:count])):
        count += 1
    return frozenset(canonicalize_name(".".join(parts[:end])) for end in range(1, count + 1))


def brings(distribution: Distribution, module: str) -> Brings:
    """Tell whether an installed distribution brings the module of this dotted name."""
    if distribution.modules:
        owned = any(_is_below(module, each) or _is_below(each, module) for each in distribution.modules)
        return "yes" if owned else "no"
    name = canonicalize_name(distribution.name)
    provision = likely_providers(module)
    if name in provision.names:
        return "yes"
    if any(_is_below(module, each) for each in _BROUGHT.get(name, ())):
        return "yes"
    known = name in _BROUGHT or name.startswith(_IN_NAMESPACES)
    if known and provision.certainty == "table":
        return "no"
    if _alike(name, module):
        return "maybe"
    return "no" if known or provision.certainty == "table" else "unlikely"


def _is_below(module: str, other: str) -> bool:
    return module == other or module.startswith(other + ".")


def _alike(name: str, module: str) -> bool:
    """Tell whether a module may be called after a distribution, or after a part of its name."""
    wanted = canonicalize_name(owned_part(module).replace(".", "-"))
    short = name
    while (cut := _AFFIX.sub("", short)) not in ("", short):
        short = cut
    if short.replace("-", "") == wanted.replace("-", "") or {*wanted.split("-")} <= {*name.split("-")}:
        return True
    return len(wanted) >= _SHORTEST and wanted.replace("-", "") in name.replace("-", "")
