"""What the start command names: scripts whatever they are called, and files that are copied nowhere."""

from __future__ import annotations

import pytest

from tests.capture.test_archives import zipped
from tests.cli.commandline import Place
from tests.drawn import layer_tar, plain_tar, write_docker_archive
from tests.scenario import PYTHON, git

FILES = {
    "run.py": "import lib.a\n",
    "tool": "#!/usr/bin/env python3\nimport lib.a\n",
    "lib/__init__.py": "",
    "lib/a.py": "",
}


@pytest.mark.parametrize(
    ("lines", "lost"),
    [
        ('COPY run.py /bin/run\nCMD ["python3", "/bin/run"]\n', ["lib", "lib.a"]),
        ('COPY tool /bin/\nCMD ["/bin/tool"]\n', ["lib", "lib.a"]),
        ('COPY tool run.py /bin/\nCMD ["tool"]\n', ["lib", "lib.a"]),
        ('COPY tool lib /bin/\nCOPY lib /bin/lib\nCMD ["tool"]\n', []),
        ('RUN pip install six\nCMD ["python3", "run.py"]\n', ["run.py"]),
        ('RUN pip install six\nCMD ["python3", "-m", "run"]\n', ["lib", "lib.a", "run"]),
    ],
)
def test_errors(lines: str, lost: list[str], place: Place) -> None:
    place.write({"Containerfile": "FROM python:3.12\n" + lines, **FILES})
    (place.checkout / "tool").chmod(0o755)
    git(place.checkout, "add", "-A")
    found = place.run("check", "--format", "json").document["findings"]
    errors = [each for each in found if each["severity"] == "error"]
    assert [each["code"] for each in errors] == (["PC104"] if lost else [])
    assert [item["name"] for each in errors for item in each["items"]] == lost


@pytest.mark.parametrize(
    ("command", "named"),
    [
        ('["python3", "-m", "lib.b"]', ["lib.b"]),
        ('["python3", "-m", "lib"]', ["lib.__main__"]),
        ('["python3", "-m", "lib.a"]', []),
    ],
)
def test_a_module_that_neither_side_has(command: str, named: list[str], place: Place) -> None:
    place.write({"Containerfile": f"FROM python:3.12\nCOPY lib lib\nCMD {command}\n", **FILES})
    git(place.checkout, "add", "-A")
    found = place.run("check", "--format", "json").document["findings"]
    said = [(each["code"], each["severity"], each["items"][0]["name"]) for each in found]
    assert said == [("PC405", "warning", name) for name in named]


def test_what_a_mount_may_bring_is_no_answer(place: Place) -> None:
    compose = "services:\n  web:\n    build: .\n    volumes: ['.:/srv']\n"
    containerfile = 'FROM python:3.12\nWORKDIR /srv\nCMD ["python3", "run.py"]\n'
    place.write({"Containerfile": containerfile, "compose.yaml": compose, **FILES})
    git(place.checkout, "add", "-A")
    said = place.refused("check", "-c", "compose.yaml")
    assert "no Python file of" in said
    assert ".:/srv (compose.yaml:4) brings the code in development only" in said


@pytest.mark.parametrize(
    ("members", "code"), [({"__main__.py": "import pkg\n", "pkg.py": ""}, None), ({"pkg.py": ""}, "PC405")]
)
def test_an_archive_is_started_from_within(members: dict[str, str], code: str | None, place: Place) -> None:
    place.write(FILES)
    git(place.checkout, "add", "-A")
    files = {"srv/app.pyz": zipped(members), **{f"srv/{name}": text.encode() for name, text in FILES.items()}}
    layers = [layer_tar(PYTHON.format(version="3.12", digits="312")), plain_tar(files)]
    config = {"Env": ["PATH=/usr/local/bin"], "WorkingDir": "/srv", "Cmd": ["python3", "app.pyz"]}
    archive = write_docker_archive(place.root / "zipped.tar", layers, config=config)
    ran = place.run(
        "check", "-i", f"docker-archive:{archive}", "--format", "json", "--select", "PC1,PC2,PC405"
    )
    assert [each["code"] for each in ran.document["findings"]] == ([code] if code else [])
