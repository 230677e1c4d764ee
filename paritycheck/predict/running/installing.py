"""Installing the project itself: how ``pip`` and its relatives put its modules onto a second road.

Source: pip ``install`` and ``wheel`` (local paths, ``-e``, ``--target``, ``--prefix``), uv ``pip install``
and ``sync``, poetry ``install``, pdm ``install``, pipenv ``sync``, PEP 660 for editable installs.
What else is installed is third-party: the site directory may hold more than is listed.
"""

from __future__ import annotations

import posixpath
import re

import msgspec

from paritycheck.model.tree import FileEntry, join
from paritycheck.parse.python.projectscripts import read_scripts
from paritycheck.predict.copying.landing import keep_inline
from paritycheck.predict.running.backendfiles import project_payload
from paritycheck.predict.running.installsites import active_venv, site_of
from paritycheck.predict.running.projecttree import Payload, Project
from paritycheck.predict.running.shellstate import Shell, covers

PROJECT_FILES = ("pyproject.toml", "setup.cfg", "setup.py")
WHEEL = b"stand-in for a wheel\n"  # begins the content of a wheel whose members we know


class Target(msgspec.Struct, frozen=True):
    """Where an install goes: the site directory, and the prefix that else gets something from it."""

    site: str
    prefix: str


def target_below(shell: Shell, prefix: str | None) -> Target:
    """Return the target for a virtual environment or prefix; ``None``: the system's Python."""
    site = site_of(shell, prefix)
    return Target(site, prefix if prefix is not None else posixpath.dirname(site).rpartition("/lib/")[0])


def current_target(shell: Shell, program: str = "") -> Target:
    """Return where a plain ``pip install`` goes."""
    return target_below(shell, active_venv(shell, program))


def bring_distributions(shell: Shell, target: Target) -> None:
    """Say that third-party files come to the target."""
    shell.make_directory(target.site)
    shell.touch(target.prefix, "distributions")
    shell.touch(target.site, "distributions")


def install_project(
    shell: Shell, directory: str, target: Target, editable: bool = False, forgiving: bool = False
) -> None:
    """Install the project at the tree path ``directory``; ``forgiving``: a failure to build it is ignored."""
    project = Project(shell, directory)
    payload = project_payload(project)
    check_needs(shell, project, payload, forgiving)
    bring_distributions(shell, target)
    _write_scripts(shell, project, target)
    if payload.problem:
        shell.touch(target.site, "anything", f"{payload.problem} ({shell.scene.location.text})")
        return
    if editable:
        _write_editable(shell, payload, target)
        return
    for path, source in payload.files.items():
        _place_file(shell, shell.tree.get(source), f"{target.site}/{path}")
    _spread_doubts(shell, directory, target.site)


def check_needs(shell: Shell, project: Project, payload: Payload, forgiving: bool = False) -> None:
    """Note the files without which the build of the project fails, or installs less than it should."""
    for need in payload.needs:
        choices = ["/" + project.at(path) for path in need.path.split("|")]
        if all(shell.is_absent(choice) for choice in choices):
            best = next((c for c in choices if shell.scene.has_source(c.lstrip("/"))), choices[0])
            shell.need(best, project.location(need.file, need.line), need.silent or forgiving)


def _place_file(shell: Shell, entry: FileEntry | None, path: str) -> None:
    if entry is None:
        return
    path = path.lstrip("/")
    shell.tree.make_parents(path, shell.entry(path, "dir"))
    shell.tree.put(msgspec.structs.replace(entry, path=path, layer=shell.scene.layer))


def _spread_doubts(shell: Shell, directory: str, site: str) -> None:
    """What nobody knows about the project's directory, nobody knows about what was installed from it."""
    for part in tuple(shell.tree.unknown):
        if part.brings == "anything" and (covers(part.path, directory) or covers(directory, part.path)):
            shell.touch(site, "anything", part.reason)


