"""``uv sync``: projects, members, extras, groups, and locks that no longer fit."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from paritycheck.predict.selecting.uv import select_uv
from tests.predict.selecting.stage import around, project, skipped, versions

PYPROJECT = """\
[project]
name = "shop"
version = "2"
dependencies = [
    "flask>=3",
    "pywin32; sys_platform == 'win32'",
]
[project.optional-dependencies]
ldap = ["python-ldap"]
all = ["shop[ldap]", "orjson"]
[dependency-groups]
dev = ["pytest"]
docs = ["sphinx"]
"""
LOCK = """\
version = 1
requires-python = ">=3.10"

[[package]]
name = "flask"
version = "3.0.1"
source = { registry = "https://pypi.org/simple" }
dependencies = [
    { name = "colorama", marker = "sys_platform == 'win32'" },
    { name = "werkzeug" },
]
[[package]]
name = "werkzeug"
version = "3.1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "colorama"
version = "0.4"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "pywin32"
version = "300"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "python-ldap"
version = "3.4"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "orjson"
version = "3.10"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "pytest"
version = "8.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "sphinx"
version = "7.0"
source = { registry = "https://pypi.org/simple" }

[[package]]
name = "shop"
version = "2"
source = { editable = "." }
dependencies = [
    { name = "flask" },
    { name = "pywin32", marker = "sys_platform == 'win32'" },
]
[package.optional-dependencies]
all = [{ name = "orjson" }, { name = "python-ldap" }]
ldap = [{ name = "python-ldap" }]
[package.dev-dependencies]
dev = [{ name = "pytest" }]
docs = [{ name = "sphinx" }]
"""
FILES = {"pyproject.toml": PYPROJECT, "uv.lock": LOCK}
MAIN = {"shop", "flask", "werkzeug"}


@pytest.mark.parametrize(
    ("options", "more"),
    [
        ({}, {"pytest"}),
        ({"without": ("dev",)}, set()),
        ({"no_defaults": True}, set()),
        ({"groups": ("docs",)}, {"pytest", "sphinx"}),
        ({"groups": ("dev",), "without": ("dev",)}, set()),
        ({"all_groups": True}, {"pytest", "sphinx"}),
        ({"extras": ("ldap",)}, {"pytest", "python-ldap"}),
        ({"all_extras": True}, {"pytest", "python-ldap", "orjson"}),
        ({"all_extras": True, "no_extras": ("all",)}, {"pytest", "python-ldap"}),
    ],
)
def test_options(options: Mapping[str, object], more: set[str]) -> None:
    for frozen in (True, False):
        selection = select_uv(project(frozen=frozen, **options), around(FILES))
        assert set(versions(selection)) == MAIN | more
        assert selection.open == ""


def test_only_groups_leave_the_project_out() -> None:
    assert versions(select_uv(project(only=("docs",)), around(FILES))) == {"sphinx": "7.0"}


def test_declared_keeps_its_line_and_locked_its_own() -> None:
    selection = select_uv(project(), around(FILES))
    flask, werkzeug = (
        next(each for each in selection.selected if each.name == name) for name in ("flask", "werkzeug")
    )
    assert (str(flask.location), flask.direct, flask.specifier) == ("pyproject.toml:5", True, ">=3")
    assert (str(werkzeug.location), werkzeug.direct, werkzeug.required_by) == ("uv.lock:12", False, "flask")


def test_what_is_left_out_has_a_reason_and_a_remedy() -> None:
    selection = select_uv(project(without=("dev",), no_project=True), around(FILES))
    assert skipped(selection) == {
        "pywin32": ("marker", "widen the marker, or change the base image"),
        "python-ldap": ("extra", "add `--extra ldap`"),
        "orjson": ("extra", "add `--extra all`"),
        "pytest": ("group", "drop `--no-dev`"),
        "sphinx": ("group", "add `--group docs`"),
    }
    ldap = next(each for each in selection.skipped if each.declaration.name == "python-ldap")
    assert ldap.why == "extra `ldap` is not selected by `uv sync --no-dev`"
    assert "shop" not in versions(selection)


def test_lock_that_lacks_a_declaration() -> None:
    files = {**FILES, "pyproject.toml": PYPROJECT.replace('"flask>=3",', '"flask>=3", "httpx==0.27",')}
    anew = select_uv(project(), around(files))
    assert versions(anew)["httpx"] == "0.27"
    assert "uv.lock lacks httpx" in anew.open
    frozen = select_uv(project(frozen=True), around(files))
    assert "httpx" not in versions(frozen)
    assert skipped(frozen)["httpx"] == ("unlocked", "run `uv lock`")
    assert frozen.open == ""


def test_lock_made_anew_drops_what_is_no_longer_declared() -> None:
    files = {**FILES, "pyproject.toml": PYPROJECT.replace('    "flask>=3",\n', "")}
    assert set(versions(select_uv(project(), around(files)))) == {"shop", "pytest"}
    assert "flask" in versions(select_uv(project(frozen=True), around(files)))


def test_without_a_lock() -> None:
    files = {"pyproject.toml": PYPROJECT}
    selection = select_uv(project(), around(files))
    assert set(versions(selection)) == {"shop", "flask", "pytest"}
    assert "uv.lock does not lock it" in selection.open
    assert "is not there" in select_uv(project(frozen=True), around(files)).open
    assert "is not there" in select_uv(project(), around({})).open


WORKSPACE = {
    "pyproject.toml": '[tool.uv.workspace]\nmembers = ["a", "b"]\n[dependency-groups]\ndev = ["ruff"]\n',
    "a/pyproject.toml": '[project]\nname = "a"\nversion = "1"\ndependencies = ["b", "six"]\n'
    '[tool.uv.sources]\nb = { workspace = true }\n[dependency-groups]\ndev = ["mypy"]\n',
    "uv.lock": """\
