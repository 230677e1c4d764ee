"""Which files of an image are the application's, where distributions lie beside them."""

from __future__ import annotations

from pathlib import Path

from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import open_image
from tests.drawn import write_docker_archive

DRAWING = r"""
deps/
  click/
    __init__.py
  click-8.1.dist-info/
    METADATA | Metadata-Version: 2.1\nName: click\nVersion: 8.1\n
    RECORD | click/__init__.py,,\nclick-8.1.dist-info/METADATA,,\nclick-8.1.dist-info/RECORD,,\n
app/
  main.py | import click\n
opt/
  venv/
    lib/
      python3.12/
        site-packages/
          shop/
            __init__.py
          shop-1.0.dist-info/
            METADATA | Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n
            RECORD | shop/__init__.py,,\n
            direct_url.json | {"url": "file:///src", "dir_info": {}}
          fork/
            __init__.py
          fork-1.0.dist-info/
            RECORD | fork/__init__.py,,\n
            direct_url.json | {"url": "https://example.invalid/fork", "vcs_info": {"vcs": "git"}}
"""


def test_what_others_distributions_brought_is_not_the_application(tmp_path: Path) -> None:
    archive = write_docker_archive(tmp_path / "image.tar", [DRAWING], config={"WorkingDir": "/app"})
    with open_image(f"docker-archive:{archive}", EngineHosts()) as snapshot:
        found = set(snapshot.application_modules)
    # --target leaves click among the application's files; `pip install .` puts shop among the system's.
    assert found == {"app/main.py", "opt/venv/lib/python3.12/site-packages/shop/__init__.py"}
