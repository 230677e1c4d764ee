"""Several projects in one repository: whose file is named where the container lacks a distribution."""

from __future__ import annotations

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.engine import PODMAN
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from tests.findings.sides import checkout

HEAD = '[project]\nname = "{0}"\nversion = "1"\ndependencies = ["flask"]\n'
OPTIONS = "[project.optional-dependencies]\n"
SHOP = HEAD.format("shop") + OPTIONS + 'worker = ["redis"]\n'
SHOP_WEB = HEAD.format("shop") + OPTIONS + 'web = ["httpx"]\n'
DESK = HEAD.format("desk") + OPTIONS + 'api = ["httpx"]\n'
BOTH = {"shop/pyproject.toml": SHOP, "desk/pyproject.toml": DESK}
LISTS = {"shop/requirements.txt": "flask==3\n", "desk/requirements.txt": "httpx==1\n"}


@pytest.mark.parametrize(
    ("run", "files", "found"),
    [
        ("pip install --no-deps ./shop flask", BOTH, ("PC204", "shop/pyproject.toml:4")),
        ("pip install --no-deps ./desk ./shop flask", BOTH, ("PC203", "shop/pyproject.toml:4")),
        ("pip install --no-deps ./desk ./shop[worker] flask", BOTH, ("PC203", "shop/pyproject.toml:4")),
        (
            "pip install --no-deps ./desk ./shop flask",
            {**BOTH, "shop/pyproject.toml": SHOP_WEB},
            ("PC204", "Containerfile:4"),
        ),
        ("pip install --no-deps -r shop/requirements.txt", LISTS, ("PC204", "shop/requirements.txt:1")),
        (
            "pip install --no-deps -r requirements.txt -r shop/requirements.txt",
            {**LISTS, "requirements.txt": "six==1\n"},
            ("PC204", "shop/requirements.txt:1"),
        ),
        ("pip install --no-deps ./desk[api] ./shop flask httpx", BOTH, None),
    ],
)
def test_the_file_of_the_importers_project_is_the_one_to_change(
    run: str, files: dict[str, str], found: tuple[str, str] | None
) -> None:
    build = f"FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nRUN {run}\nWORKDIR /srv/shop\n"
    code = {"shop/app/__init__.py": "", "shop/app/main.py": "import httpx\n", "desk/lib/__init__.py": ""}
    side = checkout({"Containerfile": build + 'CMD ["python", "-m", "app.main"]\n', **code, **files})
    report = compare(side, None, make_plan(side, BuildOptions(engine=PODMAN)), Config())
    told = [each for each in report.findings if each.code in ("PC203", "PC204")]
    assert [(each.code, str(each.locations[0])) for each in told] == ([found] if found else [])
