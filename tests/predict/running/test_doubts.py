"""What is not known of a project's directory, and what that leaves unknown of its install."""

from __future__ import annotations

import pytest

from tests.predict.running.installs import predict

SITE = "usr/local/lib/python3.12/site-packages"
FILES = {
    "pyproject.toml": '[build-system]\nrequires = ["setuptools"]\n'
    '[project]\nname = "app"\nversion = "1"\ndependencies = []\n'
    '[tool.setuptools]\npackages = ["app"]\n',
    "app/__init__.py": "",
}


@pytest.mark.parametrize(
    ("place", "doubtful"), [("app/static/", f"{SITE}/app/static"), ("assets/", SITE), ("./", SITE)]
)
def test_a_doubt_stays_in_its_package(place: str, doubtful: str) -> None:
    text = (
        "FROM registry.example/tool AS made\nFROM python:3.12-slim\nWORKDIR /srv\n"
        f"COPY . .\nCOPY --from=made /out/ {place}\nRUN pip install .\n"
    )
    found = predict(text, FILES)
    assert doubtful in {part.path for part in found.unknown if part.brings == "anything"}
    inside = [part.path for part in found.unknown if part.path.startswith(SITE)]
    assert inside == [doubtful]


CALLED = "import subprocess, sys\nsubprocess.check_call([sys.executable, '-m', 'pip',\n  'install', 'a'])\n"


@pytest.mark.parametrize(
    ("command", "program", "doubtful"),
    [
        ("python get.py", CALLED, True),
        ("python -u get.py", "from subprocess import run\nrun(['uv', 'pip', 'install', name])\n", True),
        ("python get.py", "import os\nos.system('poetry install')\n", True),
        ("python get.py", "import pip\npip.main(['install', name])\n", True),
        ("chmod +x get.py && ./get.py", "#!/usr/bin/env python3\n" + CALLED, True),
        ("python -c \"import os; os.system('pip install a')\"", "", True),
        ("python get.py", "import subprocess\nsubprocess.run(['make', 'install'])\n", False),
        ("python get.py", "raise SystemExit('run pip install first')\n", False),
    ],
)
def test_a_program_of_the_project_may_call_an_installer(command: str, program: str, doubtful: bool) -> None:
    text = f"FROM python:3.12-slim\nWORKDIR /srv\nCOPY . .\nRUN {command}\n"
    parts = {
        part.path for part in predict(text, {"get.py": program}).unknown if part.brings == "distributions"
    }
    assert (SITE in parts) is doubtful
