"""The compiled files of a local environment."""

from __future__ import annotations

import os
from pathlib import Path

from paritycheck.capture.python.objects import local_objects
from paritycheck.model.environment import Distribution, Environment
from tests.elffiles import elf


def test_compiled_files_of_the_sites(tmp_path: Path) -> None:
    site = tmp_path / "site-packages"
    (site / "pkg").mkdir(parents=True)
    (site / "pkg/_fast.so").write_bytes(elf("libpq.so.5"))
    (site / "pkg/broken.so").write_bytes(b"nothing")
    (site / "pkg/__init__.py").write_bytes(b"")
    os.mkfifo(site / "pkg/waits.so")
    found = local_objects(Environment(distributions=(Distribution("pkg", "1", f"{site}/pkg-1.dist-info"),)))

    assert found.carried == (f"{site}/pkg/_fast.so", f"{site}/pkg/broken.so", f"{site}/pkg/waits.so")
    assert list(found) == [f"{site}/pkg/_fast.so"]
    assert found[f"{site}/pkg/_fast.so"].needed == ("libpq.so.5",)
    assert found.get("pkg/_fast.so") is None
    assert found.get(f"{site}/gone.so") is None
