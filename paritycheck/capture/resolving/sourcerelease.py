"""What a source archive says of itself without being run: its requirements, and what it would install.

After setuptools (``command/egg_info.py``: ``*.egg-info`` beside the packages, ``requires.txt`` only if there
are requirements) and the PyPA specifications "Core metadata" (since 2.2 PKG-INFO says which fields are
``Dynamic``), "Source distribution format" and "Declaring project metadata".
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterable, Mapping

import msgspec
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name
from packaging.version import InvalidVersion, Version

from paritycheck.capture.resolving.sourcearchive import Files
from paritycheck.capture.resolving.wheels import without_abi
from paritycheck.parse.python.distmetadata import parse_metadata, parse_requires_txt
from paritycheck.parse.python.setupscript import SetupScript, parse_setup_script
from paritycheck.parse.requirements.files import read_dependency_file

_FINAL = Version("2.2")  # of the metadata: from here on PKG-INFO is what a build would say, too
_BASES = ("", "src", "lib", "python")  # where packages are, if no metadata lies beside them
_COMPILED = re.compile(r"\.(?:pyx|c|cc|cpp|cxx|rs)$")
_FIELD = re.compile(r"^(Metadata-Version|Dynamic):[ \t]*(.*?)[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_KEPT = ("top_level.txt", "entry_points.txt", "namespace_packages.txt")


class SourceRelease(msgspec.Struct, frozen=True):
    """A release that is built where it is installed.

    ``requires`` are lines of Requires-Dist. ``paths`` maps the path below site-packages of what an
    install would bring to the one in the archive; ``None`` if the archive does not tell.
    """

    name: str
    version: str
    requires: tuple[str, ...]
    paths: dict[str, str] | None = None

    @property
    def metadata(self) -> bytes:
        """The METADATA of a wheel built of it."""
        lines = ["Metadata-Version: 2.1", f"Name: {self.name}", f"Version: {self.version}"]
        extras = re.findall(r"extra == [\"']([^\"']+)", "\n".join(self.requires))
        lines += [f"Provides-Extra: {extra}" for extra in dict.fromkeys(extras)]
        lines += [f"Requires-Dist: {line}" for line in self.requires]
        return ("\n".join(lines) + "\n").encode()

    def stand_in(self) -> tuple[str, bytes]:
        """Return the name and content of a wheel that holds the metadata alone, for a resolver to read."""
        stem = f"{self.name.replace('-', '_')}-{self.version}"
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w") as archive:
            archive.writestr(f"{stem}.dist-info/METADATA", self.metadata)
            archive.writestr(
                f"{stem}.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            archive.writestr(f"{stem}.dist-info/RECORD", "")
        return f"{stem}-py3-none-any.whl", held.getvalue()


def describe_source(name: str, version: str, files: Files) -> SourceRelease | None:
    """Read a release (normalised name, version); ``None`` if only running it would tell what it requires."""
    info = _metadata_directory(files)
    requires = _requirements(files, info)
    if requires is None or not _are_requirements(requires):
        return None
    paths = _installed(name, files, info)
    if paths is not None:
        folder = f"{name.replace('-', '_')}-{version}.dist-info"
        told = [file for file in _KEPT if info is not None and f"{info}/{file}" in files]
        paths |= {f"{folder}/{file}": f"{info}/{file}" for file in told}
        paths[f"{folder}/METADATA"] = ""
    return SourceRelease(name, version, requires, paths)


def _metadata_directory(files: Files) -> str | None:
    """Return the outermost ``*.egg-info`` that has its PKG-INFO."""
    found = [posixpath.dirname(path) for path in files if path.endswith(".egg-info/PKG-INFO")]
    return min(found, key=lambda path: (path.count("/"), path), default=None)


def _requirements(files: Files, info: str | None) -> tuple[str, ...] | None:
    if info is not None:
        # Written by setuptools whenever there are requirements at all.
        listed = f"{info}/requires.txt"
        content = files.get(listed, b"")
        return None if content is None else tuple(map(_joined, parse_requires_txt(content)))
    told = files.get("PKG-INFO") or b""
    fields = [(key.lower(), value) for key, value in _FIELD.findall(_header(told))]
    metadata = parse_metadata(told)
    dynamic = ("dynamic", "requires-dist") in [(key, value.lower()) for key, value in fields]
    if metadata is not None and not dynamic:
        written = next((value for key, value in fields if key == "metadata-version"), "")
        if metadata.requires or _is_final(written):
            return tuple(map(_joined, metadata.requires))
    return _declared(files)


def _header(content: bytes) -> str:
    return re.split(r"\r?\n\r?\n", content.decode("utf-8", "replace"), maxsplit=1)[0]


def _is_final(written: str) -> bool:
    try:
        return Version(written) >= _FINAL
    except InvalidVersion:
        return False


def _declared(files: Files) -> tuple[str, ...] | None:
    """Return what the project's own files declare, if they leave nothing to the build."""
    for path in ("pyproject.toml", "setup.py"):
        text = files.get(path)
        read = read_dependency_file(path, text.decode("utf-8", "replace")) if text else None
        if read is None or not read.name:
            continue
        if read.problems or read.inclusions or read.dynamic:
            return None
        asked = [each for each in read.declarations if each.section.partition(":")[0] in ("", "extra")]
        if any(each.source not in ("index", "url", "git") for each in asked):
            return None
        lines = []
        for each in asked:
            extras = f"[{','.join(each.extras)}]" if each.extras else ""
            conditions = [f"({each.marker})"] if each.marker else []
            conditions += [f'extra == "{each.section.partition(":")[2]}"'] if each.section else []
            marker = f" ; {' and '.join(conditions)}" if conditions else ""
            lines.append(f"{each.name}{extras}{f' @ {each.url}' if each.url else each.specifier}{marker}")
        return tuple(lines)
    return None