version = 1
[manifest]
members = ["a", "b"]
[manifest.dependency-groups]
dev = [{ name = "ruff" }]
[[package]]
name = "a"
version = "1"
source = { virtual = "a" }
dependencies = [{ name = "b" }, { name = "six" }]
[package.dev-dependencies]
dev = [{ name = "mypy" }]
[[package]]
name = "b"
version = "1"
source = { editable = "b" }
dependencies = [{ name = "attrs" }]
[[package]]
name = "six"
version = "1.16"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "attrs"
version = "24"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "mypy"
version = "1.1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "ruff"
version = "0.5"
source = { registry = "https://pypi.org/simple" }
""",
}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({}, {"b", "six", "attrs", "mypy", "ruff"}),
        ({"without": ("dev",)}, {"b", "six", "attrs"}),
        ({"package": ("b",)}, {"b", "attrs"}),
        ({"package": ("a",)}, {"b", "six", "attrs", "mypy"}),
        ({"package": ("a",), "without": ("dev",), "no_workspace": True}, {"six", "attrs"}),
    ],
)
def test_workspace(options: Mapping[str, object], names: set[str]) -> None:
    # The member `b` is not in the stage: the lock is enough. `a` is virtual, so never installed itself.
    assert set(versions(select_uv(project(frozen=True, **options), around(WORKSPACE)))) == names


CONFLICT = """\
version = 1
conflicts = [[{ package = "ml", extra = "cpu" }, { package = "ml", extra = "gpu" }]]
[[package]]
name = "ml"
version = "1"
source = { virtual = "." }
dependencies = [{ name = "numpy" }]
[package.optional-dependencies]
cpu = [{ name = "torch", version = "2.0+cpu", marker = "extra == 'extra-2-ml-cpu'" }]
gpu = [{ name = "torch", version = "2.0", marker = "extra == 'extra-2-ml-gpu'" }]
[[package]]
name = "numpy"
version = "2"
source = { registry = "https://pypi.org/simple" }
dependencies = [{ name = "blas", marker = "extra != 'extra-2-ml-gpu'" }]
[[package]]
name = "blas"
version = "1"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "torch"
version = "2.0"
source = { registry = "https://pypi.org/simple" }
[[package]]
name = "torch"
version = "2.0+cpu"
source = { registry = "https://download.pytorch.org/whl/cpu" }
"""


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ((), {"numpy": "2", "blas": "1"}),
        (("cpu",), {"numpy": "2", "blas": "1", "torch": "2.0+cpu"}),
        (("gpu",), {"numpy": "2", "torch": "2.0"}),
    ],
)
def test_conflicting_extras(extra: tuple[str, ...], expected: dict[str, str]) -> None:
    pyproject = '[project]\nname = "ml"\nversion = "1"\ndependencies = ["numpy"]\n'
    pyproject += '[project.optional-dependencies]\ncpu = ["torch==2.0"]\ngpu = ["torch==2.0"]\n'
    files = {"pyproject.toml": pyproject, "uv.lock": CONFLICT}
    assert versions(select_uv(project(extras=extra), around(files))) == expected


def test_undecided_marker_counts_and_opens() -> None:
    selection = select_uv(project(), around(FILES, markers={"python_version": "3.12"}))
    assert {"pywin32", "colorama"} <= set(versions(selection))
    assert "not decided" in selection.open
