"""Answers for the running interpreter what an import finds: read a list of cases as JSON, print the answers.

Run as a script with ``-I -S -B``. The parents of a name are imported where they hold no foreign code.
"""

import contextlib
import importlib
import importlib.machinery
import json
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder
from importlib.util import module_from_spec
from types import ModuleType


def answer(name: str) -> list[object] | None:
    path: list[str] | None = None
    step = ""
    found: ModuleSpec | None = None
    for part in name.split("."):
        step = f"{step}.{part}" if step else part
        if found is not None and path is None:
            return None
        found = PathFinder.find_spec(step, path)
        if found is None:
            return None
        path = locations(found)
    assert found is not None
    loader = found.loader
    where = "" if found.origin is None else os.path.realpath(found.origin)
    if isinstance(loader, importlib.machinery.ExtensionFileLoader):
        kind = "extension"
    elif isinstance(loader, importlib.machinery.SourcelessFileLoader):
        kind = "bytecode"
    else:
        kind = "source"
    if path is not None:
        kind = "namespace" if loader is None or not found.has_location else "package"
        where = os.path.realpath(path[0]) if kind == "namespace" else where
    # A directory that two links name counts once: looking there again finds nothing more.
    return [kind, where, list(dict.fromkeys(os.path.realpath(each) for each in path or []))]


def locations(spec: ModuleSpec) -> list[str] | None:
    if spec.submodule_search_locations is None:
        return None
    if not isinstance(spec.loader, importlib.machinery.SourceFileLoader):
        module = ModuleType(spec.name)
        module.__path__ = list(spec.submodule_search_locations)
        sys.modules[spec.name] = module
        return list(spec.submodule_search_locations)
    if spec.name not in sys.modules:
        sys.modules[spec.name] = module = module_from_spec(spec)
        with contextlib.suppress(SyntaxError, ValueError):  # a link to something that is no source
            spec.loader.exec_module(module)
    return list(sys.modules[spec.name].__path__)


def main() -> None:
    answers = []
    stdlib = list(sys.path)
    importlib.import_module("pkgutil")
    for case in json.load(sys.stdin):
        before = set(sys.modules)
        sys.path[:] = [*case["entries"], *stdlib]
        sys.path_importer_cache.clear()
        answers.append([answer(name) for name in case["names"]])
        for name in set(sys.modules) - before:
            del sys.modules[name]
    json.dump(answers, sys.stdout)


main()
