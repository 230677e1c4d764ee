"""Modules that the code loads by what other files say: entry points, constants."""

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.engine import PODMAN
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from tests.findings.sides import checkout

FILES = {
    "Dockerfile": """\
FROM python:3.12-slim
WORKDIR /srv
COPY . .
RUN pip install {options} .
CMD ["python", "-m", "shop.main"]
""",
    "pyproject.toml": """\
[build-system]
requires = ["setuptools"]
build-backend = "setuptools.build_meta"
[project]
name = "shop"
version = "1"
[project.entry-points."shop.plugins"]
pay = "shop.plugins.pay:Pay"
[tool.setuptools.packages.find]
""",
    "shop/__init__.py": "",
    "shop/plugins/__init__.py": "",
    "shop/plugins/pay.py": "class Pay: ...\n",
}
LOADER = "from importlib.metadata import entry_points\nfor e in entry_points(group='shop.plugins'):\n    "


def told(files: dict[str, str], options: str = "") -> list[tuple[str, str, tuple[str, ...]]]:
    dockerfile = files["Dockerfile"].format(options=options)
    local = checkout({**files, "Dockerfile": dockerfile})
    plan = make_plan(local, BuildOptions(engine=PODMAN))
    report = compare(local, None, plan, Config())
    kept = [each for each in report.findings if each.code.startswith("PC1")]
    return [(each.code, each.severity, tuple(item.name for item in each.items)) for each in kept]


@pytest.mark.parametrize("options", ["", "-e", "--no-deps"])
@pytest.mark.parametrize(
    ("load", "severity"),
    [
        ("e.load()", "error"),
        ("if e.name == 'x':\n        e.load()", "warning"),
        ("try:\n        e.load()\n    except ImportError:\n        pass", "warning"),
    ],
)
def test_a_plugin_that_the_ignore_file_keeps_out(options: str, load: str, severity: str) -> None:
    files = {**FILES, "shop/main.py": LOADER + load + "\n", ".dockerignore": "**/pay.py\n"}
    assert told(files, options) == [("PC103", severity, ("shop.plugins.pay",))]


@pytest.mark.parametrize(
    "more",
    [
        {},
        {
            ".dockerignore": "**/pay.py\n",
            "shop/main.py": LOADER.replace("shop.plugins", "other") + "e.load()",
        },
        # Not installed: nothing says that there are such entry points.
        {
            ".dockerignore": "**/pay.py\n",
            "Dockerfile": FILES["Dockerfile"].replace("RUN pip install {options} .\n", ""),
        },
    ],
)
def test_nothing_is_said_without_cause(more: dict[str, str]) -> None:
    assert told({**FILES, "shop/main.py": LOADER + "e.load()\n", **more}) == []


@pytest.mark.parametrize(
    ("source", "where"),
    [
        ("from .names import PLUGINS\nimport_module(f'{PLUGINS}.pay')", "shop/names.py"),
        ("from shop.names import PLUGINS as P\nimport_module(P + '.pay')", "shop/names.py"),
        (
            "from . import PLUGINS\nfor n in ('pay',):\n    import_module(f'{PLUGINS}.{n}')",
            "shop/__init__.py",
        ),
    ],
)
def test_a_constant_of_another_module(source: str, where: str) -> None:
    main = f"from importlib import import_module\n{source}\n"
    files = {**FILES, "shop/main.py": main, where: "PLUGINS = 'shop.plugins'\n"}
    assert told(files) == []
    ignored = {**files, ".dockerignore": "**/pay.py\n"}
    assert told(ignored) == [("PC103", "error", ("shop.plugins.pay",))]
