"""Projects whose installers go wrong in every known way: the faults, what is said of them, and their repair.

Containerfiles, dependency files and locks are in ``images/distributions``, once ``faulty`` and once
``repaired``. The code is one module for each fault, so that each has a line of its own, and a
``shop.main`` that imports them all. The locks are made by the tools themselves:
``uv lock``, ``poetry lock``, ``pip-compile``.
"""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "images" / "distributions"
BASE = "FROM python:3.12-slim\n"


@dataclass(frozen=True)
class Fault:
    """One import that fails in the image: the ``statement`` of ``shop/PART.py``, and what must be said of it.

    ``name`` is the distribution (or module) that the finding is about, ``place`` its first location,
    ``lacks`` the module of the container's own error. ``predicted`` is the severity without the image,
    ``instead`` the statement after the repair, where the code has to change.
    """

    part: str
    statement: str
    code: str
    name: str
    place: str
    lacks: str
    predicted: str = "error"
    instead: str = ""


@dataclass(frozen=True)
class Example:
    """One project: its faults, and what else is remarked (code, severity, name, first location).

    ``locked`` are the states in which the files alone say everything that is installed.
    """

    name: str
    faults: tuple[Fault, ...]
    remarks: frozenset[tuple[str, str, str, str]]
    locked: tuple[str, ...] = ("faulty", "repaired")

    def flags(self, state: str) -> tuple[str, ...]:
        """Return what a prediction needs to know everything that is installed."""
        return () if state in self.locked else ("--resolve",)

    def write(self, checkout: Path, state: str = "faulty") -> Path:
        """Lay out the project, ``faulty`` or ``repaired``."""
        shutil.copytree(FOLDER / state / self.name, checkout)
        shutil.copytree(FOLDER / "common", checkout, dirs_exist_ok=True)
        shop = checkout / "shop"
        shop.mkdir()
        (shop / "__init__.py").touch()
        for fault in self.faults:
            statement = (fault.instead if state == "repaired" else "") or fault.statement
            (shop / f"{fault.part}.py").write_text(f'"""Part of the shop."""\n\n{statement}\n')
        parts = "".join(f"import shop.{fault.part}\n" for fault in self.faults)
        (shop / "main.py").write_text(f'{parts}import jinja2\nimport markupsafe\n\nprint("open")\n')
        return checkout


def faults(
    *, base: int, install: int, tools: int, editable: int, end: str, marker: str, drift: str, extra: str
) -> tuple[Fault, ...]:
    """Return the faults that every tool can have, by the lines of its files.

    ``base`` the final FROM, ``install`` the installer, ``tools`` and ``editable`` the steps that install
    elsewhere and from a directory, ``end`` where a declaration belongs.
    """
    line = "Containerfile:{}".format
    drifted = "warning" if "toml" in drift else "error"
    return (
        Fault("colours", "import colorama", "PC201", "colorama", line(install), "colorama"),
        Fault("tables", "import tabulate", "PC203", "tabulate", end, "tabulate"),
        Fault("settings", "import toml", "PC204", "toml", extra, "toml"),
        Fault("ini", "import iniconfig", "PC206", "iniconfig", marker, "iniconfig"),
        Fault(
            "tokens", "import itsdangerous.jws", "PC202", "itsdangerous", drift, "itsdangerous.jws",
            drifted, "import itsdangerous.timed",
        ),
        Fault("order", "import sortedcontainers", "PC209", "sortedcontainers", line(tools),
              "sortedcontainers"),
        Fault("parcels", "import shop_labels", "PC205", "shop-labels", line(editable), "shop_labels"),
        Fault(
            "classes", "import jaraco.context, jaraco.classes", "PC203", "jaraco.classes", end,
            "jaraco.classes",
        ),
        Fault("plugins", "import pkg_resources", "PC203", "setuptools", end, "pkg_resources"),
        Fault("loading", "import imp", "PC304", "imp", line(base), "imp", instead="import importlib"),
        Fault("mail", "import asyncore", "PC304", "asyncore", line(base), "asyncore",
              instead="import asyncio"),
        Fault("build", "from distutils.util import strtobool", "PC304", "distutils", end, "distutils"),
    )  # fmt: skip


def remarks(end: str, development: str, drift: str) -> frozenset[tuple[str, str, str, str]]:
    """Return what is remarked beside the faults: pulled in, shipped, drifted, and the other Python."""
    return frozenset(
        {
            ("PC203", "warning", "markupsafe", end),
            ("PC208", "note", "pluggy", development),
            ("PC202", "warning", "itsdangerous", drift),
            ("PC301", "warning", "python", ""),
        }
    )


PIP = Example(
    "pip",
    faults(
        base=2, install=5, tools=6, editable=9, end="requirements.txt:5",
        marker="requirements.txt:2", drift="requirements.txt:3", extra="requirements.txt:5",
    ),
    remarks("requirements.txt:5", "requirements-test.txt:1", "requirements.txt:3"),
    locked=("repaired",),
)  # fmt: skip
UV = Example(
    "uv",
    (
        *faults(
            base=12, install=8, tools=9, editable=8, end="pyproject.toml:11",
            marker="pyproject.toml:7", drift="pyproject.toml:8", extra="Containerfile:8",
        ),
        Fault("exports", "import toolz", "PC204", "toolz", "Containerfile:8", "toolz"),
    ),
    remarks("pyproject.toml:11", "pyproject.toml:18", "pyproject.toml:8"),
)  # fmt: skip
POETRY = Example(
    "poetry",
    (
        *faults(
            base=12, install=8, tools=9, editable=8, end="pyproject.toml:14",
            marker="pyproject.toml:10", drift="pyproject.toml:11", extra="Containerfile:8",
        ),
        Fault("exports", "import toolz", "PC204", "toolz", "Containerfile:8", "toolz"),
    ),
    remarks("pyproject.toml:14", "pyproject.toml:21", "pyproject.toml:11"),
)  # fmt: skip
STAGES = Example(
    "stages",
    faults(
        base=12, install=8, tools=10, editable=9, end="requirements.txt:5",
        marker="requirements.txt:2", drift="requirements.txt:3", extra="requirements.txt:5",
    ),
    remarks("requirements.txt:5", "pyproject.toml:10", "requirements.txt:3"),
    locked=(),
)  # fmt: skip
EXAMPLES = (PIP, UV, POETRY, STAGES)


