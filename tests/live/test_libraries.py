"""Libraries of the system that a real image lacks: what we say, and what its own interpreter says."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from paritycheck.cli import run
from tests.live.conftest import HERE, build, run_podman

CHECKOUT = HERE / "images" / "libraries"
BROKEN = "localhost/paritycheck-live/libraries:broken"
REPAIRED = "localhost/paritycheck-live/libraries:repaired"
PACKAGES = {"libpq.so.5": "libpq5", "libmagic.so.1": "libmagic1"}


@pytest.fixture(scope="module")
def images() -> Iterator[None]:
    build(CHECKOUT, BROKEN)
    build(CHECKOUT, REPAIRED, f"--build-arg=RUNTIME={' '.join(PACKAGES.values())}")
    yield
    run_podman("image", "rm", "-f", BROKEN, REPAIRED)


def findings(directory: Path, image: str) -> list[dict[str, Any]]:
    checkout = directory / "checkout"  # outside of this repository, whose root it would be taken for
    shutil.copytree(CHECKOUT, checkout)
    report = directory / "report.json"
    run(["check", str(checkout), "--format", "json", "--output", str(report), "-i", image])
    return [found for found in json.loads(report.read_text())["findings"] if found["code"] == "PC207"]


def start(image: str, statement: str) -> subprocess.CompletedProcess[str]:
    command = [
        "podman",
        "--remote=false",
        "run",
        "--rm",
        "--network",
        "none",
        image,
        "python",
        "-c",
        statement,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


@pytest.mark.parametrize("road", ["", "docker-archive:", "oci-archive:"])
def test_what_is_missing(images: None, tmp_path: Path, road: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    reference = BROKEN
    if road:
        run_podman("save", "-q", "--format", road.rstrip(":"), "-o", str(tmp_path / "image.tar"), BROKEN)
        reference = f"{road}{tmp_path / 'image.tar'}"

    found = findings(tmp_path, reference)

    named = {item["name"]: each for each in found for item in each["items"] if item["kind"] == "library"}
    assert set(named) == set(PACKAGES)
    for library, finding in named.items():
        assert finding["severity"] == "error"
        assert finding["locations"][0]["path"] == "Containerfile"
        assert finding["locations"][0]["line"] in (7, 9)  # the final stage
        assert f"install -y --no-install-recommends {PACKAGES[library]}`" in finding["hint"]
    assert named["libpq.so.5"]["imported_by"][0]["path"] == "shop/orders.py"
    assert named["libpq.so.5"]["imported_by"][0]["line"] == 3
    assert named["libmagic.so.1"]["imported_by"][0]["path"] == "shop/files.py"


def test_what_the_container_says(images: None) -> None:
    crash = start(BROKEN, "import psycopg2")
    assert "ImportError: libpq.so.5: cannot open shared object file" in crash.stderr
    crash = start(BROKEN, "import magic")
    assert "ImportError: failed to find libmagic" in crash.stderr


def test_the_repaired_image_is_quiet(images: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)
    assert findings(tmp_path, REPAIRED) == []
    healthy = start(REPAIRED, "import shop.main")
    assert "started 2.0 magic" in healthy.stdout
