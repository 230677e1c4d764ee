"""PC207: libraries that a drawn image lacks, and those that a predicted one probably does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from paritycheck.cli import run
from tests.drawn import layer_tar, plain_tar, write_docker_archive, write_files
from tests.elffiles import elf
from tests.scenario import PYTHON

PROGRAM = elf("libc.so.6", interpreter="/lib64/ld-linux-x86-64.so.2")
SITE = "usr/local/lib/python3.12/site-packages"
COMPILED = f"{SITE}/psycopg2/_psycopg.cpython-312-x86_64-linux-gnu.so"
SYSTEM: dict[str, bytes] = {
    "usr/lib/x86_64-linux-gnu/libc.so.6": elf(soname="libc.so.6", defines=["GLIBC_2.34"]),
    "etc/debian_version": b"12.5\n",
    f"{SITE}/psycopg2/__init__.py": b"from psycopg2._psycopg import connect\n",
    COMPILED: elf("libpq.so.5", "libc.so.6"),
    f"{SITE}/psycopg2-2.9.9.dist-info/METADATA": b"Metadata-Version: 2.1\nName: psycopg2\nVersion: 2.9.9\n",
    f"{SITE}/psycopg2-2.9.9.dist-info/top_level.txt": b"psycopg2\n",
}
LIBPQ = {"usr/lib/x86_64-linux-gnu/libpq.so.5": elf("libc.so.6", soname="libpq.so.5")}


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VIRTUAL_ENV", raising=False)


def against_image(
    directory: Path, sources: Mapping[str, str], image: Mapping[str, bytes]
) -> list[dict[str, Any]]:
    """Check a checkout of these sources, all below app/, against an image that has them in /srv."""
    code = {f"app/{path}": text.encode() for path, text in sources.items()}
    write_files(directory / "checkout", code)
    files = {**image, **{f"srv/{path}": data for path, data in code.items()}}
    program = {"usr/local/bin/python3.12": PROGRAM}
    skeleton = layer_tar(PYTHON.format(version="3.12", digits="312"), program)
    config = {"Cmd": ["python", "-m", "app.main"], "WorkingDir": "/srv", "Env": ["PATH=/usr/local/bin"]}
    archive = directory / "image.tar"
    write_docker_archive(
        archive, [skeleton, plain_tar(files)], config=config, tags=["localhost/drawn:latest"]
    )
    return findings(directory, "-i", f"docker-archive:{archive}")


def findings(directory: Path, *flags: str) -> list[dict[str, Any]]:
    report = directory / "report.json"
    run(["check", str(directory / "checkout"), "--format", "json", "--output", str(report), *flags])
    found: list[dict[str, Any]] = json.loads(report.read_text())["findings"]
    return [each for each in found if each["code"] == "PC207"]


def names(finding: Mapping[str, Any], kind: str) -> list[str]:
    return [item["name"] for item in finding["items"] if item["kind"] == kind]


def test_a_library_that_is_not_there(tmp_path: Path) -> None:
    sources = {"main.py": "from app import orders\n", "orders.py": "import os\n\nimport psycopg2\n"}

    (found,) = against_image(tmp_path, sources, SYSTEM)

    assert found["severity"] == "error"
    assert names(found, "library") == ["libpq.so.5"]
    assert names(found, "distribution") == ["psycopg2"]
    assert names(found, "module") == ["psycopg2._psycopg"]
    assert (
        found["hint"] == "Install it in the final stage: `apt-get install -y --no-install-recommends libpq5`."
    )
    (importer,) = found["imported_by"]
    assert (importer["path"], importer["line"], importer["context"]) == ("app/orders.py", 3, "module")
    assert importer["chain"] == ["app.main", "app.orders", "psycopg2"]


@pytest.mark.parametrize(
    ("main", "severity"),
    [
        ("import psycopg2\n", "error"),
        ("def connect():\n    import psycopg2\n", "error"),
        ("try:\n    import psycopg2\nexcept ImportError:\n    psycopg2 = None\n", "warning"),
        ("PLUGIN = 'psycopg2'\n", "warning"),  # nobody can import it
    ],
)
def test_how_sure_it_is(tmp_path: Path, main: str, severity: str) -> None:
    (found,) = against_image(tmp_path, {"main.py": main}, SYSTEM)
    assert found["severity"] == severity


@pytest.mark.parametrize(
    "more",
    [
        LIBPQ,
        {
            COMPILED: elf("libpq.so.5", runpath="$ORIGIN/../psycopg2.libs"),
            f"{SITE}/psycopg2.libs/libpq.so.5": elf(),
        },
        {f"{SITE}/libpq_carrier/lib/libpq.so.5": elf()},
        {COMPILED: elf("libcuda.so.1")},
        {f"{SITE}/psycopg2/__init__.py": b"try:\n    import psycopg2._psycopg\nexcept ImportError: ...\n"},
        {COMPILED: b"\x7fELF, cut short"},
    ],
    ids=[
        "installed",
        "in the wheel",
        "of another distribution",
        "of the driver",
        "done without",
        "unreadable",
    ],
)
def test_what_is_quiet(tmp_path: Path, more: dict[str, bytes]) -> None:
    assert against_image(tmp_path, {"main.py": "import os\n"}, {**SYSTEM, **more}) == []


def test_the_wrong_machine_and_a_newer_libc(tmp_path: Path) -> None:
    source = {"main.py": "import psycopg2\n"}
    arm = {**SYSTEM, COMPILED: elf("libc.so.6", machine="aarch64")}
    (found,) = against_image(tmp_path / "arm", source, arm)
    assert "is for aarch64" in found["message"]
    newer = {**SYSTEM, COMPILED: elf("libc.so.6", versions={"libc.so.6": ["GLIBC_2.38"]})}
    (found,) = against_image(tmp_path / "newer", source, newer)
    assert "libc.so.6 in the image does not have GLIBC_2.38" in found["message"]
    assert "same base" in found["hint"]


METADATA = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n"
MAGIC = {
    f"{SITE}/magic/__init__.py": b"from . import loader\nloader.load()\n",
    f"{SITE}/magic/loader.py": b"import ctypes.util\n\ndef load():\n    ctypes.util.find_library('magic')\n",
    f"{SITE}/python_magic-0.4.dist-info/METADATA": METADATA.format("python-magic", "0.4").encode(),
    f"{SITE}/python_magic-0.4.dist-info/top_level.txt": b"magic\n",
}


def test_a_library_that_a_distribution_opens(tmp_path: Path) -> None:
    image = {**SYSTEM, **LIBPQ, **MAGIC}
    (found,) = against_image(tmp_path / "without", {"main.py": "import magic\n"}, image)
    assert found["severity"] == "error"
    assert names(found, "library") == ["libmagic.so.1"]
    there = {**image, "usr/lib/x86_64-linux-gnu/libmagic.so.1": elf()}
    assert against_image(tmp_path / "with", {"main.py": "import magic\n"}, there) == []


@pytest.mark.parametrize(
    ("main", "severity"),
    [
        ("import ctypes\n\nZBAR = ctypes.CDLL('libzbar.so.0')\n", "error"),
        ("import ctypes\n\ntry:\n    ctypes.CDLL('libzbar.so.0')\nexcept OSError:\n    pass\n", "warning"),
        ("import ctypes.util\n\nNAME = ctypes.util.find_library('zbar')\n", "warning"),
        ("import ctypes, sys\n\nif sys.platform == 'win32':\n    ctypes.CDLL('libzbar.so.0')\n", ""),
        ("import ctypes\n\nctypes.CDLL('zbar.dll')\n", ""),
        ("import ctypes\n\nctypes.CDLL('libc.so.6')\n", ""),
    ],
)
def test_a_library_that_the_application_opens(tmp_path: Path, main: str, severity: str) -> None:
    found = against_image(tmp_path, {"main.py": main}, {**SYSTEM, **LIBPQ})
    assert [each["severity"] for each in found] == ([severity] if severity else [])
    for each in found:
        assert each["locations"][0]["path"] == "app/main.py"
        assert "zbar" in names(each, "library")[0]


BUILDER = """
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -y gcc libpq-dev
COPY requirements.txt .
RUN python -m venv /venv && /venv/bin/pip install -r requirements.txt
FROM python:3.12-slim
{run}
COPY --from=build /venv /venv
COPY app /srv/app
WORKDIR /srv
CMD ["/venv/bin/python", "-m", "app.main"]
"""
ONE = """
FROM {base}
COPY requirements.txt .
RUN {run}
COPY app /srv/app
WORKDIR /srv
CMD ["python", "-m", "app.main"]
"""
PIP = "pip install -r requirements.txt"
PURGE = "apt-get purge -y --auto-remove libpq-dev"


@pytest.mark.parametrize(
    ("containerfile", "line"),
    [
        (BUILDER.format(run=""), 6),
        (BUILDER.format(run="RUN apt-get install -y libpq5"), 0),
        (BUILDER.format(run="RUN apt-get install -y curl"), 7),
        (ONE.format(base="python:3.12-slim", run=f"apt-get install -y libpq-dev && {PIP}"), 0),
        (ONE.format(base="python:3.12", run=PIP), 0),
        (ONE.format(base="somebody/python:3", run=PIP), 0),
        (
            ONE.format(
                base="python:3.12-slim",
                run=f"apt-get install -y libpq-dev && {PIP} && {PURGE}",
            ),
            4,
        ),
        (
            ONE.format(
                base="python:3.12-slim",
                run=f"apt-get install -y libpq-dev libpq5 && {PIP} && {PURGE}",
            ),
            0,
        ),
        (
            ONE.format(
                base="python:3.12-alpine", run=f"apk add -t .b gcc postgresql-dev && {PIP} && apk del .b"
            ),
            4,
        ),
        (
            ONE.format(
                base="python:3.12-alpine",
                run=f"apk add libpq && apk add --virtual .b gcc postgresql-dev && {PIP} && apk del .b",
            ),
            0,
        ),
    ],
    ids=[
        "left in the builder", "installed in the end", "another package", "with the headers", "a full base",
        "an unknown base", "purged", "named itself", "virtual group", "beside the group",
    ],
)  # fmt: skip
def test_what_a_prediction_presumes(tmp_path: Path, containerfile: str, line: int) -> None:
    files = {
        "app/main.py": b"import psycopg2\n",
        "requirements.txt": b"psycopg2==2.9.9\n",
        "Containerfile": containerfile.encode(),
    }
    write_files(tmp_path / "checkout", files)

    found = findings(tmp_path)

    assert [(each["severity"], each["locations"][0]["line"]) for each in found] == (
        [("warning", line)] if line else []
    )
    for each in found:
        assert names(each, "library") == ["libpq.so.5"]
        assert each["locations"][0]["path"] == "Containerfile"
        assert each["imported_by"][0]["path"] == "app/main.py"


@pytest.mark.parametrize(
    ("requirements", "expected"),
    [
        ("psycopg2==2.9.9\n", [("warning", ["libpq.so.5"], "requirements.txt")]),
        ("psycopg2-binary==2.9.9\n", []),
        ("opencv-python==4.9\n", []),  # comes with more than is used of it
    ],
    ids=["a driver", "with its library", "no driver"],
)
def test_a_driver_that_only_a_setting_names(
    tmp_path: Path, requirements: str, expected: list[tuple[str, list[str], str]]
) -> None:
    files = {
        "app/main.py": b"DATABASE = {'driver': 'psycopg2'}\n",
        "requirements.txt": requirements.encode(),
        "Containerfile": BUILDER.format(run="").encode(),
    }
    write_files(tmp_path / "checkout", files)

    found = findings(tmp_path)

    assert [(each["severity"], names(each, "library"), each["locations"][1]["path"]) for each in found] == (
        expected
    )
