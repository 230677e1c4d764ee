"""Zip files on an image's search path: what is imported from them, and what a hostile one may not do."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import open_image
from paritycheck.predict.importing.finder import Finder
from paritycheck.predict.importing.outcome import Found, Outcome
from tests.drawn import layer_tar, write_docker_archive

SUFFIXES = (".so",)
MEMBERS = {
    "single.py": "import os\n",
    "pkg/__init__.py": "from .inner import x\n",
    "pkg/inner.py": "x = 1\n",
    "spread/": "",  # before Python 3.13 a namespace package has to be a member itself
    "spread/part.py": "",
    "compiled.so": "ELF",
    "cached.pyc": "",
    "data.txt": "",
}


def zipped(members: Mapping[str, str], before: bytes = b"", method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """Return a zip file with these members, behind other bytes as in a zipapp."""
    buffer = io.BytesIO(before)
    buffer.seek(0, io.SEEK_END)
    with zipfile.ZipFile(buffer, "w", method) as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    return buffer.getvalue()


def finds(directory: Path, content: bytes, entry: str, names: list[str]) -> dict[str, Outcome]:
    """Return what imports find in an image where ``content`` is ``/lib.zip``, linked to as ``/link.zip``."""
    drawing = "lib.zip\nlink.zip -> lib.zip\n"
    path = write_docker_archive(directory / "image.tar", [_layer(drawing, content)], config={})
    with open_image(f"docker-archive:{path}", EngineHosts()) as image:
        finder = Finder(image.tree, [entry], SUFFIXES, modules=image.modules, archives=image.archives)
        return {name: finder.find(name) for name in names}


def _layer(drawing: str, content: bytes) -> bytes:
    return layer_tar(drawing, {"lib.zip": content})


ASKED = ["single", "pkg", "pkg.inner", "spread", "spread.part", "compiled", "cached", "data", "pkg.no", "no"]


@pytest.mark.parametrize("entry", ["lib.zip", "link.zip"])
@pytest.mark.parametrize("before", [b"", b"#!/usr/bin/env python3\n"], ids=["zip", "zipapp"])
def test_what_the_interpreter_imports_from_an_archive(tmp_path: Path, entry: str, before: bytes) -> None:
    content = zipped(MEMBERS, before)
    ours = finds(tmp_path, content, entry, ASKED)
    (tmp_path / "lib.zip").write_bytes(content)
    script = (
        "import importlib.util, sys\nsys.path[:0] = [sys.argv[1]]\nfor name in sys.argv[2:]:\n"
        "    try: found = importlib.util.find_spec(name)\n"
        "    except ImportError: found = None\n"
        "    print(name, found is not None)\n"
    )
    command = [sys.executable, "-I", "-c", script, str(tmp_path / "lib.zip"), *ASKED]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    theirs = dict(zip(said[::2], (word == "True" for word in said[1::2]), strict=True))
    assert {name: isinstance(found, Found) for name, found in ours.items()} == theirs
    inner = ours["pkg.inner"]
    assert isinstance(inner, Found)
    assert inner.path == "lib.zip/pkg/inner.py"


def test_sources_in_an_archive_are_read(tmp_path: Path) -> None:
    path = write_docker_archive(tmp_path / "image.tar", [_layer("lib.zip\n", zipped(MEMBERS))], config={})
    with open_image(f"docker-archive:{path}", EngineHosts()) as image:
        assert image.modules["lib.zip/pkg/inner.py"].defines == ("x",)
        assert image.modules.get("lib.zip/pkg/other.py") is None
        assert image.modules.get("lib.zip/single.py/more.py") is None
        assert "lib.zip/pkg/inner.py" not in image.application_modules


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"no archive at all",
        zipped(MEMBERS)[:-30],
        b"PK\x05\x06" + b"\xff" * 18,
        zipped({"../single.py": "", "/single.py": "", "a/../single.py": "", "a//single.py": ""}),
        zipped({"single.py": "x"}, method=zipfile.ZIP_LZMA),
    ],
    ids=["empty", "text", "cut", "absurd", "outside", "another method"],
)
def test_hostile_archives_bring_nothing(tmp_path: Path, content: bytes) -> None:
    found = finds(tmp_path, content, "lib.zip", ["single"])
    assert not isinstance(found["single"], Found)


def test_a_member_that_unpacks_to_too_much_is_not_read(tmp_path: Path) -> None:
    content = zipped({"single.py": " " * (9 << 20)})
    path = write_docker_archive(tmp_path / "image.tar", [_layer("lib.zip\n", content)], config={})
    with open_image(f"docker-archive:{path}", EngineHosts()) as image:
        assert image.modules.get("lib.zip/single.py") is None
