"""What an audit says of what no path of the checkout stands for: distributions, libraries, strangers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from paritycheck.model.audit import audit_schema
from tests.cli.commandline import FILES, Place, write_image
from tests.scenario import git

CONTAINERFILE = """FROM docker.io/library/python:3.12-slim
WORKDIR /srv
COPY requirements.txt pyproject.toml ./
RUN {install}
COPY app app
CMD ["python3", "-m", "app.main"]
"""
PROJECT = '[project]\nname = "till"\nversion = "1"\n[project.optional-dependencies]\nhttp = ["requests"]\n'
TRACEBACK = 'Traceback (most recent call last):\n  File "/srv/app/main.py", line 1, in <module>\n    {line}\n'


@dataclass(frozen=True)
class Case:
    """An import at ``app/main.py:1`` that fails, what the requirements say, and what must be said of it."""

    name: str
    line: str
    raised: str
    requirements: str
    explained: str
    code: str
    reason: str
    repair: str
    install: str = "pip install -r requirements.txt"
    proof: str = ""


CASES = (
    Case(
        "undeclared",
        "import yaml",
        "ModuleNotFoundError: No module named 'yaml'",
        "idna\n",
        "parity",
        "PC203",
        "pyyaml is not installed: no dependency file declares it",
        "add `pyyaml` to requirements.txt",
        proof="`pip install -r requirements.txt` selects it",
    ),
    Case(
        "submodule",
        "from google.cloud import storage",
        "ImportError: cannot import name 'storage' from 'google.cloud' (unknown location)",
        "google-cloud-storage\n",
        "parity",
        "PC201",
        "google-cloud-storage is not installed: Containerfile:4 installs it",
        "",
    ),
    Case(
        "not-selected",
        "import requests",
        "ModuleNotFoundError: No module named 'requests'",
        "idna\n",
        "parity",
        "PC204",
        "only extra http of pyproject.toml",
        "http",
        install="pip install .",
    ),
    Case(
        "marker",
        "import requests",
        "ModuleNotFoundError: No module named 'requests'",
        "requests; python_version < '3.8'\n",
        "parity",
        "PC206",
        "requirements.txt:1 declares it, but not for the container's Python",
        "Widen the marker",
    ),
    Case(
        "lost-later",
        "import requests",
        "ModuleNotFoundError: No module named 'requests'",
        "requests\n",
        "parity",
        "PC201",
        "Containerfile:4 installs it",
        "Build the image anew from this checkout",
    ),
    Case(
        "nobody-knows",
        "import nowhere",
        "ModuleNotFoundError: No module named 'nowhere'",
        "idna\n",
        "unknown",
        "",
        "no module nowhere",
        "if nowhere is a distribution",
    ),
    Case(
        "library",
        "import app.views",
        "ImportError: libGL.so.1: cannot open shared object file: No such file or directory",
        "idna\n",
        "parity",
        "PC207",
        "no directory of the container holds libGL.so.1",
        "libgl1",
    ),
)


def audited(place: Place, log: str, code: int) -> Any:
    path = place.root / "app.log"
    path.write_text(log)
    ran = place.run("audit", "--logs", str(path), "-i", place.image, "--format", "json")
    assert ran.code == code, ran
    jsonschema.validate(ran.document, audit_schema())
    return ran.document


def lay_out(place: Place, case: Case) -> None:
    main = f"{case.line}\n"
    place.write(
        {
            "Containerfile": CONTAINERFILE.format(install=case.install),
            "requirements.txt": case.requirements,
            "pyproject.toml": PROJECT,
            "app/main.py": main,
        }
    )
    git(place.checkout, "add", "-A")
    git(place.checkout, "commit", "-qm", "shop")
    built = {f"srv/{name}": text.encode() for name, text in FILES.items() if name.startswith("app/")}
    built |= {"srv/app/main.py": main.encode(), "etc/debian_version": b"12\n"}
    write_image(place.root / "image.tar", built)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_is_no_file_of_the_checkout_is_explained(place: Place, case: Case) -> None:
    lay_out(place, case)
    document = audited(place, TRACEBACK.format(line=case.line) + case.raised + "\n", 1)
    failure = document["failures"][0]
    assert (failure["explained"], failure.get("code", "")) == (case.explained, case.code), failure["reason"]
    assert case.reason in failure["reason"]
    assert case.repair in failure.get("repair", "")
    proofs = [action.get("proof", "") for action in document["actions"] if action["horizon"] == "now"]
    assert case.proof in " ".join(proofs)
    if case.explained == "parity":
        assert [why.get("known", True) for why in document["whys"]][:3] == [True, True, True]


def strange_image(place: Place) -> None:
    write_image(place.root / "image.tar", {"opt/other/thing.py": b"import json\n"})


def test_a_crash_of_a_container_with_none_of_our_files_is_told(place: Place) -> None:
    strange_image(place)
    log = TRACEBACK.format(line="1 / 0").replace("/srv/app/main.py", "/opt/other/thing.py")
    document = audited(place, log + "ZeroDivisionError: division by zero\n", 1)
    assert document["status"] == "crashed"
    assert document["failures"][0]["explained"] == "none-of-ours"
    assert "no Python file of" in document["unjudged"]
    parity = next(each for each in document["summary"] if each.get("title") == "Parity")
    assert "was not checked" in parity["text"]


def test_where_nothing_fails_and_nothing_compares_the_answer_is_open(place: Place) -> None:
    strange_image(place)
    log = place.root / "app.log"
    log.write_text("ready\n")
    ran = place.run("audit", "--logs", str(log), "-i", place.image)
    assert ran.code == 2
    assert "UNKNOWN" in ran.out
    message, hint = ran.err.splitlines()
    assert "no Python file of" in message
    assert hint.startswith("  ")


def test_an_empty_log_is_refused_with_the_usual_reason(place: Place) -> None:
    log = place.root / "app.log"
    log.write_text("")
    said = place.refused("audit", "--logs", str(log), "-i", place.image)
    assert "app.log is empty" in said
    assert "2>&1" in said


def test_a_log_without_an_image_is_refused_with_the_way_out(place: Place) -> None:
    log = place.root / "app.log"
    log.write_text("x\n")
    assert "-i" in place.refused("audit", "--logs", str(log))
    assert "cannot be read" in place.refused("audit", "--logs", str(Path("/no/such")), "-i", place.image)
