"""Which file an interpreter would import for a name, told from a tree and a sys.path alone.

The rules are those of CPython's ``importlib._bootstrap_external`` (``FileFinder.find_spec``,
``PathFinder._get_spec``), of ``pkgutil.extend_path``, and of setuptools' editable finder
(``_EditableFinder``); PEP 420 explains the namespace packages.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from paritycheck.model.snapshot import Unknown
from paritycheck.model.source import SourceFile
from paritycheck.model.tree import FileTree
from paritycheck.predict.importing.outcome import Doubtful, Found, FoundKind, NotFound, Outcome
from paritycheck.predict.importing.places import Places, near_miss

# The standard library registers these itself (Lib/os.py, Lib/typing.py); no finder is asked.
REGISTERED = {"os.path": "os", "typing.io": "typing", "typing.re": "typing"}


class Finder:
    """What ``import`` finds in a tree. Answers and directory listings are kept: the tree never changes.

    ``entries`` are the sys.path entries in order, as paths of the tree; ``suffixes`` the
    interpreter's extension-module suffixes in order; ``editables`` maps names to the paths that an
    editable finder redirects them to; ``modules`` tells what a source file says (asked only for
    ``__init__`` files, and where a parent is no package); ``doubt`` why a path is unknown. From the
    entry ``assumed`` on they are guesses: they supply what is missing, and hide no namespace package.
    """

    def __init__(
        self,
        tree: FileTree,
        entries: Sequence[str],
        suffixes: Sequence[str] = (),
        *,
        editables: Mapping[str, str] | None = None,
        builtins: Iterable[str] = (),
        frozen: Iterable[str] = (),
        modules: Mapping[str, SourceFile] | None = None,
        doubt: Callable[[str], Unknown | None] | None = None,
        archives: Mapping[str, FileTree] | None = None,
        assumed: int | None = None,
    ) -> None:
        self.tree = tree
        self.entries = tuple(entries)
        self.suffixes = tuple(suffixes)
        self.modules: Mapping[str, SourceFile] = modules if modules is not None else {}
        self._kinds: tuple[tuple[str, FoundKind], ...] = (
            *((suffix, "extension") for suffix in suffixes),
            (".py", "source"),
            (".pyc", "bytecode"),
        )
        self._editables = dict(editables or {})
        self._builtins = frozenset(builtins)
        self._frozen = frozenset(frozen)
        self._doubt = doubt
        self._sure = len(self.entries) if assumed is None else assumed
        self._outcomes: dict[str, Outcome] = {}
        self._places = Places(tree, archives)

    def find(self, name: str) -> Outcome:
        """Return what importing ``name`` (absolute, dotted) finds; its parents are imported first."""
        known = self._outcomes.get(name)
        if known is None:
            known = self._outcomes[name] = self._walk(name)
        return known

    def shadowed(self, found: Found) -> tuple[str, ...]:
        """Return the paths that would be imported under this name if ``found`` were not there."""
        parent, _, tail = found.name.rpartition(".")
        if found.kind == "namespace" or found.entry < 0:
            return ()
        above = self.find(parent) if parent else None
        places = above.portions if isinstance(above, Found) else self.entries
        later = (self._here(place, tail) for place in places[found.entry + 1 :])
        paths = (hit[1] for hit in later if hit is not None and hit[0] != "namespace")
        return tuple(dict.fromkeys(path for path in paths if path != found.path))

    def stems(self, directory: str) -> frozenset[str]:
        """Return the names in a directory up to their first dot, as far as they can be module names."""
        listed = self._places.listing(directory)
        stems = {name.partition(".")[0] for name in listed[1]} if listed else set()
        return frozenset(stem for stem in stems if stem.isidentifier())

    def _walk(self, name: str) -> Outcome:
        if "" in name.split("."):
            return NotFound(name, name, "absent")
        above: Found | None = None
        step = ""
        for part in name.split("."):
            step = f"{step}.{part}" if step else part
            outcome = self._outcomes.get(step) or self._locate(step, part, above)
            self._outcomes[step] = outcome
            if not isinstance(outcome, Found):
                return msgspec.structs.replace(outcome, name=name)
            above = outcome
        return outcome

    def _locate(self, name: str, tail: str, above: Found | None) -> Outcome:
        if above is None and name in self._builtins:
            return Found(name, "builtin")
        if above is None and name in self._frozen:
            return Found(name, "frozen")
        if above is not None and REGISTERED.get(name) == above.name:
            return Found(name, above.kind, above.path, doubt=above.doubt)
        if above is not None and not above.is_package:
            return self._below_module(name, above)
        outcome = self._search(name, tail, self.entries if above is None else above.portions)
        if not isinstance(outcome, Found):
            outcome = self._redirected(name) or outcome
        if isinstance(outcome, NotFound) and above is not None:
            if above.kind == "namespace" and above.doubt is not None:
                return Doubtful(name, name, above.doubt)  # a regular package there would be the whole of it
            return self._unless_altered(outcome, above)
        return outcome

    def _search(self, name: str, tail: str, places: Sequence[str]) -> Outcome:
        portions: list[str] = []
        first = -1
        doubt: Unknown | None = None
        for index, place in enumerate(places):
            hit = self._here(place, tail)
            if hit is None:
                doubt = doubt or self._unseen(place, tail)
            elif hit[0] == "namespace":
                portions.append(hit[1])
                first = index if first < 0 else first
            elif portions and places is self.entries and index >= self._sure:
                break
            else:
                return self._found(name, hit, index, places, doubt)
        if portions:
            return Found(name, "namespace", portions[0], tuple(portions), first, doubt)
        return (
            Doubtful(name, name, doubt)
            if doubt
            else NotFound(name, name, *near_miss(self._places, tail, places, self.suffixes))
        )

    def _here(self, place: str, tail: str) -> tuple[FoundKind, str, str] | None:
        """Return kind, real path and package directory of what one directory has for a name."""
        listed = self._places.listing(place)
        if listed is None:
            return None
        real, names = listed
        base = f"{real}/{tail}" if real else tail
        namespace = None
        if tail in names:
            package = self._places.listing(base)
            if package is not None:
                for suffix, _ in self._kinds:
                    path = self._places.file(package, "__init__" + suffix)
                    if path:
                        return "package", path, package[0]
                namespace = package[0]
        for suffix, kind in self._kinds:
            path = self._places.file(listed, tail + suffix)
            if path:
                return kind, path, ""
        return None if namespace is None else ("namespace", namespace, namespace)

    def _found(
        self,
        name: str,
        hit: tuple[FoundKind, str, str],
        index: int,
        places: Sequence[str],
        doubt: Unknown | None,
    ) -> Found:
        kind, path, directory = hit
        if kind != "package":
            return Found(name, kind, path, (), index, doubt)
        says = self.modules.get(path)
        if says is None or says.package_path != "extended":
            return Found(name, kind, path, (directory,), index, doubt)
        tail = name.rpartition(".")[2]
        hits = (self._here(place, tail) for place in places)
        others = (other[2] for other in hits if other is not None and other[2])
        return Found(name, kind, path, tuple(dict.fromkeys((directory, *others))), index, doubt)

    def _unseen(self, place: str, tail: str) -> Unknown | None:
        """Tell why a name may be in a place after all."""
        listed = self._places.listing(place)
        if listed is None:
            archive = self._places.archive(place)
            if archive:
                return Unknown(archive, "an archive on sys.path, not read")
        elif not self.suffixes:
            candidates = (
                each for each in listed[1] if each.startswith(tail + ".") and each.endswith((".so", ".pyd"))
            )
            for each in candidates:
                return Unknown(f"{listed[0]}/{each}", "the interpreter's extension suffixes are not known")
        if self._doubt is None:
            return None
        base = f"{place}/{tail}" if place else tail
        return self._doubt(base) or self._doubt(base + ".py")

    def _redirected(self, name: str) -> Outcome | None:
        prefix = name
        while prefix and prefix not in self._editables:
            prefix = prefix.rpartition(".")[0]
        if not prefix:
            return None
        target = self._editables[prefix] + name[len(prefix) :].replace(".", "/")
        place, _, tail = target.rpartition("/")
        listed = self._places.listing(place)
        if tail.endswith(".py"):
            path = self._places.file(listed, tail) if listed else ""
            hit: tuple[FoundKind, str, str] | None = ("source", path, "") if path else None
        else:
            hit = self._here(place, tail)
        if hit is not None:
            return Found(name, hit[0], hit[1], (hit[2],) if hit[2] else ())
        doubt = self._unseen(place, tail)
        return Doubtful(name, name, doubt) if doubt else NotFound(name, name, "editable-target", (target,))

    def _below_module(self, name: str, above: Found) -> Outcome:
        says = self.modules.get(above.path)
        if above.path and (says is None or says.open_ended):
            return Doubtful(name, name, Unknown(above.path, "no package, but it may register modules itself"))
        return NotFound(name, name, "not-a-package", (above.path,) if above.path else ())

    def _unless_altered(self, outcome: NotFound, above: Found) -> Outcome:
        says = self.modules.get(above.path)
        if says is not None and says.package_path == "altered":
            return Doubtful(
                outcome.name, outcome.missing, Unknown(above.path, "it changes its __path__ itself")
            )
        return outcome
