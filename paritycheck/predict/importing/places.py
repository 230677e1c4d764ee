"""The directories in which an interpreter looks for modules, as a finder sees them: a set of names.

After CPython's ``FileFinder._fill_cache`` and ``_path_isfile``: names are compared exactly, links followed.
An archive on the path (``zipimport``) is like a directory, but that no compiled module is loaded from it.
"""

from collections.abc import Mapping, Sequence

from paritycheck.model.tree import FileTree
from paritycheck.predict.importing.outcome import MissReason

COMPILED = (".so", ".pyd")
Listing = tuple[str, frozenset[str]]  # a directory's real path, and the names in it


class Places:
    """Directory listings of a tree, each made once: the tree never changes.

    ``archives`` is what lies in zip files, by their real paths.
    """

    def __init__(self, tree: FileTree, archives: Mapping[str, FileTree] | None = None) -> None:
        self.tree = tree
        self._archives: Mapping[str, FileTree] = archives if archives is not None else {}
        self._listings: dict[str, Listing | None] = {}
        self._alike: dict[str, dict[str, list[str]]] = {}

    def listing(self, directory: str) -> Listing | None:
        """Return what is in a directory (links followed); ``None`` if it is none."""
        try:
            return self._listings[directory]
        except KeyError:
            real = self.tree.resolve(directory)
            is_dir = real is not None and self.tree.is_dir(real)
            found = (real, frozenset(self.tree.children(real))) if real is not None and is_dir else None
            if found is None:
                found = self._in_archive(directory)
            self._listings[directory] = found
            return found

    def file(self, listed: Listing, name: str) -> str:
        """Return the real path of the file of that name, empty if there is none."""
        real, names = listed
        if name not in names:
            return ""
        path = f"{real}/{name}" if real else name
        entry = self.tree.get(path)
        if entry is not None and entry.kind == "link":
            entry = self.tree.find(path)
        if entry is None:
            members, inside = self._members(path)
            entry = members.get(inside) if members and not name.endswith(COMPILED) else None
            return path if entry is not None else ""
        return entry.path if entry is not None and entry.kind == "file" else ""

    def _in_archive(self, directory: str) -> Listing | None:
        members, inside = self._members(directory)
        if members is None or (inside and not members.is_dir(inside)):
            return None
        archive = directory[: len(directory) - len(inside)].rstrip("/")
        real = f"{self.tree.resolve(archive)}/{inside}".rstrip("/")
        return real, frozenset(members.children(inside))

    def _members(self, path: str) -> tuple[FileTree | None, str]:
        """Return what the archive holds that a path goes through, and the path inside of it."""
        archive = self.archive(path)
        real = self.tree.resolve(archive) if archive else None
        return (self._archives.get(real) if real else None), path[len(archive) :].lstrip("/")

    def alike(self, listed: Listing, stem: str) -> list[str]:
        """Return a directory's names that differ from ``stem`` only by case and by what follows a dot."""
        real, names = listed
        index = self._alike.get(real)
        if index is None:
            index = self._alike[real] = {}
            for name in sorted(names):
                index.setdefault(name.partition(".")[0].casefold(), []).append(name)
        return index.get(stem.casefold(), [])

    def archive(self, place: str) -> str:
        """Return the sys.path entry itself or the part of it that is a file (zip, egg), else empty."""
        while place:
            entry = self.tree.find(place)
            if entry is not None:
                return place if entry.kind == "file" else ""
            place = place.rpartition("/")[0]
        return ""


def near_miss(
    places: Places, tail: str, directories: Sequence[str], suffixes: Sequence[str]
) -> tuple[MissReason, tuple[str, ...]]:
    """Say why nothing in these directories is the module ``tail``, with what nearly was it as evidence."""
    for directory in directories:
        listed = places.listing(directory)
        if listed is not None:
            reason, evidence = _near_miss(places, listed, tail, suffixes)
            if evidence:
                return reason, (evidence,)
    return "absent", ()


def _near_miss(places: Places, listed: Listing, tail: str, suffixes: Sequence[str]) -> tuple[MissReason, str]:
    real, names = listed
    base = f"{real}/" if real else ""
    for each in (tail, tail + ".py"):
        if each in names and places.tree.resolve(base + each) is None:
            return "dangling-link", base + each
    folded = {tail.casefold() + suffix for suffix in ("", ".py", *suffixes)}
    for each in places.alike(listed, tail):
        if each.startswith(tail + ".") and each.endswith((".so", ".pyd")):
            return "wrong-abi", base + each
        if each.casefold() in folded and each.partition(".")[0] != tail:
            return "case-differs", base + each
    # After the others: a stub often lies beside the extension module that it describes.
    for each in (tail + ".pyi", tail + "-stubs"):
        if each in names:
            return "stub-only", base + each
    cache = places.listing(base + "__pycache__")
    cached = [each for each in places.alike(cache, tail) if each.startswith(tail + ".")] if cache else []
    return ("cache-only", f"{base}__pycache__/{cached[0]}") if cached else ("absent", "")
