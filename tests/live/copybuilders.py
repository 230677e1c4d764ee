"""The three real builders of a Debian machine, asked for the whole tree of an image."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from tests.live.conftest import setting

Tree = dict[str, tuple[str, str, int, int, int]]  # kind, content or target, mode, owner, group


class Refused(Exception):
    """The builder failed; the message ends with its last lines."""


def _run(command: list[str], **settings: str) -> str:
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, **settings}, timeout=120
    )
    if done.returncode:
        raise Refused(done.stderr[-1500:])
    return done.stdout


def build_with_podman(context: Path, scratch: Path) -> Tree:
    """Build in a store of its own beside ``scratch``: see :func:`take_down`."""
    output, place = scratch / "podman.tar", scratch.parent
    podman = ["podman", "--remote=false", "--root", f"{place}/store", "--runroot", f"{place}/run"]
    flags = ["--tmpdir", f"{place}/tmp", "build", "-q", "--output", f"type=tar,dest={output}"]
    _run([*podman, *flags, str(context)])
    return _stack([output])


def take_down(folder: Path) -> None:
    """Remove a folder with everything that a store below it still has mounted."""
    mounts = [line.split()[1] for line in Path("/proc/mounts").read_text().splitlines()]
    for mount in reversed(mounts):
        if mount.startswith(f"{folder}/"):
            subprocess.run(["umount", mount], capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)


def build_with_buildkit(context: Path, scratch: Path) -> Tree:
    output = scratch / "buildkit.tar"
    command = [setting("PARITYCHECK_DOCKER"), "build", "-q", "-o", f"type=tar,dest={output}", str(context)]
    _run(command, DOCKER_BUILDKIT="1")
    return _stack([output])


def build_with_docker(context: Path, scratch: Path) -> Tree:
    docker, saved = setting("PARITYCHECK_DOCKER"), scratch / "docker.tar"
    image = _run(
        [docker, "build", "-q", "--no-cache", "--force-rm", str(context)], DOCKER_BUILDKIT="0"
    ).strip()
    try:
        _run([docker, "save", "-o", str(saved), image])
    finally:
        _run([docker, "rmi", "-f", image])
    unpacked = scratch / "saved"
    with tarfile.open(saved) as archive:
        archive.extractall(unpacked, filter="data")
    layers = json.loads((unpacked / "manifest.json").read_text())[0]["Layers"]
    return _stack([unpacked / layer for layer in layers])


REAL_BUILDERS: dict[str, Callable[[Path, Path], Tree]] = {
    "podman": build_with_podman,
    "buildkit": build_with_buildkit,
    "docker": build_with_docker,
}


def _stack(layers: list[Path]) -> Tree:
    """Put layers on each other, whiteouts applied."""
    tree: Tree = {}
    for layer in layers:
        with tarfile.open(layer) as archive:
            members = archive.getmembers()
            for member in members:
                folder, _, name = member.name.strip("/").rpartition("/")
                if name.startswith(".wh."):
                    gone = folder if name == ".wh..wh..opq" else f"{folder}/{name[4:]}".lstrip("/")
                    keep = name == ".wh..wh..opq"
                    for path in list(tree):
                        if path.startswith(gone + "/") or (path == gone and not keep):
                            del tree[path]
            for member in members:
                _add(tree, archive, member)
    return tree


def _add(tree: Tree, archive: tarfile.TarFile, member: tarfile.TarInfo) -> None:
    path = member.name.removeprefix("./").strip("/")
    if not path or path == "." or path.rpartition("/")[2].startswith(".wh."):
        return
    owner = (stat.S_IMODE(member.mode), member.uid, member.gid)
    if not member.isdir():
        for below in [other for other in tree if other.startswith(path + "/")]:
            del tree[below]
    if member.isdir():
        tree[path] = ("dir", "", *owner)
    elif member.issym():
        tree[path] = ("link", member.linkname, 0o777, member.uid, member.gid)
    elif member.islnk():
        tree[path] = tree[member.linkname.strip("/")]
    else:
        content = archive.extractfile(member)
        tree[path] = ("file", content.read().decode("latin-1") if content else "", *owner)
