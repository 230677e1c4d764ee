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
