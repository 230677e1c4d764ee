"""Whether a module of a distribution certainly has no such name, although its file is there.

What a module's text binds is not all that it may have: other modules of its distribution set names in it,
compiled ones do, decorators do. Each leaves a trace in a text, and where there is one nothing is claimed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cache

from paritycheck.model.snapshot import Snapshot
from paritycheck.model.tree import FileEntry
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found

FEW = 8  # names; a module that compiled code fills has hardly any of its own
MOST = 48 << 20  # bytes of a package's sources that are searched
# Signs that a module's names are not only those that it binds.
_OPEN = re.compile(r"sys\.modules|_convert_\(|global_enum")
_SETTING = re.compile(r"setattr\(\s*(\w+)|(\w+)\.__dict__")
_MODULES = re.compile(r"import_module\(|sys\.modules|__import__\(")
_TESTS = frozenset({"test", "tests", "testing"})


class Membership:
    """What is known of the names in a container's modules; ``wholly``: all files of it can be read."""

    def __init__(self, container: Snapshot, finder: Finder, *, wholly: bool) -> None:
        self._tree = container.tree
        self._texts: Mapping[str, str] = container.texts
        self._finder = finder
        self._wholly = wholly
        self._files: Callable[[str], tuple[FileEntry, ...]] = cache(
            lambda each: tuple(self._tree.below(each))
        )

    def lacks(self, module: str, name: str) -> bool:
        """Tell whether ``module`` certainly has no ``name``; it is known not to bind it itself."""
        found = self._finder.find(module)
        says = self._finder.modules.get(found.path) if isinstance(found, Found) else None
        if not isinstance(found, Found) or says is None or says.open_ended or name.startswith("__"):
            return False
        text = self._texts.get(found.path)
        # Where it is spoken of, but as the attribute of something else, it may be bound in an unseen way.
        spoken = re.compile(rf"(?<![\w.]){re.escape(name)}\b")
        if text is None or _OPEN.search(text) or spoken.search(text):
            return False
        if not self._wholly:
            return True
        top = self._finder.find(module.partition(".")[0])
        folder = top.portions[0] if isinstance(top, Found) and top.kind == "package" else ""
        if not folder:
            return "." not in module  # a namespace package has no end
        if (len(says.defines) < FEW or name.startswith("_")) and self._is_compiled(folder):
            return False
        return not self._is_set_elsewhere(folder, name)

    def _is_compiled(self, folder: str) -> bool:
        return any(entry.path.endswith(".so") for entry in self._files(folder))

    def _is_set_elsewhere(self, folder: str, name: str) -> bool:
        """Tell whether some module of the package may set the name in another one."""
        assigned = re.compile(rf"(?<![\w.])(\w+)\.(?:\w+\.)*{re.escape(name)}\s*(?::[^=\n]+)?=(?!=)")
        quoted = (f'"{name}"', f"'{name}'")
        left = MOST
        for entry in self._files(folder):
            if not entry.path.endswith(".py") or not _TESTS.isdisjoint(entry.path.split("/")):
                continue
            left -= entry.size
            text = self._texts.get(entry.path)
            if text is None or left < 0:
                return True
            if name not in text:
                continue
            receivers = frozenset(assigned.findall(text))
            if any(each in text for each in quoted):
                receivers |= {word for words in _SETTING.findall(text) for word in words if word}
            if any(self._may_be_module(each, entry.path, text) for each in receivers - {"self", "cls"}):
                return True
        return False

    def _may_be_module(self, name: str, path: str, text: str) -> bool:
        """Tell whether a name that the file ``path`` uses may stand for a module."""
        if _MODULES.search(text) or f" as {name}" in text:
            return True
        says = self._finder.modules.get(path)
        imports = says.imports if says is not None else ()
        return says is None or any(name in (*each.names, each.module.partition(".")[0]) for each in imports)
