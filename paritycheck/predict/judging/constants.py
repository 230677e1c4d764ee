"""What a name that is imported stands for: the constant of another module, found as an import finds it.

Sources: the language reference ("The import statement"); Django, ``conf/__init__.py`` (``settings`` has
what the settings module binds).
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from paritycheck.model.source import Constant, DataReference, SourceData, SourceFile
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found

_DJANGO = "django.conf:settings."
_MOST = 20  # modules that pass a name on to each other


def settle(
    reference: DataReference,
    file: str,
    finder: Finder,
    data: Mapping[str, SourceData],
    settings: str = "",
) -> tuple[DataReference, str] | None:
    """Return the reference by a base that is no constant, and the tree path of the module it is seen from.

    ``file`` is the module that names it, ``data`` what each module binds, ``settings`` Django's settings
    module. What may be otherwise is
    guarded. ``None`` if the constant is not known.
    """
    for _ in range(_MOST):
        if reference.base != "constant":
            return reference, file
        name = reference.package
        if settings and name.startswith(_DJANGO):
            name = f"{settings}:{name.removeprefix(_DJANGO)}"
        found = _constant(name, file, finder, data)
        if found is None:
            return None
        constant, file, unsure = found
        moved = _moved(reference, constant)
        if moved is None:
            return None
        reference = msgspec.structs.replace(moved, guarded=moved.guarded or unsure)
    return None


def _moved(reference: DataReference, constant: Constant) -> DataReference | None:
    parts = [part for part in constant.path.split("/") if part]
    beyond = max(reference.up - len(parts), 0)
    if beyond and constant.base in ("cwd", "absolute"):
        return None  # the parent of Path("a") is Path("."), and so is its parent's
    kept = [*parts[: max(len(parts) - reference.up, 0)], *([reference.path] if reference.path else [])]
    return msgspec.structs.replace(
        reference,
        base=constant.base,
        path="/".join(kept),
        up=constant.up + beyond,
        deepest=constant.deepest,
        package=constant.package,
    )


def _constant(
    name: str, file: str, finder: Finder, data: Mapping[str, SourceData]
) -> tuple[Constant, str, bool] | None:
    """Find ``.paths:DATA`` or ``app:paths.DATA``, as seen from ``file``, and the file that binds it.

    The last is whether it is the attribute of an object, ``config:settings.DATA``: who makes the object, and
    the environment, may say otherwise.
    """
    origin, _, rest = name.partition(":")
    path = _module(origin, file, finder) if origin else file
    for _ in range(rest.count(".") + 1):
        found = _bound(rest, path, finder, data)
        if found is not None:
            return *found, "." in rest
        step, _, rest = rest.partition(".")
        path = _module(f".{step}", path, finder) if path else ""
    return None


def _bound(
    name: str, path: str, finder: Finder, data: Mapping[str, SourceData]
) -> tuple[Constant, str] | None:
    """Find what the module at ``path`` binds, or takes from another: ``DATA``, ``settings.DATA``."""
    first = name.partition(".")[0]
    for _ in range(_MOST):
        says = finder.modules.get(path) if path else None
        if says is None:
            return None
        named = data.get(path, SourceData()).constants
        if name in named:
            return named[name], path
        if first in says.defines and not _passes_on(says, first):
            return None
        origins = [each for each in says.imports if first in each.names or "*" in each.names]
        if len(origins) != 1:
            return None
        path = _module("." * origins[0].level + origins[0].module, path, finder)
    return None


def _passes_on(says: SourceFile, name: str) -> bool:
    return any(name in each.names for each in says.imports)


def _module(origin: str, file: str, finder: Finder) -> str:
    """Return the file of a module; what begins with dots is seen from ``file``."""
    module = origin.lstrip(".")
    level = len(origin) - len(module)
    if not level:
        found = finder.find(module) if module else None
        return found.path if isinstance(found, Found) else ""
    above = file.split("/")[:-level]
    if len(above) < len(file.split("/")) - level:
        return ""
    base = "/".join([*above, *module.split(".")] if module else above)
    package = f"{base}/__init__.py".lstrip("/")
    return next((path for path in (package, f"{base}.py") if path in finder.tree), "")
