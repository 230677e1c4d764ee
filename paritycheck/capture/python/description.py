"""The probe's answer: from the document that an interpreter printed to an Environment."""

from collections.abc import Iterator

import msgspec

from paritycheck.errors import SourceError
from paritycheck.model.environment import EditableModule, Environment, Interpreter, PathEntry, PathReason
from paritycheck.model.location import Location
from paritycheck.parse.python.installed import find_distributions
from paritycheck.parse.python.sitedirectory import read_site_directory

MOST_STRAYS = 5000  # names: a directory of PYTHONPATH can be a home
UNREADABLE = "name another interpreter with --python, or run it by hand to see what it prints"


class Description(msgspec.Struct, frozen=True):
    """What ``probe.py`` prints; see there. Paths absolute, texts by path, listings by directory."""

    executable: str
    version: str
    implementation: str
    prefix: str
    base_prefix: str
    platform: str
    markers: dict[str, str]
    suffixes: tuple[str, ...]
    path: tuple[str, ...]
    missing: tuple[str, ...]
    pythonpath: tuple[str, ...]
    stdlib: tuple[str, ...]
    sites: tuple[str, ...]
    user_site: str
    listings: dict[str, tuple[str, ...]]
    texts: dict[str, str]


def decode_probe(output: bytes, marker: str) -> Environment:
    """Return the environment that the probe described between two ``marker``s of its output.

    Raises ``SourceError`` if there is no such document or it is not one of the probe's.
    """
    parts = output.split(marker.encode())
    if len(parts) != 3:
        said = output.decode("utf-8", "replace").strip()[-200:]
        raise SourceError(
            "the interpreter did not describe itself" + (f"; it printed: {said}" if said else ""), UNREADABLE
        )
    try:
        described = msgspec.json.decode(parts[1], type=Description)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise SourceError(
            f"the interpreter's description of itself is damaged: {error}", UNREADABLE
        ) from error
    return read_description(described)


def read_description(described: Description) -> Environment:
    """Give every path entry its reason, and read the distributions from their metadata."""

    def read(path: str) -> bytes | None:
        text = described.texts.get(path)
        return None if text is None else text.encode("utf-8", "replace")

    def names(directory: str) -> tuple[str, ...]:
        return described.listings.get(directory, ())

    additions: dict[str, PathEntry] = {}
    editables: dict[EditableModule, None] = {}
    problems: list[str] = []
    for site in dict.fromkeys((*described.sites, described.user_site)):
        effects = read_site_directory(site, names(site), read)
        for entry in effects.additions:
            additions.setdefault(entry.path, entry)
        editables.update(dict.fromkeys(effects.editables))
        problems += effects.problems
    distributions, troubles = find_distributions(described.path, names, read, editables)
    entries = tuple(_explain(path, described, additions) for path in described.path)
    return Environment(
        interpreter=Interpreter(
            executable=described.executable,
            version=described.version,
            implementation=described.implementation,
            prefix=described.prefix,
            base_prefix=described.base_prefix,
            platform=described.platform,
            markers=described.markers,
            suffixes=described.suffixes,
        ),
        sys_path=entries,
        distributions=distributions,
        editables=tuple(editables),
        strays=tuple(_strays(entries, described))[:MOST_STRAYS],
        problems=(*problems, *troubles),
    )


def _strays(entries: tuple[PathEntry, ...], described: Description) -> Iterator[EditableModule]:
    """Yield the modules that directories beside the interpreter's own bring, each name once."""
    seen: set[str] = set()
    for entry in entries:
        for file in described.listings.get(entry.path, ()) if entry.reason in ("pythonpath", "pth") else ():
            name = file.partition(".")[0]
            is_module = file == name or file.endswith((".py", ".so"))
            if is_module and name.isidentifier() and name not in seen:
                seen.add(name)
                yield EditableModule(name, entry.path, entry.location or Location(entry.path))


def _explain(path: str, described: Description, additions: dict[str, PathEntry]) -> PathEntry:
    exists = path not in described.missing
    known: tuple[tuple[tuple[str, ...], PathReason], ...] = (
        (described.pythonpath, "pythonpath"),
        (described.stdlib, "stdlib"),
        ((described.user_site,), "user-site"),
        (described.sites, "site"),
    )
    for paths, reason in known:
        if path in paths:
            return PathEntry(path, reason, exists=exists)
    added = additions.get(path)
    if added is not None:
        return PathEntry(path, added.reason, added.location, exists)
    return PathEntry(path, "other", exists=exists)
