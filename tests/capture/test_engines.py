"""Engines that answer over a socket, as far as a socket alone shows it: sent images, broken connections."""

from __future__ import annotations

import json
import socket
import socketserver
import tempfile
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar

import pytest

from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import open_image
from paritycheck.errors import SourceError
from tests.drawn import write_docker_archive

DRAWING = "app/\n  main.py | import os\n"
IMAGE_ID = "1" * 64


class Handler(BaseHTTPRequestHandler):
    """Answers as Podman's and Docker's services do for one image; ``sent`` of ``data`` really goes out."""

    data: ClassVar[bytes] = b""
    sent: ClassVar[int | None] = None

    def do_GET(self) -> None:
        if "/images/some%2Fimage/json" in self.path or "/images/some/image/json" in self.path:
            self.answer(json.dumps({"Id": IMAGE_ID, "id": IMAGE_ID, "RepoTags": []}).encode())
        elif f"/images/{IMAGE_ID}/json" in self.path:
            self.answer(json.dumps({"Id": IMAGE_ID, "RepoTags": []}).encode())
        elif "/version" in self.path:
            self.answer(b'{"ApiVersion": "1.41"}')
        elif self.path.partition("?")[0].endswith("/get"):
            self.answer(self.data, self.sent)
        else:
            self.answer(b'{"cause": "none", "message": "no such thing", "response": 404}', status=404)

    def answer(self, body: bytes, sent: int | None = None, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body[:sent])

    def address_string(self) -> str:
        return "socket"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        pass


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    scratch = tmp_path / "temporary"
    scratch.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(scratch))
    monkeypatch.setattr(Handler, "data", write_docker_archive(tmp_path / "x.tar", [DRAWING]).read_bytes())
    path = tmp_path / "s"
    with socketserver.ThreadingUnixStreamServer(str(path), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"unix://{path}"
        server.shutdown()
        thread.join()
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("transport", ["", "docker-daemon:"])
def test_an_engine_sends_the_image(transport: str, url: str) -> None:
    with open_image(f"{transport}some/image", EngineHosts(container_host=url, docker_host=url)) as found:
        assert list(found.tree.paths()) == ["app", "app/main.py"]
        assert [item.module for item in found.modules["app/main.py"].imports] == ["os"]


@pytest.mark.parametrize("transport", ["", "docker-daemon:"])
def test_the_connection_breaks_in_the_middle(
    transport: str, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Handler, "sent", 700)
    hosts = EngineHosts(container_host=url, docker_host=url)
    with (
        pytest.raises(SourceError, match=r"could not give us|cut short|in the middle") as caught,
        open_image(f"{transport}some/image", hosts),
    ):
        pytest.fail("half an image is none")
    assert caught.value.hint


@pytest.mark.parametrize(("transport", "hint"), [("", "podman images"), ("docker-daemon:", "docker images")])
def test_an_image_that_the_engine_does_not_have(transport: str, hint: str, url: str) -> None:
    hosts = EngineHosts(container_host=url, docker_host=url)
    with pytest.raises(SourceError, match="other") as caught, open_image(f"{transport}other", hosts):
        pytest.fail("there is no such image")
    assert hint in caught.value.hint


def test_a_file_given_as_a_name_is_pointed_out(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SourceError) as caught, open_image("x.tar", EngineHosts(container_host=url)):
        pytest.fail("there is no such image")
    assert "docker-archive:x.tar" in caught.value.hint


def test_a_socket_that_a_dead_service_left_is_passed_over(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left = tmp_path / "podman" / "podman.sock"
    left.parent.mkdir()
    with socket.socket(socket.AF_UNIX) as dead:
        dead.bind(str(left))
    monkeypatch.setattr("paritycheck.capture.image.podman.SYSTEM_SOCKET", url.removeprefix("unix://"))
    with open_image("some/image", EngineHosts(runtime_dir=str(tmp_path))) as found:
        assert "app/main.py" in found.tree
