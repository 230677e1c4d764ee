"""Scenario folders laid out: a real checkout with real git, and the archive of its image.

A scenario is a folder below ``fixtures/scenarios``: ``checkout/`` holds the files (``dot.name``
becomes ``.name``, so that the ignore files of a scenario do not act on this repository), and
``scenario.toml`` says what git knows, what the image holds, and what the report must say::

    about = "..."                           what is shown, in words
    [git]       untracked = [paths]         left out of the commit; none = true: no repository
    [image]     python = "3.12"             skeleton of an interpreter under /usr/local
                copy = {checkout = image}   what a build from a clean clone put there
                files = {path = text}       what else the image holds
                workdir, user, env, cmd, entrypoint, healthcheck
    [check]     flags = [...]               further flags; {checkout} stands for the working tree
    [expect]    exit = 1
    [[expect.finding]]                      every error and warning, notes as far as wanted
                code, severity, items (names), cause ("path" or "path:line"), needed_by
"""

from __future__ import annotations

import shutil
import subprocess
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.drawn import layer_tar, plain_tar, write_docker_archive

SCENARIOS = Path(__file__).parent.parent / "fixtures" / "scenarios"

PYTHON = """
etc/
  passwd | root:x:0:0:root:/root:/bin/sh\\napp:x:1000:1000::/home/app:/bin/sh\\n
tmp/
usr/
  local/
    bin/
      python -> python3
      python3 -> python{version}
      python{version} (755) | ELF
    include/
      python{version}/
        patchlevel.h | #define PY_VERSION "{version}.4"\\n
    lib/
      libpython{version}.so.1.0 (755) | ELF
      python{version}/
        os.py
        json/
          __init__.py
        lib-dynload/
          _ctypes.cpython-{digits}-x86_64-linux-gnu.so (755) | ELF
        site-packages/
"""


@dataclass(frozen=True)
class Scenario:
    """One scenario folder, read."""

    folder: Path
    settings: dict[str, Any]

    @property
    def name(self) -> str:
        return self.folder.name

    @property
    def has_image(self) -> bool:
        return "image" in self.settings

    def flags(self, checkout: Path) -> list[str]:
        """The further flags, for the working tree at ``checkout``."""
        flags = self.settings.get("check", {}).get("flags", [])
        return [flag.replace("{checkout}", str(checkout)) for flag in flags]


def scenarios() -> list[Scenario]:
    """Return every scenario, in the order of the names."""
    found = sorted(SCENARIOS.glob("*/scenario.toml"))
    assert found, f"no scenario below {SCENARIOS}"
    return [Scenario(path.parent, tomllib.loads(path.read_text())) for path in found]


def lay_out_checkout(scenario: Scenario, directory: Path) -> Path:
    """Write the working tree below ``directory`` and commit what git is to know."""
    for source in sorted((scenario.folder / "checkout").rglob("*")):
        parts = source.relative_to(scenario.folder / "checkout").parts
        target = directory.joinpath(*("." + part[4:] if part.startswith("dot.") else part for part in parts))
        if source.is_symlink():
            target.symlink_to(source.readlink())
        elif source.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target)
            target.chmod(0o644)
    settings = scenario.settings.get("git", {})
    if not settings.get("none"):
        commit(directory, settings.get("untracked", []))
    return directory


def commit(directory: Path, leaving_out: list[str]) -> None:
    """Make ``directory`` a git repository whose one commit lacks ``leaving_out``."""
    git(directory, "init", "-q", "-b", "main")
    git(directory, "add", "-A")
    for path in leaving_out:
        git(directory, "rm", "-rq", "--cached", "--ignore-unmatch", "--", path)
    git(directory, "commit", "-qm", "scenario")


def git(directory: Path, *words: str) -> str:
    """Run git as nobody in particular and return what it prints."""
    identity = ("-c", "user.name=scenario", "-c", "user.email=scenario@example.invalid")
    return subprocess.run(
        ["git", *identity, *words], cwd=directory, check=True, capture_output=True, text=True
    ).stdout


def write_archive(scenario: Scenario, checkout: Path, path: Path) -> Path:
    """Write the scenario's image as a docker archive, as podman would after building from a clean clone."""
    image = scenario.settings["image"]
    tracked = _tracked(checkout)
    files: dict[str, bytes] = {}
    for source, target in image.get("copy", {}).items():
        for name in tracked:
            if name == source or name.startswith(source + "/") or source == ".":
                tail = name if source == "." else name[len(source) :].lstrip("/")
                files["/".join(filter(None, (target, tail)))] = (checkout / name).read_bytes()
    files.update({name: text.encode() for name, text in image.get("files", {}).items()})
    layers: list[str | bytes] = []
    if "python" in image:
        version = image["python"]
        layers.append(layer_tar(PYTHON.format(version=version, digits=version.replace(".", ""))))
    layers.append(plain_tar(files))
    return write_docker_archive(
        path, layers, config=_config(image), tags=[f"localhost/{scenario.name}:latest"]
    )


def _tracked(checkout: Path) -> list[str]:
    if (checkout / ".git").exists():
        return [name for name in git(checkout, "ls-files", "-z").split("\0") if name]
    return [path.relative_to(checkout).as_posix() for path in checkout.rglob("*") if path.is_file()]


def _config(image: dict[str, Any]) -> dict[str, Any]:
    config = {
        "Env": [f"{name}={value}" for name, value in image.get("env", {}).items()],
        "WorkingDir": image.get("workdir", "/"),
        "Cmd": image.get("cmd"),
        "Entrypoint": image.get("entrypoint"),
        "User": image.get("user"),
        "Healthcheck": {"Test": image["healthcheck"]} if "healthcheck" in image else None,
    }
    return {key: value for key, value in config.items() if value is not None}
