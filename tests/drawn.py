"""Trees drawn as indented text, made into a FileTree, a directory, or a real image archive.

A drawing has one path a line, two spaces deeper for each directory::

    app/
      main.py | import os\\n           content; \\n, \\t, \\xNN and \\\\ are escapes
      run.sh (755) | #!/bin/sh\\n      permission bits
      empty.py
      latest -> main.py               symbolic link
      copy.py => app/main.py          hard link (in archives and on disk; path from the root)
      null !device                    also !fifo
      .wh.old.py                      a whiteout is a name like any other
    # a line that begins with # is a comment
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import os
import re
import tarfile
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import zstandard

from paritycheck.model.tree import FileEntry, FileTree, Kind

Packing = Literal["plain", "gzip", "zstd"]
LINE = re.compile(
    r"(?P<name>\S(?:.*?\S)??)"
    r"(?: \((?P<mode>[0-7]{3,4})\))?"
    r"(?: -> (?P<link>.+)| => (?P<hard>.+)| !(?P<special>device|fifo)| \| ?(?P<content>.*))?"
)
ESCAPE = re.compile(r"\\(n|t|r|\\|x[0-9a-fA-F]{2})")
PLAIN_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\"}


@dataclass(frozen=True)
class Drawn:
    """One path of a drawing. ``hard`` names the path that a hard link shares its content with."""

    path: str
    kind: Kind
    mode: int
    content: bytes = b""
    target: str = ""
    hard: str = ""
    special: str = ""


def draw(drawing: str, contents: Mapping[str, str | bytes] | None = None) -> tuple[Drawn, ...]:
    """Read a drawing. ``contents`` gives (or replaces) the content of files, by path."""
    more = dict(contents or {})
    found: list[Drawn] = []
    parents: list[tuple[int, str]] = []
    for number, line in enumerate(textwrap.dedent(drawing).splitlines(), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        depth = len(line) - len(line.lstrip())
        while parents and parents[-1][0] >= depth:
            parents.pop()
        if depth and not parents:
            raise ValueError(f"line {number} of the drawing is indented below nothing: {line!r}")
        item = _read_line(text, parents[-1][1] + "/" if parents else "", more)
        if item.kind == "dir":
            parents.append((depth, item.path))
        found.append(item)
    known = {item.path for item in found}
    strangers = sorted(set(more) - known)
    if strangers:
        raise ValueError(f"content for paths that are not drawn: {strangers}")
    return tuple(found)


def tree(drawing: str, contents: Mapping[str, str | bytes] | None = None, *, layer: int = -1) -> FileTree:
    """Return the drawing as a FileTree; hard links are files of their own, digests stay empty."""
    items = draw(drawing, contents)
    sizes = {item.path: len(item.content) for item in items}
    return FileTree(
        FileEntry(
            path=item.path,
            kind=item.kind,
            size=sizes[item.hard] if item.hard else len(item.content),
            mode=item.mode,
            target=item.target,
            layer=layer,
        )
        for item in items
    )


def write_directory(drawing: str, directory: Path, contents: Mapping[str, str | bytes] | None = None) -> Path:
    """Make the drawing below ``directory`` (created if need be) and return it."""
    directory.mkdir(parents=True, exist_ok=True)
    for item in draw(drawing, contents):
        path = directory / item.path
        path.parent.mkdir(parents=True, exist_ok=True)
        if item.kind == "dir":
            path.mkdir(exist_ok=True)
        elif item.kind == "link":
            path.symlink_to(item.target)
        elif item.hard:
            path.hardlink_to(directory / item.hard)
        elif item.special == "fifo":
            os.mkfifo(path)
        elif item.special:
            os.mknod(path, 0o20644, os.makedev(1, 3))
        else:
            path.write_bytes(item.content)
        if item.kind != "link":
            path.chmod(item.mode)
    return directory


def layer_tar(drawing: str, contents: Mapping[str, str | bytes] | None = None, *, prefix: str = "") -> bytes:
    """Return the drawing as an uncompressed tar; ``prefix`` (``./`` or ``/``) goes before every name."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for item in draw(drawing, contents):
            archive.addfile(_member(item, prefix), io.BytesIO(item.content))
    return buffer.getvalue()


def pack(data: bytes, packing: Packing) -> bytes:
    """Compress ``data``, reproducibly."""
    if packing == "gzip":
        return gzip.compress(data, mtime=0)
    if packing == "zstd":
        return zstandard.ZstdCompressor().compress(data)
    return data


def digest(data: bytes) -> str:
    """Return the digest of a blob as OCI writes it."""
    return "sha256:" + hashlib.sha256(data).hexdigest()


def config_blob(
    layers: Sequence[bytes], config: Mapping[str, Any] | None, history: Iterable[Mapping[str, Any]] | None
) -> bytes:
    """Return an image config document for uncompressed ``layers``; ``config`` is its ``config`` object."""
    if history is None:
        history = [{"created_by": f"layer {index}"} for index in range(len(layers))]
    return json.dumps(
        {
            "created": "2024-05-06T07:08:09Z",
            "architecture": "amd64",
            "os": "linux",
            "config": dict(config or {}),
            "rootfs": {"type": "layers", "diff_ids": [digest(layer) for layer in layers]},
            "history": list(history),
        }
    ).encode()


