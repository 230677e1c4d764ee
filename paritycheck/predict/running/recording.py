"""What an installer leaves behind: the metadata and files of distributions in a site directory, and a note.

Source: PyPA "Recording installed projects" (``.dist-info``, RECORD, which an uninstall goes by), core
metadata; pip and uv on what stays (an installed version that fits) and what an exact install leaves alone
(pip and its like in an environment that uv did not make).
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable

import msgspec
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion

from paritycheck.model.environment import Distribution
from paritycheck.parse.python.distmetadata import parse_scripts
from paritycheck.predict.copying.landing import keep_inline
from paritycheck.predict.running.installsites import Target
from paritycheck.predict.running.interpreters import system_python
from paritycheck.predict.running.managerwords import normal_name
from paritycheck.predict.running.shellstate import Shell
from paritycheck.predict.selecting.selection import Installation, Selected, Selection

_METADATA = (".dist-info", ".egg-info")
_SEEDS = frozenset({"pip", "setuptools", "wheel", "uv", "pip-tools"})  # what an exact install does not remove
_READ = ("METADATA", "entry_points.txt", "top_level.txt", "namespace_packages.txt")  # of a wheel's metadata
HELD_TO = "X-Held-To"  # in the metadata of a distribution whose version is not known: its specifier


class Present(msgspec.Struct, frozen=True):
    """A distribution that a site directory holds; ``version`` empty if it is not known."""

    version: str
    folder: str


def record(
    shell: Shell,
    target: Target,
    command: str,
    selection: Selection,
    files: Iterable[str] = (),
    absent: Iterable[str] = (),
    own: frozenset[str] = frozenset(),
) -> None:
    """Write what a command selects into the target, remove what makes way for it, and note the command.

    ``files`` are the dependency files that it reads, ``absent`` those that are not there, ``own`` the local
    projects by name, which are installed in another way. A selection that is open leaves the site directory
    open for distributions that nobody listed.
    """
    shell.make_directory(target.site)
    shell.touch(target.prefix, "system")
    before = present_in(shell, target.site)
    if selection.exact:
        wanted = {each.name for each in selection.selected} | _SEEDS
        for name in before.keys() - wanted:
            remove_distribution(shell, target.site, before[name])
        close_site(shell, target.site)
    for each in selection.selected:
        old = before.get(each.name)
        if each.name in own or (old is not None and _stays(old, each)):
            continue
        if old is not None:
            remove_distribution(shell, target.site, old)
        write_distribution(shell, target, each)
    if selection.open:
        shell.touch(target.site, "distributions", selection.open)
    note(shell, target, command, selection, files, absent)


def note(
    shell: Shell,
    target: Target,
    command: str,
    selection: Selection,
    files: Iterable[str] = (),
    absent: Iterable[str] = (),
) -> None:
    """Note an installer's command for the judge."""
    shell.notes.installs.append(
        Installation(
            location=shell.scene.location,
            command=command,
            site=target.site,
            prefix=target.prefix,
            selection=selection,
            certain=not shell.guarded and not shell.doubted,
            forgiven=shell.guarded > shell.doubted,
            files=tuple(dict.fromkeys(files)),
            absent=tuple(dict.fromkeys(absent)),
        )
    )


def close_site(shell: Shell, site: str) -> None:
    """Say that what is listed in a site directory is all that earlier installs brought to it."""
    shell.tree.unknown[:] = [
        part for part in shell.tree.unknown if part.path != site or part.brings != "distributions"
    ]


def present_in(shell: Shell, site: str) -> dict[str, Present]:
    """Return the distributions of a site directory by their normalised names."""
    found: dict[str, Present] = {}
    for folder in shell.tree.children(site):
        stem, suffix = posixpath.splitext(folder)
        if suffix in _METADATA:
            name, *rest = stem.split("-")
            found[normal_name(name)] = Present(rest[0] if rest else "", folder)
    return found


def _stays(old: Present, wanted: Selected) -> bool:
    """Tell whether an installer is content with what is there."""
    if not old.version or wanted.version == old.version:
        return not wanted.version or bool(old.version)
    if wanted.version:
        return False
    try:
        return SpecifierSet(wanted.specifier).contains(old.version, prereleases=True)
    except (InvalidSpecifier, InvalidVersion):
        return True


def write_distribution(shell: Shell, target: Target, selected: Selected) -> None:
    """Write a distribution as far as it is known: its wheel's files, else what is known of it locally."""
    name, version = selected.name, selected.version
    folder = f"{name.replace('-', '_')}-{version}.dist-info"
    listing = shell.scene.catalogue.listing
    paths = listing(name, version) if listing is not None and version else None
    if paths is not None:
        _write_wheel(shell, target, selected, folder, paths)
        return
    local = shell.scene.catalogue.local.get(name)
    texts = {"METADATA": _metadata(selected, local)}
    scripts: tuple[str, ...] = ()
    if local is not None and local.modules and not local.editable:
        texts["top_level.txt"] = "".join(f"{module}\n" for module in local.modules)
    if local is not None and local.scripts:
        scripts = local.scripts
        texts["entry_points.txt"] = "[console_scripts]\n" + "".join(f"{each}\n" for each in scripts)
    for file, text in texts.items():
        write_text(shell, f"{target.site}/{folder}/{file}", text)
    _write_scripts(shell, target, scripts)


