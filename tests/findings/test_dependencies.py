from collections.abc import Mapping

import pytest

from paritycheck.check import compare
from paritycheck.config import Config
from paritycheck.model.engine import PODMAN
from paritycheck.model.report import Finding
from paritycheck.predict.planning.plan import BuildOptions, make_plan
from paritycheck.predict.selecting.selection import Catalogue, Question, Resolution, Resolved
from tests.findings.sides import checkout

Releases = Mapping[str, tuple[str, Mapping[str, str]]]

DOCKERFILE = """\
FROM python:3.12-slim
WORKDIR /srv
COPY . .
RUN pip install -r requirements.txt
CMD ["python", "main.py"]
"""
WERKZEUG = ("3.1.9", {"werkzeug/__init__.py": "", "werkzeug/urls.py": "def quote(): ...\n"})


def catalogue(releases: Releases) -> Catalogue:
    """Return what an index with these releases tells: name -> version, files."""

    def resolve(question: Question) -> Resolution:
        assert question.python == "3.12"
        return Resolution(tuple(Resolved(name, version) for name, (version, _) in releases.items()))

    def files(name: str, version: str) -> dict[str, str]:
        folder = f"{name}-{version}.dist-info"
        metadata = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        return {**releases[name][1], f"{folder}/METADATA": metadata}

    return Catalogue(
        resolve=resolve,
        listing=lambda name, version: tuple(files(name, version)),
        read=lambda name, version, path: files(name, version)[path].encode(),
    )


def judge(main: str, releases: Releases, **more: str) -> list[Finding]:
    """Return the findings about distributions for a program that installs and imports these."""
    requirements = "".join(f"{name}\n" for name in releases)
    files = {
        "Dockerfile": DOCKERFILE,
        "requirements.txt": requirements,
        "main.py": main,
        **{f"{name}.py": text for name, text in more.items()},
    }
    local = checkout(files)
    plan = make_plan(local, BuildOptions(engine=PODMAN, catalogue=catalogue(releases)))
    report = compare(local, None, plan, Config())
    return [each for each in report.findings if each.code in ("PC201", "PC202", "PC304")]


@pytest.mark.parametrize(
    ("flask", "code"),
    [
        ("from werkzeug.urls import url_quote\n", "PC202"),
        ("from werkzeug.local import Local\n", "PC202"),
        ("import os, imp\n", "PC304"),
        ("from werkzeug.urls import quote\n", ""),
        ("try:\n    from werkzeug.urls import url_quote\nexcept ImportError:\n    pass\n", ""),
        ("if OLD:\n    import imp\n", ""),
        ("def late():\n    import imp\n", ""),
        ("from .gone import nothing\n", ""),
    ],
)
def test_what_fails_inside_a_distribution_fails_the_start(flask: str, code: str) -> None:
    found = judge("import flask\n", {"flask": ("2.1.0", {"flask/__init__.py": flask}), "werkzeug": WERKZEUG})
    assert [(each.code, each.severity) for each in found] == ([(code, "error")] if code else [])
    for each in found:
        assert each.imported_by[0].path == "main.py"
        assert each.imported_by[0].chain[-1] == "flask"
        assert "flask 2.1.0" in each.message


def test_names_the_line_that_would_hold_the_release_that_lacks_it() -> None:
    flask = (
        "2.1.0",
        {"flask/__init__.py": "from .app import Flask\n", "flask/app.py": "import werkzeug.old\n"},
    )
    (found,) = judge("import flask\n", {"flask": flask, "werkzeug": WERKZEUG})
    assert [str(place) for place in found.locations][:2] == ["requirements.txt:2", "requirements.txt:1"]
    assert found.imported_by[0].chain[-2:] == ("flask", "flask.app")
    assert found.hint.startswith("Hold werkzeug below 3 at requirements.txt:2")


def test_a_package_that_makes_its_modules_itself_is_believed() -> None:
    moving = ("1.0", {"moving/__init__.py": "import sys\nsys.modules['moving.inner'] = sys\n"})
    user = ("1.0", {"user/__init__.py": "import moving.inner\n"})
    assert judge("import user\n", {"user": user, "moving": moving}) == []


def test_what_the_start_does_not_reach_is_a_warning() -> None:
    old = ("1.0", {"old/__init__.py": "import asyncore\n"})
    (found,) = judge("print()\n", {"old": old}, report="import old\n")
    assert (found.code, found.severity) == ("PC304", "warning")


def test_a_member_that_a_selected_release_lacks_is_an_error() -> None:
    mcp = ("2.3.0", {"mcp/__init__.py": "", "mcp/server/__init__.py": "", "mcp/server/models.py": ""})
    (found,) = judge("from mcp.server.fastmcp import FastMCP\n", {"mcp": mcp})
    assert (found.code, found.severity) == ("PC202", "error")
    assert "mcp 2.3.0" in found.message
    assert judge("from mcp.server import x\n", {"mcp": ("1", {"mcp/server/__init__.py": "x = 1\n"})}) == []
