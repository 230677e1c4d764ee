"""What the checkout has and the container gets from elsewhere, and which of both an import means."""

from __future__ import annotations

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.engine import PODMAN
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from tests.findings.sides import checkout

SLIM = "FROM python:3.12-slim\nWORKDIR /srv\n"
SHOP = {
    "pyproject.toml": "[project]\nname = 'shop-server'\nversion = '1'\n",
    "shop/__init__.py": "",
    "shop/main.py": "import shop.sale\n",
    "shop/sale.py": "",
    "docker/conf.py": "",
}
PLUGIN = {"space/part/__init__.py": "", "main.py": "import space.part\n"}
COPIED = SLIM + "RUN pip install space.part==1\nCOPY main.py .\n" + 'CMD ["python", "main.py"]\n'
REQUIRED = (
    SLIM + "COPY . .\nRUN pip install --no-deps -r requirements.txt\n"
    'CMD ["gunicorn", "web.site:application"]\n'
)


def told(containerfile: str, files: dict[str, str], context: str = "") -> list[tuple[str, str]]:
    """Return code and severity of what is said of a predicted image."""
    path = f"{context}/Containerfile".lstrip("/")
    side = checkout({path: containerfile, **files})
    plan = make_plan(side, BuildOptions(engine=PODMAN, context=context))
    report = compare(side, None, plan, Config(context=context))
    return [(each.code, each.severity) for each in report.findings if each.code.startswith(("PC1", "PC20"))]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param("RUN pip install shop-server==1", [], id="a release"),
        pytest.param("ARG V\nRUN pip install shop-server==${V}", [], id="a release that the build is told"),
        pytest.param("RUN pip install shop-server==$V", [], id="a release that nothing tells"),
        pytest.param("RUN pip install --no-deps six==1.17", [("PC103", "error")], id="something else"),
        pytest.param(
            "RUN curl -L https://example.org/v1.tgz | tar xz -C /opt/shop && pip install -e /opt/shop",
            [],
            id="sources that the build fetches",
        ),
    ],
)
def test_the_project_itself_from_elsewhere(lines: str, expected: list[tuple[str, str]]) -> None:
    image = f'{SLIM}COPY conf.py .\n{lines}\nCMD ["python", "-m", "shop.main"]\n'
    found = told(image, SHOP, "docker")
    assert [each for each in found if each[0].startswith("PC1")] == expected


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        pytest.param(PLUGIN, [], id="of a package without code"),
        pytest.param(PLUGIN | {"space/__init__.py": ""}, [("PC104", "error")], id="of the project's package"),
    ],
)
def test_a_distribution_called_like_a_part(files: dict[str, str], expected: list[tuple[str, str]]) -> None:
    assert told(COPIED, files) == expected


def test_what_lies_beside_the_importer_is_not_meant_where_its_distribution_is_required() -> None:
    files = {
        "requirements.txt": "djangorestframework==3.15\ngunicorn==23\n",
        "web/__init__.py": "",
        "web/site.py": "import web.api.rest_framework.views\n",
        "web/api/rest_framework/__init__.py": "",
        "web/api/rest_framework/views.py": "from rest_framework import generics\n",
    }
    assert told(REQUIRED, files) == []
    assert told(REQUIRED + "RUN python -m web.site\n", files) == []


def test_a_word_of_a_comment_declares_nothing() -> None:
    files = {
        "requirements.txt": "# Rebuild the base image with it.\nsix==1.17\ngunicorn==23\n",
        "web/__init__.py": "",
        "web/site.py": "import web.admin\n",
        "web/admin.py": "import base.admin\n",
        "apps/base/admin.py": "",
    }
    assert told(REQUIRED, files) == []
