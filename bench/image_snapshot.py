"""An image snapshot through the local store, against walking the mounted image and against exporting it.

The image is PARITYCHECK_BENCH_IMAGE, by default the one of the folder `image`. `find` names files without
looking at them, the kernel's directories suffice; `find -printf` tells of each what a snapshot holds too.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from pathlib import Path

from run import Contest, Settings

from paritycheck.capture.image.hosts import EngineHosts
from paritycheck.capture.image.sources import open_image

PODMAN = ("podman", "--remote=false")
MADE = "localhost/paritycheck-bench/image:latest"
FACTS = "find -printf, the same facts"
NAMES = "find, names only"
EXPORT = "podman export | tar t"


def podman(*arguments: str) -> str:
    return subprocess.run([*PODMAN, *arguments], check=True, capture_output=True, text=True).stdout.strip()


def read_store(image: str) -> str:
    """Capture the image as every command does; return what is in it."""
    hosts = EngineHosts(storage_conf=os.environ.get("CONTAINERS_STORAGE_CONF"))
    with open_image(f"containers-storage:{image}", hosts) as snapshot:
        return f"{len(snapshot.tree):,} entries, {len(snapshot.environment.distributions)} distributions"


def find(mounted: str, *flags: str) -> None:
    subprocess.run(["find", mounted, *flags], check=True, stdout=subprocess.DEVNULL)


def export(container: str) -> None:
    with subprocess.Popen([*PODMAN, "export", container], stdout=subprocess.PIPE) as exporting:
        subprocess.run(["tar", "t"], check=True, stdin=exporting.stdout, stdout=subprocess.DEVNULL)


def whole_command(image: str, **variables: str) -> None:
    command = ["paritycheck", "snapshot", f"containers-storage:{image}", "-o", os.devnull]
    subprocess.run(command, check=True, capture_output=True, env={**os.environ, **variables})


def contests(_settings: Settings) -> Iterator[Contest]:
    image = os.environ.get("PARITYCHECK_BENCH_IMAGE", MADE)
    if image == MADE:
        flags = shlex.split(os.environ["PARITYCHECK_BUILD_FLAGS"])
        podman("build", *flags, "-q", "-t", MADE, str(Path(__file__).parent / "image"))
    mounted = podman("image", "mount", image)
    container = podman("create", image)
    try:
        yield Contest(
            subject=f"image of {read_store(image)}",
            commands={
                "snapshot through the store, in process": lambda: read_store(image),
                FACTS: lambda: find(mounted, "-printf", "%P %y %s %m %U %G %l\n"),
                NAMES: lambda: find(mounted),
                EXPORT: lambda: export(container),
            },
            limits={FACTS: 3.0, NAMES: 3.0, EXPORT: 0.1},
        )
        yield Contest(
            subject="the same as a document, with the digest and the imports of every application file",
            commands={
                "paritycheck snapshot, no cache": lambda: whole_command(image, PARITYCHECK_NO_CACHE="1"),
                "paritycheck snapshot, cached": lambda: whole_command(image),
                EXPORT: lambda: export(container),
            },
            once=(EXPORT,),
        )
    finally:
        podman("rm", container)
        podman("image", "unmount", image)
