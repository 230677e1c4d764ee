"""What one import statement needs: its module, and the submodules or names that it takes from it.

After the language reference ("The import statement") and CPython's ``importlib._bootstrap``
(``_resolve_name``, ``_handle_fromlist``).
"""

from collections.abc import Iterator

import msgspec

from paritycheck.model.source import ANY_SUBMODULE, Import
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Doubtful, Found, NotFound, Outcome

# Every module object has these without binding them.
GIVEN = frozenset({"__annotations__", "__builtins__", "__cached__", "__class__", "__dict__", "__doc__"}) | {
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__path__",
    "__spec__",
}


class Target(msgspec.Struct, frozen=True, omit_defaults=True):
    """One thing that a statement needs: a module, or (``attribute``) a name inside module ``name``."""

    name: str
    outcome: Outcome
    attribute: str = ""


def resolve_import(
    statement: Import, module_name: str, is_package: bool, finder: Finder
) -> tuple[Target, ...]:
    """Return what a statement of module ``module_name`` needs, in the order in which it is looked for.

    The parents of a module are not listed: ``parents`` names them. A name that the module binds, or
    may bind in a way that cannot be seen, needs nothing further and has no target.
    """
    name = absolute_name(statement, module_name, is_package)
    if name is None:
        written = "." * statement.level + statement.module
        return (Target(written, NotFound(written, written, "beyond-top-level")),)
    outcome = finder.find(name)
    targets = [Target(name, outcome)]
    if isinstance(outcome, Found):
        # What a package takes from itself is bound by this very statement: only a submodule will do.
        own = name == module_name
        names = [each for each in statement.names if each not in ("*", ANY_SUBMODULE)]
        taken = (_taken(name, each, outcome, finder, own) for each in names)
        targets.extend(target for target in taken if target is not None)
        if ANY_SUBMODULE in statement.names:
            targets.extend(_submodules(name, outcome, finder))
    return tuple(targets)


def absolute_name(statement: Import, module_name: str, is_package: bool) -> str | None:
    """Return the full name of the module that a statement names; ``None`` beyond the top level."""
    if not statement.level:
        return statement.module
    package = module_name if is_package else module_name.rpartition(".")[0]
    parts = package.split(".") if package else []
    if len(parts) < statement.level:
        return None
    above = parts[: len(parts) - statement.level + 1]
    return ".".join([*above, statement.module] if statement.module else above)


def parents(name: str) -> tuple[str, ...]:
    """Return the packages that are imported before ``name``, outermost first."""
    parts = name.split(".")
    return tuple(".".join(parts[:count]) for count in range(1, len(parts)))


def _submodules(package: str, found: Found, finder: Finder) -> Iterator[Target]:
    """Yield every module directly below a package: any of them may be the one whose name is computed."""
    names = {stem for portion in found.portions for stem in finder.stems(portion)}
    for name in sorted(names - {"__init__", "__main__", "__pycache__"}):
        submodule = finder.find(f"{package}.{name}")
        if isinstance(submodule, Found) and submodule.kind != "namespace":
            yield Target(submodule.name, submodule)


def _taken(module: str, name: str, found: Found, finder: Finder, own: bool) -> Target | None:
    says = finder.modules.get(found.path) if found.kind in ("source", "package") else None
    if name in GIVEN or (says is not None and not own and name in says.defines):
        return None
    full = f"{module}.{name}"
    submodule = finder.find(full) if found.is_package else None
    if isinstance(submodule, Found):
        return Target(full, submodule)
    if found.kind != "namespace" and (says is None or says.open_ended or says.problem is not None):
        return None
    if isinstance(submodule, Doubtful):
        return Target(module, submodule, name)
    if isinstance(submodule, NotFound) and submodule.reason != "absent":
        return Target(module, submodule, name)
    return Target(module, NotFound(full, full, "no-name", (found.path,)), name)
