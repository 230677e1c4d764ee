"""A monorepo of many images, laid out from nothing: services that share packages, a few of them broken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path

from tests.scenario import commit

SHARED = ("settings", "storage", "messages", "metrics")
BROKEN = {3: "untracked", 11: "not copied", 17: "ignored", 26: "undeclared"}


def lay_out_monorepo(
    directory: Path, images: int = 40, modules: int = 6, shared: int = 12, bodies: Sequence[str] = ("",)
) -> Path:
    """Write and commit a repository of so many images below ``directory``.

    Every service has ``modules`` modules of its own and uses the shared packages of ``shared`` modules each;
    the modules have the ``bodies`` in turn.
    """
    body = cycle(bodies)
    for package in SHARED:
        _write(directory, f"libs/{package}/__init__.py", "")
        for number in range(shared):
            below = f"from {package} import part{number + 1}\n" if number + 1 < shared else ""
            _write(
                directory, f"libs/{package}/part{number}.py", f"import json\nimport os\n{below}{next(body)}"
            )
    tables = ['engine = "podman"\nformat = "json"\n']
    tables += [_service(directory, number, modules, body) for number in range(images)]
    _write(directory, "paritycheck.toml", "\n".join(tables))
    _write(directory, ".dockerignore", "**/*.md\n**/generated\n")
    commit(directory, [f"services/s{number:02}/app/local.py" for number in range(images)])
    return directory


def _service(directory: Path, number: int, modules: int, body: Iterator[str]) -> str:
    """Write one service and return its table of the configuration."""
    name, broken = f"s{number:02}", BROKEN.get(number, "")
    root = f"services/{name}"
    used = SHARED[: 2 + number % 3]
    imports = "".join(f"from {package} import part0\n" for package in used)
    imports += "".join(f"from app import part{each}\n" for each in range(modules))
    imports += {
        "untracked": "from app import local\n",
        "ignored": "from app.generated import schema\n",
        "undeclared": "import requests\n",
    }.get(broken, "")
    _write(directory, f"{root}/app/__init__.py", "")
    _write(directory, f"{root}/app/main.py", imports)
    _write(directory, f"{root}/app/generated/__init__.py", "")
    _write(directory, f"{root}/app/generated/schema.py", "")
    _write(directory, f"{root}/app/local.py", f"NUMBER = {number}\n")
    for each in range(modules):
        _write(directory, f"{root}/app/part{each}.py", f"import collections\nNUMBER = {each}\n{next(body)}")
    _write(directory, f"{root}/requirements.txt", "")
    copied = used[:-1] if broken == "not copied" else used
    copies = "".join(f"COPY libs/{package} {package}\n" for package in copied)
    _write(
        directory,
        f"{root}/Containerfile",
        "FROM python:3.12-slim\nWORKDIR /srv\n"
        f"COPY {root}/requirements.txt .\nRUN pip install -r requirements.txt\n"
        f'{copies}COPY {root}/app app\nCMD ["python", "-m", "app.main"]\n',
    )
    return f'[[image]]\nname = "{name}"\nfile = "{root}/Containerfile"\n'


def _write(directory: Path, name: str, text: str) -> None:
    path = directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