def write_docker_archive(
    path: Path,
    layers: Sequence[str | bytes],
    *,
    config: Mapping[str, Any] | None = None,
    history: Iterable[Mapping[str, Any]] | None = None,
    tags: Sequence[str] = ("localhost/drawn:latest",),
    packing: Packing = "plain",
    outer: Packing = "plain",
) -> Path:
    """Write what ``podman save`` writes; ``packing`` is for the layers, ``outer`` for the whole."""
    tars = [_as_tar(layer) for layer in layers]
    document = config_blob(tars, config, history)
    name = digest(document)[7:] + ".json"
    names = [digest(layer)[7:] + ".tar" for layer in tars]
    manifest = json.dumps([{"Config": name, "RepoTags": list(tags), "Layers": names}]).encode()
    files = {layer_name: pack(layer, packing) for layer_name, layer in zip(names, tars, strict=True)}
    path.write_bytes(pack(plain_tar({**files, name: document, "manifest.json": manifest}), outer))
    return path


def oci_files(
    layers: Sequence[str | bytes],
    *,
    config: Mapping[str, Any] | None = None,
    history: Iterable[Mapping[str, Any]] | None = None,
    refs: Sequence[str] = ("latest",),
    packing: Packing = "gzip",
) -> dict[str, bytes]:
    """Return the files of an OCI image layout that holds one image under the names ``refs``."""
    tars = [_as_tar(layer) for layer in layers]
    document = config_blob(tars, config, history)
    blobs = {digest(document): document}
    descriptors = []
    media = (
        "application/vnd.oci.image.layer.v1.tar" + {"plain": "", "gzip": "+gzip", "zstd": "+zstd"}[packing]
    )
    for layer in tars:
        blob = pack(layer, packing)
        blobs[digest(blob)] = blob
        descriptors.append({"mediaType": media, "digest": digest(blob), "size": len(blob)})
    manifest = json.dumps(
        {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {
                "mediaType": "application/vnd.oci.image.config.v1+json",
                "digest": digest(document),
                "size": len(document),
            },
            "layers": descriptors,
        }
    ).encode()
    blobs[digest(manifest)] = manifest
    index = {
        "schemaVersion": 2,
        "manifests": [
            {
                "mediaType": "application/vnd.oci.image.manifest.v1+json",
                "digest": digest(manifest),
                "size": len(manifest),
                **({"annotations": {"org.opencontainers.image.ref.name": ref}} if ref else {}),
            }
            for ref in refs or ("",)
        ],
    }
    return {
        "oci-layout": b'{"imageLayoutVersion": "1.0.0"}',
        "index.json": json.dumps(index).encode(),
        **{"blobs/" + name.replace(":", "/"): blob for name, blob in blobs.items()},
    }


def write_files(directory: Path, files: Mapping[str, bytes]) -> Path:
    """Write ``files`` (relative path -> content) below ``directory`` and return it."""
    for name, data in files.items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    return directory


def plain_tar(files: Mapping[str, bytes]) -> bytes:
    """Return a tar of regular files, in the order given."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def write_oci_layout(directory: Path, layers: Sequence[str | bytes], **options: Any) -> Path:
    """Write an OCI image layout directory; options as for :func:`oci_files`."""
    return write_files(directory, oci_files(layers, **options))


def write_oci_archive(
    path: Path, layers: Sequence[str | bytes], *, outer: Packing = "plain", **options: Any
) -> Path:
    """Write an OCI image layout as one tar; options as for :func:`oci_files`."""
    path.write_bytes(pack(plain_tar(oci_files(layers, **options)), outer))
    return path


def _read_line(text: str, parent: str, contents: dict[str, str | bytes]) -> Drawn:
    match = LINE.fullmatch(text)
    assert match is not None
    path = parent + match["name"].rstrip("/")
    mode = int(match["mode"], 8) if match["mode"] else 0
    if match["name"].endswith("/"):
        return Drawn(path, "dir", mode or 0o755)
    if match["link"]:
        return Drawn(path, "link", 0o777, target=match["link"])
    if match["special"]:
        return Drawn(path, "other", mode or 0o644, special=match["special"])
    content = contents[path] if path in contents else ESCAPE.sub(_unescape, match["content"] or "")
    data = content.encode() if isinstance(content, str) else content
    return Drawn(path, "file", mode or 0o644, data, hard=match["hard"] or "")


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code[1:], 16)) if code.startswith("x") else PLAIN_ESCAPES[code]


def _member(item: Drawn, prefix: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(prefix + item.path)
    member.mode = item.mode
    member.mtime = 1_700_000_000
    if item.kind == "dir":
        member.type = tarfile.DIRTYPE
    elif item.kind == "link":
        member.type, member.linkname = tarfile.SYMTYPE, item.target
    elif item.hard:
        member.type, member.linkname = tarfile.LNKTYPE, prefix + item.hard
    elif item.special:
        member.type = tarfile.FIFOTYPE if item.special == "fifo" else tarfile.CHRTYPE
        member.devmajor, member.devminor = 1, 3
    else:
        member.size = len(item.content)
    return member


def _as_tar(layer: str | bytes) -> bytes:
    return layer_tar(layer) if isinstance(layer, str) else layer