def _joined(line: str) -> str:
    return " ".join(line.split())


def _are_requirements(lines: Iterable[str]) -> bool:
    try:
        return all(Requirement(line) for line in lines)
    except (InvalidRequirement, RecursionError):
        return False


def _installed(name: str, files: Files, info: str | None) -> dict[str, str] | None:
    """Map what lands in site-packages to its path in the archive; ``None`` if that is not certain."""
    named = (files.get(f"{info}/top_level.txt") or b"").decode("utf-8", "replace").split()
    script = parse_setup_script(files.get("setup.py") or b"")
    tops = [top for top in named if re.fullmatch(r"[\w/]+", top)]
    # setuptools puts the metadata where the packages are.
    bases = _BASES if info is None else tuple(dict.fromkeys((posixpath.dirname(info), *_BASES)))
    tops = tops or _listed(script) or sorted({*_names_like(name, files)})
    found: dict[str, str] = {}
    by_top = _by_top(files, bases)
    placed = _placed(script)
    compiled = {posixpath.basename(_COMPILED.sub("", path)) for path in files if _COMPILED.search(path)}
    for top in tops:
        lying = next((below for base in bases if (below := by_top.get((base, top)))), None)
        if lying is None and top in placed:
            lying = {f"{top}/{path}": f"{placed[top]}/{path}" for path in _below(files, placed[top])}
        if not lying and (top.startswith("_") or top in compiled):
            lying = {f"{top}.so": ""}
        if not lying:
            return None
        found |= lying
    return found or None


def _listed(script: SetupScript | None) -> list[str]:
    """Return the first names of what setup.py lists, if that is literal; none if it is looked for."""
    found: dict[str, None] = {}
    for keyword in ("packages", "py_modules"):
        named = script.options.get(keyword, []) if script is not None else []
        if not isinstance(named, list) or (script is not None and keyword in script.computed):
            return []
        found |= {each.partition(".")[0]: None for each in named if isinstance(each, str)}
    return list(found)


def _placed(script: SetupScript | None) -> dict[str, str]:
    """Return the directories of packages that setup.py names, as far as it is literal."""
    named = script.options.get("package_dir") if script is not None else None
    pairs = named.items() if isinstance(named, dict) else ()
    return {top: place.strip("/") for top, place in pairs if isinstance(top, str) and isinstance(place, str)}


def _below(files: Files, directory: str) -> Iterable[str]:
    return (path[len(directory) + 1 :] for path in files if path.startswith(directory + "/"))


def _names_like(name: str, files: Files) -> Iterable[str]:
    """Yield the packages and modules that are called like the distribution."""
    for path in files:
        parts = path.split("/")
        parts = parts[1:] if parts[0] in _BASES else parts
        if len(parts) == 1 and parts[0].endswith(".py"):
            top = parts[0].removesuffix(".py")
        elif len(parts) > 1 and parts[1] == "__init__.py":
            top = parts[0]
        else:
            continue
        if canonicalize_name(top) == name:
            yield top


def _by_top(files: Files, bases: tuple[str, ...]) -> Mapping[tuple[str, str], dict[str, str]]:
    """Sort what may be installed by the directory that holds it and its first name."""
    found: dict[tuple[str, str], dict[str, str]] = {}
    for path in files:
        for base in bases:
            if base and not path.startswith(base + "/"):
                continue
            below = path[len(base) + 1 :] if base else path
            top, inside, _ = below.partition("/")
            here = found.setdefault((base, top if inside else top.partition(".")[0]), {})
            if inside or below.endswith(".py"):
                here[without_abi(below)] = path
            if _COMPILED.search(below):
                here.setdefault(_COMPILED.sub(".so", below), "")
    return found
