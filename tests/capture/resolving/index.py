"""A package index on this machine: simple pages in JSON, and wheels made by the test."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import io
import json
import re
import tarfile
import threading
import zipfile
from collections.abc import Iterator, Mapping

import msgspec


class Index(msgspec.Struct):
    """A running index: ``url`` of its simple pages, ``asked`` the requests so far, ``files`` by name.

    ``uploaded`` are the times of files that are not of the beginning of 2020.
    """

    url: str
    files: dict[str, bytes]
    asked: list[str]
    ranges: bool = True
    uploaded: dict[str, str] = {}


def make_wheel(
    name: str,
    version: str,
    files: Mapping[str, str | bytes] | None = None,
    requires: tuple[str, ...] = (),
    tag: str = "py3-none-any",
) -> tuple[str, bytes]:
    """Return a wheel's file name and content."""
    folder = f"{name}-{version}.dist-info"
    metadata = [f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}"]
    metadata += [f"Requires-Dist: {each}" for each in requires]
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, content in (files or {f"{name}/__init__.py": ""}).items():
            archive.writestr(path, content)
        archive.writestr(f"{folder}/METADATA", "\n".join(metadata) + "\n")
        archive.writestr(f"{folder}/WHEEL", f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: {tag}\n")
        archive.writestr(f"{folder}/RECORD", "")
    return f"{name}-{version}-{tag}.whl", held.getvalue()


def make_source(
    name: str,
    version: str,
    files: Mapping[str, str | bytes] | None = None,
    requires: str = "",
) -> tuple[str, bytes]:
    """Return the name and content of a source archive as setuptools makes it."""
    info = f"{name}.egg-info"
    told = {
        f"{info}/PKG-INFO": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n",
        f"{info}/top_level.txt": f"{name}\n",
        **({f"{info}/requires.txt": requires} if requires else {}),
        "setup.py": "import this, must, never, run\n",
        f"{name}/__init__.py": "",
    }
    return f"{name}-{version}.tar.gz", make_tar(f"{name}-{version}", {**told, **(files or {})})


def make_tar(root: str, files: Mapping[str, str | bytes]) -> bytes:
    """Return a tar.gz of files below a directory; a content ``-> TARGET`` is a link."""
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        for path, content in files.items():
            member = tarfile.TarInfo(f"{root}/{path}")
            data = content.encode() if isinstance(content, str) else content
            if data.startswith(b"-> "):
                member.type, member.linkname = tarfile.SYMTYPE, data[3:].decode()
                archive.addfile(member)
            else:
                member.size = len(data)
                archive.addfile(member, io.BytesIO(data))
    return held.getvalue()


@contextlib.contextmanager
def serve(*files: tuple[str, bytes]) -> Iterator[Index]:
    """Run an index with these files until the block ends."""
    index = Index("", dict(files), [])

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True
        wbufsize = -1  # headers and body at once, or each answer waits for an acknowledgement

        def do_HEAD(self) -> None:
            self._answer(body=False)

        def do_GET(self) -> None:
            self._answer(body=True)

        def _answer(self, *, body: bool) -> None:
            index.asked.append(self.path)
            status, kind, data, extra = _respond(index, self.path, self.headers.get("Range", ""))
            self.send_response(status)
            for header, value in {"Content-Type": kind, "Content-Length": str(len(data)), **extra}.items():
                self.send_header(header, value)
            self.end_headers()
            if body:
                self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 (its own name)
            """Say nothing."""

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        index.url = f"http://127.0.0.1:{server.server_address[1]}/simple"
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield index
        finally:
            server.shutdown()
            thread.join()


def _respond(index: Index, path: str, wanted: str) -> tuple[int, str, bytes, dict[str, str]]:
    if path.startswith("/simple/"):
        name = path.removeprefix("/simple/").strip("/")
        files = [
            {
                "filename": file,
                "url": f"../../files/{file}",
                "upload-time": index.uploaded.get(file, "2020-01-01T00:00:00Z"),
                "hashes": {"sha256": hashlib.sha256(data).hexdigest()},
            }
            for file, data in index.files.items()
            if file.split("-")[0].replace("_", "-").lower() == name
        ]
        page = json.dumps({"meta": {"api-version": "1.0"}, "name": name, "files": files}).encode()
        return 200 if files else 404, "application/vnd.pypi.simple.v1+json", page, {}
    data = index.files.get(path.removeprefix("/files/"))
    if data is None:
        return 404, "text/plain", b"", {}
    span = re.fullmatch(r"bytes=(\d*)-(\d*)", wanted) if index.ranges else None
    if span is None:
        return 200, "application/octet-stream", data, {"Accept-Ranges": "bytes"} if index.ranges else {}
    first = int(span[1]) if span[1] else max(0, len(data) - int(span[2]))
    last = min(int(span[2]) if span[1] and span[2] else len(data) - 1, len(data) - 1)
    told = {"Content-Range": f"bytes {first}-{last}/{len(data)}", "Accept-Ranges": "bytes"}
    return 206, "application/octet-stream", data[first : last + 1], told