def _metadata(selected: Selected, local: Distribution | None) -> str:
    lines = ["Metadata-Version: 2.1", f"Name: {local.name if local else selected.name}"]
    lines.append(f"Version: {selected.version}")
    if not selected.version and selected.specifier:
        lines.append(f"{HELD_TO}: {selected.specifier}")
    if local is not None and (not selected.version or local.version == selected.version):
        lines += [f"Requires-Dist: {' '.join(line.split())}" for line in local.requires]
    return "\n".join(lines) + "\n"


def _write_wheel(
    shell: Shell, target: Target, selected: Selected, folder: str, paths: tuple[str, ...]
) -> None:
    """Write the files that a wheel installs, without their content but for that of its metadata."""
    read = shell.scene.catalogue.read
    own = next((path.partition("/")[0] for path in paths if path.endswith(".dist-info/METADATA")), folder)
    texts: dict[str, bytes] = {}
    for path in paths:
        inside, _, file = path.partition("/")
        if inside == own and file in _READ and read is not None:
            content = read(selected.name, selected.version, path)
            if content is not None:
                texts[path] = content
    texts.setdefault(f"{own}/METADATA", _metadata(selected, None).encode())
    texts[f"{own}/RECORD"] = "".join(f"{path},,\n" for path in paths).encode()
    for path in (*paths, *texts):
        if path.startswith(("/", "../")) or "/../" in path:
            continue
        if path in texts:
            write_bytes(shell, f"{target.site}/{path}", texts[path])
        else:
            place = f"{target.site}/{path}"
            shell.tree.make_parents(place, shell.entry(place, "dir"))
            shell.tree.put(shell.entry(place, "file"))
    _write_scripts(shell, target, parse_scripts(texts.get(f"{own}/entry_points.txt", b"")))


def write_script(shell: Shell, target: Target, name: str, reference: str) -> bool:
    """Write a console script as installers do, for ``module:attribute``; return whether it is one."""
    module, _, called = (part.strip() for part in reference.partition("[")[0].partition(":"))
    if not name or "/" in name or not all(re.fullmatch(r"[\w.]+", part) for part in (module, called)):
        return False
    own = f"{target.prefix}/bin/python".lstrip("/")
    python = f"/{own}" if shell.tree.locate(own).entry is not None else system_python(shell)[0]
    source = f"import sys\nfrom {module} import {called.partition('.')[0]}\nsys.exit({called}())\n"
    write_text(shell, f"{target.prefix}/bin/{name}", f"#!{python}\n{source}", 0o755)
    return True


def write_text(shell: Shell, path: str, text: str, mode: int = 0o644) -> None:
    """Write a file of an install at a tree path."""
    write_bytes(shell, path, text.encode("utf-8", "surrogateescape"), mode)


def write_bytes(shell: Shell, path: str, data: bytes, mode: int = 0o644) -> None:
    """Write a file of an install at a tree path."""
    path = path.lstrip("/")
    shell.tree.make_parents(path, shell.entry(path, "dir"))
    digest = keep_inline(shell.tree, data)
    shell.tree.put(shell.entry(path, "file", size=len(data), digest=digest, mode=mode))


def _write_scripts(shell: Shell, target: Target, scripts: Iterable[str]) -> None:
    for script in scripts:
        name, _, reference = script.partition("=")
        write_script(shell, target, name.strip(), reference)


def remove_distribution(shell: Shell, site: str, old: Present) -> None:
    """Remove a distribution: the files that its RECORD lists, else the modules that it names."""
    folder = f"{site}/{old.folder}"
    paths = recorded_files(shell, folder)
    if not paths:
        names = _read(shell, f"{folder}/top_level.txt").split()
        paths = [f"{site}/{name}{suffix}" for name in names if "." not in name for suffix in ("", ".py")]
    parents: set[str] = set()
    for path in paths:
        if not path.startswith(("/", "..")) and path != site:
            shell.tree.remove(path)
            parents.add(posixpath.dirname(path))
    shell.tree.remove(folder)
    for parent in sorted(parents, key=len, reverse=True):
        while parent.startswith(site + "/") and not shell.tree.children(parent):
            shell.tree.remove(parent)
            parent = posixpath.dirname(parent)


def recorded_files(shell: Shell, folder: str) -> list[str]:
    """Return the tree paths that the RECORD in a metadata directory lists; none if it has none."""
    lines = _read(shell, f"{folder}/RECORD").splitlines()
    below = [line.rpartition(",")[0].rpartition(",")[0].strip('"') for line in lines]
    return [posixpath.normpath(posixpath.join(posixpath.dirname(folder), path)) for path in below if path]


def _read(shell: Shell, path: str) -> str:
    entry = shell.tree.get(path)
    data = shell.scene.read(shell.tree, entry) if entry is not None and entry.kind == "file" else None
    return (data or b"").decode("utf-8", "replace")