def _write_scripts(shell: Shell, project: Project, target: Target) -> None:
    """Write the console scripts that the project declares, as installers do."""
    for name in PROJECT_FILES:
        text = (project.read(name) or b"").decode("utf-8", "replace")
        for script, attribute in read_scripts(name, text).items():
            module, _, called = attribute.partition(":")
            called = called.partition("[")[0].strip()
            if "/" in script or not re.fullmatch(r"[\w.]+", module) or not re.fullmatch(r"[\w.]+", called):
                continue
            source = f"import sys\nfrom {module} import {called.partition('.')[0]}\nsys.exit({called}())\n"
            path = f"{target.prefix}/bin/{script}"
            _write(shell, path, f"#!/{target.prefix}/bin/python\n{source}", mode=0o755)


def _write_editable(shell: Shell, payload: Payload, target: Target) -> None:
    name = re.sub(r"\W+", "_", payload.name) or "project"
    if payload.roots:
        text = "".join(f"/{root}\n" for root in payload.roots)
        _write(shell, f"{target.site}/__editable__.{name}.pth", text)
    if payload.redirects:
        finder = f"__editable___{name}_finder"
        mapping = {module: "/" + path.removesuffix(".py") for module, path in payload.redirects.items()}
        _write(shell, f"{target.site}/{finder}.py", f"MAPPING: dict[str, str] = {mapping!r}\n")
        _write(shell, f"{target.site}/__editable__.{name}.pth", f"import {finder}; {finder}.install()\n")


def _write(shell: Shell, path: str, text: str, mode: int = 0o644) -> None:
    data = text.encode("utf-8", "surrogateescape")
    path = path.lstrip("/")
    shell.tree.make_parents(path, shell.entry(path, "dir"))
    digest = keep_inline(shell.tree, data)
    shell.tree.put(shell.entry(path, "file", size=len(data), digest=digest, mode=mode))


def pack_wheel(shell: Shell, directory: str, folder: str) -> None:
    """Build the project's wheel into the tree path ``folder``: a file that lists what it holds."""
    project = Project(shell, directory)
    payload = project_payload(project)
    check_needs(shell, project, payload)
    name = re.sub(r"[-_.]+", "_", payload.name) or "project"
    members = [
        msgspec.structs.replace(entry, path=path)
        for path, source in payload.files.items()
        if (entry := shell.tree.get(source)) is not None
    ]
    data = WHEEL + msgspec.json.encode({"problem": payload.problem, "members": members})
    shell.make_directory(folder)
    path = f"{folder}/{name}-0-py3-none-any.whl".lstrip("/")
    digest = keep_inline(shell.tree, data)
    shell.tree.put(shell.entry(path, "file", size=len(data), digest=digest))


class _Members(msgspec.Struct):
    problem: str
    members: list[FileEntry]


def install_wheel(shell: Shell, path: str, target: Target) -> None:
    """Install the wheel at a tree path; one that we did not build brings what it likes."""
    bring_distributions(shell, target)
    entry = shell.tree.get(path)
    if entry is None:
        name = posixpath.basename(path).partition("-")[0].lower()
        folder = posixpath.dirname(path)
        for other in shell.tree.children(folder):
            if other.endswith("-0-py3-none-any.whl") and other.lower().startswith(name + "-"):
                entry = shell.tree.get(f"{folder}/{other}".lstrip("/"))
    data = shell.tree.inline.get(entry.digest, b"") if entry is not None else b""
    if not data.startswith(WHEEL):
        if entry is None or entry.source:
            what = entry.source if entry is not None else "/" + path
            shell.touch(target.site, "anything", f"what {what} holds is not known")
        return
    wheel = msgspec.json.decode(data[len(WHEEL) :], type=_Members)
    if wheel.problem:
        shell.touch(target.site, "anything", wheel.problem)
    for member in wheel.members:
        _place_file(shell, member, f"{target.site}/{member.path}")


def is_project(shell: Shell, directory: str) -> bool:
    """Tell whether a directory says how it is built."""
    return any(shell.tree.locate(join(directory, name)).entry is not None for name in PROJECT_FILES)
