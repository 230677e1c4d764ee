"""Dependencies that are named by their path, in the checkout and not in the stage that installs them."""

from __future__ import annotations

import pytest

from tests.cli.commandline import Place
from tests.scenario import git

POETRY = '[tool.poetry]\nname = "mine"\nversion = "1"\npackage-mode = false\n[tool.poetry.dependencies]\n'
LOCKED = '[[package]]\nname = "two"\nversion = "1"\noptional = false\npython-versions = "*"\nfiles = []\n'
UV = '[project]\nname = "mine"\nversion = "1"\ndependencies = ["two"]\n[tool.uv.sources]\n'
FILES = {
    "p/poetry.lock": LOCKED + '[package.source]\ntype = "directory"\nurl = "libs/two"\n',
    "p/uv.lock": 'version = 1\n[[package]]\nname = "mine"\nversion = "1"\nsource = { virtual = "." }\n'
    'dependencies = [{ name = "two" }]\n'
    '[[package]]\nname = "two"\nversion = "1"\nsource = { directory = "libs/two" }\n',
    "p/libs/two/setup.py": "from setuptools import setup\nsetup(name='two', py_modules=['two'])\n",
    "p/libs/two/two.py": "",
    "app/main.py": "",
}
BUILD = "FROM python:3.12\nWORKDIR /app\n{copy}RUN {command}\nCOPY app app\nCMD python -m app.main\n"
FEW = "COPY p/pyproject.toml p/*.lock ./\n"


@pytest.mark.parametrize(
    ("project", "command", "copy", "lines"),
    [
        (POETRY + 'two = {path = "libs/two"}\n', "poetry install --no-root", FEW, ["p/pyproject.toml:6"]),
        (POETRY + 'two = {path = "libs/two"}\n', "poetry install --no-root", "COPY p ./\n", []),
        (POETRY + 'two = {path = "libs/two"}\n', "poetry install --no-root --no-directory", FEW, []),
        (POETRY + 'two = {path = "libs/two", optional = true}\n', "poetry install --no-root", FEW, []),
        (POETRY + 'two = {path = "libs/gone"}\n', "poetry install --no-root", FEW, []),
        (UV + 'two = { path = "libs/two" }\n', "uv sync --frozen", FEW, ["p/pyproject.toml:6"]),
        (UV + 'two = { path = "libs/two" }\n', "uv sync --frozen", "COPY p ./\n", []),
        (UV + 'two = { path = "libs/two" }\n', "uv sync --frozen --no-install-local", FEW, []),
    ],
)
def test_what_is_named_by_its_path(
    project: str, command: str, copy: str, lines: list[str], place: Place
) -> None:
    build = BUILD.format(copy=copy, command=command)
    place.write({"Containerfile": build, "p/pyproject.toml": project, **FILES})
    git(place.checkout, "add", "-A")
    found = place.run("check", "--format", "json").document["findings"]
    errors = [each for each in found if each["severity"] == "error"]
    assert [each["code"] for each in errors] == ["PC109"] * len(lines)
    assert [f"{at['path']}:{at['line']}" for each in errors for at in each["locations"][-1:]] == lines
    assert [item["path"] for each in errors for item in each["items"]] == ["p/libs/two/setup.py"] * len(lines)