@dataclass(frozen=True)
class Detour:
    """A repaired project with one change, after which the start command misses everything.

    ``changes`` are (path, old text, new text), each old text there once; ``found`` the codes, severities
    and first locations of what must be said, ``says`` a part of the container's own error.
    """

    example: Example
    about: str
    changes: tuple[tuple[str, str, str], ...]
    found: tuple[str, str, str]
    says: str

    def write(self, checkout: Path) -> Path:
        """Lay out the changed project."""
        self.example.write(checkout, "repaired")
        for path, old, new in self.changes:
            text = (checkout / path).read_text()
            if text.count(old) != 1:
                raise ValueError(f"{path} has {old!r} {text.count(old)} times")
            (checkout / path).write_text(text.replace(old, new))
        return checkout


LACKS_COLORAMA = "ModuleNotFoundError: No module named 'colorama'"
DETOURS = (
    Detour(
        UV,
        "the environment of uv sync, and the image's own Python",
        (("Containerfile", "ENV PATH=/srv/.venv/bin:$PATH\n", ""),),
        ("PC209", "error", "Containerfile:7"),
        LACKS_COLORAMA,
    ),
    Detour(
        POETRY,
        "the environment of Poetry's cache, which another stage has",
        (
            ("Containerfile", "ENV POETRY_VIRTUALENVS_IN_PROJECT=1\n", ""),
            ("Containerfile", "COPY --from=build /srv/.venv .venv\nCOPY labels",
             "COPY --from=build /srv/labels"),
        ),
        ("PC209", "error", "Containerfile:6"),
        LACKS_COLORAMA,
    ),
    Detour(
        STAGES,
        "an environment whose interpreter the final stage does not have",
        (
            ("Containerfile", "FROM python:3.12-slim AS build\nRUN python -m venv",
             "FROM localhost/debian-python:bookworm AS build\nRUN python3 -m venv"),
        ),
        ("PC209", "error", "Containerfile:7"),
        LACKS_COLORAMA,
    ),
    Detour(
        STAGES,
        "the site directory of another minor release",
        (
            ("Containerfile", "FROM python:3.12-slim AS build\nRUN python -m venv",
             "FROM localhost/debian-python:bookworm AS build\nRUN python3 -m venv"),
            ("Containerfile", "COPY --from=build /opt/venv /opt/venv",
             "COPY --from=build /opt/venv/lib/python3.11 /usr/local/lib/python3.11"),
        ),
        ("PC209", "error", "Containerfile:7"),
        LACKS_COLORAMA,
    ),
)  # fmt: skip

# Each starts an interpreter that the final stage does not have: the line is that of the command.
_PATH = 'ENV PATH=/opt/venv/bin:$PATH\nCMD ["python", "-m", "shop.main"]'
_STARTED = ("PC209", "error", "Containerfile:13")
STARTS = (
    Detour(
        STAGES,
        "an environment's own interpreter, a link to one that is not there",
        (
            ("Containerfile", "FROM python:3.12-slim AS build\nRUN python -m venv",
             "FROM localhost/debian-python:bookworm AS build\nRUN python3 -m venv"),
            ("Containerfile", _PATH, 'CMD ["/opt/venv/bin/python", "-m", "shop.main"]'),
        ),
        _STARTED,
        "/opt/venv/bin/python: no such file or directory",
    ),
    Detour(
        STAGES,
        "a script of an environment that was made in another place",
        (
            ("Containerfile", "build /opt/venv /opt/venv", "build /opt/venv /srv/venv"),
            ("Containerfile", _PATH, 'CMD ["/srv/venv/bin/tabulate", "--help"]'),
        ),
        _STARTED,
        "exec /srv/venv/bin/tabulate: no such file or directory",
    ),
)  # fmt: skip
# Each asks for another Python than the image has; ``says`` is what the build ends with.
REFUSED = (
    Detour(
        UV,
        "uv",
        tuple((path, 'requires-python = ">=3.11"', 'requires-python = ">=3.13"')
              for path in ("pyproject.toml", "uv.lock")),
        ("PC301", "error", "pyproject.toml:4"),
        "No interpreter found for Python >=3.13",
    ),
    Detour(
        POETRY,
        "poetry",
        (("pyproject.toml", 'python = ">=3.11"', 'python = ">=3.13"'),),
        ("PC301", "error", "pyproject.toml:8"),
        "Python version 3.12",
    ),
    Detour(
        STAGES,
        "pip",
        (("labels/pyproject.toml", 'version = "1.0"', 'version = "1.0"\nrequires-python = ">=3.13"'),),
        ("PC301", "error", "labels/pyproject.toml:8"),
        "requires a different Python: 3.12",
    ),
)  # fmt: skip
