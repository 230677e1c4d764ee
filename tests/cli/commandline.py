"""The command line as a user meets it: a checkout, the archive of its image, and what a run leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from paritycheck.cli import run
from tests.drawn import layer_tar, plain_tar, write_docker_archive
from tests.scenario import PYTHON, commit

FILES = {
    "Containerfile": 'FROM scratch\nWORKDIR /srv\nCOPY app app\nCMD ["python3", "-m", "app.main"]\n',
    "app/__init__.py": "",
    "app/main.py": "from app import views\n",
    "app/views.py": "import json\n",
}
CONFIG = {"Env": ["PATH=/usr/local/bin"], "WorkingDir": "/srv", "Cmd": ["python3", "-m", "app.main"]}


@dataclass(frozen=True)
class Ran:
    """What one run of the command line did."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """What stdout holds, read as JSON."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Place:
    """A directory with a committed ``checkout``, its ``image.tar`` and an empty ``temporary``."""

    root: Path
    capture: pytest.CaptureFixture[str]

    @property
    def checkout(self) -> Path:
        return self.root / "checkout"

    @property
    def temporary(self) -> Path:
        return self.root / "temporary"

    @property
    def image(self) -> str:
        """The image that was built from a clean clone of the checkout."""
        return f"docker-archive:{self.root / 'image.tar'}"

    def write(self, files: dict[str, str]) -> None:
        """Write files of the checkout, with the directories above them."""
        for name, text in files.items():
            path = self.checkout / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    def run(self, *words: str) -> Ran:
        """Run in this process, in the current directory; nothing may be left in the temporary directory."""
        self.capture.readouterr()
        code = run(words)
        out, err = self.capture.readouterr()
        assert list(self.temporary.iterdir()) == [], "something was left behind"
        return Ran(code, out, err)

    def refused(self, *words: str) -> str:
        """Run what cannot be answered; returns the message, which must be one, clear and alone."""
        ran = self.run(*words)
        check_refusal(ran)
        return ran.err


def check_refusal(ran: Ran) -> None:
    """Assert what holds for every refusal: exit code 2, a message with a next step, nothing else."""
    assert (ran.code, ran.out) == (2, ""), ran
    message, *hint = ran.err.splitlines()
    assert message.startswith("paritycheck: "), ran.err
    assert len(hint) == 1, ran.err
    assert hint[0].startswith("  "), ran.err
    assert hint[0].strip(), ran.err
    assert "Traceback" not in ran.err
    assert "a bug in paritycheck" not in ran.err


def run_program(*words: str, cwd: Path, temporary: Path, **variables: str) -> Ran:
    """Run as a program of its own. ``variables`` are added to its environment; ``""`` removes one."""
    done = subprocess.run(
        [sys.executable, "-m", "paritycheck", *words],
        cwd=cwd,
        env=environment(temporary, **variables),
        capture_output=True,
        check=False,
        timeout=60,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "backslashreplace"))


def environment(temporary: Path, **variables: str) -> dict[str, str]:
    """Return this process's environment with another temporary directory and ``variables``."""
    merged = {**os.environ, "TMPDIR": str(temporary), **variables}
    return {name: value for name, value in merged.items() if value}


def write_image(path: Path, files: dict[str, bytes], config: dict[str, Any] | None = None) -> Path:
    """Write the archive of an image that has Python 3.12 and ``files`` (paths below the root)."""
    skeleton = layer_tar(PYTHON.format(version="3.12", digits="312"))
    return write_docker_archive(path, [skeleton, plain_tar(files)], config=config or CONFIG)


@contextmanager
def laid_out(root: Path, capture: pytest.CaptureFixture[str], patch: pytest.MonkeyPatch) -> Iterator[Place]:
    """Yield a healthy place, with the checkout as the current directory."""
    place = Place(root, capture)
    place.temporary.mkdir()
    place.write(FILES)
    commit(place.checkout, [])
    built = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    write_image(root / "image.tar", built)
    patch.chdir(place.checkout)
    patch.setenv("XDG_CACHE_HOME", str(root / "cache"))
    patch.setattr(tempfile, "tempdir", str(place.temporary))
    for name in ("VIRTUAL_ENV", "NO_COLOR", "FORCE_COLOR", "CONTAINER_HOST", "DOCKER_HOST"):
        patch.delenv(name, raising=False)
    yield place


def hear_interrupts() -> None:
    """Let Ctrl-C end a program as in a terminal: a shell's background jobs inherit that it is ignored."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
