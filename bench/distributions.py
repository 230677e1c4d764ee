"""An image of 400 distributions and its checkout compared: through the local store, and from an archive.

The application has 2,000 modules that import forty of the distributions; one of what it imports is not in
the image. `pip inspect` reads the same metadata from the mounted image, and nothing of any application;
`tar t` lists the layers of the archive, which has to be read as a whole where there is no store.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from image_snapshot import FACTS, find, podman, read_store
from run import Contest, Settings

from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import open_image

HERE = Path(__file__).parent
IMAGE = "localhost/paritycheck-bench/distributions:latest"
INSPECT = "pip inspect, of the mounted image"
CONTAINERFILE = """\
FROM localhost/python:slim
WORKDIR /app
COPY requirements.txt small.txt ./
RUN pip install --no-cache-dir -r requirements.txt
RUN pip install --no-cache-dir --no-deps -r small.txt
COPY . .
CMD ["python3", "-m", "shop.main"]
"""
IMPORTED = (
    "django", "rest_framework", "celery", "redis", "psycopg2", "sqlalchemy", "alembic", "fastapi",
    "uvicorn", "gunicorn", "flask", "jinja2", "requests", "httpx", "aiohttp", "boto3", "botocore",
    "numpy", "pandas", "scipy", "sklearn", "matplotlib", "sympy", "networkx", "PIL", "sphinx",
    "cryptography", "paramiko", "kubernetes", "pydantic", "rich", "typer", "lxml", "bs4", "openpyxl",
    "structlog", "arrow", "marshmallow", "peewee", "tenacity",
)  # fmt: skip


def make_checkout(root: Path) -> Path:
    """Write the application: forty packages of fifty modules; the last one imports what nobody installs."""
    for name in ("requirements.txt", "small.txt"):
        shutil.copy(HERE / "image" / name, root / name)
    (root / "Containerfile").write_text(CONTAINERFILE)
    package = root / "shop"
    package.mkdir()
    (package / "__init__.py").touch()
    parts = [f"part{number}" for number in range(40)]
    for part, wanted in zip(parts, IMPORTED, strict=True):
        (package / part).mkdir()
        imports = "".join(f"from shop.{part} import m{number}\n" for number in range(50))
        (package / part / "__init__.py").write_text(imports)
        for number in range(50):
            (package / part / f"m{number}.py").write_text(f"import json\nimport {wanted}\n")
    (package / part / "m49.py").write_text("import zope.interface\n")
    (package / "main.py").write_text("".join(f"import shop.{part}\n" for part in parts))
    return root


def check(checkout: Path, reference: str) -> None:
    command = ["paritycheck", "check", str(checkout), "-i", reference, "-o", os.devnull]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 1:
        raise RuntimeError(f"{shlex.join(command)} ended with {done.returncode}: {done.stderr}")


def read_archive(archive: Path) -> None:
    with open_image(f"docker-archive:{archive}", EngineHosts()) as snapshot:
        _ = snapshot.environment.distributions


def list_archive(archive: Path) -> None:
    """List the names in every layer, as one who has no store must."""
    script = f"tar xOf {archive} --wildcards '*.tar' | tar tf - --ignore-zeros"
    subprocess.run(["sh", "-c", script], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def inspect(site: str) -> None:
    command = [sys.executable, "-m", "pip", "inspect", "--path", site]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def contests(_settings: Settings) -> Iterator[Contest]:
    with tempfile.TemporaryDirectory(prefix="paritycheck-bench-") as directory:
        checkout = Path(directory, "checkout")
        checkout.mkdir()
        make_checkout(checkout)
        flags = shlex.split(os.environ["PARITYCHECK_BUILD_FLAGS"])
        podman("build", *flags, "-q", "-t", IMAGE, str(checkout))
        archive = Path(directory, "image.tar")
        podman("save", "-q", "--format", "docker-archive", "-o", str(archive), IMAGE)
        mounted = podman("image", "mount", IMAGE)
        site = next(Path(mounted).glob("usr/local/lib/python3.*/site-packages"))
        try:
            yield Contest(
                subject=f"image of {read_store(IMAGE)}: its snapshot",
                commands={
                    "snapshot through the store": lambda: read_store(IMAGE),
                    "snapshot from an archive": lambda: read_archive(archive),
                    FACTS: lambda: find(mounted, "-printf", "%P %y %s %m %U %G %l\n"),
                    INSPECT: lambda: inspect(str(site)),
                    "tar t of every layer of the archive": lambda: list_archive(archive),
                },
                limits={FACTS: 3.0, INSPECT: 1.0},
            )
            yield Contest(
                subject="the same compared with its checkout of 2,000 modules",
                commands={
                    "paritycheck check, store": lambda: check(checkout, f"containers-storage:{IMAGE}"),
                    "paritycheck check, archive": lambda: check(checkout, f"docker-archive:{archive}"),
                    INSPECT: lambda: inspect(str(site)),
                    "tar t of every layer of the archive": lambda: list_archive(archive),
                },
            )
        finally:
            podman("image", "unmount", IMAGE)
