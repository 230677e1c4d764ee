"""What pytest imports: by its arguments, its configuration and its variable."""

import pytest

from paritycheck.parse.command.pytestconfig import PytestConfig, read_pytest_config
from paritycheck.predict.starting.start import Start, resolve_start
from tests.predict.startimages import image, paths

DRAWING = """
app/
  conftest.py
  plug/__init__.py
  plug/one.py
  solo.py
  src/pkg/__init__.py
  tests/conftest.py
  tests/test_one.py
  tests/check_two.py
  tests/unit/conftest.py
  tests/unit/test_three.py
"""


def start(command: str, config: str = "", text: str = "", **env: str) -> Start:
    drawing = DRAWING + (f"  {config}\n" if config else "")
    return resolve_start(
        image(drawing, {f"app/{config}": text} if config else {}, cmd=tuple(command.split()), env=env)
    )


def names(found: Start) -> set[str]:
    return {root.path.rpartition("app/")[2] or root.name for root in found.roots}


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("pytest tests/unit", {"tests/unit/conftest.py", "tests/unit/test_three.py"}),
        ("pytest tests/test_one.py", {"tests/conftest.py", "tests/test_one.py"}),
        ("pytest -p plug.one tests/test_one.py", {"plug.one", "tests/conftest.py", "tests/test_one.py"}),
        ("pytest -pplug.gone tests/test_one.py", {"plug.gone", "tests/conftest.py", "tests/test_one.py"}),
        ("pytest -p no:cacheprovider -p xdist tests/test_one.py", {"tests/conftest.py", "tests/test_one.py"}),
        ("python -m pytest -p solo tests/test_one.py", {"solo", "tests/conftest.py", "tests/test_one.py"}),
    ],
)
def test_arguments(command: str, expected: set[str]) -> None:
    assert names(start(command)) == expected


@pytest.mark.parametrize(
    ("config", "text"),
    [
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = "-q -p plug.one"\npythonpath = ["src"]'),
        ("pyproject.toml", '[tool.pytest.ini_options]\naddopts = ["-q", "-pplug.one"]\npythonpath = "src"'),
        ("pytest.ini", "[pytest]\naddopts =\n    -q\n    -p plug.one\npythonpath = src\n"),
        ("tox.ini", "[pytest]\naddopts = -p plug.one\npythonpath = src\n"),
        ("setup.cfg", "[tool:pytest]\naddopts = -p plug.one\npythonpath = src\n"),
    ],
)
def test_configuration(config: str, text: str) -> None:
    found = start("pytest tests/unit", config, text)
    assert names(found) == {
        *("plug.one", "conftest.py", "tests/conftest.py"),
        *("tests/unit/conftest.py", "tests/unit/test_three.py"),
    }
    assert paths(found).split()[0] == "/app/src"


def test_what_is_tested_without_arguments() -> None:
    config = "[pytest]\ntestpaths = tests/unit\n"
    assert "tests/test_one.py" not in names(start("pytest", "pytest.ini", config))
    config = "[pytest]\npython_files = check_*.py\n"
    found = names(start("pytest", "pytest.ini", config))
    assert "tests/check_two.py" in found
    assert "tests/test_one.py" not in found


def test_the_variable_adds_options() -> None:
    assert "plug.one" in names(start("pytest tests", PYTEST_ADDOPTS="-p plug.one"))


def test_the_settings_module_of_django() -> None:
    config = "[pytest]\nDJANGO_SETTINGS_MODULE = plug.one\n"
    assert start("pytest tests", "pytest.ini", config).settings == "plug.one"
    found = start("pytest tests", "pytest.ini", config, DJANGO_SETTINGS_MODULE="solo")
    assert found.settings == "solo"
    assert (
        start("pytest --ds=conf tests", "pytest.ini", config, DJANGO_SETTINGS_MODULE="solo").settings
        == "conf"
    )


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pytest.ini", "", PytestConfig()),
        ("tox.ini", "[tox]\n", None),
        ("setup.cfg", "[pytest]\naddopts = -x\n", None),
        ("pyproject.toml", "[tool.black]\n", None),
        ("pyproject.toml", "[tool", None),
        ("pyproject.toml", "tool = 3", None),
        ("pytest.ini", "[pytest]\naddopts = 'open\n", PytestConfig()),
    ],
)
def test_files_that_say_little(name: str, text: str, expected: PytestConfig | None) -> None:
    assert read_pytest_config(name, text) == expected
