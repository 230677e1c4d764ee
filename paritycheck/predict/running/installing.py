"""Installing the project itself: how ``pip`` and its relatives put its modules onto a second road.

Source: pip ``install`` (local paths, ``-e``, ``--target``, ``--prefix``), uv ``pip install`` and ``sync``,
poetry ``install``, pdm ``install``, pipenv ``sync``, PEP 660 for editable installs, PEP 610 for
``direct_url.json``; pip ``should_use_pep517``, setuptools ``develop`` for editable installs before it. What
it requires is a matter of the command that installs it.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Mapping
from itertools import accumulate

import msgspec

from paritycheck.model.tree import FileEntry, join
from paritycheck.parse.python.projectscripts import read_entry_points, read_scripts
from paritycheck.parse.python.setupscript import parse_setup_config, parse_setup_script
from paritycheck.predict.running.backendfiles import project_payload
from paritycheck.predict.running.installsites import Target
from paritycheck.predict.running.managerwords import normal_name
from paritycheck.predict.running.projecttree import Payload, Project
from paritycheck.predict.running.recording import present_in, remove_distribution, write_script, write_text
from paritycheck.predict.running.shellstate import Shell, covers

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")


def install_project(
    shell: Shell, directory: str, target: Target, editable: bool = False, forgiving: bool = False
) -> None:
    """Install the project at the tree path ``directory``; ``forgiving``: a failure to build it is ignored."""
    project = Project(shell, directory)
    payload = project_payload(project)
    check_needs(shell, project, payload, forgiving)
    shell.make_directory(target.site)
    shell.touch(target.prefix, "system")
    old = present_in(shell, target.site).get(normal_name(payload.name or project.name))
    if old is not None:
        remove_distribution(shell, target.site, old)
    written = _write_scripts(shell, project, target)
    if payload.problem:
        for place in [f"{target.site}/{name}" for name in payload.names] or [target.site]:
            shell.touch(place, "anything", f"{payload.problem} ({shell.scene.location.text})")
    elif editable:
        written += _write_editable(shell, payload, target)
        if not is_project(shell, directory) and is_fetched(shell, directory):
            # Nobody else installs what is still worked on than those who work on it.
            shell.touch(target.site, "anything", f"what project /{directory} holds is not known")
    else:
        for path, source in payload.files.items():
            place_file(shell, shell.tree.get(source), f"{target.site}/{path}")
        written += payload.files
        _spread_doubts(shell, directory, target.site, payload.files)
    _write_metadata(shell, project, payload, target, written, editable)


def missing_for_build(shell: Shell, directory: str) -> tuple[str, ...]:
    """Return the absolute paths of the files for whose lack the build of a project certainly fails."""
    project = Project(shell, directory)
    needs = (need.path.split("|") for need in project_payload(project).needs if not need.silent)
    lists = (["/" + project.at(path) for path in choices] for choices in needs)
    return tuple(choices[0] for choices in lists if all(shell.is_absent(choice) for choice in choices))


def check_needs(shell: Shell, project: Project, payload: Payload, forgiving: bool = False) -> None:
    """Note the files without which the build of the project fails, or installs less than it should."""
    for need in payload.needs:
        choices = ["/" + project.at(path) for path in need.path.split("|")]
        if all(shell.is_absent(choice) for choice in choices):
            best = next((c for c in choices if shell.scene.has_source(c.lstrip("/"))), choices[0])
            shell.need(best, project.location(need.file, need.line), need.silent or forgiving)


def place_file(shell: Shell, entry: FileEntry | None, path: str) -> None:
    """Put a file of the project at a tree path."""
    if entry is None:
        return
    path = path.lstrip("/")
    shell.tree.make_parents(path, shell.entry(path, "dir"))
    shell.tree.put(msgspec.structs.replace(entry, path=path, layer=shell.scene.layer))


def _spread_doubts(shell: Shell, directory: str, site: str, files: Mapping[str, str]) -> None:
    """What nobody knows about the project's directory, nobody knows about what was installed from it.

    What is unknown inside of a package that is installed, is so inside of that package there.
    """
    placed = {posixpath.dirname(source): posixpath.dirname(path) for path, source in files.items()}
    for part in tuple(shell.tree.unknown):
        if part.brings != "anything":
            continue
        if covers(part.path, directory):
            shell.touch(site, "anything", part.reason)
        elif covers(directory, part.path):
            parents = accumulate(part.path.split("/")[:-1], "{}/{}".format)
            package = max((each for each in parents if placed.get(each)), key=len, default="")
            inside = f"/{placed[package]}{part.path[len(package) :]}" if package else ""
            shell.touch(site + inside, "anything", part.reason)


def _write_scripts(shell: Shell, project: Project, target: Target) -> list[str]:
    """Write the console scripts that the project declares, as installers do; return what RECORD says."""
    written = []
    for name in PROJECT_FILES:
        text = (project.read(name) or b"").decode("utf-8", "replace")
        for script, reference in read_scripts(name, text).items():
            if write_script(shell, target, script, reference):
                written.append(f"../../../bin/{script}")
    return written


def _write_editable(shell: Shell, payload: Payload, target: Target) -> list[str]:
    name = re.sub(r"\W+", "_", payload.name) or "project"
    written = []
    if payload.developed is not None and _may_develop(target):
        payload = msgspec.structs.replace(payload, roots=(payload.developed,), redirects={})
    if payload.roots:
        text = "".join(f"/{root}\n" for root in payload.roots)
        write_text(shell, f"{target.site}/__editable__.{name}.pth", text)
        written.append(f"__editable__.{name}.pth")
    if payload.redirects:
        finder = f"__editable___{name}_finder"
        mapping = {module: "/" + path.removesuffix(".py") for module, path in payload.redirects.items()}
        write_text(shell, f"{target.site}/{finder}.py", f"MAPPING: dict[str, str] = {mapping!r}\n")
        write_text(shell, f"{target.site}/__editable__.{name}.pth", f"import {finder}; {finder}.install()\n")
        written += [f"__editable__.{name}.pth", f"{finder}.py"]
    return written


def _may_develop(target: Target) -> bool:
    """Tell whether pip may install a project without pyproject.toml as ``setup.py develop`` does.

    It does where setuptools and wheel are installed, until its release 25.3; Python 3.12 brings them no more.
    """
    minor = re.search(r"python3\.(\d+)/", target.site)
    return minor is None or int(minor[1]) < 12


def _write_metadata(
    shell: Shell, project: Project, payload: Payload, target: Target, written: list[str], editable: bool
) -> None:
    """Write what an installer says about the project beside it; one without a name has none."""
    name = payload.name or project.name
    if not name:
        return
    folder = f"{target.site}/{re.sub(r'[-_.]+', '_', name)}-{static_version(project)}.dist-info"
    requires = [line for line in project.table("project").get("dependencies") or () if isinstance(line, str)]
    head = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {static_version(project)}"]
    head += [f"Requires-Dist: {' '.join(line.split())}" for line in requires]
    texts = {"METADATA": "\n".join(head) + "\n"}
    info = {"editable": True} if editable else {}
    texts["direct_url.json"] = json.dumps({"url": f"file:///{project.path}", "dir_info": info})
    points = _entry_points(project)
    if points:
        texts["entry_points.txt"] = points
    if not payload.problem:
        inside = f"{folder}/".removeprefix(f"{target.site}/")
        rows = [*written, *(inside + file for file in (*texts, "RECORD"))]
        texts["RECORD"] = "".join(f"{path},,\n" for path in rows)
    for file, text in texts.items():
        write_text(shell, f"{folder}/{file}", text)


def _entry_points(project: Project) -> str:
    """Return what ``entry_points.txt`` says of the groups that the project declares beside its scripts."""
    lines: list[str] = []
    for name in PROJECT_FILES:
        text = (project.read(name) or b"").decode("utf-8", "replace")
        for group, points in read_entry_points(name, text).items():
            lines += [f"[{group}]", *(f"{point} = {target}" for point, target in points.items()), ""]
    return "".join(f"{line}\n" for line in lines)


def static_name(project: Project) -> str:
    """Return the normalised name of the distribution that the project's files state; empty if they do not."""
    config = parse_setup_config((project.read("setup.cfg") or b"").decode("utf-8", "replace"))
    script = parse_setup_script(project.read("setup.py") or b"")
    options = {**(script.options if script is not None else {}), **config.options}
    return normal_name(project.name or str(options.get("name") or ""))


def static_version(project: Project) -> str:
    """Return the version that the project's files state; empty if only its backend knows."""
    for table in (project.table("project"), project.table("tool", "poetry")):
        if isinstance(table.get("version"), str):
            return str(table["version"])
    config = parse_setup_config((project.read("setup.cfg") or b"").decode("utf-8", "replace"))
    script = parse_setup_script(project.read("setup.py") or b"")
    for found in (config, script):
        version = found.options.get("version") if found is not None else None
        if isinstance(version, str) and re.fullmatch(r"[\w.!+-]+", version):
            return version
    return ""


def is_fetched(shell: Shell, directory: str) -> bool:
    """Tell whether a step put something into a directory that came from elsewhere."""
    return any(part.path and covers(part.path, directory) for part in shell.tree.unknown)


def is_project(shell: Shell, directory: str) -> bool:
    """Tell whether a directory says how it is built."""
    return any(shell.tree.locate(join(directory, name)).entry is not None for name in PROJECT_FILES)
