"""Poetry, pdm and Pipenv: groups, extras, old and new locks, and what a lock lacks."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from paritycheck.predict.selecting.pdm import select_pdm
from paritycheck.predict.selecting.pipenv import select_pipenv
from paritycheck.predict.selecting.poetry import select_poetry
from tests.predict.selecting.stage import around, project, skipped, versions

POETRY = """\
[tool.poetry]
name = "shop"
version = "1"
[tool.poetry.dependencies]
python = "^3.10"
flask = "^3.0"
tomli = { version = "*", python = "<3.11" }
psycopg2 = { version = "*", optional = true }
[tool.poetry.extras]
pg = ["psycopg2"]
[tool.poetry.group.dev.dependencies]
pytest = "*"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies]
sphinx = "*"
"""
_OLD = """\
[[package]]
name = "flask"
version = "3.0"
optional = false
[package.dependencies]
Werkzeug = ">=3"
asgiref = { version = ">=3", optional = true, markers = "extra == \\"async\\"" }
[package.extras]
async = ["asgiref (>=3)"]
[[package]]
name = "werkzeug"
version = "3.1"
[[package]]
name = "tomli"
version = "2.0"
[[package]]
name = "psycopg2"
version = "2.9"
optional = true
[[package]]
name = "pytest"
version = "8"
[package.dependencies]
tomli = { version = "*", markers = "python_version < \\"3.11\\"" }
[[package]]
name = "sphinx"
version = "7"
"""
OLD = _OLD + '[extras]\npg = ["psycopg2"]\n[metadata]\nlock-version = "2.0"\n'
NEW = """\
[[package]]
name = "flask"
version = "3.0"
groups = ["main"]
[package.dependencies]
Werkzeug = ">=3"
[[package]]
name = "werkzeug"
version = "3.1"
groups = ["main", "dev"]
[[package]]
name = "tomli"
version = "2.0"
groups = ["main", "dev"]
[package.markers]
main = "python_version < \\"3.11\\""
dev = "python_version < \\"3.11\\" or sys_platform == \\"never\\""
[[package]]
name = "psycopg2"
version = "2.9"
optional = true
groups = ["main"]
markers = "extra == \\"pg\\""
[[package]]
name = "pytest"
version = "8"
groups = ["dev"]
[[package]]
name = "sphinx"
version = "7"
groups = ["docs"]
[metadata]
lock-version = "2.1"
"""
MAIN = {"shop", "flask", "werkzeug"}


@pytest.mark.parametrize("lock", [OLD, NEW])
@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, MAIN | {"pytest"}),
        ({"only": ("main",)}, MAIN),
        ({"without": ("dev",)}, MAIN),
        ({"groups": ("docs",)}, MAIN | {"pytest", "sphinx"}),
        ({"only": ("main", "docs")}, MAIN | {"sphinx"}),
        ({"only": ("docs",)}, {"sphinx"}),
        ({"extras": ("pg",), "without": ("dev",)}, MAIN | {"psycopg2"}),
        ({"all_extras": True}, MAIN | {"psycopg2", "pytest"}),
        ({"no_project": True}, {"flask", "werkzeug", "pytest"}),
    ],
)
def test_poetry(lock: str, options: Mapping[str, object], names: set[str]) -> None:
    selection = select_poetry(project(**options), around({"pyproject.toml": POETRY, "poetry.lock": lock}))
    assert (set(versions(selection)), selection.open) == (names, "")


def test_poetry_says_what_it_leaves_out() -> None:
    selection = select_poetry(project(only=("main",)), around({"pyproject.toml": POETRY, "poetry.lock": NEW}))
    assert skipped(selection) == {
        "tomli": ("marker", "widen the marker, or change the base image"),
        "psycopg2": ("extra", "add `--extras pg`"),
        "pytest": ("group", "add `--with dev`"),
        "sphinx": ("group", "add `--with docs`"),
    }


def test_poetry_never_installs_what_its_lock_lacks() -> None:
    files = {"pyproject.toml": POETRY.replace("flask =", 'httpx = "*"\nflask ='), "poetry.lock": NEW}
    selection = select_poetry(project(), around(files))
    assert "httpx" not in versions(selection)
    assert (skipped(selection)["httpx"][0], selection.open) == ("unlocked", "")


def test_poetry_without_a_lock_is_open() -> None:
    selection = select_poetry(project(), around({"pyproject.toml": POETRY}))
    assert set(versions(selection)) == {"shop", "flask", "pytest"}
    assert "poetry.lock does not lock it" in selection.open


PDM = """\
[project]
name = "shop"
version = "1"
dependencies = ["flask"]
[project.optional-dependencies]
pg = ["psycopg2"]
[tool.pdm.dev-dependencies]
test = ["pytest"]
"""
PDM_LOCK = """\
[metadata]
groups = ["default", "pg", "test"]
strategy = ["inherit_metadata"]
[[package]]
name = "flask"
version = "3"
groups = ["default"]
[[package]]
name = "psycopg2"
version = "2.9"
groups = ["pg"]
[[package]]
name = "pytest"
version = "8"
groups = ["test"]
marker = "python_version >= '3.8'"
"""


@pytest.mark.parametrize(
    ("options", "names"),
    [
        # A bare command takes what was locked, extras among it.
        ({}, {"shop", "flask", "psycopg2", "pytest"}),
        ({"no_defaults": True}, {"shop", "flask"}),
        ({"no_defaults": True, "groups": ("pg",)}, {"shop", "flask", "psycopg2"}),
        ({"groups": ("test",)}, {"shop", "flask", "pytest"}),
        ({"groups": ("test",), "without": ("default",)}, {"pytest"}),
    ],
)
def test_pdm(options: Mapping[str, object], names: set[str]) -> None:
    selection = select_pdm(project(**options), around({"pyproject.toml": PDM, "pdm.lock": PDM_LOCK}))
    assert (set(versions(selection)), selection.open) == (names, "")


PIPFILE = '[packages]\nflask = "*"\n[dev-packages]\npytest = "*"\n'
PIPFILE_LOCK = """\
{"_meta": {"hash": {"sha256": "0"}},
 "default": {"flask": {"version": "==3.0"}, "werkzeug": {"version": "==3.1"},
             "colorama": {"version": "==0.4", "markers": "sys_platform == 'win32'"}},
 "develop": {"pytest": {"version": "==8.0"}}}
"""


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"flask": "3.0", "werkzeug": "3.1"}),
        ({"groups": ("dev",)}, {"flask": "3.0", "werkzeug": "3.1", "pytest": "8.0"}),
        ({"only": ("dev-packages",)}, {"pytest": "8.0"}),
    ],
)
def test_pipenv(options: Mapping[str, object], expected: dict[str, str]) -> None:
    files = {"Pipfile": PIPFILE, "Pipfile.lock": PIPFILE_LOCK}
    selection = select_pipenv(project(**options), around(files))
    assert (versions(selection), selection.open) == (expected, "")
