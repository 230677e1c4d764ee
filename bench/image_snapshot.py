"""An image snapshot through the local store, against walking the mounted image and against exporting it.

The image is PARITYCHECK_BENCH_IMAGE, by default one made here with the size of a large application's.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from run import Contest

from paritycheck.capture.hosts import EngineHosts
from paritycheck.capture.sources import open_image

PODMAN = ("podman", "--remote=false")
MADE = "localhost/paritycheck-bench/image:latest"
# What a snapshot holds too: kind, size, mode and link target, which cost find a look at every file.
FACTS = "find on the mounted image"
# 60,000 files and about 1 GB in three layers: a third modules, the rest data.
WRITE = "import os; [(os.makedirs(f'/srv/{0}/{{d}}'), [{1} for n in range(100)]) for d in range(200)]"
FILE = "open(f'/srv/{0}/{{d}}/{{n}}' + ('.py' if n % 3 else '.dat'), 'w').write('#' * (n % 3 or 50) * 1000)"
RECIPE = "FROM localhost/python:slim\n" + "".join(
    f'RUN python3 -c "{WRITE.format(layer, FILE.format(layer))}"\n' for layer in range(3)
)


def podman(*arguments: str, given: str | None = None) -> str:
    return subprocess.run(
        [*PODMAN, *arguments], input=given, check=True, capture_output=True, text=True
    ).stdout.strip()


def read_store(image: str) -> int:
    """Every file of the image, stacked from its layers."""
    hosts = EngineHosts(storage_conf=os.environ.get("CONTAINERS_STORAGE_CONF"))
    with open_image(f"containers-storage:{image}", hosts) as snapshot:
        return len(snapshot.tree)


def find(mounted: str, *flags: str) -> None:
    subprocess.run(["find", mounted, *flags], check=True, stdout=subprocess.DEVNULL)


def export(container: str) -> None:
    with subprocess.Popen([*PODMAN, "export", container], stdout=subprocess.PIPE) as exporting:
        subprocess.run(["tar", "t"], check=True, stdin=exporting.stdout, stdout=subprocess.DEVNULL)


@contextmanager
def contest() -> Iterator[Contest]:
    image = os.environ.get("PARITYCHECK_BENCH_IMAGE", MADE)
    if image == MADE:
        podman("build", "-q", "-t", MADE, "-f", "-", given=RECIPE)
    mounted = podman("image", "mount", image)
    container = podman("create", image)
    try:
        yield Contest(
            subject=f"{image}, {sum(len(files) for _, _, files in os.walk(mounted)):,} files",
            commands={
                "paritycheck, the store": lambda: read_store(image),
                FACTS: lambda: find(mounted, "-printf", "%y %s %m %p %l\n"),
                "find, names only": lambda: find(mounted),
                "podman export | tar t": lambda: export(container),
            },
            limits={FACTS: 3.0, "podman export | tar t": 0.1},
        )
    finally:
        podman("rm", container)
        podman("image", "unmount", image)
