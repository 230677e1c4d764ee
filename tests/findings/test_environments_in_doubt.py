"""Which environment a program is started in: an error is told of no other one."""

from __future__ import annotations

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.engine import PODMAN
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from tests.findings.sides import checkout

VENV = (
    "FROM python:3.12-slim\nWORKDIR /app\nCOPY . .\n"
    "RUN python -m venv /venv && /venv/bin/pip install --no-deps -r requirements.txt\n"
)
POETRY = "FROM python:3.12-slim\nRUN pip install poetry\nWORKDIR /app\nCOPY . .\nRUN poetry install\n"
OWN = {
    "pyproject.toml": '[tool.poetry]\nname = "shop"\nversion = "1"\n'
    'packages = [{include = "shop", from = "src"}]\n[tool.poetry.scripts]\nserve = "shop.main:run"\n',
    "poetry.lock": "package = []\n",
    "main.py": "",
    "src/shop/__init__.py": "",
    "src/shop/main.py": "import shop.sale\ndef run(): ...\n",
    "src/shop/sale.py": "",
}


def told(containerfile: str, **more: str) -> list[tuple[str, str]]:
    """Return code and severity of what is said of the modules and distributions of a predicted image."""
    files = {"requirements.txt": "six==1.17\n", "main.py": "import six\n", **more}
    side = checkout({"Containerfile": containerfile, **files})
    report = compare(side, None, make_plan(side, BuildOptions(engine=PODMAN)), Config())
    return [
        (each.code, each.severity) for each in report.findings if each.code.startswith(("PC1", "PC20", "PC3"))
    ]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param('CMD ["python", "main.py"]\n', [("PC209", "error")], id="beside what is started"),
        pytest.param('CMD ["/venv/bin/python", "main.py"]\n', [], id="by its path"),
        pytest.param('CMD ["/venv/bin/gunicorn", "main:app"]\n', [], id="a script that nobody listed"),
        pytest.param("CMD $RUN_AS /venv/bin/gunicorn main:app\n", [], id="behind words that nobody knows"),
        pytest.param('CMD ["mystery"]\n', [], id="what is started is not known"),
        pytest.param(
            'RUN python -m venv /opt/own\nENV PATH=/opt/own/bin:$PATH\nCMD ["mystery"]\n',
            [("PC209", "error")],
            id="not known, but the image puts another environment first",
        ),
        pytest.param('RUN /venv/bin/python main.py\nCMD ["/venv/bin/python"]\n', [], id="at a step"),
        pytest.param(
            'RUN /venv/bin/python -m main\nCMD ["/venv/bin/python"]\n', [], id="at a step, as a module"
        ),
        pytest.param(
            'RUN python main.py\nCMD ["/venv/bin/python"]\n', [("PC209", "error")], id="at a step, beside it"
        ),
    ],
)
def test_an_environment_beside_the_system_s(lines: str, expected: list[tuple[str, str]]) -> None:
    assert told(VENV + lines) == expected


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        pytest.param("poetry run serve", [], id="in its environment"),
        pytest.param("python -m shop.main", [("PC107", "error")], id="beside it"),
    ],
)
def test_what_poetry_keeps_in_the_home_directory(command: str, expected: list[tuple[str, str]]) -> None:
    assert told(f"{POETRY}CMD {command}\n", **OWN) == expected


def test_a_shell_that_nobody_knows_may_install() -> None:
    run = 'SHELL ["pwsh", "-Command"]\nRUN pip install --no-deps -r requirements.txt\n'
    assert told(f'FROM python:3.12-slim\nCOPY . .\n{run}CMD ["python", "main.py"]\n') == []


def test_a_distribution_called_like_a_package_of_the_checkout_may_be_that() -> None:
    copied = "COPY example/requirements.txt .\nRUN pip install -r requirements.txt\nCOPY example /app\n"
    found = told(
        f'FROM python:3.12-slim\nWORKDIR /app\n{copied}CMD ["python", "/app/start.py"]\n',
        **{
            "shop_tools/__init__.py": "",
            "shop_tools/sale.py": "",
            "example/start.py": "import shop_tools.sale\n",
            "example/requirements.txt": "shop-tools @ git+https://example.invalid/shop-tools.git\n",
        },
    )
    assert ("PC104", "error") not in found


def test_what_a_distribution_carries_along_is_no_environment() -> None:
    vendored = "/usr/local/lib/python3.12/site-packages/setuptools/_vendor/wheel-1.dist-info"
    lines = f'RUN mkdir -p {vendored} && echo "Name: wheel" > {vendored}/METADATA\nCMD ["mystery"]\n'
    plain = (
        'FROM python:3.12-slim\nCOPY . .\nRUN pip install --no-deps -r requirements.txt\nCMD ["mystery"]\n'
    )
    other = {"requirements.txt": "idna==3.1\n"}
    assert told(plain, **other) == [("PC203", "error")]
    assert told(plain.replace('CMD ["mystery"]\n', lines), **other) == [("PC203", "error")]
