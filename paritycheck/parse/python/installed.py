"""The distributions whose metadata lies in the directories of a search path.

Sources: PyPA "Recording installed projects"; CPython, Lib/importlib/metadata, ``Lookup`` (which
names count, ``EGG-INFO`` inside ``.egg`` directories, the first on the path wins); setuptools for
``.egg-link``.
"""

import posixpath
from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace
from packaging.utils import canonicalize_name

from paritycheck.model.environment import Distribution, EditableModule
from paritycheck.parse.python.distmetadata import (
    module_names,
    parse_direct_url,
    parse_metadata,
    parse_record,
    parse_requires_txt,
    parse_scripts,
)

Read = Callable[[str], bytes | None]
Names = Callable[[str], Sequence[str]]

_RANK = {".dist-info": 0, ".egg-info": 1}


def find_distributions(
    directories: Iterable[str], names: Names, read: Read, editables: Iterable[EditableModule] = ()
) -> tuple[tuple[Distribution, ...], tuple[str, ...]]:
    """Return the distributions visible from ``directories`` (absolute, in order), and problems.

    Of several with one name the first on the path is visible, as it is to importlib.metadata.
    ``names`` lists a directory, ``read`` yields a file's content or ``None``.
    """
    found: dict[str, Distribution] = {}
    problems: list[str] = []
    mapped = list(editables)
    links: dict[str, str] = {}
    path = tuple(dict.fromkeys(directories))
    for directory in path:
        listing = names(directory)
        links |= _egg_links(directory, listing, read)
        here: dict[str, Distribution] = {}
        for entry in _metadata_names(directory, listing):
            distribution = _read_distribution(directory, entry, listing, read, mapped)
            if distribution is None:
                problems.append(f"{directory}/{entry}: no metadata to read; the distribution is ignored")
                continue
            key = canonicalize_name(distribution.name)
            if key in here:
                if here[key].version != distribution.version and entry.endswith(".dist-info"):
                    problems.append(
                        f"{directory}: metadata of two versions of {distribution.name}: "
                        f"{here[key].version} and {distribution.version}"
                    )
                continue
            here[key] = distribution
        found |= {key: distribution for key, distribution in here.items() if key not in found}
    return tuple(_finish(key, found[key], links, path, names) for key in found), tuple(problems)


def _finish(
    key: str, distribution: Distribution, links: dict[str, str], path: Sequence[str], names: Names
) -> Distribution:
    """Add what only the whole search path tells about an editable install."""
    if links.get(key) == distribution.location and not distribution.editable:
        distribution = replace(distribution, editable=distribution.location)
    project = distribution.editable
    if project and not distribution.modules:
        for directory in path:
            if directory == project or directory.startswith(project + "/"):
                modules = _named_alike(distribution.name, names(directory))
                if modules:
                    return replace(distribution, modules=modules)
    return distribution


def _egg_links(directory: str, listing: Sequence[str], read: Read) -> dict[str, str]:
    """Map normalised project names to the directories that ``.egg-link`` files name."""
    links: dict[str, str] = {}
    for entry in listing:
        if entry.endswith(".egg-link"):
            first = (read(posixpath.join(directory, entry)) or b"").decode("utf-8", "replace").split("\n")[0]
            if first.strip():
                links[canonicalize_name(entry.removesuffix(".egg-link"))] = posixpath.normpath(first.strip())
    return links


def _metadata_names(directory: str, listing: Sequence[str]) -> list[str]:
    """Return the entries that hold metadata: dist-info before egg-info, else by name."""
    if directory.endswith(".egg"):
        return ["EGG-INFO"] if "EGG-INFO" in listing else []
    found = [entry for entry in listing if entry.endswith((".dist-info", ".egg-info")) and entry[0] != "~"]
    return sorted(found, key=lambda entry: (_RANK[posixpath.splitext(entry)[1]], entry))


def _read_distribution(
    directory: str, entry: str, listing: Sequence[str], read: Read, editables: list[EditableModule]
) -> Distribution | None:
    path = posixpath.join(directory, entry)
    if entry.endswith(".dist-info"):
        content = read(f"{path}/METADATA")
    else:
        content = read(f"{path}/PKG-INFO") or read(path)
    metadata = parse_metadata(content or b"")
    if metadata is None:
        return None
    requires = metadata.requires or parse_requires_txt(read(f"{path}/requires.txt") or b"")
    url, editable = parse_direct_url(read(f"{path}/direct_url.json") or b"")
    return Distribution(
        name=metadata.name,
        version=metadata.version,
        location=directory,
        modules=_find_modules(path, metadata.name, listing, read, editables),
        requires=requires,
        editable=editable,
        direct_url=url,
        scripts=parse_scripts(read(f"{path}/entry_points.txt") or b""),
    )


def _find_modules(
    path: str, name: str, listing: Sequence[str], read: Read, editables: list[EditableModule]
) -> tuple[str, ...]:
    """Return the import names: from the list of installed files, else declared, else by the name."""
    namespaces = _lines(read(f"{path}/namespace_packages.txt"))
    record = read(f"{path}/RECORD")
    if record is not None:
        paths = parse_record(record)
        finders = {posixpath.basename(module.location.path) for module in editables}
        mapped = [module.name for module in editables if posixpath.basename(module.location.path) in paths]
        names = {*module_names((file for file in paths if file not in finders), namespaces), *mapped}
        if names:
            return tuple(sorted(names))
    installed = _lines(read(f"{path}/installed-files.txt"))
    if installed:
        # Relative to the metadata directory itself: what the distribution put beside it begins with "../".
        names_beside = [file[3:] for file in installed if file.startswith("../")]
        return module_names(parse_record("\n".join(names_beside).encode()), namespaces)
    declared = _lines(read(f"{path}/top_level.txt"))
    if declared:
        return tuple(sorted(declared))
    return _named_alike(name, listing)


def _named_alike(name: str, listing: Sequence[str]) -> tuple[str, ...]:
    """Return the module beside the metadata that is named as the distribution, if there is one."""
    wanted = canonicalize_name(name).replace("-", "_")
    for entry in listing:
        stem = entry.partition(".")[0]
        if stem.lower() == wanted and (stem == entry or entry.endswith((".py", ".so"))):
            return (stem,)
    return ()


def _lines(content: bytes | None) -> list[str]:
    return [line.strip() for line in (content or b"").decode("utf-8", "replace").splitlines() if line.strip()]
