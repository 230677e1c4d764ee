"""Answers, inside a container, what imports find there: run by ``exec`` in the process that was started.

Two lines above set ``NAMES`` and ``TAKEN``; the answer is one ``repr`` between two markers. What these
imports bring in is taken out of ``sys.modules`` again before the first question.
"""

import sys

EARLY = set(sys.modules)

import importlib.machinery
import importlib.util
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    NAMES: list[str] = []
    TAKEN: list[tuple[str, str]] = []

machinery = importlib.machinery
find_spec = importlib.util.find_spec
KINDS = (
    (machinery.BuiltinImporter, "builtin"),
    (machinery.FrozenImporter, "frozen"),
    (machinery.ExtensionFileLoader, "extension"),
    (machinery.SourcelessFileLoader, "bytecode"),
    (machinery.SourceFileLoader, "source"),
)
for each in set(sys.modules) - EARLY:
    del sys.modules[each]


def kind_of(spec: machinery.ModuleSpec) -> str:
    """Return the kind by the loader, as ``Found`` names it."""
    loader = spec.loader
    if loader is None or type(loader).__name__ in ("NamespaceLoader", "_NamespaceLoader"):
        return "namespace"
    for known, name in KINDS:
        if loader is known or isinstance(loader, known):
            return (
                "package"
                if spec.submodule_search_locations is not None and name in ("source", "bytecode", "extension")
                else name
            )
    return type(loader).__name__


def look(name: str) -> "list[object] | None":
    """Return kind, file and directories of what a name finds; None if it finds nothing."""
    try:
        spec = find_spec(name)
    except ModuleNotFoundError as error:
        missing = error.name or name
        if name == missing or name.startswith(missing + "."):
            return None
        return ["error", str(error), []]  # of a package above it, while it is imported
    except Exception as error:
        return ["error", type(error).__name__ + ": " + str(error), []]
    if spec is None:
        return None
    file = "" if not spec.has_location or spec.origin is None else os.path.realpath(spec.origin)
    return [kind_of(spec), file, real(spec.submodule_search_locations or ())]


def real(paths: "Iterable[str]") -> "list[str]":
    """Return directories with links followed, each once."""
    return list(dict.fromkeys(os.path.realpath(path) for path in paths))


def take(module: str, name: str) -> "bool | None":
    """Tell whether ``from module import name`` finds the name; None if the module itself fails."""
    try:
        __import__(module)
    except BaseException:
        return None
    if getattr(sys.modules[module].__spec__, "_initializing", False):
        return None  # it is the one whose import asks
    if look(module + "." + name) is not None:
        return True  # whatever happens when it is run
    scope: dict[str, object] = {}
    try:
        exec(f"from {module} import {name}", scope)
    except ImportError:
        return False
    except BaseException:
        return None
    return True


answers = {name: look(name) for name in NAMES}
taken = {(module, name): take(module, name) for module, name in TAKEN}
for name, answer in answers.items():
    if answer and answer[0] == "package":
        module = sys.modules.get(name)
        failed = any(
            each.startswith(name + ".") and other and other[0] == "error" for each, other in answers.items()
        )
        # As its __init__ has left it, if that could be run.
        answer[2] = real(module.__path__) if hasattr(module, "__path__") else None if failed else answer[2]
document = [sys.path, os.getcwd(), sorted(EARLY), answers, taken]
sys.__stdout__.write("\n#ORACLE#" + repr(document) + "#ORACLE#\n")
sys.__stdout__.flush()
